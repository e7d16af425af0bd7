"""Addresses of coverage, rates, the live board and their exports."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from chedang.site.regulator.statistics import (
    drawings,
    export_pages,
    pages,
    tables,  # noqa: F401 - registers the tables of these pages
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("regulator/coverage", pages.coverage, name="officer-coverage"),
    path("regulator/rates", pages.rates, name="officer-rates"),
    path("regulator/live", pages.live, name="officer-live"),
    path("regulator/charts/<slug:name>.svg", drawings.chart, name="officer-chart"),
    path("regulator/exports/", export_pages.list_exports, name="officer-exports"),
    re_path(
        r"^regulator/exports/(?P<table>[a-z-]{1,40})\.(?P<ending>xlsx|csv)$",
        export_pages.fetch_now,
        name="officer-export-now",
    ),
    path("regulator/exports/<uuid:public_id>", export_pages.read_export, name="officer-export"),
    path("regulator/exports/<uuid:public_id>/file", export_pages.fetch_export, name="officer-export-file"),
]
