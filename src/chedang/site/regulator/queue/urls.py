"""Addresses of the work queue: shops that need somebody, reminders and letters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
