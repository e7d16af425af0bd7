"""How versions of records become a vehicle's file. Pure: versions in, file out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from chedang.records.limits import OdometerLimits, load_limits
from chedang.records.model import RecordState, StoredVersion
from chedang.terms.dates import day_in_china
from chedang.vehicles.home import Home, HomeFacts, Sighting, came_in_at, province_of_record, resolve_home
from chedang.vehicles.model import FileEntry, OdometerReading, PlateSpan, VehicleFile
from chedang.vehicles.odometer import judge_odometer
from chedang.vehicles.odometer_replaced import says_replaced

__all__ = ["assemble_file", "find_readings", "judge_odometer", "plates_over_time"]


def assemble_file(
    vin: str,
    versions: Sequence[StoredVersion],
    *,
    home_facts: HomeFacts,
    hidden_companies: frozenset[str] = frozenset(),
    odometer_limits: OdometerLimits | None = None,
) -> VehicleFile:
    """Put the file of ``vin`` together from all versions stored under it, in any order.

    The newest version of a record counts; void and moved records are out. Records of ``hidden_companies``
    (enterprises not approved) are counted, not shown, and have no part in plates, 车籍 and odometer. ``home_facts`` is
    what is known of its 车籍 beside the records. Without ``odometer_limits`` ours are used.
    """
    entries = [entry for entry in _entries(versions) if entry.newest.state is RecordState.ACTIVE]
    shown = tuple(entry for entry in entries if entry.newest.company_code not in hidden_companies)
    return VehicleFile(
        vin=vin,
        entries=shown,
        held_back_count=len(entries) - len(shown),
        plates=plates_over_time(shown),
        home=_find_home(shown, home_facts),
        odometer=judge_odometer(find_readings(shown), odometer_limits or load_limits().odometer),
    )


def _entries(versions: Iterable[StoredVersion]) -> list[FileEntry]:
    """One entry per record, newest first; on the same day the one received last comes first."""
    ordered = sorted(versions, key=lambda version: (version.record_id, -version.version))
    entries = []
    for _record_id, group in groupby(ordered, key=attrgetter("record_id")):
        newest, *older = group
        entries.append(FileEntry(newest, tuple(older), day_in_file(newest)))
    entries.sort(key=lambda entry: (entry.on, entry.newest.received_at, entry.newest.record_id), reverse=True)
    return entries


def day_in_file(version: StoredVersion) -> date:
    """Where a version stands in the file.

    A day after its own receipt cannot be right and must not keep a record on top for years.
    """
    received_on = day_in_china(version.received_at)
    return min(version.settled_on or version.repair_on or received_on, received_on)


def plates_over_time(entries: Iterable[FileEntry]) -> tuple[PlateSpan, ...]:
    """The plates on a vehicle's records, newest first. One vehicle may have had several; the VIN is what binds them."""
    days: dict[str, list[date]] = {}
    for entry in entries:
        if entry.newest.plate_number:
            days.setdefault(entry.newest.plate_number, []).append(entry.on)
    spans = [PlateSpan(number, min(seen), max(seen), len(seen)) for number, seen in days.items()]
    return tuple(sorted(spans, key=lambda span: (span.last_seen_on, span.first_seen_on), reverse=True))


def _find_home(entries: Sequence[FileEntry], facts: HomeFacts) -> Home:
    """车籍 by these entries, newest first, and what else is known."""
    nodes = [came_in_at(entry.newest.origin, facts.node_code) for entry in entries]
    sightings = [Sighting(entry.newest.plate_number, node) for entry, node in zip(entries, nodes, strict=True)]
    shop_province = ""
    if entries:
        company_code = entries[0].newest.company_code
        shop_province = province_of_record(company_code, nodes[0], facts.shop_nodes.get(company_code, ""))
    return resolve_home(facts.registered_province, sightings, shop_province)


def find_readings(entries: Iterable[FileEntry]) -> tuple[OdometerReading, ...]:
    """Odometer readings of the entries that have one and a day to go with it."""
    readings = []
    for entry in entries:
        version = entry.newest
        received_on = day_in_china(version.received_at)
        days = [day for day in (version.repair_on, version.settled_on) if day is not None and day <= received_on]
        if version.mileage_km is not None and days:
            is_replaced = says_replaced(version.text)
            readings.append(OdometerReading(version.record_id, days[0], version.mileage_km, is_replaced))
    return tuple(readings)
