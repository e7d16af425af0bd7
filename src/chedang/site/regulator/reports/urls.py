"""Addresses of 半年报告."""

from __future__ import annotations

from django.urls import path

from chedang.site.regulator.reports import pages

urlpatterns = [
    path("regulator/reports/", pages.list_reports, name="officer-reports"),
    path("regulator/reports/<str:public_id>", pages.read_report, name="officer-report"),
    path("regulator/reports/<str:public_id>/texts/<str:key>", pages.write_text, name="officer-report-text"),
    path("regulator/reports/<str:public_id>/figures/<str:ref>", pages.trace, name="officer-report-figure"),
    path("regulator/reports/<str:public_id>/print", pages.print_report, name="officer-report-print"),
    path("regulator/reports/<str:public_id>/word", pages.word, name="officer-report-word"),
    path("regulator/reports/<str:public_id>/snapshot", pages.snapshot, name="officer-report-snapshot"),
]
