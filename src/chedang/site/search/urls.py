"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import path

from chedang.site.search import pages

urlpatterns = [path("shops/", pages.search, name="shop-search")]
