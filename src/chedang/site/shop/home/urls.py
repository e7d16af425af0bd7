"""Address of a shop's first page."""

from __future__ import annotations

from django.urls import path

from chedang.site.shop.home import pages

urlpatterns = [path("shop/", pages.home, name="shop-home")]
