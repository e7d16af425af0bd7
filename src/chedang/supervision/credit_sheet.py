"""考核表: the sheet of the yearly 质量信誉考核 as data. Points and thresholds are a province's own to set (ADR 0042).

Grades and the seven dimensions: 机动车维修企业质量信誉考核办法(试行), 交公路发〔2006〕719号.
Its points were not read (待核).
"""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

_Key = Annotated[str, Meta(pattern="^[a-z][a-z_]{0,39}$")]
_Points = Annotated[int, Meta(ge=0, le=1000)]

FIGURES: Final = frozenset(
    {
        "staff_certified_share",
        "rework_share",
        "review_score",
        "complaints_at_fault",
        "corrections_overdue",
        "on_time_share",
        "duties_overdue",
        "months_with_records",
        "doubtful_share",
        "sanctions",
        "retest_pass_share",
    }
)
"""What the archive counts by itself; a sheet may ask for these as ``counted`` and for no others."""


class Kind(StrEnum):
    """Where the value of an indicator comes from."""

    COUNTED = "counted"
    """The archive knows it."""
    STATED = "stated"
    """The shop says it, within bounds."""
    EVIDENCE = "evidence"
    """There is a paper, or there is none: the photo of it is attached."""


class Unit(StrEnum):
    PERCENT = "percent"
    TIMES = "times"
    CASES = "cases"
    HOURS = "hours"
    MARKS = "marks"
    MONTHS = "months"
    PAPER = "paper"


class Grade(StrEnum):
    """质量信誉等级: 优良, 合格, 基本合格, 不合格."""

    AAA = "AAA"
    AA = "AA"
    A = "A"
    B = "B"


class SheetFault(Exception):
    """The sheet cannot be used; the words say what does not fit (Chinese, then English)."""


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Words in Chinese and English."""

    name: Annotated[str, Meta(min_length=1, max_length=60)]
    name_en: str = ""

    def in_language(self, language: str) -> str:
        """The English words for ``en``, where there are any; else the Chinese."""
        return _in(language, self.name, self.name_en)


class Indicator(Named, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the sheet. A paper counts 1 where it is there and 0 where it is not."""

    key: _Key
    kind: Kind
    most: Annotated[int, Meta(ge=1, le=1000)]
    """Its points at best."""
    unit: Unit = Unit.PAPER
    zero_at: Decimal = Decimal(0)
    """Value without points."""
    full_at: Decimal = Decimal(1)
    """Value with all points; smaller than ``zero_at`` where less is better."""
    without: _Points = 0
    """Points of a counted figure that has nothing to count."""
    least: Decimal = Decimal(0)
    greatest: Decimal = Decimal(100)
    """Bounds of what may be stated."""
    step: Decimal = Decimal(1)
    """The smallest change worth a word."""
    needs_evidence: bool = False
    """A stated value has points only with a photo."""
    hint: str = ""
    hint_en: str = ""
    deed: str
    """What to do for more points; ``{n}`` is how much."""
    deed_en: str = ""

    def hint_in(self, language: str) -> str:
        return _in(language, self.hint, self.hint_en)

    def deed_in(self, language: str, amount: str) -> str:
        return _in(language, self.deed, self.deed_en).replace("{n}", amount)

    @property
    def takes_evidence(self) -> bool:
        """May a photo be attached?"""
        return self.kind is not Kind.COUNTED


class Dimension(Named, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the parts of the sheet."""

    key: _Key
    most: _Points
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1)]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points from which on a grade is given; fewer than ``A`` is B."""

    AAA: _Points
    AA: _Points
    A: _Points


class Veto(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """一票否决: what forbids the better grades whatever the points. An officer decides whether it applies."""

    key: _Key
    text: Annotated[str, Meta(min_length=1, max_length=100)]
    text_en: str = ""
    most_grade: Grade
    """The best grade that is left where it applies."""
    figure: str = ""
    """Key of a row that hints at it; '' for none."""
    suggested_from: Decimal = Decimal(1)
    """Value of that row from which on the officer has to say why it does not apply."""


class Sheet(Named, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """考核表. Comes from :func:`load_sheet`, which sees to it that its parts add up."""

    version: Annotated[str, Meta(min_length=1, max_length=20)]
    total: _Points
    thresholds: Thresholds
    dimensions: Annotated[tuple[Dimension, ...], Meta(min_length=1)]
    vetoes: tuple[Veto, ...] = ()
    hand_in_until: Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-9]|3[01])$")] = "03-31"
    """Month and day of the next year until which a shop assesses itself (ours)."""
    objection_days: Annotated[int, Meta(ge=1, le=60)] = 10
    """Working days of the 公示 in which a shop may object (ours)."""

    def last_day_of(self, year: int) -> date:
        """The last day on which a shop hands in its sheet of this year without being listed as 未自评."""
        month, day = self.hand_in_until.split("-")
        return date(year + 1, int(month), int(day))

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All rows, in order."""
        return tuple(row for dimension in self.dimensions for row in dimension.indicators)

    def find(self, key: str) -> Indicator | None:
        return next((row for row in self.indicators if row.key == key), None)

    def threshold(self, grade: Grade) -> int:
        """Points from which on this grade is given."""
        return 0 if grade is Grade.B else int(getattr(self.thresholds, grade))


def read_sheet(text: str) -> Sheet:
    """A sheet from its TOML. Raises SheetFault with what is wrong."""
    try:
        sheet = msgspec.convert(tomllib.loads(text, parse_float=Decimal), Sheet)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise SheetFault(f"考核表读不了。(The sheet cannot be read: {fault})") from fault
    _check(sheet)
    return sheet


def load_sheet(own: Path | None = None) -> Sheet:
    """The sheet in use: a province's own file, else the one that is shipped. Raises SheetFault, OSError."""
    return _load_own(own, own.stat().st_mtime_ns) if own is not None else _shipped()


@lru_cache(maxsize=1)
def _load_own(own: Path, _changed: int) -> Sheet:
    return read_sheet(own.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _shipped() -> Sheet:
    path = resources.files("chedang.supervision").joinpath("data", "credit-sheet.toml")
    return read_sheet(path.read_text(encoding="utf-8"))


def _check(sheet: Sheet) -> None:
    _same("考核表", "the sheet", sum(dimension.most for dimension in sheet.dimensions), sheet.total)
    for dimension in sheet.dimensions:
        _same(dimension.name, dimension.key, sum(row.most for row in dimension.indicators), dimension.most)
    keys = [row.key for row in sheet.indicators] + [dimension.key for dimension in sheet.dimensions]
    if len(set(keys)) != len(keys):
        raise SheetFault("考核表里有重复的代号。(Two parts of the sheet have the same key)")
    marks = sheet.thresholds
    if not sheet.total >= marks.AAA > marks.AA > marks.A > 0:
        raise SheetFault("等级分数线应依次降低。(The thresholds must fall from AAA to A)")
    for row in sheet.indicators:
        _check_row(row)
    for veto in sheet.vetoes:
        if veto.figure and sheet.find(veto.figure) is None:
            raise SheetFault(f"考核表里没有“{veto.figure}”这一项。(The sheet has no row {veto.figure})")
    if len({veto.key for veto in sheet.vetoes}) != len(sheet.vetoes):
        raise SheetFault("考核表里有重复的代号。(Two vetoes of the sheet have the same key)")
    try:
        sheet.last_day_of(2000)
        sheet.last_day_of(2001)
    except ValueError as fault:
        raise SheetFault("自评截止日期不是一年中的日子。(hand_in_until is no day of every year)") from fault


def _check_row(row: Indicator) -> None:
    if row.kind is Kind.COUNTED and row.key not in FIGURES:
        raise SheetFault(f"系统不统计“{row.name}”。(The archive does not count {row.key})")
    if row.zero_at == row.full_at or row.without > row.most or row.step <= 0:
        raise SheetFault(f"“{row.name}”的分数规则不成立。(The points of {row.key} do not fit)")
    if row.kind is Kind.EVIDENCE and [row.zero_at, row.full_at, row.step] != [Decimal(0), Decimal(1), Decimal(1)]:
        raise SheetFault(f"“{row.name}”是证明材料，只有有或没有。(Of a paper like {row.key} there is one or none)")
    if row.kind is Kind.STATED and not row.least <= min(row.zero_at, row.full_at) <= row.greatest:
        raise SheetFault(f"“{row.name}”的取值范围不成立。(The bounds of {row.key} do not fit)")


def _same(name: str, key: str, found: int, told: int) -> None:
    if found != told:
        raise SheetFault(f"“{name}”各项相加是 {found} 分，不是 {told} 分。({key} adds up to {found}, not {told})")


def _in(language: str, chinese: str, english: str) -> str:
    return english if language.startswith("en") and english else chinese
