"""Proves that a record is a settled job of a car that the person has bound."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from chedang.access.actions import record_event
from chedang.access.model import AuditAction
from chedang.access.models import User
from chedang.enterprises import known
from chedang.owners.model import Access
from chedang.records import store as records
from chedang.records.model import RecordState, StoredVersion
from chedang.reviews.model import Visit
from chedang.site.archive.connections import archive
from chedang.site.owner.cars import purpose_of


def find_visit(access: Access, record_id: UUID) -> tuple[Visit, StoredVersion] | None:
    """The visit and its newest version; ``None`` when the car has no such record that stands."""
    with archive() as connection:
        record = records.find_record(connection, record_id)
        if record is None or record.vin != access.vin or record.state is not RecordState.ACTIVE:
            return None
        shop = known.find_all(connection, {record.company_code}).get(record.company_code)
    visit = Visit(
        vin=record.vin,
        record_id=record.record_id,
        version=record.version,
        company_code=record.company_code,
        division_code=shop.division_code if shop else "",
        settled_on=record.settled_on,
    )
    return visit, record


def look_at_visit(reader: User, access: Access, record_id: UUID) -> tuple[Visit, StoredVersion] | None:
    """The same for a page that shows shop and day: the look is written down before."""
    found = find_visit(access, record_id)
    if found is not None:
        record_event(
            reader,
            AuditAction.READ_VEHICLE_FILE,
            purpose_of(access),
            now=timezone.now(),
            vin=access.vin,
            object_id=record_id.hex,
        )
    return found
