"""What summaries, marks and rows of two sides say about each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from chedang.exchange.comparing_model import DifferenceKind, Direction, RowMark, Summary
from chedang.exchange.narrowing import (
    MOST_DAYS_BACK,
    Sighting,
    Span,
    Spans,
    classify,
    days_to_compare,
    find_bad_days,
    find_suspects,
    find_unequal,
    is_one_too_many,
)
from chedang.records.model import RowKey, StoredRow

TODAY = date(2026, 9, 20)
A, B = b"a" * 32, b"b" * 32


def day(number: int) -> date:
    return date(2026, 9, number)


def key(number: int) -> RowKey:
    return RowKey("LXXAA11A5R1000017", bytes(15) + bytes([number]), 1)


def marks(*entries: tuple[int, bytes, bool]) -> dict[RowKey, RowMark]:
    return {key(number): RowMark(key(number), digest, settled) for number, digest, settled in entries}


def row(version: int = 1, *, vin: str = "A", state: str = "active", content: str = "x", minute: int = 0) -> StoredRow:
    received_at = datetime(2026, 9, 14, 2, minute, tzinfo=UTC)
    return StoredRow(
        vin, bytes(16), version, state, "330106000000001", "JS1", "", None, None, None, content, "[]", 0, 0, "local",
        "lcippro", "", "", received_at,
    )  # fmt: skip


def test_only_groups_that_differ_or_stand_on_one_side_are_looked_into() -> None:
    ours = [Summary(day(1), "330106", 2, A), Summary(day(1), "330108", 1, A), Summary(day(2), "330106", 1, A)]
    theirs = [Summary(day(1), "330106", 2, A), Summary(day(1), "330108", 1, B), Summary(day(3), "330106", 1, A)]
    assert find_unequal(ours, theirs) == [(day(1), "330108"), (day(2), "330106"), (day(3), "330106")]


def test_suspect_are_settled_rows_that_lack_rows_beyond_and_rows_that_differ() -> None:
    source = marks((1, A, True), (2, A, True), (3, A, False), (4, A, False), (5, A, True))
    target = marks((1, A, True), (4, B, True), (5, A, True), (6, A, True))
    assert find_suspects(source, target) == [key(2), key(4), key(6)]


@pytest.mark.parametrize(
    ("direction", "seen", "kind"),
    [
        (Direction.OUT, Sighting(A, None, is_settled=True), DifferenceKind.MISSING_THERE),
        (Direction.IN, Sighting(A, None, is_settled=True), DifferenceKind.MISSING_HERE),
        (Direction.OUT, Sighting(A, None, is_settled=False), None),
        (Direction.OUT, Sighting(None, A, is_settled=False), DifferenceKind.EXTRA_THERE),
        (Direction.IN, Sighting(None, A, is_settled=False), DifferenceKind.EXTRA_HERE),
        (Direction.OUT, Sighting(None, A, is_settled=False, is_known_to_source=True), DifferenceKind.MISSING_HERE),
        (Direction.IN, Sighting(None, A, is_settled=False, is_known_to_source=True), DifferenceKind.MISSING_THERE),
        (Direction.OUT, Sighting(A, B, is_settled=True), DifferenceKind.ALTERED_THERE),
        (Direction.OUT, Sighting(A, B, is_settled=True, is_source_damaged=True), DifferenceKind.ALTERED_HERE),
        (Direction.IN, Sighting(A, B, is_settled=True), DifferenceKind.ALTERED_HERE),
        (Direction.IN, Sighting(A, B, is_settled=True, is_source_damaged=True), DifferenceKind.ALTERED_THERE),
        (Direction.IN, Sighting(A, A, is_settled=True), None),
        (Direction.IN, Sighting(None, None, is_settled=True), None),
    ],
)
def test_a_difference_is_named_by_what_is_wrong_and_where(
    direction: Direction, seen: Sighting, kind: DifferenceKind | None
) -> None:
    assert classify(direction, seen) is kind


@pytest.mark.parametrize(
    ("found", "own", "expected"),
    [
        pytest.param(row(2, minute=5), [], False, id="nothing here stands against it"),
        pytest.param(row(2, content="y", minute=5), [row(1), row(3, content="z", minute=9)], False, id="a hole here"),
        pytest.param(row(1, vin="B"), [row(1)], True, id="another row of that version"),
        pytest.param(row(2, minute=5), [row(1)], True, id="the same content again"),
        pytest.param(row(2, state="void", minute=5), [row(1)], False, id="a void of the same content"),
        pytest.param(row(3), [row(1), row(2, content="y", minute=5)], True, id="received at the same instant"),
        pytest.param(row(2, state="moved"), [row(1), row(2, vin="B")], False, id="a row that says where it went"),
        pytest.param(
            row(2, vin="C", state="moved"), [row(1), row(2, vin="B")], True, id="a move from where it never was"
        ),
    ],
)
def test_a_row_that_only_the_ministry_has_is_lost_here_unless_something_stands_against_it(
    found: StoredRow, own: list[StoredRow], expected: bool
) -> None:
    assert is_one_too_many(found, own, is_sound=True) is expected
    assert is_one_too_many(found, own, is_sound=False)


def good(first: int, last: int) -> list[Span]:
    return [Span(direction, day(first), day(last), is_good=True) for direction in Direction]


def run(spans: list[Span], *, oldest: int = 10, under_way: int | None = None) -> tuple[date, date] | None:
    return days_to_compare(
        spans, today=TODAY, oldest_on=day(oldest), under_way_since=None if under_way is None else day(under_way)
    )


def test_a_first_run_begins_with_the_oldest_row_and_ends_with_yesterday() -> None:
    assert run([]) == (day(10), day(19))


def test_a_run_begins_with_the_first_day_that_no_run_left_equal() -> None:
    assert run(good(10, 12) + good(14, 19)) == (day(13), day(19))


def test_yesterday_is_compared_again_when_all_days_are_equal() -> None:
    assert run(good(10, 19)) == (day(19), day(19))


def test_a_day_counts_only_when_both_directions_were_left_equal() -> None:
    assert run([Span(Direction.OUT, day(10), day(19), is_good=True)]) == (day(10), day(19))


def test_a_later_run_with_differences_takes_a_days_good_name() -> None:
    spans = [*good(10, 19), Span(Direction.IN, day(12), day(12), is_good=False)]
    assert find_bad_days(spans) == [day(12)]
    assert run(spans) == (day(12), day(19))
    assert find_bad_days([*spans, *good(12, 12)]) == []


def test_days_with_rows_under_way_wait() -> None:
    assert run(good(10, 11), under_way=15) == (day(12), day(14))
    assert run([], under_way=10) is None


def test_no_run_goes_back_further_than_so_many_days() -> None:
    found = days_to_compare([], today=TODAY, oldest_on=date(2001, 1, 1), under_way_since=None)
    assert found == (TODAY - timedelta(days=MOST_DAYS_BACK), day(19))


def test_a_node_without_rows_compares_yesterday() -> None:
    assert days_to_compare([], today=TODAY, oldest_on=None, under_way_since=None) == (day(19), day(19))


def spans(row_counts: list[int], *, most_days: int = 100) -> list[tuple[int, int]]:
    """Spans of the days 1 to 20, when so many rows stand in the first ones, and in the last of them in the others."""
    made, found = Spans(day(1), day(20), most_days=most_days), []
    while (span := made.next()) is not None:
        found.append((span[0].day, span[1].day))
        made.adapt(row_counts[min(len(found), len(row_counts)) - 1])
    return found


def test_days_are_split_without_gap_or_overlap_and_spans_grow_while_there_are_few_rows() -> None:
    assert spans([0]) == [(20, 20), (18, 19), (14, 17), (6, 13), (1, 5)]
    assert spans([0], most_days=4) == [(20, 20), (18, 19), (14, 17), (10, 13), (6, 9), (2, 5), (1, 1)]


def test_spans_shrink_where_there_are_many_rows() -> None:
    assert spans([0, 0, 0, 10**6]) == [(20, 20), (18, 19), (14, 17), (6, 13), (2, 5), (1, 1)]
    assert spans([10**6])[:2] == [(20, 20), (19, 19)]


def test_a_row_is_known_by_its_columns() -> None:
    assert msgspec.structs.replace(row(), version=2).key == RowKey("A", bytes(16), 2)
