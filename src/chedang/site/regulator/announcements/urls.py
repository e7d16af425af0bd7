"""Addresses of announcements, for officers and for everybody, and of the public's lists."""

from __future__ import annotations

from django.urls import path

from chedang.site.public import announcements, lists
from chedang.site.public.announcements import AnnouncementFeed
from chedang.site.regulator.announcements import pages, software

urlpatterns = [
    path("announcements/", announcements.list_announcements, name="announcements"),
    path("announcements/feed.xml", AnnouncementFeed(), name="announcements-feed"),
    path("announcements/announcements.json", announcements.as_json, name="announcements-json"),
    path("announcements/announcements.csv", announcements.as_csv, name="announcements-csv"),
    path("announcements/<str:public_id>", announcements.read_announcement, name="announcement"),
    path("announcements/<str:public_id>/papers/<uuid:file_id>", announcements.read_paper, name="announcement-paper"),
    path("lists/", lists.overview, name="public-lists"),
    path("lists/software", lists.software, name="listed-software"),
    path("lists/software.json", lists.software_json, name="listed-software-json"),
    path("lists/software.csv", lists.software_csv, name="listed-software-csv"),
    path("regulator/announcements/", pages.list_announcements, name="officer-announcements"),
    path("regulator/announcements/new", pages.write, name="officer-announcement-new"),
    path("regulator/announcements/software", software.manage, name="officer-announcement-software"),
    path("regulator/announcements/<str:public_id>", pages.read, name="officer-announcement"),
    path("regulator/announcements/<str:public_id>/write", pages.write, name="officer-announcement-write"),
    path("regulator/announcements/<str:public_id>/papers", pages.change_papers, name="officer-announcement-papers"),
    path(
        "regulator/announcements/<str:public_id>/papers/<uuid:file_id>", pages.paper, name="officer-announcement-paper"
    ),
]
