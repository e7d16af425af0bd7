"""下次保养: when and at what mileage the next service is likely due, by the car's own rhythm. Pure (ours, ADR 0028).

A service seen twice has a rhythm of its own; one seen once takes the typical interval of the vocabulary; one never seen
is not predicted. Nothing is sent to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import pairwise
from statistics import median
from typing import Final, Literal
from uuid import UUID

import msgspec

from chedang.records.model import RecordText
from chedang.terms import plate as plates
from chedang.vehicles.gloss import Gloss, Span, explain_all, vocabulary
from chedang.vehicles.model import FileEntry, VehicleFile
from chedang.vehicles.pace import Pace, believed_readings, find_pace
from chedang.vehicles.phrases import read_data
from chedang.vehicles.warranty import Limit
from chedang.vehicles.work import Deed, read_clauses

_DAYS_PER_MONTH: Final = Decimal("30.4")
_SAME_SERVICE: Final = timedelta(days=14)
"""Two records closer than this tell of one service, sent in two lists or done over again."""
_TOO_LONG_AGO: Final = timedelta(days=4 * 365)
"""A service not seen for so long was done where we do not see it, or not at all: no prediction."""
_OWN_SPREAD: Final = Decimal("0.15")
"""How far from its median a rhythm of one or two intervals may be off."""
_CLEANED: Final = ("清洗", "清洁", "拆装")
"""Not new, so no service of its own."""
_PLAIN_SERVICE: Final = ("保养", "定期维护", "常规维护")
_PURE_ELECTRIC: Final = frozenset("DABCE")
"""Letter of a new-energy plate of a purely electric car (GA 36-2018, as secondary sources quote it, 待核)."""
_ELECTRIC_ITEMS: Final = frozenset(
    {
        "drive_battery",
        "battery_module",
        "drive_motor",
        "reducer_oil",
        "battery_coolant",
        "charging_port",
        "on_board_charger",
    }
)
_FUEL_ITEMS: Final = frozenset(
    {"engine_oil", "oil_filter", "oil_and_filter", "diesel_oil", "spark_plug", "fuel_filter"}
)


class Basis(StrEnum):
    """What a prediction rests on."""

    OWN = "own"
    """Median of the car's own intervals."""
    TYPICAL = "typical"
    """The typical interval: seen only once, or at intervals that are no rhythm."""


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One 保养项目 of ``data/services.toml``."""

    key: str
    zh: str
    en: str
    items: tuple[str, ...]
    typical: str
    cars: Literal["all", "fuel", "electric"]
    is_main: bool = False
    plain_service: bool = False
    is_inspection: bool = False
    """A look counts as the service."""

    def name(self, language: Literal["zh", "en"]) -> str:
        return self.zh if language == "zh" else self.en


class NextService(msgspec.Struct, frozen=True):
    """The next service of one kind: ``due_on`` or ``due_km``, whichever comes first."""

    service: Service
    basis: Basis
    seen_count: int
    last_on: date
    last_km: Decimal | None
    interval_days: int
    interval_km: int | None
    """``None`` where no mileage is usable."""
    due_on: date
    """The earlier of the day by time and the day on which ``due_km`` is likely reached."""
    due_km: int | None
    """To the next hundred kilometres."""
    first: Limit
    """Which of the two makes ``due_on``."""
    earliest_on: date
    latest_on: date
    """The honest range around ``due_on``."""

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today


class _Visit(msgspec.Struct, frozen=True):
    """One time the service was done."""

    on: date
    mileage_km: Decimal | None


class _Interval(msgspec.Struct, frozen=True):
    """From one service to the next: the middle and the range."""

    middle: int
    low: int
    high: int


def next_services(file: VehicleFile, today: date) -> tuple[NextService, ...]:
    """What is due next, a main service first, then by day; empty when the records show no service yet.

    The order of the entries does not matter.
    """
    readings = {reading.record_id: reading.mileage_km for reading in believed_readings(file.odometer)}
    pace = find_pace(file.odometer)
    entries = sorted(
        (entry for entry in file.entries if entry.on <= today), key=lambda entry: (entry.on, entry.newest.record_id)
    )
    is_electric = _is_electric(file)
    predicted = []
    for service in services():
        if service.cars == "all" or (service.cars == "electric") == is_electric:
            visits = _visits(entries, service, readings)
            if visits and today - visits[-1].on <= _TOO_LONG_AGO:
                predicted.append(_predict(service, visits, pace))
    return tuple(sorted(predicted, key=lambda each: (not each.service.is_main, each.due_on, each.service.key)))


@cache
def services() -> tuple[Service, ...]:
    """Every 保养项目 whose rhythm is watched."""
    return msgspec.convert(read_data("services.toml")["service"], tuple[Service, ...])


def _predict(service: Service, visits: Sequence[_Visit], pace: Pace) -> NextService:
    typical = vocabulary()[service.typical]
    last = visits[-1]
    own_days = _rhythm([(b.on - a.on).days for a, b in pairwise(visits)], _days(typical))
    driven = [
        int(b.mileage_km - a.mileage_km)
        for a, b in pairwise(visits)
        if a.mileage_km is not None and b.mileage_km is not None
    ]
    own_km = _rhythm(driven, typical.km)
    days = own_days or _typical(_days(typical))
    # The km of the own rhythm with the days of the typical one would be neither.
    km = (own_km if own_days else None) or (_typical(typical.km) if typical.km else None)
    last_km = last.mileage_km if last.mileage_km is not None else pace.mileage_on(last.on)
    by_days = last.on + timedelta(days=days.middle)
    by_km = pace.day_of(last_km + km.middle) if last_km is not None and km else None
    due_on = max(min(by_days, by_km or by_days), last.on)
    return NextService(
        service=service,
        basis=Basis.OWN if own_days else Basis.TYPICAL,
        seen_count=len(visits),
        last_on=last.on,
        last_km=last.mileage_km,
        interval_days=days.middle,
        interval_km=km.middle if km and last_km is not None else None,
        due_on=due_on,
        due_km=round(int(last_km + km.middle) / 100) * 100 if last_km is not None and km else None,
        first=Limit.KM if by_km is not None and by_km < by_days else Limit.DAYS,
        earliest_on=_bound(last, days.low, km.low if km else None, last_km, pace, latest=due_on),
        latest_on=max(_bound(last, days.high, km.high if km else None, last_km, pace, latest=date.max), due_on),
    )


def _bound(last: _Visit, days: int, km: int | None, last_km: Decimal | None, pace: Pace, *, latest: date) -> date:
    """The day that one end of both intervals leads to, whichever comes first; not before the last service."""
    by_days = last.on + timedelta(days=days)
    by_km = pace.day_of(last_km + km) if last_km is not None and km is not None else None
    return max(last.on, min(by_days, by_km or by_days, latest))


def _rhythm(intervals: Sequence[int], typical: Span | None) -> _Interval | None:
    """The car's own interval; ``None`` for none, or for one too far from the typical to be a rhythm."""
    if not intervals or typical is None:
        return None
    middle = int(median(intervals))
    if not typical.low / 3 <= middle <= typical.high * 2:
        return None
    spread = int(middle * _OWN_SPREAD)
    low, high = sorted(intervals)[len(intervals) // 4], sorted(intervals)[-1 - len(intervals) // 4]
    return _Interval(middle, min(low, middle - spread), max(high, middle + spread))


def _typical(span: Span) -> _Interval:
    return _Interval((span.low + span.high) // 2, span.low, span.high)


def _days(typical: Gloss) -> Span:
    """The typical interval in days. Raises ValueError for an entry without one."""
    if typical.months is None:
        raise ValueError(f"{typical.key} is a watched service and has no typical interval")
    return Span(int(typical.months.low * _DAYS_PER_MONTH), int(typical.months.high * _DAYS_PER_MONTH))


def _visits(entries: Sequence[FileEntry], service: Service, readings: Mapping[UUID, Decimal]) -> list[_Visit]:
    """Each time the service was done, oldest first; records of the same days are one time."""
    visits: list[_Visit] = []
    for entry in entries:
        record = entry.newest
        is_dated = record.settled_on is not None or record.repair_on is not None
        is_new = not visits or entry.on - visits[-1].on >= _SAME_SERVICE
        if is_dated and is_new and _tells_of(record.text, service):
            visits.append(_Visit(entry.on, readings.get(record.record_id)))
    return visits


def _tells_of(text: RecordText, service: Service) -> bool:
    """Was it done? An item that says so, or a part that is used up by it."""
    keys = frozenset(service.items)
    deeds = {Deed.REPAIR, Deed.INSPECTION, Deed.UNCLEAR} if service.is_inspection else {Deed.REPAIR, Deed.UNCLEAR}
    for project in text.projects:
        for clause in read_clauses(project.name):
            if clause.deed not in deeds or any(word in clause.text for word in _CLEANED):
                continue
            named = {gloss.key for gloss in explain_all(clause.text)}
            if named & keys or (service.plain_service and _is_plain_service(clause.text, named)):
                return True
    return any(gloss.key in keys for part in text.parts for gloss in explain_all(part.name))


def _is_plain_service(text: str, named: set[str]) -> bool:
    """保养 and nothing else by name: 空调保养 is not the service of the car."""
    return any(word in text for word in _PLAIN_SERVICE) and named <= {"regular_service"}


def _is_electric(file: VehicleFile) -> bool:
    """A car without an engine: its newest new-energy plate says so, else what was worked on."""
    for span in file.plates:
        letter = _energy_letter(span.plate_number)
        if letter:
            return letter in _PURE_ELECTRIC
    named = {
        gloss.key
        for entry in file.entries
        for name in (*(p.name for p in entry.newest.text.projects), *(p.name for p in entry.newest.text.parts))
        for gloss in explain_all(name)
    }
    return bool(named & _ELECTRIC_ITEMS) and not named & _FUEL_ITEMS


def _energy_letter(plate_number: str) -> str:
    """D of 浙AD12345, and of 浙A12345D; '' for any other plate."""
    plate = plates.read(plate_number)
    if plate is None:
        return ""
    if plate.kind is plates.PlateKind.NEW_ENERGY_SMALL:
        return plate.number[2]
    return plate.number[-1] if plate.kind is plates.PlateKind.NEW_ENERGY_LARGE else ""
