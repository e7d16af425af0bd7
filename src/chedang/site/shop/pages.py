"""A shop's own page: how its registration stands, what it uploaded, what is to be mended."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import store as enterprises
from chedang.records import store as records
from chedang.records import worklist
from chedang.reviews.case_model import Party
from chedang.site.archive.connections import archive
from chedang.site.cases.scope import cases_of_shop
from chedang.site.enterprise_view import enterprise_view
from chedang.site.findings import record_row
from chedang.site.guards import for_shop, person
from chedang.site.maker_view import channel_view
from chedang.site.paging import read_key, split_page
from chedang.site.shop.orders import orders_view
from chedang.site.shop.secrets import secrets_view

_FILTERS = ("all", "faulty", "fileless")


@require_safe
@for_shop(ShopPost.CLERK)
def home(request: HttpRequest) -> HttpResponse:
    """The shop's records, newest received first; ``show`` is all, faulty or fileless."""
    company_code = person(request).company_code
    wanted = request.GET.get("show", "all")
    show = wanted if wanted in _FILTERS else "all"
    record_event(
        person(request), AuditAction.READ_OWN_RECORDS, Purpose.OWN_BUSINESS, now=timezone.now(), object_id=company_code
    )
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, company_code)
        if enterprise is None:
            raise Http404
        counts = worklist.count_company_records(connection, company_code)
        found = records.read_company_records(
            connection,
            company_code,
            limit=settings.RECORDS_PER_PAGE + 1,
            before=read_key(request.GET.get("before", "")),
            only_faulty=show == "faulty",
            only_fileless=show == "fileless",
        )
        secrets = secrets_view(connection, company_code)
        orders = orders_view(connection, company_code)
        channel = channel_view(connection, company_code)
    page, next_query = split_page(found, settings.RECORDS_PER_PAGE, {"show": show})
    context: dict[str, Any] = {
        "enterprise": enterprise_view(enterprise),
        "counts": counts,
        "show": show,
        "rows": [record_row(record, enterprise.company_name) for record in page],
        "next_query": next_query,
        "is_first_page": "before" not in request.GET,
        "secrets": secrets,
        "orders": orders,
        "channel": channel,
        "cases_waiting": cases_of_shop(person(request)).filter(holder=Party.SHOP).count(),
    }
    return render(request, "shop/home.html", context)
