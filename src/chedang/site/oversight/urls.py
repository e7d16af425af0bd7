"""Addresses of the three administrators, second factors, officials' sign-ins and the audit trail."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from chedang.site.account import second_factor
from chedang.site.oversight import auditor, security, superiors

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/second-factor", second_factor.show_code, name="second-factor"),
    path("security/", security.home, name="security-home"),
    path("security/accounts/<int:number>", security.read_account, name="security-account"),
    path("security/accounts/<int:number>/change", security.change_account, name="security-change"),
    path("regulator/oversight/", superiors.sign_ins, name="officer-sign-ins"),
    path("regulator/oversight/looks/<int:number>", superiors.check, name="officer-sign-in-check"),
    path("regulator/oversight/acts", superiors.acts, name="officer-acts"),
    path("audit/", auditor.home, name="audit-home"),
]
