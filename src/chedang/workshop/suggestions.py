"""What a shop's own records suggest to whoever types its next job: usual items and parts, the car's last visit.

From the shop's own records only: what other shops did to a car is its owner's to show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Final

import msgspec

from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries
from chedang.records.model import RecordState, StoredVersion
from chedang.records.store import read_company_records, stored_version
from chedang.terms import plate as plates
from chedang.terms import vin as vins
from chedang.terms.numbers import parse_decimal
from chedang.terms.text import tidy
from chedang.workshop.vin_typos import meant

_LOOKED_AT_RECORDS: Final = 300
_COUNTED_HOURS: Final = 20
_MOST_OFFERED: Final = 30
_MOST_HOURS: Final = Decimal(1000)
_TENTH: Final = Decimal("0.1")

_SQL = load_queries("chedang.workshop", "suggestions.sql")


class UsualItem(msgspec.Struct, frozen=True):
    """A 维修项目 that the shop does, with its usual hours: the median of the last 20; '' when none was readable."""

    name: str
    hours: str
    times: int


class UsualPart(msgspec.Struct, frozen=True):
    """A 配件 that the shop fits, with the code it goes by and the quantity that is usual."""

    name: str
    code: str
    quantity: str
    times: int


class Usual(msgspec.Struct, frozen=True):
    """The most frequent of the shop's recent records, most frequent first."""

    items: tuple[UsualItem, ...]
    parts: tuple[UsualPart, ...]


class OwnVisit(msgspec.Struct, frozen=True):
    """The last time that a car was at this shop. Holds personal data."""

    vin: str
    plate_number: str
    mileage_km: Decimal | None
    on: date | None


def usual_of_shop(connection: Connection, company_code: str) -> Usual:
    """What the shop usually does and fits, by its last 300 records."""
    return usual_of(read_company_records(connection, company_code, limit=_LOOKED_AT_RECORDS))


def usual_of(records: Iterable[StoredVersion]) -> Usual:
    """Count items and parts of records, newest first. Void ones do not count."""
    hours: dict[str, list[Decimal]] = {}
    items: Counter[str] = Counter()
    parts: Counter[tuple[str, str]] = Counter()
    quantities: dict[tuple[str, str], Counter[str]] = {}
    for record in records:
        if record.state is RecordState.VOID:
            continue
        for project in record.text.projects:
            if name := tidy(project.name):
                items[name] += 1
                _note_hours(hours.setdefault(name, []), project.hours)
        for part in record.text.parts:
            if (key := (tidy(part.name), tidy(part.code)))[0]:
                parts[key] += 1
                quantities.setdefault(key, Counter())[tidy(part.quantity)] += 1
    return Usual(
        tuple(UsualItem(name, _usual_hours(hours[name]), times) for name, times in items.most_common(_MOST_OFFERED)),
        tuple(
            UsualPart(*key, quantities[key].most_common(1)[0][0], times)
            for key, times in parts.most_common(_MOST_OFFERED)
        ),
    )


def own_visit(connection: Connection, company_code: str, *, vin: str = "", plate_number: str = "") -> OwnVisit | None:
    """The last visit of a car to this shop, by its VIN or else its plate, both as typed; ``None`` when there is none.

    Either alone is enough: what is found says the other.
    """
    wanted = vins.normalise(vin)
    found = None
    if vins.opens_file(wanted):
        found = _one(connection, "last_visit_by_vin", company_code=company_code, vin=wanted)
    number = plates.read(plate_number)
    if found is None and not wanted and number is not None and number.number:
        found = _one(connection, "last_visit_by_plate", company_code=company_code, plate_number=number.number)
    if found is None:
        return None
    known_vin = "" if found.vin.startswith("~") else found.vin
    return OwnVisit(known_vin, found.plate_number, found.mileage_km, found.repair_on or found.settled_on)


def vins_meant(connection: Connection, company_code: str, typed: str) -> tuple[str, ...]:
    """What a mistyped VIN may have been meant to be, the shop's own cars among it; see :func:`vin_typos.meant`."""
    if vins.judge(typed).problem is None:
        return ()
    known = [row[0] for row in connection.execute(_SQL["own_vins"], {"company_code": company_code})]
    return meant(typed, known)


def _one(connection: Connection, statement: str, **parameters: str) -> StoredVersion | None:
    row = connection.execute(_SQL[statement], parameters).fetchone()
    return None if row is None else stored_version(row)


def _note_hours(hours: list[Decimal], text: str) -> None:
    read = parse_decimal(text)
    if read is not None and Decimal(0) < read <= _MOST_HOURS and len(hours) < _COUNTED_HOURS:
        hours.append(read)


def _usual_hours(hours: list[Decimal]) -> str:
    """The median, to a tenth where it falls between two."""
    if not hours:
        return ""
    usual = median(hours)
    exact = usual if usual in hours else usual.quantize(_TENTH)
    return f"{exact.normalize():f}"
