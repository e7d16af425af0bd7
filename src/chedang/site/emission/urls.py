"""Addresses of the I/M loop, for officers, shops and everybody."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.emission import lists, officer, public, shop

urlpatterns: list[URLPattern | URLResolver] = [
    path("regulator/emission/", officer.list_tickets, name="officer-emission"),
    path("regulator/emission/import", officer.import_tests, name="officer-emission-import"),
    path("regulator/emission/template.csv", officer.table_template, name="officer-emission-template"),
    path("regulator/emission/stations/", lists.test_stations, name="officer-emission-stations"),
    path("regulator/emission/stations/<str:station_code>", lists.test_station, name="officer-emission-station"),
    path("regulator/emission/repairers/", lists.repair_stations, name="officer-emission-repairers"),
    path("regulator/emission/repairers/<str:company_code>", lists.repair_station, name="officer-emission-repairer"),
    path("regulator/emission/<str:code>", officer.read_ticket, name="officer-emission-ticket"),
    path("shop/emission/", shop.list_tickets, name="shop-emission"),
    path("emission-stations/", public.list_stations, name="emission-stations"),
    path("emission-stations.json", public.as_json, name="emission-stations-json"),
    path("emission-stations.csv", public.as_csv, name="emission-stations-csv"),
]
