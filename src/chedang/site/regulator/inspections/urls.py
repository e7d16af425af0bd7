"""Addresses of 现场勘验, 注销备案 and the public list of filed shops."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
