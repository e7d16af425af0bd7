"""Addresses of these pages. None carries a plate, a VIN or a name."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.owner.phone import account, outbox, pages

urlpatterns: list[URLPattern] = [
    path("sign-in/phone", pages.sign_in, name="phone-sign-in"),
    path("sign-in/code", pages.code, name="phone-code"),
    path("account/", account.account, name="account"),
    path("account/sessions", account.end_sessions, name="account-sessions"),
    path("account/phone", account.change_phone, name="account-phone"),
    path("account/phone/codes", account.change_codes, name="account-phone-codes"),
    path("account/close", account.close, name="account-close"),
    path("outbox/", outbox.outbox, name="outbox"),
]
