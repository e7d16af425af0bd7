"""质量保证期 of each job, counted from its record against the legal minima. Pure (ADR 0028).

The table stands in ``data/warranty.toml``. What a shop promises beyond it is not in the records and not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID

import msgspec

from chedang.records.model import Level, RecordState, StoredVersion
from chedang.vehicles.gloss import Urgency, explain
from chedang.vehicles.model import FileEntry, OdometerReading, VehicleFile
from chedang.vehicles.pace import Pace, believed_readings, find_pace
from chedang.vehicles.phrases import read_data
from chedang.vehicles.work import Confidence, Deed, LegalClass, Work, WorkClass, classify_work, read_clauses

_SIDES: Final = "左右前后内外上下"
_DAY_FIELDS: Final = frozenset({"/basicInfo/settledate", "/basicInfo/repairdate"})
_MILEAGE_FIELDS: Final = frozenset({"/basicInfo/repairmileage"})


class VehicleGroup(StrEnum):
    """Groups of vehicles in the legal table."""

    CAR = "car"
    """汽车、危险货物运输车辆. The records do not say the group, so this one is taken (ours)."""
    MOTORCYCLE = "motorcycle"
    OTHER = "other"


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One legal minimum: over at the first of the two."""

    km: int
    days: int


class WarrantyState(StrEnum):
    """What there is to say of one job."""

    RUNNING = "running"
    ENDED = "ended"
    NOT_COUNTED = "not_counted"


class Uncounted(StrEnum):
    """Why a job is not counted."""

    VOID = "void"
    """The record does not stand."""
    NO_DAY = "no_day"
    """It has no 结算日期."""
    DAY_DOUBTFUL = "day_doubtful"
    """The rules have a doubt or an error about its days."""
    IN_FUTURE = "in_future"
    """Its 结算日期 is still to come."""
    NO_WORK = "no_work"
    """Something was looked at and nothing mended."""


class Limit(StrEnum):
    """Which of the two limits."""

    DAYS = "days"
    KM = "km"


class Repeat(msgspec.Struct, frozen=True):
    """A later job on the same item within the period."""

    record_id: UUID
    on: date
    item: str
    """As the later record names it."""
    is_same_shop: bool


class Warranty(msgspec.Struct, frozen=True):
    """质量保证期 of one job on one day. All figures are those of the legal minimum."""

    record_id: UUID
    state: WarrantyState
    work: Work
    group: VehicleGroup = VehicleGroup.CAR
    why_not: Uncounted | None = None
    """Given when, and only when, the job is not counted."""
    is_at_least: bool = False
    """The kind of work is not known for certain, so the shortest period is taken."""
    period: Period | None = None
    starts_on: date | None = None
    """结算日期, taken for the day of delivery (出厂) that the rule counts from (待核)."""
    last_on: date | None = None
    """The last day within."""
    end_km: Decimal | None = None
    """Mileage at which it is over; ``None`` when the mileage at the visit is not known or doubtful."""
    days_left: int | None = None
    """0 on the last day; ``None`` unless running."""
    km_left: Decimal | None = None
    """Never negative; ``None`` unless running, and when the present mileage is unknown."""
    is_km_estimated: bool = False
    """``km_left`` rests on an estimate, not on a reading of today."""
    ends_first: Limit | None = None
    """Which limit is likely to be reached first, while running."""
    ended_by: Limit | None = None
    ended_on: date | None = None
    """By days: the day after the last; by km: the day of the reading that shows it."""
    repeats: tuple[Repeat, ...] = ()
    """Oldest first."""


def count_warranties(file: VehicleFile, *, today: date, group: VehicleGroup = VehicleGroup.CAR) -> tuple[Warranty, ...]:
    """质量保证期 of every job of a file, in the order of its entries."""
    unsure = {entry.newest.record_id for entry in file.entries if _has_doubt(entry.newest, _MILEAGE_FIELDS)}
    facts = _Facts(
        entries=file.entries,
        pace=find_pace(file.odometer),
        readings={
            reading.record_id: reading
            for reading in believed_readings(file.odometer)
            if reading.record_id not in unsure
        },
        today=today,
        group=group,
    )
    return tuple(_count(entry.newest, facts) for entry in file.entries)


class _Facts(msgspec.Struct, frozen=True):
    """What the jobs of one file are counted against."""

    entries: tuple[FileEntry, ...]
    pace: Pace
    readings: Mapping[UUID, OdometerReading]
    """Those that neither the verdict nor the rules doubt, in the order of time."""
    today: date
    group: VehicleGroup


@cache
def periods() -> Mapping[VehicleGroup, Mapping[LegalClass, Period]]:
    """The legal table."""
    return msgspec.convert(read_data("warranty.toml"), dict[VehicleGroup, dict[LegalClass, Period]])


def _count(record: StoredVersion, facts: _Facts) -> Warranty:
    work = classify_work(record.text)
    why_not = why_not_counted(record, work, facts.today)
    if why_not is not None or record.settled_on is None:
        return Warranty(record.record_id, WarrantyState.NOT_COUNTED, work, facts.group, why_not)
    legal_class, is_at_least = legal_row(work)
    period = periods()[facts.group][legal_class]
    start = facts.readings.get(record.record_id)
    counted = Warranty(
        record_id=record.record_id,
        state=WarrantyState.RUNNING,
        work=work,
        group=facts.group,
        is_at_least=is_at_least,
        period=period,
        starts_on=record.settled_on,
        last_on=record.settled_on + timedelta(days=period.days),
        end_km=start.mileage_km + period.km if start else None,
    )
    over = next((each for each in facts.readings.values() if _is_beyond(each, counted, facts.today)), None)
    counted = msgspec.structs.replace(counted, repeats=_repeats(record, counted, over, facts))
    ended = _ended(counted, over, facts.today)
    return _with_end(counted, *ended) if ended else _with_rest(counted, facts)


def why_not_counted(record: StoredVersion, work: Work, today: date) -> Uncounted | None:
    """Why the warranty of a job cannot be counted; ``None`` when it can."""
    if record.state is not RecordState.ACTIVE:
        return Uncounted.VOID
    if record.settled_on is None:
        return Uncounted.NO_DAY
    if _has_doubt(record, _DAY_FIELDS):
        return Uncounted.DAY_DOUBTFUL
    if record.settled_on > today:
        return Uncounted.IN_FUTURE
    return Uncounted.NO_WORK if work.work_class is WorkClass.OTHER else None


def _has_doubt(record: StoredVersion, fields: frozenset[str]) -> bool:
    """Did the rules find an error or a doubt there? One elsewhere takes nothing away from the owner."""
    return any(finding.field in fields and finding.level is not Level.INFO for finding in record.findings)


def legal_row(work: Work) -> tuple[LegalClass, bool]:
    """Row of the table, and whether it is only the least there is: parts alone do not prove a larger job."""
    if work.legal_class is None or work.confidence is Confidence.GUESSED:
        return LegalClass.MINOR, True
    return work.legal_class, False


def _is_beyond(reading: OdometerReading, counted: Warranty, today: date) -> bool:
    return (
        counted.end_km is not None
        and counted.starts_on is not None
        and counted.starts_on <= reading.on <= today
        and reading.mileage_km >= counted.end_km
    )


def _ended(counted: Warranty, over: OdometerReading | None, today: date) -> tuple[Limit, date] | None:
    """By what it ended and when, whichever came first; ``None`` while it runs. An estimate ends nothing."""
    if counted.last_on is None:
        return None
    if over is not None and over.on <= counted.last_on:
        return Limit.KM, over.on
    return (Limit.DAYS, counted.last_on + timedelta(days=1)) if today > counted.last_on else None


def _with_end(counted: Warranty, by: Limit, on: date) -> Warranty:
    return msgspec.structs.replace(counted, state=WarrantyState.ENDED, ended_by=by, ended_on=on)


def _with_rest(counted: Warranty, facts: _Facts) -> Warranty:
    """What is left of both, and which is likely to be used up first."""
    if counted.last_on is None or counted.period is None:
        return counted
    pace, today = facts.pace, facts.today
    days_left = (counted.last_on - today).days
    now_km = pace.mileage_on(today)
    if counted.end_km is None or now_km is None or pace.latest is None:
        return msgspec.structs.replace(counted, days_left=days_left, ends_first=Limit.DAYS)
    km_left = min(max(counted.end_km - now_km, Decimal(0)), Decimal(counted.period.km))
    km_day = pace.day_of(counted.end_km)
    return msgspec.structs.replace(
        counted,
        days_left=days_left,
        km_left=km_left,
        is_km_estimated=pace.latest.on < today,
        ends_first=Limit.KM if km_day is not None and km_day < counted.last_on else Limit.DAYS,
    )


def _repeats(
    record: StoredVersion, counted: Warranty, over: OdometerReading | None, facts: _Facts
) -> tuple[Repeat, ...]:
    """Later jobs on the same item, come in within the period. Careful: it says only that the item is the same."""
    if counted.last_on is None or counted.starts_on is None:
        return ()
    last_on = min(counted.last_on, facts.today, over.on - timedelta(days=1) if over else date.max)
    items = repaired_items(record)
    found = []
    for entry in reversed(facts.entries):
        other, came_on = entry.newest, entry.newest.repair_on or entry.on
        if other.state is not RecordState.ACTIVE or not counted.starts_on < came_on <= last_on:
            continue
        same = next((name for key, name in repaired_items(other).items() if key in items), None)
        if same is not None:
            found.append(Repeat(other.record_id, came_on, same, other.company_code == record.company_code))
    return tuple(found)


def repaired_items(record: StoredVersion) -> dict[tuple[str, str], str]:
    """What was mended, comparable, with its name in the record. Left is not right: the place belongs to the item.

    What is due again by itself (an oil change, a wheel alignment) is no failure that comes back.
    """
    items: dict[tuple[str, str], str] = {}
    for project in record.text.projects:
        for clause in read_clauses(project.name):
            gloss = explain(clause.text)
            if clause.deed is Deed.REPAIR and (gloss is None or gloss.urgency is not Urgency.ROUTINE):
                place = "".join(side for side in _SIDES if side in clause.text)
                items.setdefault((gloss.key, place) if gloss else (clause.text, ""), project.name)
    return items
