"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.shop.certificates import officer, public, shop

urlpatterns: list[URLPattern] = [
    path("shop/certificates/", shop.register, name="shop-certificates"),
    path("shop/certificates/register.csv", shop.register_csv, name="shop-certificates-csv"),
    path("shop/certificates/numbers", shop.ask, name="shop-numbers"),
    path("shop/certificates/numbers/<int:grant_id>/withdraw", shop.withdraw, name="shop-numbers-withdraw"),
    path("shop/certificates/new/<uuid:record_id>", shop.issue, name="shop-certificate-new"),
    path("shop/certificates/<str:number>.pdf", shop.pdf, name="shop-certificate-pdf"),
    path("shop/certificates/<str:number>", shop.read, name="shop-certificate"),
    path("regulator/certificates/", officer.list_grants, name="officer-certificates"),
    path("regulator/certificates/figures.csv", officer.figures_csv, name="officer-certificates-csv"),
    path("regulator/certificates/<int:grant_id>", officer.decide, name="officer-numbers"),
    path("certificates/completion/<str:number>", public.check, name="completion"),
]
