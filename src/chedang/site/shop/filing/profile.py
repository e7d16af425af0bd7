"""公开信息: what the public reads of a shop beside its registration. Counts at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises import profiles
from chedang.enterprises.model import ReviewState
from chedang.enterprises.profile_model import OWN_FIELDS, ShopProfile
from chedang.enterprises.profile_table import LONGEST_BRAND, LONGEST_CHAIN, LONGEST_HOURS, MOST_BRANDS
from chedang.filing.filing_model import StepKind
from chedang.filing.history import note
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.shop.filing.pages import own_shop
from chedang.site.shop.filing.wiring import acting
from chedang.terms.text import tidy

_SEPARATORS = str.maketrans("、，,；;\n", "//////")


class ProfileForm(forms.Form):
    """What a shop tells of itself."""

    use_required_attribute = False

    brands = forms.CharField(
        label=gettext_lazy("授权或主修品牌"),
        help_text=gettext_lazy("几个品牌用顿号隔开。例如：青禾、云栖"),
        max_length=600,
        required=False,
    )
    is_4s = forms.BooleanField(label=gettext_lazy("4S 店"), required=False)
    repairs_nev = forms.BooleanField(label=gettext_lazy("能修新能源汽车"), required=False)
    has_rescue = forms.BooleanField(label=gettext_lazy("24 小时救援"), required=False)
    opening_hours = forms.CharField(
        label=gettext_lazy("营业时间"),
        help_text=gettext_lazy("例如：每天 8:30–18:00"),
        max_length=LONGEST_HOURS,
        required=False,
    )
    chain_name = forms.CharField(
        label=gettext_lazy("连锁名称"),
        help_text=gettext_lazy("不是连锁的空着。只给车主看；总部代传要由主管部门另外确认。"),
        max_length=LONGEST_CHAIN,
        required=False,
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("纬度"),
        help_text=gettext_lazy("度数，例如 30.27415"),
        min_value=-90,
        max_value=90,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    longitude = forms.DecimalField(
        label=gettext_lazy("经度"),
        help_text=gettext_lazy("度数，例如 120.15515"),
        min_value=-180,
        max_value=180,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    def clean_brands(self) -> tuple[str, ...]:
        """One after another, each once."""
        named = (tidy(each) for each in self.cleaned_data["brands"].translate(_SEPARATORS).split("/"))
        brands = tuple(dict.fromkeys(brand for brand in named if brand))
        if len(brands) > MOST_BRANDS or any(len(brand) > LONGEST_BRAND for brand in brands):
            limits = {"most": MOST_BRANDS, "longest": LONGEST_BRAND}
            raise ValidationError(_("最多 %(most)d 个品牌，每个不超过 %(longest)d 个字。") % limits)
        return brands

    def clean(self) -> dict[str, Any]:
        """A place has two numbers."""
        cleaned = super().clean() or {}
        for name in ("latitude", "longitude"):
            if isinstance(cleaned.get(name), Decimal):
                cleaned[name] = round(cleaned[name], 5)
        is_half = (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None)
        if is_half and "latitude" not in self.errors and "longitude" not in self.errors:
            self.add_error("longitude", ValidationError(_("经纬度要么都填，要么都不填。")))
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def profile(request: HttpRequest) -> HttpResponse:
    """The form; what the authority alone says is shown beside it."""
    with archive() as connection:
        shop = own_shop(connection, person(request).company_code)
        known = profiles.read_profiles(connection, [shop.company_code]).get(
            shop.company_code, ShopProfile(company_code=shop.company_code)
        )
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_initial(known))
    if form.is_bound and form.is_valid():
        told = msgspec.structs.replace(known, **{name: form.cleaned_data[name] for name in OWN_FIELDS})
        if told != known:
            _keep(request, told)
        messages.success(request, _("已保存，马上生效。"))
        return redirect("shop-profile")
    context = {
        "form": form,
        "profile": known,
        "company_code": shop.company_code,
        "is_public": shop.review_state is ReviewState.APPROVED,
    }
    response = render(request, "filing/profile.html", context, status=422 if form.errors else 200)
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()"
    return response


def _keep(request: HttpRequest, told: ShopProfile) -> None:
    user, now = person(request), timezone.now()
    by = acting(user)
    record_event(
        user,
        AuditAction.CHANGE_PROFILE,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=told.company_code,
        organisation=by.organisation,
    )
    with transaction.atomic(), archive() as connection:
        note(told.company_code, StepKind.PROFILE, by, now=now)
        profiles.keep_own_profile(connection, told, by=user.username, now=now)


def _initial(known: ShopProfile) -> dict[str, Any]:
    return {name: getattr(known, name) for name in OWN_FIELDS} | {"brands": "、".join(known.brands)}
