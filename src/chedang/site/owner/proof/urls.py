"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import path, re_path

from chedang.site.owner.proof import certificates, checking, shared, shares

urlpatterns = [
    path("my/<str:car_id>/shares", shares.list_shares, name="car-shares"),
    path("my/<str:car_id>/shares/<str:public_id>/revoke", shares.revoke, name="revoke-share"),
    path("my/<str:car_id>/certificates", certificates.list_certificates, name="car-certificates"),
    path("s/", shared.type_code, name="share-code"),
    path("s/<str:code>", shared.shared, name="shared"),
    path("certificates/", checking.ask, name="certificate-check"),
    re_path(r"^certificates/(?P<number>[^/.]+)\.(?P<ending>pdf|json)$", checking.download, name="certificate-file"),
    path("certificates/<str:number>", checking.certificate, name="certificate"),
    path("certificates/<str:number>/revoke", checking.revoke, name="revoke-certificate"),
]
