"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.regulator import credit as officer
from chedang.site.shop.credit import evidence, pages, what_if

urlpatterns: list[URLPattern] = [
    path("shop/credit/", pages.list_years, name="shop-credit"),
    path("shop/credit/<int:year>", pages.read_year, name="shop-credit-year"),
    path("shop/credit/<int:year>/check", pages.check, name="shop-credit-check"),
    path("shop/credit/<int:year>/take-back", pages.take_back, name="shop-credit-take-back"),
    path("shop/credit/<int:year>/what-if", what_if.what_if, name="shop-credit-what-if"),
    path("shop/credit/<int:year>/papers/<slug:indicator>", evidence.papers, name="shop-credit-papers"),
    path("shop/credit/<int:year>/photos/<uuid:file_id>", evidence.photo, name="shop-credit-photo"),
    path("shop/credit/<int:year>/photos/<uuid:file_id>/remove", evidence.remove, name="shop-credit-photo-remove"),
    path("regulator/credit/", officer.list_assessments, name="officer-credit"),
    path("regulator/credit/<str:public_id>", officer.read_assessment, name="officer-credit-one"),
    path("regulator/credit/<str:public_id>/photos/<uuid:file_id>", officer.photo, name="officer-credit-photo"),
]
