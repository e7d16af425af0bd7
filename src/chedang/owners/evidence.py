"""What the archive and the bindings say about one try to bind a car: always the same steps, whatever they find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from chedang.access.models import User
from chedang.enterprises import known
from chedang.enterprises import store as enterprises
from chedang.owners.claim_index import find_record_id
from chedang.owners.facts import FactKind, Facts, known_facts, right_facts
from chedang.owners.limits import binding_limits
from chedang.owners.model import Kind
from chedang.owners.models import Binding
from chedang.owners.rules import Evidence
from chedang.records import store as records
from chedang.records.model import Level, StoredVersion
from chedang.records.store import Connection
from chedang.terms import vin as vins
from chedang.terms.dates import day_in_china
from chedang.vehicles import store as vehicles
from chedang.vehicles.home import HomeFacts
from chedang.vehicles.model import FileEntry
from chedang.vehicles.rules import assemble_file, day_in_file, plates_over_time

_NOBODY = "0" * vins.LENGTH
"""Looked for where no vehicle was found, so that as much is done."""
_NO_RECORD = UUID(int=0)
_DECISIVE = ("/basicInfo/vin", "/basicInfo/vehicleplatenumber")


class Sighting(msgspec.Struct, frozen=True):
    """The car that a try is about, as far as one was found. Holds VIN and plate: never logged."""

    candidates: tuple[str, ...]
    entries: tuple[FileEntry, ...]
    """Its visits that may be shown, newest first."""
    visit: StoredVersion | None
    """The visit that counts: with a code the code's, else the last one; ``None`` for none."""
    division_code: str
    """Of that visit's shop; '' when it is not known."""
    shop_name: str

    @property
    def vin(self) -> str:
        return self.candidates[0] if self.candidates else ""

    @property
    def visited_on(self) -> date | None:
        """Day of the visit that counts."""
        return next((entry.on for entry in self.entries if entry.newest == self.visit), None)

    @property
    def newest_plate(self) -> str:
        spans = plates_over_time(self.entries)
        return spans[0].plate_number if spans else ""


def sight_by_plate(connection: Connection, plate_number: str, vin_tail: str, *, node_code: str) -> Sighting:
    """The car with this plate and end of the VIN, and its last visit."""
    found = vehicles.find_by_plate_and_vin_tail(connection, plate_number, vin_tail)
    entries = _entries(connection, found[0] if found else _NOBODY, node_code)
    visit = entries[0].newest if entries else None
    return _sighting(connection, found, entries, visit)


def sight_by_code(connection: Connection, key: bytes, typed: str, *, node_code: str, now: datetime) -> Sighting:
    """The car that a claim code leads to; no candidates for a code that is wrong, void, too old or not released.

    A shop's codes count once its registration is approved: its records stand in no file before.
    """
    record_id = find_record_id(connection, key, typed)
    record = records.find_record(connection, record_id or _NO_RECORD)
    entries = _entries(connection, record.vin if record else _NOBODY, node_code)
    good = [entry for entry in entries if entry.newest.record_id == record_id and _still_counts(entry, now)]
    if not good or record is None or not vins.opens_file(record.vin):
        return _sighting(connection, [], (), None)
    return _sighting(connection, [record.vin], entries, good[0].newest)


def weigh(
    sighting: Sighting, user: User, *, told: Facts | None, plate_number: str, tries_left: bool, now: datetime
) -> Evidence:
    """All that decides. ``told`` is ``None`` with a claim code; ``plate_number`` is the one typed, or the record's."""
    owner = Binding.objects.filter(vin=sighting.vin or _NOBODY, kind__in=(str(Kind.OWN), str(Kind.COMPANY)))
    of_others = list(owner.exclude(user=user).values_list("ended_at", flat=True))
    own_cars = Binding.objects.active(now).filter(user=user, kind=str(Kind.OWN)).exclude(vin=sighting.vin).count()
    visit = sighting.visit
    right = right_of(sighting, told) if told else frozenset()
    return Evidence(
        by_code=told is None,
        candidates=len(sighting.candidates) if visit else 0,
        facts_known=_known(visit) if visit else 0,
        facts_right=right,
        plate_is_newest=sighting.newest_plate in ("", plate_number),
        record_is_unsure=visit is not None and _is_unsure(visit),
        is_bound_to_another=None in of_others,
        had_another_owner=any(ended is not None and _ended_after(ended, visit) for ended in of_others),
        tries_left=tries_left,
        own_cars=own_cars,
        most_own_cars=binding_limits().cars.most_own_without_officer,
    )


def right_of(sighting: Sighting, told: Facts) -> frozenset[FactKind]:
    """Which facts fit the last visit; of two visits on that day the one they fit better."""
    visits = [entry.newest for entry in sighting.entries if entry.on == sighting.entries[0].on]
    found = [
        right_facts(told, number=visit.settlement_list_number, mileage_km=visit.mileage_km, settled_on=visit.settled_on)
        for visit in visits
    ]
    return max(found, key=len, default=frozenset())


def _known(visit: StoredVersion) -> int:
    return known_facts(number=visit.settlement_list_number, mileage_km=visit.mileage_km, settled_on=visit.settled_on)


def _entries(connection: Connection, vin: str, node_code: str) -> tuple[FileEntry, ...]:
    versions = records.read_file(connection, vin)
    hidden = enterprises.unapproved_codes(connection, {version.company_code for version in versions})
    file = assemble_file(vin, versions, home_facts=HomeFacts(node_code), hidden_companies=hidden)
    return file.entries


def _sighting(
    connection: Connection, candidates: Sequence[str], entries: tuple[FileEntry, ...], visit: StoredVersion | None
) -> Sighting:
    code = visit.company_code if visit else ""
    shop = known.find_all(connection, [code]).get(code)
    division_code = shop.division_code if shop else ""
    name = shop.company_name if shop else visit.text.company_name if visit else ""
    return Sighting(tuple(candidates), entries, visit, division_code, name)


def _still_counts(entry: FileEntry, now: datetime) -> bool:
    """A code is good for so many days after the settlement."""
    return day_in_china(now) - entry.on <= timedelta(days=binding_limits().codes.valid_days)


def _is_unsure(visit: StoredVersion) -> bool:
    return any(finding.level is not Level.INFO and finding.field in _DECISIVE for finding in visit.findings)


def _ended_after(ended: datetime, visit: StoredVersion | None) -> bool:
    """Was the car another's on the day of the visit or later? Then the paper may be that person's."""
    if visit is None:
        return False
    return day_in_china(ended) >= day_in_file(visit)
