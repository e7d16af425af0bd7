"""Follower of the change feed that keeps the figures of supervision (ADR 0045).

What a record adds to the cell of its shop and day is written down record by record, so that the next change can take it
away again: figures are exact after late records, amendments, voids and moves, in whatever order changes come, and a
change that is counted twice changes nothing. One writer at a time; work and position are committed together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.quality import areas, counted_records, counted_shops
from chedang.quality.counted_records import COUNTS, DUPLICATE, Cell
from chedang.records.store import Change, Connection, read_changes, read_position, save_position
from chedang.terms.dates import SHANGHAI

CONSUMER: Final = "statistics"
"""Name under which the position in the feed is kept."""
_IDLE_SECONDS: Final = 5
"""How often the instant that the figures reach is moved on while nothing comes in."""
_SQL = load_queries("chedang.quality", "tallying.sql")
_RECOUNTING = load_queries("chedang.quality", "recounting.sql")


def follow(connection: Connection, *, clock: Clock, node_code: str, limit: int = 2000) -> int:
    """Count the next changes, at most ``limit``; returns how many there were.

    ``node_code``: two digits of this node. To be called outside a transaction. Raises the driver's errors, with nothing
    done.
    """
    now = clock()
    changes = read_changes(connection, CONSUMER, limit)
    with connection.transaction():
        if changes:
            _lock(connection)
            save_position(connection, CONSUMER, changes[-1].seq)
            _count_changes(connection, changes, today=_day(now), node_code=node_code)
            is_last = len(changes) < limit
            _save_reach(connection, now if is_last else min(_newest_receipt(connection, changes), now))
        elif not _is_behind(connection):
            _save_reach(connection, now, at_least_seconds=_IDLE_SECONDS)
    return len(changes)


def refresh_shops(connection: Connection, *, clock: Clock, limit: int = 500) -> int:
    """Take over what the registers say of shops by now, in steps of ``limit``; returns how many had changed.

    Each step is a transaction of its own. To be called outside one.
    """
    count = 0
    while True:
        with connection.transaction():
            _lock(connection)
            changed = counted_shops.take_over(connection, today=_day(clock()), limit=limit)
        count += changed
        if not changed:
            return count


def rebuild(
    connection: Connection,
    *,
    clock: Clock,
    node_code: str,
    page_shops: int = 50,
    progress: Callable[[int], object] = lambda records: None,
) -> int:
    """Make all figures again from the records, also while the worker runs; returns how many records were counted.

    Goes in steps of ``page_shops`` shops, then of a division, each its own transaction, so that the follower is held up
    for moments only. The position in the feed stays: what is still to be followed changes nothing then. To be called
    outside a transaction. ``progress`` is told how many records each step counted.
    """
    refresh_shops(connection, clock=clock)
    count, after = 0, ""
    while company_codes := _next_companies(connection, after, page_shops):
        with connection.transaction():
            _lock(connection)
            counted = _recount(connection, company_codes, today=_day(clock()), node_code=node_code)
        progress(counted)
        count, after = count + counted, company_codes[-1]
    refresh_shops(connection, clock=clock)
    for division_code in areas.divisions(connection):
        with connection.transaction():
            _lock(connection)
            areas.sum_division(connection, division_code)
    return count


def _lock(connection: Connection) -> None:
    """Keep every other writer of the figures waiting until the transaction ends."""
    connection.execute(_SQL["lock"])


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _is_behind(connection: Connection) -> bool:
    after = read_position(connection, CONSUMER)
    (is_behind,) = connection.execute(_SQL["is_behind"], {"after": after}).fetchone() or (False,)
    return bool(is_behind)


def _newest_receipt(connection: Connection, changes: Sequence[Change]) -> datetime:
    parameters = {
        "vins": [change.vin for change in changes],
        "record_ids": [change.record_id for change in changes],
        "versions": [change.version for change in changes],
    }
    (newest,) = connection.execute(_SQL["newest_receipt"], parameters, prepare=False).fetchone() or (None,)
    return newest if newest is not None else datetime.min.replace(tzinfo=SHANGHAI)


def _save_reach(connection: Connection, reached_at: datetime, *, at_least_seconds: int = 0) -> None:
    """Say up to which instant the figures reach, unless so few seconds are gained."""
    connection.execute(_SQL["save_reach"], {"reached_at": reached_at, "at_least_seconds": at_least_seconds})


def _count_changes(connection: Connection, changes: Sequence[Change], *, today: date, node_code: str) -> None:
    """Count the records of these changes anew, and let cells and areas follow. In the caller's transaction."""
    record_ids = {change.record_id for change in changes}
    before = counted_records.read(connection, record_ids)
    places = counted_records.find_places(connection, changes, before)
    counted_records.save(connection, places, node_code=node_code)
    counted_records.drop(connection, record_ids - {place.record_id for place in places})
    after = counted_records.read(connection, record_ids)
    differences: dict[Cell, list[int]] = defaultdict(lambda: [0] * len(COUNTS))
    for record in counted_records.mark_duplicates(connection, [*before.values(), *after.values()]):
        if record.record_id in after:
            after[record.record_id] = record
        else:
            differences[record.cell][DUPLICATE] += 1 if record.counts[DUPLICATE] else -1
    for sign, records in ((-1, before.values()), (1, after.values())):
        for record in records:
            counts = differences[record.cell]
            for number, count in enumerate(record.counts):
                counts[number] += sign * count
    _change_cells(connection, {cell: counts for cell, counts in differences.items() if any(counts)}, today)


def _change_cells(connection: Connection, differences: Mapping[Cell, Sequence[int]], today: date) -> None:
    """Add to cells, and let months, first and last days and areas follow."""
    if not differences:
        return
    company_codes = sorted({company_code for company_code, _ in differences})
    counted_shops.take_up(connection, company_codes, today=today)
    changing = areas.Cells(days=list(differences))
    months = sorted(changing.months)
    cells = {
        "company_code": [company_code for company_code, _ in differences],
        "received_on": [day for _, day in differences],
    }
    counts = dict(zip(COUNTS, (list(column) for column in zip(*differences.values(), strict=True)), strict=True))
    of_months = {"company_codes": [each for each, _ in months], "months": [month for _, month in months]}
    with areas.following(connection, changing):
        connection.execute(_SQL["add_cells"], cells | counts, prepare=False)
        connection.execute(_SQL["drop_empty_cells"], cells, prepare=False)
        connection.execute(_SQL["drop_months"], of_months, prepare=False)
        connection.execute(_SQL["sum_months"], of_months, prepare=False)
        connection.execute(_SQL["save_spans"], {"company_codes": company_codes}, prepare=False)


def _next_companies(connection: Connection, after: str, limit: int) -> list[str]:
    return [row[0] for row in connection.execute(_RECOUNTING["next_companies"], {"after": after, "limit": limit})]


def _recount(connection: Connection, company_codes: list[str], *, today: date, node_code: str) -> int:
    """Make everything of these shops anew; gives how many records they have."""
    of_companies = {"company_codes": company_codes}
    counted_shops.take_up(connection, company_codes, today=today)
    with areas.following(connection, areas.Cells(shops=company_codes)):
        for name in ("drop_records_of_companies", "drop_days_of_companies", "drop_months_of_companies"):
            connection.execute(_RECOUNTING[name], of_companies)
        count = counted_records.save_of_companies(connection, company_codes, node_code=node_code)
        for name in ("mark_duplicates_of_companies", "sum_days_of_companies", "sum_months_of_companies"):
            connection.execute(_RECOUNTING[name], of_companies)
        connection.execute(_SQL["save_spans"], of_companies)
    return count
