"""通报 for everybody, as a page, JSON and CSV: what shop, what, on what basis, by whom, when. Never a person."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.site.public.listing import PublicList
from chedang.site.regulator.enforcement.presentation import censure_view
from chedang.supervision import censures
from chedang.supervision.models.enforcement import Censure
from chedang.terms import division
from chedang.terms.dates import day_in_china

_LISTED: Final = 50
_HEADINGS: Final = (
    "企业名称", "维修企业编码", "行政区划代码", "行政区划", "通报内容", "依据", "通报机关", "发布日期",
    "公示到", "改正日期",
)  # fmt: skip


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Those shown today, the newest first."""
    listed = Paginator(censures.published(timezone.now()), _LISTED).get_page(request.GET.get("page"))
    return render(request, "enforcement/public.html", {"page": listed, "rows": [censure_view(row) for row in listed]})


@login_not_required
@require_safe
def as_json(_request: HttpRequest) -> HttpResponse:
    """The same for machines: an object with the day and the notices."""
    return _list().as_json()


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The same for spreadsheets: UTF-8 with its mark."""
    return _list().as_csv()


def _list() -> PublicList:
    return PublicList("censures", _HEADINGS, lambda: map(_object, censures.published(timezone.now())), "censures")


def _object(row: Censure) -> dict[str, Any]:
    return {
        "company_name": row.company_name,
        "company_code": row.company_code,
        "division_code": row.division_code,
        "division": division.full_name(row.division_code) or "",
        "what": row.what,
        "basis": row.basis_words,
        "authority": row.authority,
        "published_on": day_in_china(row.published_at).isoformat() if row.published_at else "",
        "shown_until": row.ends_on.isoformat() if row.ends_on else "",
        "rectified_on": row.rectified_on.isoformat() if row.rectified_on else "",
    }
