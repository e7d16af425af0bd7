"""汽车排放性能维护（维修）站 (M 站) 名录, for everybody, as a page, JSON and CSV. Business data only."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.emission import stations
from chedang.emission.stations import ListedShop
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.public.listing import PublicList
from chedang.terms.dates import day_in_china

_HEADINGS: Final = ("企业名称", "所在地", "地址", "列入日期")


@login_not_required
@require_safe
def list_stations(request: HttpRequest) -> HttpResponse:
    """The list as of today."""
    today, listed = _listed()
    return render(request, "emission/public.html", {"stations": map(_object, listed), "n": len(listed), "today": today})


@login_not_required
@require_safe
def as_json(_request: HttpRequest) -> HttpResponse:
    """The list for machines: an object with the day and the stations."""
    return _list().as_json()


@login_not_required
@require_safe
def as_csv(_request: HttpRequest) -> HttpResponse:
    """The list for spreadsheets: UTF-8 with its mark."""
    return _list().as_csv()


def _list() -> PublicList:
    return PublicList("stations", _HEADINGS, lambda: map(_object, _listed()[1]), "emission-stations")


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
