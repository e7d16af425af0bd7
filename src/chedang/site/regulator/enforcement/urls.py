"""Addresses of 通报, 移送, the sanction ledger and evidence packs. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.regulator.enforcement import censures, evidence, handovers, public, sanctions, shop_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("censures/", public.page, name="censures"),
    path("censures.json", public.as_json, name="censures-json"),
    path("censures.csv", public.as_csv, name="censures-csv"),
    path("regulator/censures/", censures.list_censures, name="officer-censures"),
    path("regulator/censures/new", censures.draft, name="officer-censure-new"),
    path("regulator/censures/<str:public_id>", censures.read_censure, name="officer-censure"),
    path("regulator/handovers/", handovers.list_hand_overs, name="officer-handovers"),
    path("regulator/handovers/new", handovers.hand_over, name="officer-handover-new"),
    path("regulator/handovers/<str:public_id>", handovers.read_hand_over, name="officer-handover"),
    path("regulator/handovers/<str:public_id>/file", handovers.file, name="officer-handover-file"),
    path("regulator/sanctions/", sanctions.list_sanctions, name="officer-sanctions"),
    path("regulator/sanctions/new", sanctions.enter, name="officer-sanction-new"),
    path("regulator/sanctions/<str:public_id>", sanctions.read_sanction, name="officer-sanction"),
    path("regulator/sanctions/<str:public_id>/document", sanctions.document, name="officer-sanction-document"),
    path("regulator/shops/<str:company_code>/evidence", evidence.evidence, name="officer-evidence"),
    path("shop/sanctions/", shop_pages.list_own, name="shop-sanctions"),
    path("shop/sanctions/<str:public_id>/document", shop_pages.document, name="shop-sanction-document"),
    path("shop/censures/<str:public_id>", shop_pages.read_censure, name="shop-censure"),
]
