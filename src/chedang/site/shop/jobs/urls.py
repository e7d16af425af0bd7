"""Addresses of the quick form. A draft is named by a random number, a receipt by its record's."""

from __future__ import annotations

from django.urls import path

from chedang.site.shop.jobs import checking, form, listing, receipts, suggesting

urlpatterns = [
    path("shop/new", form.begin, name="shop-new"),
    path("shop/drafts/", listing.list_drafts, name="shop-drafts"),
    path("shop/drafts/<uuid:public_id>", form.edit, name="shop-draft"),
    path("shop/drafts/<uuid:public_id>/save", form.save, name="shop-draft-save"),
    path("shop/drafts/<uuid:public_id>/delete", listing.delete, name="shop-draft-delete"),
    path("shop/drafts/<uuid:public_id>/check", checking.check, name="shop-draft-check"),
    path("shop/receipts/<uuid:record_id>", receipts.receipt, name="shop-receipt"),
    path("shop/suggest/car", suggesting.car, name="shop-suggest-car"),
]
