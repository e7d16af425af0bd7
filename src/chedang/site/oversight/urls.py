"""Addresses of the three administrators, second factors, officials' sign-ins and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
