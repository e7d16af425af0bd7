"""One record of the shop: what it says, what does not fit and who can mend it, and how it came to be so."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import store as enterprises
from chedang.records import store as records
from chedang.records.model import StoredVersion
from chedang.site.archive.connections import archive
from chedang.site.findings import mask_vin
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.records.presentation import facts_of, present_marks, present_versions
from chedang.terms import vin as vins
from chedang.workshop.explanations import history_of, said_of, standing


@require_safe
@for_shop(ShopPost.CLERK)
def read_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The page; another shop's record and none at all are the same: not there."""
    write_down(request, find_own(request, record_id), AuditAction.READ_OWN_RECORDS)
    return record_page(request, record_id)


def find_own(request: HttpRequest, record_id: UUID) -> StoredVersion:
    """The newest version of a record of this shop. Raises Http404."""
    with archive() as connection:
        record = records.find_record(connection, record_id)
    if record is None or record.company_code != person(request).company_code:
        raise Http404
    return record


def write_down(request: HttpRequest, record: StoredVersion, action: AuditAction) -> None:
    """Write down what is about to be done with a record; the owner of its vehicle sees it."""
    shop = person(request)
    record_event(
        shop,
        action,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        vin=record.vin if vins.opens_file(record.vin) else "",
        object_id=record.record_id.hex,
        organisation=organisation_of(shop),
    )


def record_page(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The record as it stands now."""
    with archive() as connection:
        versions = records.read_record(connection, record_id)
        enterprise = enterprises.find_by_code(connection, person(request).company_code)
    record = versions[-1]
    said = standing(said_of([record_id]).get(record_id, {}), record.findings)
    history = history_of(record_id)
    context = {
        "record": record,
        "vin_shown": record.text.vin if record.vin.startswith("~") else mask_vin(record.text.vin),
        "facts": facts_of(record),
        "marks": present_marks(record, said),
        "versions": present_versions(versions),
        "former": [each for each in history if said.get(each.code) != each],
        "is_fileless": record.vin.startswith("~"),
        "review_state": enterprise.review_state.value if enterprise else "",
    }
    return render(request, "shop/record.html", context)
