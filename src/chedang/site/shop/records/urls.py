"""Addresses of a shop's own records. None tells a number, a plate or a VIN."""

from __future__ import annotations

from django.urls import path

from chedang.site.shop.records import lists, mending, one, saying

urlpatterns = [
    path("shop/records/", lists.list_records, name="shop-records"),
    path("shop/records/<uuid:record_id>", one.read_record, name="shop-record"),
    path("shop/records/<uuid:record_id>/correct", mending.correct, name="shop-record-correct"),
    path("shop/records/<uuid:record_id>/explain", saying.explain, name="shop-record-explain"),
    path("shop/records/<uuid:record_id>/void", saying.void, name="shop-record-void"),
]
