"""返修 and 工时 out of a shop's jobs. Pure (ADR 0043)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from chedang.quality.model import HoursComparison, HoursParameters, Rework
from chedang.records.model import StoredVersion
from chedang.vehicles.gloss import explain_all
from chedang.vehicles.warranty import VehicleGroup, legal_row, periods, repaired_items, why_not_counted
from chedang.vehicles.work import Deed, classify_work, read_clauses

Histogram = Mapping[int, int]
"""Tenths of an hour → how many jobs."""
Items = Mapping[tuple[str, str], str]
"""What was mended, comparable, with its name in the record."""
_MILEAGE: Final = "/basicInfo/repairmileage"


def find_reworks(jobs: Sequence[StoredVersion], *, today: date) -> tuple[int, list[Rework]]:
    """How many jobs of one car in one shop can be judged, and those that were followed by another for the same item.

    ``jobs``: newest versions that stand, by day of settlement. The period is the legal minimum for the kind of work:
    over after its days, or at its mileage where both visits have one without a doubt. A job counts once, with the first
    visit that follows.
    """
    judged, found = 0, []
    items = [repaired_items(job) for job in jobs]
    for place, job in enumerate(jobs):
        if why_not_counted(job, classify_work(job.text), today) is None:
            judged += 1
            again = _first_again(place, jobs, items)
            if again is not None:
                found.append(again)
    return judged, found


def _first_again(place: int, jobs: Sequence[StoredVersion], items: Sequence[Items]) -> Rework | None:
    job, own = jobs[place], items[place]
    if job.settled_on is None or not own:
        return None
    legal_class, _is_least = legal_row(classify_work(job.text))
    period = periods()[VehicleGroup.CAR][legal_class]
    last_on = job.settled_on + timedelta(days=period.days)
    for other, others in zip(jobs[place + 1 :], items[place + 1 :], strict=True):
        came_on = other.repair_on or other.settled_on
        if came_on is None or not job.settled_on < came_on <= last_on or _is_beyond(job, other, period.km):
            continue
        same = next((name for key, name in others.items() if key in own), None)
        if same is not None:
            return Rework(job.record_id, job.settled_on, other.record_id, came_on, same)
    return None


def _is_beyond(job: StoredVersion, other: StoredVersion, most_km: int) -> bool:
    start, then = _mileage(job), _mileage(other)
    return start is not None and then is not None and then - start >= most_km


def _mileage(record: StoredVersion) -> Decimal | None:
    has_doubt = any(finding.field == _MILEAGE and finding.level != "info" for finding in record.findings)
    return None if has_doubt else record.mileage_km


def hours_of(record: StoredVersion, longest_hours: int) -> list[tuple[str, int]]:
    """Item and tenths of an hour of every row that says both plainly, without a finding at its hours."""
    doubted = {finding.field for finding in record.findings if finding.level != "info"}
    found = []
    for place, project in enumerate(record.text.projects):
        item = item_of(project.name)
        tenths = read_tenths(project.hours, longest_hours)
        if item and tenths and f"/repairprojectlist/{place}/workinghours" not in doubted:
            found.append((item, tenths))
    return found


@lru_cache(maxsize=8_192)
def item_of(name: str) -> str:
    """Key of the one thing of the vocabulary that a row says was mended; '' for several, for none, for a mere look."""
    clauses = read_clauses(name)
    if len(clauses) != 1 or clauses[0].deed is not Deed.REPAIR:
        return ""
    things = explain_all(clauses[0].text)
    return things[0].key if len(things) == 1 else ""


@lru_cache(maxsize=8_192)
def read_tenths(text: str, longest_hours: int) -> int:
    """Hours as received in tenths, half up, at least one; 0 for what is no number of hours."""
    try:
        hours = Decimal(text)
    except InvalidOperation:
        return 0
    if not hours.is_finite() or not 0 < hours <= longest_hours:
        return 0
    return max(1, int((hours * 10).to_integral_value(ROUND_HALF_UP)))


def median(histogram: Histogram) -> Decimal | None:
    """The median in hours; of an even number of jobs the middle of the two in the middle. ``None`` of nothing."""
    jobs = sum(histogram.values())
    if not jobs:
        return None
    lower, upper = _at(histogram, (jobs - 1) // 2), _at(histogram, jobs // 2)
    return Decimal(lower + upper) / 20


def _at(histogram: Histogram, place: int) -> int:
    """The value at a place, 0 the smallest."""
    passed = 0
    for tenths in sorted(histogram):
        passed += histogram[tenths]
        if passed > place:
            return tenths
    raise ValueError("the histogram has not so many jobs")


def compare_hours(
    item: str, own: Histogram, city: Histogram, *, city_shops: int, largest_other: int, parameters: HoursParameters
) -> HoursComparison | None:
    """A shop's median of one item beside that of the others; ``None`` when it has no such job.

    ``city``: all shops of the city, this one among them, as is ``city_shops``. ``largest_other``: jobs of that
    other shop which has most. The others are shown only when no single one can be read off (numbers ours).
    """
    own_median = median(own)
    if own_median is None:
        return None
    others = {tenths: rest for tenths, jobs in city.items() if (rest := jobs - own.get(tenths, 0)) > 0}
    jobs, shops = sum(others.values()), max(0, city_shops - 1)
    is_shown = (
        shops >= parameters.least_other_shops
        and jobs >= parameters.least_other_jobs
        and largest_other * 100 <= jobs * parameters.largest_share_percent
    )
    return HoursComparison(item, sum(own.values()), own_median, shops, jobs, median(others) if is_shown else None)
