"""Comparisons as they are written down: what was compared, what differed, what became of it; on both nodes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import msgspec

from chedang.exchange import events
from chedang.exchange.comparing_model import Difference, DifferenceKind, Direction, Found, Report
from chedang.exchange.events import EventKind
from chedang.exchange.narrowing import Span, find_bad_days
from chedang.platform.database import load_queries
from chedang.records.model import RowKey
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "comparisons.sql")
FROM_THE_FIRST: Final = date(2017, 1, 1)
"""Before anything was received: the standard is of that year. Days of receipt are by the clocks of nodes."""


class Comparison(msgspec.Struct, frozen=True):
    """One row of ``exchange_comparison``. On the ministry ``ours`` are the province's rows."""

    comparison_id: int
    peer: str
    direction: Direction
    from_on: date
    until_on: date
    started_at: datetime
    ended_at: datetime | None
    """``None``: it did not come to its end."""
    ours: int
    theirs: int
    difference_count: int
    repaired_count: int

    @property
    def unrepaired_count(self) -> int:
        return self.difference_count - self.repaired_count


def begin_comparison(
    connection: Connection, *, peer: str, direction: Direction, from_on: date, until_on: date, started_at: datetime
) -> int:
    """Write down that a comparison begins; gives its number."""
    parameters = {
        "peer": peer,
        "direction": direction.value,
        "from_on": from_on,
        "until_on": until_on,
        "started_at": started_at,
    }
    (comparison_id,) = connection.execute(_SQL["begin"], parameters).fetchone() or (0,)
    return int(comparison_id)


def end_comparison(
    connection: Connection,
    comparison_id: int,
    *,
    ended_at: datetime,
    ours: int,
    theirs: int,
    difference_count: int,
    repaired_count: int,
) -> None:
    """Write down what it came to."""
    parameters = {
        "comparison_id": comparison_id,
        "ended_at": ended_at,
        "ours": ours,
        "theirs": theirs,
        "difference_count": difference_count,
        "repaired_count": repaired_count,
    }
    connection.execute(_SQL["end"], parameters)


def note_differences(connection: Connection, comparison_id: int, found: Iterable[Found]) -> None:
    """Write differences down, in the caller's transaction."""
    rows = [_row(comparison_id, each.difference) | {"repaired_at": each.repaired_at} for each in found]
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["note_difference"], rows)


def note_outcome(
    connection: Connection, comparison_id: int, difference: Difference, *, repaired_at: datetime | None, detail: str
) -> None:
    """Write down what became of a difference; ``repaired_at`` ``None``: it stays one, and the detail says why."""
    parameters = _row(comparison_id, difference) | {"repaired_at": repaired_at, "detail": detail}
    connection.execute(_SQL["note_outcome"], parameters)


def _row(comparison_id: int, difference: Difference) -> dict[str, object]:
    return {
        "comparison_id": comparison_id,
        "vin": difference.key.vin,
        "record_id": difference.key.record_id.hex(),
        "version": difference.key.version,
        "state": difference.state,
        "received_on": difference.received_on,
        "division_code": difference.division_code,
        "kind": difference.kind.value,
        "detail": difference.detail,
    }


def keep_report(connection: Connection, peer: str, report: Report) -> None:
    """Write down what a province found, in the caller's transaction."""
    comparison_id = begin_comparison(
        connection,
        peer=peer,
        direction=report.direction,
        from_on=report.from_on,
        until_on=report.until_on,
        started_at=report.started_at,
    )
    note_differences(connection, comparison_id, report.differences)
    end_comparison(
        connection,
        comparison_id,
        ended_at=report.ended_at,
        ours=report.ours,
        theirs=report.theirs,
        difference_count=report.difference_count,
        repaired_count=report.repaired_count,
    )


def read_spans(connection: Connection, peer: str, since_on: date) -> list[Span]:
    """Comparisons that came to their end and reach beyond ``since_on``, in order."""
    rows = connection.execute(_SQL["read_spans"], {"peer": peer, "since_on": since_on})
    return [Span(Direction(direction), *rest) for direction, *rest in rows]


def set_alarm(connection: Connection, peer: str, *, now: datetime) -> None:
    """The alarm of differences with a node holds while there is a day that was last left with one."""
    bad = find_bad_days(read_spans(connection, peer, FROM_THE_FIRST))
    detail = f"收到日期 {bad[0]} 至 {bad[-1]} 中的 {len(bad)} 天" if bad else ""
    events.set_alarm(connection, EventKind.DIFFERENCES, peer, holds=bool(bad), detail=detail, now=now)


def oldest_receipt(connection: Connection) -> date | None:
    """Day of receipt of the oldest row here; ``None`` when there is none."""
    row = connection.execute(_SQL["oldest_receipt"]).fetchone()
    return row[0] if row else None


def newest_comparisons(connection: Connection, limit: int = 20) -> list[Comparison]:
    """The last comparisons, newest first."""
    return [
        Comparison(number, peer, Direction(direction), *rest)
        for number, peer, direction, *rest in connection.execute(_SQL["read_newest"], {"limit": limit})
    ]


def read_differences(connection: Connection, comparison_id: int, limit: int = 100) -> list[Found]:
    """What one comparison found, unrepaired ones first."""
    rows = connection.execute(_SQL["read_differences"], {"comparison_id": comparison_id, "limit": limit})
    return [
        Found(Difference(RowKey(vin, found, version), state, on, code, DifferenceKind(kind), detail), repaired_at)
        for vin, found, version, state, on, code, kind, detail, repaired_at in rows
    ]


def count_differences(connection: Connection, comparison_id: int) -> dict[DifferenceKind, tuple[int, int]]:
    """Kind → how many one comparison found, how many of them were repaired."""
    rows = connection.execute(_SQL["count_differences"], {"comparison_id": comparison_id})
    return {DifferenceKind(kind): (found, repaired) for kind, found, repaired in rows}
