"""Fictional jobs of one car, and its file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import NAMESPACE_OID, uuid5

from chedang.records.model import PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.vehicles.home import HomeFacts
from chedang.vehicles.model import VehicleFile
from chedang.vehicles.rules import assemble_file

VIN = "LZZ1A2B32GA000123"
_numbers = count(1)


def text_of(*projects: str, parts: tuple[str, ...] = ()) -> RecordText:
    return RecordText(
        projects=tuple(ProjectText(name, "1") for name in projects),
        parts=tuple(PartText(name, "C-1", "1") for name in parts),
    )


def job(
    on: date | None, km: float | None, *projects: str, parts: tuple[str, ...] = (), **changes: object
) -> StoredVersion:
    """A job done and settled on one day, received that evening."""
    received_on = on or date(2026, 1, 1)
    values: dict[str, object] = {
        "vin": VIN,
        "record_id": uuid5(NAMESPACE_OID, str(next(_numbers))),
        "version": 1,
        "state": RecordState.ACTIVE,
        "company_code": "330102000000001",
        "settlement_list_number": "JS-1",
        "plate_number": "浙A12345",
        "repair_on": on,
        "settled_on": on,
        "mileage_km": None if km is None else Decimal(str(km)),
        "text": text_of(*projects, parts=parts),
        "findings": (),
        "origin": "local",
        "dialect": "lcippro",
        "actor": "",
        "reason": "",
        "received_at": datetime(received_on.year, received_on.month, received_on.day, 12, tzinfo=UTC)
        + timedelta(days=1),
    }
    return StoredVersion(**(values | changes))  # type: ignore[arg-type]  # columns by name


def file_of(*jobs: StoredVersion) -> VehicleFile:
    return assemble_file(VIN, jobs, home_facts=HomeFacts("33"))
