"""运行考核: indicators, weights and points as data, in versions of which each has its first day. Pure (but reads)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

TOTAL: Final = 100
"""Points at best, and the sum of all weights."""

_Key = Annotated[str, Meta(pattern="^[a-z][a-z_]{0,39}$")]
_Words = Annotated[str, Meta(min_length=1, max_length=100)]


class FigureName(StrEnum):
    """What can be counted for a part; how stands in ``assessment_rules``."""

    CONNECTED_FIRST = "connected_first"
    CONNECTED_SECOND = "connected_second"
    CONNECTED_OTHERS = "connected_others"
    """Class 3, and shops of no class."""
    ACTIVE = "active"
    ON_TIME = "on_time"
    VALID = "valid"
    COMPLETE = "complete"
    DUPLICATE = "duplicate"
    AVAILABLE = "available"
    RECONCILED = "reconciled"
    LOOKS = "looks"
    RATINGS = "ratings"
    SATISFACTION = "satisfaction"
    CLOSED_IN_TIME = "closed_in_time"


class Unit(StrEnum):
    """How a quotient is said."""

    PERCENT = "percent"
    PER_THOUSAND = "per_thousand"
    MARKS = "marks"

    @property
    def factor(self) -> int:
        """What a quotient is multiplied with."""
        return {Unit.PERCENT: 100, Unit.PER_THOUSAND: 1000, Unit.MARKS: 1}[self]


class Without(StrEnum):
    """What becomes of a part that has nothing to count."""

    ZERO = "zero"
    LEFT_OUT = "left_out"
    """Its weight goes to the other parts of the indicator, or with all of them to the other indicators."""


class SheetFault(Exception):
    """The weights cannot be used; the words say what does not fit (Chinese, then English)."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One quotient and its points."""

    figure: FigureName
    name: _Words
    name_en: str = ""
    weight: Annotated[int, Meta(ge=1, le=TOTAL)]
    unit: Unit = Unit.PERCENT
    zero_at: Decimal
    """Rate without points, in the unit."""
    full_at: Decimal
    """Rate with all points; smaller than ``zero_at`` where less is better."""
    without: Without
    above: _Words
    """What stands above the line of the quotient, in words."""
    above_en: str = ""
    below: _Words
    below_en: str = ""
    source: _Words
    """Where this comes from; what nobody read is marked 待核."""
    source_en: str = ""

    def in_language(self, language: str, what: str) -> str:
        """``what``: name, above, below or source. The Chinese where there is no English."""
        english = getattr(self, f"{what}_en") if language.startswith("en") else ""
        return str(english or getattr(self, what))


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the seven; its parts share its weight."""

    key: _Key
    name: _Words
    name_en: str = ""
    weight: Annotated[int, Meta(ge=1, le=TOTAL)]
    parts: Annotated[tuple[Part, ...], Meta(min_length=1)]

    def in_language(self, language: str) -> str:
        """Its name."""
        return self.name_en if language.startswith("en") and self.name_en else self.name


class Version(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Weights and points as they hold from a day on."""

    version: Annotated[str, Meta(min_length=1, max_length=20)]
    effective_on: date
    """A month is assessed by the newest version that holds on its last day."""
    sent_by_day: Annotated[int, Meta(ge=1, le=28)]
    """Day of the next month at whose end (China) the ministry stops waiting for what provinces measured."""
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    versions: Annotated[tuple[Version, ...], Meta(min_length=1)]


def read_versions(text: str) -> tuple[Version, ...]:
    """All versions of a TOML file. Raises SheetFault with what is wrong."""
    try:
        versions = msgspec.convert(tomllib.loads(text, parse_float=Decimal), _File).versions
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise SheetFault(f"考核权重读不了。(The weights cannot be read: {fault})") from fault
    names = [each.version for each in versions]
    if len(set(names)) != len(names):
        raise SheetFault("有两个版本同名。(Two versions have the same name)")
    for version in versions:
        _check(version)
    return versions


def load_versions(own: Path | None = None) -> tuple[Version, ...]:
    """The versions in use: a node's own file, else those that are shipped. Raises SheetFault, OSError."""
    return _load_own(own, own.stat().st_mtime_ns) if own is not None else _shipped()


def in_force(versions: Sequence[Version], on: date) -> Version:
    """The version that holds on a day. Raises SheetFault before the first."""
    begun = [each for each in versions if each.effective_on <= on]
    if not begun:
        raise SheetFault(f"{on} 还没有生效的考核权重。(No weights are in force on {on})")
    return max(begun, key=lambda each: (each.effective_on, each.version))


@lru_cache(maxsize=1)
def _load_own(own: Path, _changed: int) -> tuple[Version, ...]:
    return read_versions(own.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Version, ...]:
    path = resources.files("chedang.supervision").joinpath("data", "assessment.toml")
    return read_versions(path.read_text(encoding="utf-8"))


def _check(version: Version) -> None:
    _same("各项权重", "weights", sum(each.weight for each in version.indicators), TOTAL)
    for indicator in version.indicators:
        _same(indicator.name, indicator.key, sum(part.weight for part in indicator.parts), indicator.weight)
    keys = [each.key for each in version.indicators]
    figures = [part.figure for indicator in version.indicators for part in indicator.parts]
    if len(set(keys)) != len(keys) or len(set(figures)) != len(figures):
        raise SheetFault("同一指标出现了两次。(An indicator or a figure stands twice)")
    for indicator in version.indicators:
        for part in indicator.parts:
            if part.zero_at == part.full_at:
                raise SheetFault(f"“{part.name}”的零分点和满分点相同。({part.figure} has no way from zero to full)")


def _same(name: str, key: str, found: int, told: int) -> None:
    if found != told:
        raise SheetFault(f"“{name}”相加是 {found}，不是 {told}。({key} adds up to {found}, not {told})")
