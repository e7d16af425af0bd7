"""Filings whose 有效期止 is near or over: a list from which one reminds."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.filing.counting import EXPIRES_WITHIN_DAYS, expiring, expiring_counts
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.guards import for_roles, person
from chedang.site.typed import whole_number
from chedang.terms.dates import day_in_china

_LISTED: Final = 100
_MOST_PAGES: Final = 10_000


@require_safe
@for_roles(Role.REGULATOR)
def list_expiring(request: HttpRequest) -> HttpResponse:
    """Those that ended first before others; all are ticked, so that one press reminds them."""
    officer, now = person(request), timezone.now()
    number = min(max(whole_number(request.GET.get("page"), 1), 1), _MOST_PAGES)
    with archive() as connection:
        counts = expiring_counts(connection, officer, now=now)
        found = expiring(connection, officer, now=now, limit=_LISTED, offset=(number - 1) * _LISTED)
    today = day_in_china(now)
    context = {
        "division": division_name(officer.division_code),
        "counts": counts,
        "days": EXPIRES_WITHIN_DAYS,
        "rows": [
            {
                "shop": shop,
                "division": division_name(shop.division_code),
                "category": category_name(shop.category_code),
                "left": (shop.license_end_on - today).days,
                "over": (today - shop.license_end_on).days,
            }
            for shop in found
        ],
        "previous": number - 1,
        "next": number + 1 if number * _LISTED < counts.all else 0,
    }
    return render(request, "inspections/expiring.html", context)
