"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.public import graded
from chedang.site.regulator import credit as officer
from chedang.site.regulator import credit_desk as desk
from chedang.site.shop.credit import evidence, objecting, pages, what_if

urlpatterns: list[URLPattern] = [
    path("shop/credit/", pages.list_years, name="shop-credit"),
    path("shop/credit/<int:year>", pages.read_year, name="shop-credit-year"),
    path("shop/credit/<int:year>/check", pages.check, name="shop-credit-check"),
    path("shop/credit/<int:year>/take-back", pages.take_back, name="shop-credit-take-back"),
    path("shop/credit/<int:year>/what-if", what_if.what_if, name="shop-credit-what-if"),
    path("shop/credit/<int:year>/papers/<slug:indicator>", evidence.papers, name="shop-credit-papers"),
    path("shop/credit/<int:year>/photos/<uuid:file_id>", evidence.photo, name="shop-credit-photo"),
    path("shop/credit/<int:year>/photos/<uuid:file_id>/remove", evidence.remove, name="shop-credit-photo-remove"),
    path("shop/credit/<int:year>/object", objecting.object_to, name="shop-credit-object"),
    path("shop/credit/<int:year>/files/<uuid:file_id>", objecting.read_file, name="shop-credit-file"),
    path("regulator/credit/", desk.show_desk, name="officer-credit"),
    path("regulator/credit/publish", desk.publish, name="officer-credit-publish"),
    path("regulator/credit/take-up", desk.take_up, name="officer-credit-take-up"),
    path("regulator/credit/<str:public_id>", officer.read_assessment, name="officer-credit-one"),
    path("regulator/credit/<str:public_id>/photos/<uuid:file_id>", officer.photo, name="officer-credit-photo"),
    path("regulator/credit/<str:public_id>/files/<uuid:file_id>", officer.read_file, name="officer-credit-file"),
    path("lists/graded-shops", graded.list_graded, name="graded-shops"),
    path("lists/graded-shops.json", graded.as_json, name="graded-shops-json"),
    path("lists/graded-shops.csv", graded.as_csv, name="graded-shops-csv"),
]
