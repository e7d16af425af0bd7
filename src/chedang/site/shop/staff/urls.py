"""Addresses of these pages. None carries a name, a phone or a certificate's number."""

from __future__ import annotations

from django.urls import URLPattern, path

from chedang.site.account.changing import change_password
from chedang.site.shop.staff import accounts, enrolling, officer, register, signing_in

urlpatterns: list[URLPattern] = [
    path("account/password", change_password, name="change-password"),
    path("sign-in/shop", signing_in.sign_in, name="shop-phone-sign-in"),
    path("sign-in/shop/code", signing_in.code, name="shop-phone-code"),
    path("sign-in/shop/choose", signing_in.choose, name="shop-choose"),
    path("shops/first-sign-in", enrolling.prove, name="shop-enrol"),
    path("shops/first-sign-in/account", enrolling.make_account, name="shop-enrol-account"),
    path("shops/first-sign-in/code", enrolling.code, name="shop-enrol-code"),
    path("shop/staff/", register.people, name="shop-staff"),
    path("shop/staff/add", register.add, name="shop-staff-add"),
    path("shop/staff/<slug:public_id>", register.read_person, name="shop-person"),
    path("shop/staff/<slug:public_id>/certificates", register.add_certificate, name="shop-person-certificates"),
    path(
        "shop/staff/<slug:public_id>/certificates/<slug:certificate_id>/end",
        register.end_certificate,
        name="shop-person-certificate-end",
    ),
    path("shop/staff/<slug:public_id>/account", accounts.change_account, name="shop-person-account"),
    path("shop/staff/<slug:public_id>/leave", accounts.leave, name="shop-person-leave"),
    path("shop/staff/<slug:public_id>/return", accounts.come_back, name="shop-person-return"),
    path("regulator/enterprises/<str:company_code>/staff", officer.read_staff, name="officer-staff"),
    path("regulator/enterprises/<str:company_code>/first-sign-in", officer.make_code, name="officer-shop-code"),
]
