"""What comes in just now: today, in the last hour, in the last quarter of an hour, by the level below.

Every officer asks for the same few seconds: answers are kept for ten.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from chedang.access.rules import division_prefix
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension
from chedang.records.arrivals import Arrivals, count_arrivals
from chedang.site.regulator.statistics.scopes import short_name
from chedang.terms.dates import day_in_china

HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
_KEPT_SECONDS: Final = 10.0
_MOST_KEPT: Final = 500


@dataclass(frozen=True, slots=True)
class LiveLine:
    """One division."""

    code: str
    name: str
    today: int
    """Records counted under this day; follows the change feed."""
    last_hour: int
    last_quarter: int
    newest_at: datetime | None
    """Of the last hour."""


@dataclass(frozen=True, slots=True)
class Board:
    """The whole and its parts, the busiest of the hour first."""

    at: datetime
    whole: LiveLine
    lines: tuple[LiveLine, ...]
    counted_until: datetime | None
    """How far today's figures reach."""


_lock = threading.Lock()
_kept: dict[str, tuple[float, Board]] = {}


def board(connection: Any, scope: str) -> Board:
    """The board of a division, at most ten seconds old."""
    now_seconds = time.monotonic()
    with _lock:
        kept = _kept.get(scope)
    if kept is not None and now_seconds - kept[0] < _KEPT_SECONDS:
        return kept[1]
    made = make_board(connection, scope, timezone.now())
    with _lock:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[scope] = (now_seconds, made)
    return made


def make_board(connection: Any, scope: str, now: datetime) -> Board:
    """The board of a division at an instant."""
    today = day_in_china(now)
    rows = statistics.figures(connection, scope, today, today, by=Dimension.DIVISION)
    counties = count_arrivals(connection, division_prefix(scope), since=now - HOUR, lately=now - QUARTER)
    prefixes = {row.key: division_prefix(row.key) for row in rows}
    lines = [
        _line(row.key, row.tally.received, _sum(counties, prefixes[row.key]))
        for row in sorted(rows, key=lambda row: row.key)
    ]
    lines.sort(key=lambda line: (-line.last_hour, -line.today))
    whole = _line(scope, sum(line.today for line in lines), _sum(counties, ""))
    return Board(now, whole, tuple(lines), statistics.as_of(connection))


def _sum(counties: dict[str, Arrivals], prefix: str) -> Arrivals:
    return sum((counts for code, counts in counties.items() if code.startswith(prefix)), Arrivals())


def _line(code: str, today: int, counts: Arrivals) -> LiveLine:
    return LiveLine(code, short_name(code), today, counts.since, counts.lately, counts.newest_at)
