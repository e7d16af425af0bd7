"""Addresses of the watch list, for the police alone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.police import export, pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("police/", pages.home, name="watch-home"),
    path("police/add", pages.add, name="watch-add"),
    path("police/import", pages.import_entries, name="watch-import"),
    path("police/list.<str:ending>", export.list_file, name="watch-list-file"),
    path("police/alerts.<str:ending>", export.alerts_file, name="watch-alerts-file"),
    path("police/entries/<str:code>", pages.read, name="watch-entry"),
    path("police/alerts/<str:code>", pages.acknowledge, name="watch-acknowledge"),
]
