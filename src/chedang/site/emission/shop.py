"""A shop's side of the I/M loop: whether it is an M-station, tickets that its records answer, what to write."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import ShopPost
from chedang.emission import stations, store
from chedang.emission.figures import station_figures
from chedang.site.archive.connections import archive
from chedang.site.emission.presentation import ticket_views
from chedang.site.guards import for_shop, person
from chedang.terms.dates import day_in_china

_LISTED: Final = 100


@require_safe
@for_shop(ShopPost.CLERK)
def list_tickets(request: HttpRequest) -> HttpResponse:
    """Tickets that records of this shop answer."""
    shop, today = person(request).company_code, day_in_china(timezone.now())
    with archive() as connection:
        stays = stations.listings_of(connection, [shop]).get(shop, ())
        found = store.tickets_of_shop(connection, shop, limit=_LISTED)
        context = {
            "is_listed": any(stay.is_listed(today) for stay in stays),
            "rows": ticket_views(connection, found, today),
            "figures": station_figures(connection, shop, today.replace(month=1, day=1), today),
        }
    return render(request, "emission/shop.html", context)
