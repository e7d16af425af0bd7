"""汽车排放性能维护（维修）站 (M 站) 名录, for everybody, as a page, JSON and CSV. Business data only."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.emission import stations
from chedang.emission.stations import ListedShop
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.terms.dates import day_in_china

_HEADINGS: Final = ("企业名称", "所在地", "地址", "列入日期")
_BOM: Final = "\ufeff"


@login_not_required
@require_safe
def list_stations(request: HttpRequest) -> HttpResponse:
    """The list as of today."""
    today, listed = _listed()
    return render(request, "emission/public.html", {"stations": map(_object, listed), "n": len(listed), "today": today})


@login_not_required
@require_safe
def as_json(_request: HttpRequest) -> JsonResponse:
    """The list for machines: an object with the day and the stations."""
    today, listed = _listed()
    return JsonResponse(
        {"day": today.isoformat(), "stations": [_object(shop) for shop in listed]},
        json_dumps_params={"ensure_ascii": False},
    )


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The list for spreadsheets: UTF-8 with its mark."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(_HEADINGS)
    for shop in _listed()[1]:
        writer.writerow([_tame(str(cell)) for cell in _object(shop).values()])
    response = HttpResponse(_BOM + table.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="emission-stations.csv"'
    return response


def _listed() -> tuple[Any, list[ListedShop]]:
    today = day_in_china(timezone.now())
    with archive() as connection:
        return today, stations.repair_stations(connection, "", today)


def _object(shop: ListedShop) -> dict[str, Any]:
    return {
        "company_name": shop.company_name,
        "division": division_name(shop.division_code),
        "address": shop.address,
        "listed_on": shop.listed_on,
    }


def _tame(text: str) -> str:
    """A name must not become a formula in a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
