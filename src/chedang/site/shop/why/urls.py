"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.shop.why import export, pages

urlpatterns: list[URLPattern] = [
    path("shop/why", pages.why, name="shop-why"),
    path("shop/export", export.export, name="shop-export"),
    path("shops/badge", pages.badge_rules, name="badge-rules"),
]
