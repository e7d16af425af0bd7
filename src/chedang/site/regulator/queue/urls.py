"""Addresses of the work queue: shops that need somebody, reminders and letters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.regulator.queue import (
    export,  # noqa: F401 - registers the table of these pages
    pages,
    remind,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("regulator/shops/", pages.shops, name="officer-shops"),
    path("regulator/shops/<str:company_code>", pages.read_shop, name="officer-shop"),
    path("regulator/remind", remind.remind, name="officer-remind"),
    path("regulator/reminders/climb", remind.climb, name="officer-climb"),
    path("regulator/letters/<str:public_id>.pdf", remind.letter, name="officer-letter"),
]
