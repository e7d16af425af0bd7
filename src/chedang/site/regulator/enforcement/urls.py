"""Addresses of 通报, 移送, the sanction ledger and evidence packs."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
