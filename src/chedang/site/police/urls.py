"""Addresses of the watch list, for the police alone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.police import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("police/", pages.home, name="watch-home"),
    path("police/add", pages.add, name="watch-add"),
    path("police/import", pages.import_entries, name="watch-import"),
    path("police/entries/<str:code>", pages.read, name="watch-entry"),
    path("police/alerts/<str:code>", pages.acknowledge, name="watch-acknowledge"),
]
