"""What two sides' summaries, marks and rows say about each other, and which days are still to be compared. Pure (ours).

The *source* is where the rows of a direction come from, the *target* where they should have arrived: ``out`` goes from
the province to the ministry, ``in`` from the ministry's feed to the province.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from chedang.exchange.comparing_model import DifferenceKind, Direction, RowMark, Summary
from chedang.records.model import RowKey, StoredRow

MOST_DAYS_BACK: Final = 400
_FEW_ROWS: Final = 50_000
_MANY_ROWS: Final = 300_000
"""Some seconds of work for a database."""
_DAY: Final = timedelta(days=1)

_MISSING_AT_TARGET = {Direction.OUT: DifferenceKind.MISSING_THERE, Direction.IN: DifferenceKind.MISSING_HERE}
_MISSING_AT_SOURCE = {Direction.OUT: DifferenceKind.MISSING_HERE, Direction.IN: DifferenceKind.MISSING_THERE}
_EXTRA_AT_TARGET = {Direction.OUT: DifferenceKind.EXTRA_THERE, Direction.IN: DifferenceKind.EXTRA_HERE}
_ALTERED_AT_TARGET = {Direction.OUT: DifferenceKind.ALTERED_THERE, Direction.IN: DifferenceKind.ALTERED_HERE}
_ALTERED_AT_SOURCE = {Direction.OUT: DifferenceKind.ALTERED_HERE, Direction.IN: DifferenceKind.ALTERED_THERE}


def find_unequal(ours: Iterable[Summary], theirs: Iterable[Summary]) -> list[tuple[date, str]]:
    """Days and divisions whose summaries differ, or that only one side has; in order."""
    known = {(each.received_on, each.division_code): (each.row_count, each.digest) for each in ours}
    there = {(each.received_on, each.division_code): (each.row_count, each.digest) for each in theirs}
    return sorted(group for group in known.keys() | there.keys() if known.get(group) != there.get(group))


def find_suspects(source: Mapping[RowKey, RowMark], target: Mapping[RowKey, RowMark]) -> list[RowKey]:
    """Rows of one day and division that the target lacks although they are settled, has beyond, or has differently."""
    return sorted(
        key
        for key in source.keys() | target.keys()
        if (key not in source)
        or (source[key].is_settled if key not in target else source[key].digest != target[key].digest)
    )


class Sighting(NamedTuple):
    """What is known of one suspect row after both sides were asked for it whole."""

    at_source: bytes | None
    """Digest; ``None``: it is not there."""
    at_target: bytes | None
    is_settled: bool
    """Did the source say before that the target must have it?"""
    is_source_damaged: bool = False
    """Does the source's copy contradict itself, and the target's does not?"""
    is_known_to_source: bool = False
    """Does something at the source say that the row was there: its feed, its history?"""


def classify(direction: Direction, seen: Sighting) -> DifferenceKind | None:
    """What is wrong with a row, and where; ``None`` when nothing is."""
    if seen.at_source is None and seen.at_target is None:
        return None
    if seen.at_source is None:
        return (_MISSING_AT_SOURCE if seen.is_known_to_source else _EXTRA_AT_TARGET)[direction]
    if seen.at_target is None:
        return _MISSING_AT_TARGET[direction] if seen.is_settled else None
    if seen.at_source == seen.at_target:
        return None
    return (_ALTERED_AT_SOURCE if seen.is_source_damaged else _ALTERED_AT_TARGET)[direction]


def is_one_too_many(row: StoredRow, own: Sequence[StoredRow], *, is_sound: bool) -> bool:
    """Is a row that the ministry holds of us and that we do not hold a duplicate, rather than one that we lost?

    ``own``: the rows of the same record that are here. A node that came back from a backup lost its newest rows without
    a trace, so that a sound row counts as lost unless something here stands against it: another row of that version, or
    the same content in the version before, which the store would not have taken again, or received at the same instant.
    """
    if not is_sound:
        return True
    if any(each.version == row.version and each.is_moved == row.is_moved for each in own):
        return True
    if row.is_moved:
        before = [each.vin for each in own if each.version == row.version - 1 and not each.is_moved]
        return bool(before) and row.vin not in before
    return any(
        (each.content, each.state) == (row.content, row.state)
        and (each.version == row.version - 1 or each.received_at == row.received_at)
        for each in own
        if not each.is_moved
    )


class Span(NamedTuple):
    """Days of one comparison that came to its end, and whether all differences were repaired."""

    direction: Direction
    from_on: date
    until_on: date
    is_good: bool


def days_to_compare(
    spans: Iterable[Span], *, today: date, oldest_on: date | None, under_way_since: date | None
) -> tuple[date, date] | None:
    """First and last day that an ordinary run compares; ``None`` when no day is over yet.

    Yesterday, and every day since the first that no run has left equal in both directions, at most ``MOST_DAYS_BACK``.
    Days from ``under_way_since`` on, the receipt of the oldest row still under way, wait until it has arrived.
    """
    until_on = today - _DAY
    if under_way_since is not None:
        until_on = min(until_on, under_way_since - _DAY)
    earliest = max(today - MOST_DAYS_BACK * _DAY, oldest_on or today - _DAY)
    good = days_left_equal(spans)
    from_on = next((day for day in _days(earliest, until_on) if day not in good), until_on)
    return (from_on, until_on) if earliest <= until_on else None


def days_left_equal(spans: Iterable[Span]) -> set[date]:
    """Days that both directions last left without a difference."""
    good: dict[Direction, set[date]] = {direction: set() for direction in Direction}
    for span in spans:
        if span.is_good:
            good[span.direction].update(_days(span.from_on, span.until_on))
        else:
            good[span.direction].difference_update(_days(span.from_on, span.until_on))
    return set.intersection(*good.values())


def find_bad_days(spans: Iterable[Span]) -> list[date]:
    """Days that were last left with a difference, in either direction; in order."""
    bad: dict[Direction, set[date]] = {direction: set() for direction in Direction}
    for span in spans:
        if span.is_good:
            bad[span.direction].difference_update(_days(span.from_on, span.until_on))
        else:
            bad[span.direction].update(_days(span.from_on, span.until_on))
    return sorted(set.union(*bad.values()))


def _days(from_on: date, until_on: date) -> Iterator[date]:
    return (from_on + number * _DAY for number in range((until_on - from_on).days + 1))


class Spans:
    """Days in spans, the newest first; longer ones where there are few rows, so that no call takes long."""

    def __init__(self, from_on: date, until_on: date, *, most_days: int) -> None:
        """From the last day, ``until_on``, back to the first. ``most_days``: of a span."""
        self._from_on = from_on
        self._until_on = until_on
        self._most_days = most_days
        self._days = 1

    def next(self) -> tuple[date, date] | None:
        """First and last day of the next span; ``None`` after the last."""
        if self._until_on < self._from_on:
            return None
        last = self._until_on
        first = max(self._from_on, last - (self._days - 1) * _DAY)
        self._until_on = first - _DAY
        return first, last

    def adapt(self, row_count: int) -> None:
        """So many rows stood in the span before."""
        if row_count < _FEW_ROWS:
            self._days = min(2 * self._days, self._most_days)
        elif row_count > _MANY_ROWS:
            self._days = max(self._days // 2, 1)


def split_keys(keys: Sequence[RowKey], most: int) -> Iterator[Collection[RowKey]]:
    """The same keys, at most ``most`` at a time."""
    return (keys[begin : begin + most] for begin in range(0, len(keys), most))
