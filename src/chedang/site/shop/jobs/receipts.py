"""收妥回执 of one record: its number to be read over a telephone, and the code by which the owner claims the car."""

from __future__ import annotations

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.records import store as records
from chedang.records.model import RecordState
from chedang.site.archive.connections import archive
from chedang.site.findings import describe_findings
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.owner.garage.desk import printed_claim
from chedang.site.shop.jobs.common import own_shop

_GROUP = re.compile(r"[A-Za-z]+|[0-9]{1,4}|[^A-Za-z0-9\s_-]+")


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def receipt(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The receipt of a record of this shop; another's and none at all are the same: not there."""
    user = person(request)
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
        record = records.find_record(connection, record_id)
    if record is None or record.company_code != shop.company_code:
        raise Http404
    record_event(
        user,
        AuditAction.READ_OWN_RECORDS,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=record_id.hex,
        organisation=organisation_of(user),
    )
    context = {
        "record": record,
        "shop": shop,
        "is_void": record.state is RecordState.VOID,
        "number_groups": in_groups(record.settlement_list_number),
        "id_groups": in_groups(record_id.hex, 4),
        **printed_claim(record_id),
        "is_fileless": record.vin.startswith("~"),
        "doubts": describe_findings(record.findings, with_notes=False),
    }
    return render(request, "workshop/receipt.html", context)


def in_groups(number: str, size: int | None = None) -> list[str]:
    """A number in pieces that can be read over a telephone: letters together, digits by four; or all by ``size``."""
    if size is None:
        return _GROUP.findall(number)
    return [number[at : at + size] for at in range(0, len(number), size)]
