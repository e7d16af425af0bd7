"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import path

from chedang.site.owner.file import exports, looks, pages

urlpatterns = [
    path("my/<slug:car_id>/", pages.my_car, name="my-car"),
    path("my/<slug:car_id>/vin", pages.show_vin, name="my-car-vin"),
    path("my/<slug:car_id>/mileage.svg", pages.chart, name="car-chart"),
    path("my/<slug:car_id>/looks", looks.looks, name="car-looks"),
    path("my/<slug:car_id>/export", exports.export, name="car-export"),
    path("my/<slug:car_id>/export.json", exports.export_json, name="car-export-json"),
    path("my/<slug:car_id>/export.csv", exports.export_csv, name="car-export-csv"),
    path("my/<slug:car_id>/export-lubelogger.csv", exports.export_lubelogger, name="car-export-lubelogger"),
]
