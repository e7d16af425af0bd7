"""评定: reasons where something changes, no more than a row gives, vetoes above points, one way on."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from chedang.supervision.credit_consequences import consequences_of, order_text
from chedang.supervision.credit_model import FrozenPart, FrozenRow, Snapshot
from chedang.supervision.credit_review_model import (
    FaultKind,
    MarkFault,
    Marks,
    NoSuchReviewStep,
    Result,
    ReviewDeed,
    ReviewState,
    TypedRow,
    TypedVeto,
    change,
    next_state,
    read_result,
    start,
)
from chedang.supervision.credit_sheet import Grade, Kind, SheetFault, Unit, load_sheet, read_sheet

SHEET = load_sheet()


def handed_in(values: Mapping[str, Decimal], *, lost: int = 0) -> Snapshot:
    """Every row of the shipped sheet with all its points but ``lost`` of the first."""
    rows = [
        FrozenRow(row.key, row.name, Kind(row.kind), Unit(row.unit), values.get(row.key), row.most, row.most, "", 0)
        for row in SHEET.indicators
    ]
    first = rows[0]
    rows[0] = FrozenRow(
        first.key, first.name, first.kind, first.unit, first.value, first.most - lost, first.most, "", 0
    )
    part = FrozenPart("all", SHEET.total - lost, SHEET.total, tuple(rows))
    return Snapshot(SHEET.name, SHEET.version, "2026-01-05", SHEET.total - lost, SHEET.total, "AAA", (part,))


def begun(values: Mapping[str, Decimal] | None = None, *, lost: int = 0) -> Result:
    return start(handed_in(values or {}, lost=lost), SHEET)


def test_a_sheet_begins_with_what_was_claimed_and_no_veto() -> None:
    result = begun(lost=10)
    assert (result.points, result.grade) == (990, Grade.AAA)
    assert read_result(result.as_json()) == result
    assert not any(row.is_changed for row in result.rows)


def test_changed_points_need_a_reason_and_stay_within_the_row() -> None:
    standing = begun()
    row = standing.rows[0]
    for typed, kind in (
        (TypedRow(row.most + 1, "有证据"), FaultKind.BOUNDS),
        (TypedRow(-1, "有证据"), FaultKind.BOUNDS),
        (TypedRow(None, "有证据"), FaultKind.BOUNDS),
        (TypedRow(row.most - 1), FaultKind.NO_REASON),
        (TypedRow(row.most - 1, "长" * 201), FaultKind.TOO_LONG),
    ):
        with pytest.raises(MarkFault) as fault:
            change(standing, Marks({row.key: typed}))
        assert (fault.value.kind, fault.value.key) == (kind, row.key)
    changed = change(standing, Marks({row.key: TypedRow(0, "证书已过期")}))
    assert changed.points == 1000 - row.most
    assert change(changed, Marks({row.key: TypedRow(0)})).rows[0].reason == "证书已过期"


def test_a_veto_goes_above_points_and_a_suggested_one_is_answered() -> None:
    standing = begun({"sanctions": Decimal(1)})
    assert [veto.key for veto in standing.vetoes if veto.is_suggested] == ["sanction_in_year"]
    with pytest.raises(MarkFault) as fault:
        change(standing, Marks())
    assert fault.value.kind is FaultKind.NO_VETO_REASON
    refused = change(standing, Marks({}, {"sanction_in_year": TypedVeto(applies=False, reason="已复议撤销")}))
    assert refused.grade == Grade.AAA
    applied = change(standing, Marks({}, {"sanction_in_year": TypedVeto(applies=True, reason="罚款一次")}))
    assert (applied.points, applied.grade_by_points, applied.grade) == (1000, Grade.AAA, Grade.AA)
    vetoes = {
        "sanction_in_year": TypedVeto(applies=True, reason="罚款一次"),
        "false_records": TypedVeto(applies=True, reason="虚假记录三条"),
    }
    assert change(standing, Marks({}, vetoes)).grade == Grade.B
    with pytest.raises(MarkFault):
        change(applied, Marks({}, {"sanction_in_year": TypedVeto(applies=False)}))


def test_a_grade_follows_the_thresholds() -> None:
    marks = [(150, Grade.AAA), (151, Grade.AA), (300, Grade.AA), (301, Grade.A), (400, Grade.A), (401, Grade.B)]
    for lost, grade in marks:
        standing, left, rows = begun(), lost, {}
        for row in standing.rows:
            taken = min(left, row.most)
            left -= taken
            rows[row.key] = TypedRow(row.most - taken, "核对材料")
        assert change(standing, Marks(rows)).grade == grade


def test_deeds_lead_one_way() -> None:
    way = [ReviewDeed.REVIEW, ReviewDeed.RETURN, ReviewDeed.REVIEW, ReviewDeed.CONFIRM, ReviewDeed.OBJECT]
    way += [ReviewDeed.DECIDE, ReviewDeed.PUBLISH, ReviewDeed.CORRECT]
    state: ReviewState | None = None
    for deed in way:
        state = next_state(state, deed)
    assert state is ReviewState.PUBLISHED
    for before, deed in (
        (None, ReviewDeed.CONFIRM),
        (ReviewState.REVIEWED, ReviewDeed.PUBLISH),
        (ReviewState.OBJECTED, ReviewDeed.OBJECT),
        (ReviewState.OBJECTED, ReviewDeed.PUBLISH),
        (ReviewState.PUBLISHED, ReviewDeed.REVIEW),
    ):
        with pytest.raises(NoSuchReviewStep):
            next_state(before, deed)


def test_consequences_are_data_and_the_order_names_the_rows_that_lost_most() -> None:
    assert all(consequences_of(grade) for grade in Grade)
    assert {each.link.value for each in consequences_of(Grade.B)} == {"", "inspection", "order"}
    standing = begun()
    rows = {standing.rows[0].key: TypedRow(50, "少"), standing.rows[1].key: TypedRow(0, "没有")}
    text = order_text(2025, change(standing, Marks(rows)))
    assert text.index(standing.rows[1].name) < text.index(standing.rows[0].name)


def test_a_sheet_with_a_veto_on_a_row_it_lacks_or_no_such_day_is_not_taken() -> None:
    from importlib import resources

    shipped = resources.files("chedang.supervision").joinpath("data", "credit-sheet.toml").read_text(encoding="utf-8")
    for old, new in (('figure = "accidents"', 'figure = "nothing"'), ('"03-31"', '"02-29"'), ('"03-31"', '"02-30"')):
        with pytest.raises(SheetFault):
            read_sheet(shipped.replace(old, new))
    with pytest.raises(SheetFault):
        read_sheet(shipped.replace('key = "fatal_accident"', 'key = "false_records"'))
