"""总部对总部名录: makers that may upload for their dealers, for everybody, as a page, JSON and CSV.

At the ministry as it decides; in a province as the ministry told. Business data only.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chedang.enterprises import maker_store
from chedang.site.archive.connections import archive
from chedang.site.maker_view import MakerView, dealer_rows, maker_view, maker_views, today
from chedang.site.public.listing import PublicList
from chedang.site.settings import NODE

_HEADINGS: Final = ("企业名称", "统一社会信用代码", "品牌", "有效期起", "有效期止", "经销商家数")


@login_not_required
@require_safe
def list_makers(request: HttpRequest) -> HttpResponse:
    """The list as of today."""
    makers = _listed()
    context = {"makers": makers, "is_ministry": NODE.node.level == "ministry", "today": today()}
    return render(request, "public/makers.html", context)


@login_not_required
@require_safe
def read_maker(request: HttpRequest, maker_code: str) -> HttpResponse:
    """One maker of the list with its dealers of today."""
    with archive() as connection:
        maker = maker_store.find(connection, maker_code)
        rows = [row for row in dealer_rows(connection, maker_code) if row.is_current]
    if maker is None or not (view := maker_view(maker, len(rows))).is_listed:
        raise Http404
    page = Paginator(rows, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "public/maker.html", {"maker": view, "page": page})


@login_not_required
@require_safe
def as_json(_request: HttpRequest) -> HttpResponse:
    """The list for machines: an object with the day and the makers."""
    return _list().as_json()


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The list for spreadsheets: UTF-8 with its mark."""
    return _list().as_csv()


def _list() -> PublicList:
    return PublicList("makers", _HEADINGS, lambda: map(_object, _listed()), "makers")


def _listed() -> list[MakerView]:
    with archive() as connection:
        return maker_views(connection, maker_store.list_public(connection, today()))


def _object(maker: MakerView) -> dict[str, Any]:
    return {
        "maker_name": maker.name,
        "unified_credit_code": maker.unified_credit_code,
        "brands": maker.brands,
        "valid_from": maker.valid_from.isoformat() if maker.valid_from else "",
        "valid_until": maker.valid_until.isoformat() if maker.valid_until else "",
        "dealers": maker.dealers,
    }
