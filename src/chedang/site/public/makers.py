"""总部对总部名录: makers that may upload for their dealers, for everybody, as a page, JSON and CSV.

At the ministry as it decides; in a province as the ministry told. Business data only.
"""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chedang.enterprises import maker_store
from chedang.site.archive.connections import archive
from chedang.site.maker_view import MakerView, dealer_rows, maker_view, maker_views, today
from chedang.site.settings import NODE

_HEADINGS: Final = ("企业名称", "统一社会信用代码", "品牌", "有效期起", "有效期止", "经销商家数")
_BOM: Final = "\ufeff"


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
def as_json(_request: HttpRequest) -> JsonResponse:
    """The list for machines: an object with the day and the makers."""
    return JsonResponse(
        {"day": today().isoformat(), "makers": [_object(maker) for maker in _listed()]},
        json_dumps_params={"ensure_ascii": False},
    )


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The list for spreadsheets: UTF-8 with its mark."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(_HEADINGS)
    for maker in _listed():
        writer.writerow([_tame(str(cell)) for cell in _object(maker).values()])
    response = HttpResponse(_BOM + table.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="makers.csv"'
    return response


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


def _tame(text: str) -> str:
    """A name must not become a formula in a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
