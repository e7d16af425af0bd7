"""Addresses of 现场勘验, 注销备案 and the public list of filed shops. None carries a name or a number of a person."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.public import filed
from chedang.site.regulator.inspections import cancelling, expiring, pages, picking, spot, suggesting
from chedang.site.shop.filing import ending, inspected

urlpatterns: list[URLPattern | URLResolver] = [
    path("regulator/inspections/", pages.list_inspections, name="officer-inspections"),
    path("regulator/inspections/new", pages.plan, name="officer-inspection-new"),
    path("regulator/inspections/suggested", suggesting.suggested, name="officer-inspections-suggested"),
    path("regulator/inspections/draws/", picking.draw_lots, name="officer-inspection-draws"),
    path("regulator/inspections/draws/<slug:public_id>", picking.read_draw, name="officer-inspection-draw"),
    path("regulator/inspections/<slug:public_id>", pages.read, name="officer-inspection"),
    path("regulator/inspections/<slug:public_id>/decide", pages.decide, name="officer-inspection-decide"),
    path("regulator/inspections/<slug:public_id>/save", spot.save, name="officer-inspection-save"),
    path("regulator/inspections/<slug:public_id>/answer", spot.answer, name="officer-inspection-answer"),
    path("regulator/inspections/<slug:public_id>/record.pdf", pages.paper, name="officer-inspection-paper"),
    path("regulator/inspections/<slug:public_id>/photos", spot.add_photo, name="officer-inspection-photos"),
    path("regulator/inspections/<slug:public_id>/photos/<uuid:file_id>", spot.photo, name="officer-inspection-photo"),
    path(
        "regulator/inspections/<slug:public_id>/photos/<uuid:file_id>/remove",
        spot.remove_photo,
        name="officer-inspection-photo-remove",
    ),
    path("regulator/enterprises/<str:company_code>/cancel", cancelling.cancel, name="officer-cancel-filing"),
    path("regulator/filings/expiring", expiring.list_expiring, name="officer-filings-expiring"),
    path("shop/filing/cancel", ending.end, name="shop-filing-cancel"),
    path("shop/inspections/", inspected.list_own, name="shop-inspections"),
    path("shop/inspections/<slug:public_id>", inspected.read_own, name="shop-inspection"),
    path("shop/inspections/<slug:public_id>/record.pdf", inspected.paper, name="shop-inspection-paper"),
    path("shop/inspections/<slug:public_id>/photos/<uuid:file_id>", inspected.photo, name="shop-inspection-photo"),
    path("shops/filed", filed.list_filed, name="filed-shops"),
    path("shops/filed.json", filed.as_json, name="filed-shops-json"),
    path("shops/filed.csv", filed.as_csv, name="filed-shops-csv"),
]
