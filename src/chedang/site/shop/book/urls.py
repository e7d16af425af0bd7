"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.shop.book import editing, jobs, listing, paper, settling, terms

urlpatterns: list[URLPattern] = [
    path("shop/orders/", listing.list_orders, name="shop-orders"),
    path("shop/orders/new", editing.new, name="shop-order-new"),
    path("shop/orders/terms", terms.change, name="shop-terms"),
    path("shop/orders/<str:order_id>", editing.edit, name="shop-order"),
    path("shop/orders/<str:order_id>/cancel", editing.cancel, name="shop-order-cancel"),
    path("shop/orders/<str:order_id>/settle", settling.settle, name="shop-order-settle"),
    path("shop/orders/<str:order_id>/reopen", settling.reopen, name="shop-order-reopen"),
    path("shop/orders/<str:order_id>/send", settling.send_anew, name="shop-order-send"),
    path("shop/orders/<str:order_id>/settlement-list", paper.page, name="shop-settlement-list"),
    path("shop/orders/<str:order_id>/settlement-list.pdf", paper.pdf, name="shop-settlement-list-pdf"),
    path("shop/my-jobs/", jobs.list_jobs, name="shop-my-jobs"),
    path("shop/my-jobs/<str:order_id>/<str:item_key>", jobs.mark, name="shop-my-job"),
]
