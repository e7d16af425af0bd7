"""Addresses of the pages about a shop's software. None tells a number of a settlement list."""

from __future__ import annotations

from django.urls import path

from chedang.site.shop.connect import days, errors, pages, secrets, trying

urlpatterns = [
    path("shop/connect/", pages.overview, name="shop-connect"),
    path("shop/connect/software", pages.state_software, name="shop-connect-software"),
    path("shop/connect/keys", secrets.make, name="shop-secrets"),
    path("shop/connect/keys/<str:secret_id>/end", secrets.end, name="shop-secret-end"),
    path("shop/connect/try", trying.try_it, name="shop-connect-try"),
    path("shop/connect/errors", errors.list_errors, name="shop-errors"),
    path("shop/connect/days/", days.list_days, name="shop-days"),
    path("shop/connect/days/<str:day>", days.read_day, name="shop-day"),
    path("shop/connect/days/<str:day>/differences.csv", days.as_csv, name="shop-day-csv"),
]
