"""Addresses of these pages. None carries a name or a number of a person."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.regulator import filings as officer
from chedang.site.shop.filing import apply, checklist, pages, papers, profile

urlpatterns: list[URLPattern] = [
    path("shops/apply", apply.apply, name="shop-apply"),
    path("shops/apply/check", apply.check, name="shop-apply-check"),
    path("shop/filing/", pages.filing, name="shop-filing"),
    path("shop/filing/change", pages.change, name="shop-filing-change"),
    path("shop/filing/changes/<uuid:change_id>/withdraw", pages.withdraw, name="shop-filing-withdraw"),
    path("shop/filing/attachments/", papers.add, name="shop-attachments"),
    path("shop/filing/attachments/<uuid:file_id>", papers.read, name="shop-attachment"),
    path("shop/filing/attachments/<uuid:file_id>/remove", papers.remove, name="shop-attachment-remove"),
    path("shop/filing/checklist", checklist.checklist, name="shop-checklist"),
    path("shop/profile", profile.profile, name="shop-profile"),
    path("regulator/filings/", officer.list_filings, name="officer-filings"),
    path("regulator/filings/attachments/<uuid:file_id>", officer.read_attachment, name="officer-attachment"),
    path("regulator/filings/<uuid:change_id>", officer.read_change, name="officer-filing"),
]
