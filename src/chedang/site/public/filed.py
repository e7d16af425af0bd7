"""备案企业名单 for everybody, as a page, JSON and CSV. Business data only: no person, no telephone.

JSON and CSV are the whole list that was asked for, sent as it is read, with a mark by which a machine asks whether
anything changed.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chedang.enterprises import filed
from chedang.enterprises.filed import FiledQuery, FiledShop
from chedang.filing.cancelling_model import FilingState
from chedang.filing.words import FILING_STATES
from chedang.quality.store import badge_holders, badges_mark
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.public.listing import BOM, csv_cell
from chedang.site.settings import NODE
from chedang.terms import division
from chedang.terms.dates import day_in_china

_HEADINGS: Final = (
    "企业名称",
    "维修企业编码",
    "统一社会信用代码",
    "行政区划代码",
    "行政区划",
    "类别",
    "经营范围",
    "备案状态",
    "有效期止",
    "地址",
    "排放维护维修站",
    "可信维修企业",
    "质量信誉等级",
    "考核年度",
)
_NAMES: Final = (
    "company_name",
    "company_code",
    "unified_credit_code",
    "division_code",
    "division",
    "category",
    "business_scope",
    "filing_state",
    "valid_until",
    "address",
    "is_emission_station",
    "has_badge",
    "credit_grade",
    "credit_year",
)
_IS_CANCELLED: Final = {"filed": False, "cancelled": True}
_CHINESE_CATEGORIES: Final = {"01": "一类", "02": "二类", "03": "三类"}
_CODE_LENGTH: Final = 15


class FiledForm(forms.Form):
    """What part of the list is wanted."""

    use_required_attribute = False

    words = forms.CharField(
        label=gettext_lazy("店名或维修企业编码"),
        max_length=40,
        required=False,
        error_messages={"max_length": gettext_lazy("请控制在 40 个字以内。")},
    )
    division = forms.RegexField(
        r"^[1-9][0-9]{5}$",
        label=gettext_lazy("行政区划代码"),
        help_text=gettext_lazy("六位，例如 330106；330100 是全市，330000 是全省。"),
        required=False,
        error_messages={"invalid": gettext_lazy("请填写六位行政区划代码，例如 330106。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("备案状态"), required=False)

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        kinds = [(code, category_name(code)) for code in _CHINESE_CATEGORIES]
        self.fields["category"].choices = [("", _("不限")), *kinds]  # type: ignore[attr-defined]  # a choice
        states = [(each.value, FILING_STATES[each][0]) for each in (FilingState.FILED, FilingState.CANCELLED)]
        self.fields["state"].choices = [("", _("不限")), *states]  # type: ignore[attr-defined]  # a choice

    def query(self) -> FiledQuery:
        """What a valid form asks for."""
        asked = self.cleaned_data
        code = asked["division"]
        prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
        return FiledQuery(
            of_provinces=NODE.node.level == "ministry",
            division_prefix=prefix,
            category_code=asked["category"],
            is_cancelled=_IS_CANCELLED.get(asked["state"]),
            words=asked["words"],
        )


@login_not_required
@require_safe
def list_filed(request: HttpRequest) -> HttpResponse:
    """The list by code, a page at a time."""
    form = FiledForm(request.GET)
    after = request.GET.get("after", "")
    after = after if after.isdigit() and len(after) <= _CODE_LENGTH else ""
    context: dict[str, Any] = {"form": form, "count": None, "today": day_in_china(timezone.now())}
    if form.is_valid():
        kept = {name: value for name, value in form.cleaned_data.items() if value}
        with archive() as connection:
            query = form.query()
            found = filed.list_filed(connection, query, limit=settings.RECORDS_PER_PAGE + 1, after=after)
            shown = found[: settings.RECORDS_PER_PAGE]
            trusted = badge_holders(connection, [shop.company_code for shop in shown])
            context["count"] = filed.count_filed(connection, query)
        context |= {
            "rows": [_row(shop, shop.company_code in trusted) for shop in shown],
            "kept_query": urlencode(kept),
            "next": shown[-1].company_code if len(found) > len(shown) else "",
            "is_first": not after,
        }
    return render(request, "public/filed.html", context, status=200 if form.is_valid() else 422)


def _row(shop: FiledShop, is_trusted: bool) -> dict[str, Any]:
    state = FilingState.CANCELLED if shop.is_cancelled else FilingState.FILED
    return {
        "shop": shop,
        "division": division_name(shop.division_code),
        "category": category_name(shop.category_code),
        "state": FILING_STATES[state],
        "is_trusted": is_trusted,
        "is_here": NODE.node.level == "province",
    }


@login_not_required
@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    """An object with the day and the shops, in the order of their codes."""
    return _whole(request, _json_parts, "application/json", "filed-shops.json")


@login_not_required
@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """For spreadsheets: UTF-8 with its mark."""
    return _whole(request, _csv_parts, "text/csv; charset=utf-8", "filed-shops.csv")


def _whole(request: HttpRequest, parts: Any, media_type: str, name: str) -> HttpResponseBase:
    """The whole list asked for; 304 to a machine that has it."""
    form = FiledForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            status=422, content="行政区划代码或筛选条件不正确。", content_type="text/plain; charset=utf-8"
        )
    query = form.query()
    with archive() as connection:
        as_of = f"{badges_mark(connection)} {day_in_china(timezone.now()):%Y%m%d}"
        mark = f'W/"{filed.mark_of(connection, query)}-{sha256(as_of.encode()).hexdigest()[:16]}"'
    headers = {"ETag": mark, "Cache-Control": "public, max-age=300"}
    if mark in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return StreamingHttpResponse(parts(query), content_type=media_type, headers=headers)


def _cells(query: FiledQuery) -> Iterator[list[Sequence[Any]]]:
    for chunk in filed.chunks_of(archive, query):
        with archive() as connection:
            trusted = badge_holders(connection, [shop.company_code for shop in chunk])
        yield [_line(shop, shop.company_code in trusted) for shop in chunk]


def _line(shop: FiledShop, is_trusted: bool) -> Sequence[Any]:
    """In Chinese whatever the language of whoever asks: it is data."""
    return (
        shop.company_name,
        shop.company_code,
        shop.unified_credit_code,
        shop.division_code,
        division.full_name(shop.division_code) or "",
        _CHINESE_CATEGORIES.get(shop.category_code, shop.category_code),
        shop.business_scope,
        "已注销" if shop.is_cancelled else "已备案",
        shop.license_end_on.isoformat() if shop.license_end_on else "",
        shop.address,
        shop.is_emission_station,
        is_trusted,
        shop.credit_grade,
        shop.credit_year,
    )


def _json_parts(query: FiledQuery) -> Iterator[bytes]:
    yield f'{{"day":"{day_in_china(timezone.now()).isoformat()}","shops":['.encode()
    separator = ""
    for lines in _cells(query):
        objects = (json.dumps(dict(zip(_NAMES, line, strict=True)), ensure_ascii=False) for line in lines)
        yield (separator + ",\n".join(objects)).encode()
        separator = ",\n"
    yield b"]}"


def _csv_parts(query: FiledQuery) -> Iterator[bytes]:
    yield (BOM + _text([_HEADINGS])).encode()
    for lines in _cells(query):
        yield _text([[csv_cell(value) for value in line] for line in lines]).encode()


def _text(lines: Sequence[Sequence[Any]]) -> str:
    table = io.StringIO(newline="")
    csv.writer(table).writerows(lines)
    return table.getvalue()
