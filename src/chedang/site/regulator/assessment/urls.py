"""Addresses of 运行考核 of provinces and prefectures."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from chedang.site.regulator.assessment import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("regulator/assessment/", pages.list_months, name="officer-assessment"),
    path("regulator/assessment/freeze", pages.freeze, name="officer-assessment-freeze"),
    re_path(
        r"^regulator/assessment/(?P<month>[0-9]{4}-[0-9]{2})\.(?P<ending>xlsx|csv)$",
        pages.download,
        name="officer-assessment-file",
    ),
    re_path(r"^regulator/assessment/(?P<month>[0-9]{4}-[0-9]{2})\.svg$", pages.chart, name="officer-assessment-chart"),
    path("regulator/assessment/<str:month>", pages.read_league_table, name="officer-assessment-month"),
    path("regulator/assessment/<str:month>/<str:division_code>", pages.read_area, name="officer-assessment-area"),
    path(
        "regulator/assessment/<str:month>/<str:division_code>/figures.json",
        pages.figures,
        name="officer-assessment-figures",
    ),
]
