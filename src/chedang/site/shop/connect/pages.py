"""对接软件, the first page: addresses, keys, which software is seen, how the last days were."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import store as enterprises
from chedang.enterprises.store import Connection
from chedang.intake import refusals, software
from chedang.intake.amending import DESK_DIALECT
from chedang.records.readback import count_dialects
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.shop.connect.gates import addresses, dialect_words
from chedang.site.shop.connect.secrets import secrets_view

_LOOKED_BACK: Final = timedelta(days=90)
_SHOWN_CLIENTS: Final = 5
VENDORS: Final = (
    "车保无忧",
    "驷惠",
    "瑞龙",
    "理工华泰",
    "奇策",
    "软平",
    "全智通",
    "汽修通",
)
"""Vendors that docked with a province's platform, as its list named them; any other is written by hand."""


class SoftwareForm(forms.Form):
    """Which software the shop uses."""

    vendor = forms.CharField(
        label=gettext_lazy("软件名称或厂商"),
        help_text=gettext_lazy("从列表选，或者直接写。"),
        max_length=software.LONGEST_VENDOR,
        error_messages={"required": gettext_lazy("请写软件名称或厂商。")},
        widget=forms.TextInput(attrs={"list": "vendors", "autocomplete": "off"}),
    )
    version = forms.CharField(label=gettext_lazy("版本"), max_length=software.LONGEST_VERSION, required=False)


@require_safe
@for_shop(ShopPost.CLERK)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything about the shop's software; keys are shown to those who manage the shop."""
    return _overview(request, SoftwareForm())


@require_POST
@for_shop()
def state_software(request: HttpRequest) -> HttpResponse:
    """The shop says which software it uses."""
    shop, now = person(request), timezone.now()
    form = SoftwareForm(request.POST)
    if not form.is_valid():
        return _overview(request, form)
    record_event(
        shop, AuditAction.CHANGE_PROFILE, Purpose.OWN_BUSINESS, now=now, object_id=f"{shop.company_code} software"
    )
    with archive() as connection:
        software.state(connection, shop.company_code, **form.cleaned_data, by=shop.username, now=now)
    messages.success(request, _("已记下本店使用的软件。"))
    return redirect("shop-connect")


def _overview(request: HttpRequest, form: SoftwareForm) -> HttpResponse:
    shop, now = person(request), timezone.now()
    is_manager = shop.shop_post == ShopPost.MANAGER
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, shop.company_code)
        if enterprise is None:
            raise Http404
        context: dict[str, Any] = {
            "enterprise": enterprise,
            "addresses": addresses(),
            "is_manager": is_manager,
            "secrets": secrets_view(connection, shop.company_code) if is_manager else None,
            "errors": len(refusals.list_of(connection, shop.company_code, now)),
            "vendors": VENDORS,
            "form": form,
            **_seen(connection, shop.company_code, now),
        }
    return render(request, "connect/overview.html", context, status=422 if form.errors else 200)


def _seen(connection: Connection, company_code: str, now: datetime) -> dict[str, Any]:
    """What the shop says, what was seen, and when the last record came in each vocabulary."""
    uses = [
        {"words": dialect_words(use.dialect), "versions": use.versions, "last_at": use.last_at}
        for use in count_dialects(connection, company_code, from_at=now - _LOOKED_BACK)
        if use.dialect != DESK_DIALECT
    ]
    clients = [
        {"words": dialect_words(each.dialect), "client": each.client, "seen": each}
        for each in software.list_of(connection, company_code)[:_SHOWN_CLIENTS]
    ]
    return {
        "stated": software.stated(connection, company_code),
        "uses": uses,
        "clients": clients,
        "today": timezone.localdate(now),
        "looked_back_days": _LOOKED_BACK.days,
    }
