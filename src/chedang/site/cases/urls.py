"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.cases import figures, officer, owner, shop

urlpatterns: list[URLPattern] = [
    path("my/<str:car_id>/records/<uuid:record_id>/mistake", owner.report_mistake, name="report-mistake"),
    path("my/<str:car_id>/missing", owner.report_missing, name="report-missing"),
    path("my/<str:car_id>/records/<uuid:record_id>/complaint", owner.complain, name="complain"),
    path("my/cases", owner.list_cases, name="my-cases"),
    path("my/cases/<str:number>", owner.read_case, name="my-case"),
    path("my/cases/<str:number>/photos/<int:place>", owner.photo, name="my-case-photo"),
    path("shop/cases/", shop.list_cases, name="shop-cases"),
    path("shop/cases/<str:number>", shop.read_case, name="shop-case"),
    path("shop/cases/<str:number>/photos/<int:place>", shop.photo, name="shop-case-photo"),
    path("regulator/cases/", officer.list_cases, name="officer-cases"),
    path("regulator/cases/<str:number>", officer.read_case, name="officer-case"),
    path("regulator/cases/<str:number>/photos/<int:place>", officer.photo, name="officer-case-photo"),
    path("regulator/cases/<str:number>/12328", officer.handover, name="case-handover"),
    path("regulator/cases/<str:number>/12328.json", officer.handover_json, name="case-handover-json"),
    path("corrections/", figures.figures, name="correction-figures"),
    path("corrections/figures.csv", figures.as_csv, name="correction-figures-csv"),
]
