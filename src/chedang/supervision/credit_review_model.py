"""评定 of a self-assessment as data: rows, vetoes, the grade, and which deed leads where. Pure (ADR 0056)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from chedang.supervision.credit_model import Snapshot
from chedang.supervision.credit_sheet import Grade, Sheet, Thresholds

MOST_REASON: Final = 200


class ReviewState(StrEnum):
    """Where the authority's 评定 is; without one, a handed-in sheet waits for its 初评."""

    RETURNED = "returned"
    """退回初评: the second officer did not agree."""
    REVIEWED = "reviewed"
    """待复核."""
    PROPOSED = "proposed"
    """公示中; once the period is over, it may be published."""
    OBJECTED = "objected"
    """异议待决."""
    DECIDED = "decided"
    """The objection is decided; it may be published."""
    PUBLISHED = "published"


class ReviewDeed(StrEnum):
    """What somebody did; one row of its history each."""

    REVIEW = "review"
    """初评."""
    RETURN = "return"
    CONFIRM = "confirm"
    """复核通过: the shop is told."""
    OBJECT = "object"
    DECIDE = "decide"
    PUBLISH = "publish"
    CORRECT = "correct"
    """改判 of what is published."""


class NoSuchReviewStep(Exception):
    """The deed leads nowhere from here."""


_NEXT: Final[Mapping[tuple[ReviewState | None, ReviewDeed], ReviewState]] = {
    (None, ReviewDeed.REVIEW): ReviewState.REVIEWED,
    (ReviewState.RETURNED, ReviewDeed.REVIEW): ReviewState.REVIEWED,
    (ReviewState.REVIEWED, ReviewDeed.RETURN): ReviewState.RETURNED,
    (ReviewState.REVIEWED, ReviewDeed.CONFIRM): ReviewState.PROPOSED,
    (ReviewState.PROPOSED, ReviewDeed.OBJECT): ReviewState.OBJECTED,
    (ReviewState.OBJECTED, ReviewDeed.DECIDE): ReviewState.DECIDED,
    (ReviewState.PROPOSED, ReviewDeed.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.DECIDED, ReviewDeed.PUBLISH): ReviewState.PUBLISHED,
    (ReviewState.PUBLISHED, ReviewDeed.CORRECT): ReviewState.PUBLISHED,
}
BY_ANOTHER: Final = frozenset({ReviewDeed.RETURN, ReviewDeed.CONFIRM, ReviewDeed.DECIDE, ReviewDeed.CORRECT})
"""Deeds of somebody other than whoever gave the 初评 that stands."""


def next_state(state: ReviewState | None, deed: ReviewDeed) -> ReviewState:
    """Where ``deed`` leads; ``None`` is a sheet nobody reviewed. Raises NoSuchReviewStep."""
    following = _NEXT.get((state, deed))
    if following is None:
        raise NoSuchReviewStep
    return following


class FaultKind(StrEnum):
    """Why marks are not taken."""

    BOUNDS = "bounds"
    """Not from 0 to the row's most."""
    NO_REASON = "no_reason"
    """Changed without a reason."""
    NO_VETO_REASON = "no_veto_reason"
    TOO_LONG = "too_long"


class MarkFault(Exception):
    """A row or veto that has to be mended."""

    def __init__(self, kind: FaultKind, key: str, name: str) -> None:
        super().__init__(kind, key)
        self.kind, self.key, self.name = kind, key, name


class TypedRow(msgspec.Struct, frozen=True):
    """A row as an officer sent it; ``None``: no number."""

    points: int | None
    reason: str = ""


class TypedVeto(msgspec.Struct, frozen=True):
    """A veto as an officer sent it."""

    applies: bool
    reason: str = ""


class Marks(msgspec.Struct, frozen=True):
    """All that an officer sent. A row or veto that is absent stays as it stands."""

    rows: Mapping[str, TypedRow] = {}
    vetoes: Mapping[str, TypedVeto] = {}
    note: str = ""


class ReviewedRow(msgspec.Struct, frozen=True):
    """One indicator with the shop's points and the authority's."""

    key: str
    name: str
    claimed: int
    points: int
    most: int
    reason: str = ""

    @property
    def is_changed(self) -> bool:
        """Other than the shop, or the archive, said?"""
        return self.points != self.claimed


class ReviewedVeto(msgspec.Struct, frozen=True):
    """One veto with the officer's decision."""

    key: str
    text: str
    text_en: str
    most_grade: Grade
    is_suggested: bool
    """Whether a row of the sheet hints at it."""
    applies: bool = False
    reason: str = ""


class Result(msgspec.Struct, frozen=True):
    """What the authority found: readable for ever, whatever becomes of the sheet."""

    thresholds: Thresholds
    rows: tuple[ReviewedRow, ...]
    vetoes: tuple[ReviewedVeto, ...]
    note: str = ""

    @property
    def points(self) -> int:
        """Of all rows."""
        return sum(row.points for row in self.rows)

    @property
    def grade_by_points(self) -> Grade:
        """The best grade whose points are reached, vetoes aside."""
        marks = {Grade.AAA: self.thresholds.AAA, Grade.AA: self.thresholds.AA, Grade.A: self.thresholds.A}
        return next((grade for grade, least in marks.items() if self.points >= least), Grade.B)

    @property
    def grade(self) -> Grade:
        """The grade by points, or the best that the vetoes leave."""
        order = list(Grade)
        limits = [self.grade_by_points, *(veto.most_grade for veto in self.vetoes if veto.applies)]
        return max(limits, key=order.index)

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def as_figures(self) -> dict[str, Any]:
        """For the audit: points, grade, the rows that differ from the sheet, the vetoes that apply."""
        return {
            "points": self.points,
            "grade": str(self.grade),
            "changed": {row.key: row.points for row in self.rows if row.is_changed},
            "vetoes": [veto.key for veto in self.vetoes if veto.applies],
        }


def read_result(plain: object) -> Result:
    """What :meth:`Result.as_json` gave."""
    return msgspec.convert(plain, Result)


def start(snapshot: Snapshot, sheet: Sheet) -> Result:
    """A handed-in sheet before anybody reviewed it: points as claimed, no veto; thresholds and vetoes of ``sheet``."""
    rows = tuple(row for part in snapshot.parts for row in part.rows)
    values = {row.key: row.value for row in rows}
    vetoes = []
    for veto in sheet.vetoes:
        value = values.get(veto.figure)
        hinted = value is not None and value >= veto.suggested_from
        vetoes.append(ReviewedVeto(veto.key, veto.text, veto.text_en, veto.most_grade, hinted))
    found = tuple(ReviewedRow(row.key, row.name, row.points, row.points, row.most) for row in rows)
    return Result(sheet.thresholds, found, tuple(vetoes))


def change(standing: Result, marks: Marks) -> Result:
    """What stands after these marks. A changed row needs a reason; one left alone keeps the reason it had.

    A veto needs one where it applies, where it no longer does, and where it is suggested and does not. Raises
    MarkFault for the first row or veto that has to be mended.
    """
    if len(marks.note) > MOST_REASON:
        raise MarkFault(FaultKind.TOO_LONG, "note", "")
    rows = tuple(_changed(row, marks.rows.get(row.key)) for row in standing.rows)
    vetoes = tuple(_decided(veto, marks.vetoes.get(veto.key)) for veto in standing.vetoes)
    return msgspec.structs.replace(standing, rows=rows, vetoes=vetoes, note=marks.note)


def _changed(row: ReviewedRow, typed: TypedRow | None) -> ReviewedRow:
    if typed is None:
        return row
    if typed.points is None or not 0 <= typed.points <= row.most:
        raise MarkFault(FaultKind.BOUNDS, row.key, row.name)
    if len(typed.reason) > MOST_REASON:
        raise MarkFault(FaultKind.TOO_LONG, row.key, row.name)
    if typed.points != row.points and not typed.reason:
        raise MarkFault(FaultKind.NO_REASON, row.key, row.name)
    return msgspec.structs.replace(row, points=typed.points, reason=typed.reason or row.reason)


def _decided(veto: ReviewedVeto, typed: TypedVeto | None) -> ReviewedVeto:
    applies = veto.applies if typed is None else typed.applies
    said = "" if typed is None else typed.reason
    reason = said or (veto.reason if applies == veto.applies else "")
    if len(reason) > MOST_REASON:
        raise MarkFault(FaultKind.TOO_LONG, veto.key, veto.text)
    if not reason and (applies or veto.applies or veto.is_suggested):
        raise MarkFault(FaultKind.NO_VETO_REASON, veto.key, veto.text)
    return msgspec.structs.replace(veto, applies=applies, reason=reason)
