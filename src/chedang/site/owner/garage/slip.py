"""认领码 of one record on a shop's page, with its QR code, to print beside the settlement list."""

from __future__ import annotations

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
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.owner.garage.desk import printed_claim


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def claim_slip(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The code of a record of this shop; another's, a void one and none at all are the same: not there."""
    shop = person(request)
    with archive() as connection:
        record = records.find_record(connection, record_id)
    if record is None or record.company_code != shop.company_code or record.state is not RecordState.ACTIVE:
        raise Http404
    record_event(
        shop,
        AuditAction.READ_OWN_RECORDS,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=record_id.hex,
        organisation=organisation_of(shop),
    )
    context = {
        "record": record,
        **printed_claim(record_id),
        "is_fileless": record.vin.startswith("~"),
    }
    return render(request, "garage/slip.html", context)
