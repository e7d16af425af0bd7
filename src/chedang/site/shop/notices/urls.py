"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.regulator import duties as officer_duties
from chedang.site.regulator import notices as officer_notices
from chedang.site.shop.notices import duties, pages

urlpatterns: list[URLPattern] = [
    path("shop/notices/", pages.inbox, name="shop-notices"),
    path("shop/notices/<str:public_id>", pages.read_notice, name="shop-notice"),
    path("shop/duties/", duties.list_duties, name="shop-duties"),
    path("shop/duties/<str:code>", duties.read_duty, name="shop-duty"),
    path("shop/duties/<str:code>/evidence/<int:place>", duties.evidence, name="shop-duty-evidence"),
    path("regulator/notices/", officer_notices.list_notices, name="officer-notices"),
    path("regulator/notices/new", officer_notices.write, name="officer-notice-new"),
    path("regulator/notices/<str:public_id>", officer_notices.read_notice, name="officer-notice"),
    path("regulator/duties/", officer_duties.list_duties, name="officer-duties"),
    path("regulator/duties/new", officer_duties.issue, name="officer-duty-new"),
    path("regulator/duties/<str:code>", officer_duties.read_duty, name="officer-duty"),
    path("regulator/duties/<str:code>/evidence/<int:place>", officer_duties.evidence, name="officer-duty-evidence"),
]
