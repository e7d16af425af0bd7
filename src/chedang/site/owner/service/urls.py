"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import path

from chedang.site.owner.service import pages

urlpatterns = [
    path("my/<str:car_id>/service", pages.services, name="car-service"),
    path("my/<str:car_id>/next-service.ics", pages.calendar, name="car-calendar"),
    path("my/<str:car_id>/inspection.ics", pages.inspection, name="car-inspection"),
]
