"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.owner.garage import pages, queue, slip

urlpatterns: list[URLPattern] = [
    path("my/", pages.garage, name="garage"),
    path("my/bind", pages.bind, name="bind"),
    path("c/<str:code>", pages.claim, name="claim"),
    path("my/requests/<slug:request_id>", pages.read_request, name="my-request"),
    path("my/requests/<slug:request_id>/withdraw", pages.withdraw, name="withdraw-request"),
    path("my/requests/<slug:request_id>/word", pages.say, name="binding-word"),
    path("my/<slug:car_id>/end", pages.end_binding, name="end-binding"),
    path("regulator/bindings/", queue.list_requests, name="binding-queue"),
    path("regulator/bindings/<int:number>", queue.read_request, name="binding-request"),
    path("shop/records/<uuid:record_id>/claim", slip.claim_slip, name="shop-claim"),
]
