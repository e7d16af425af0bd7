"""Addresses of the three administrators, second factors, officials' sign-ins and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.account import second_factor

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/second-factor", second_factor.show_code, name="second-factor"),
]
