"""维修类别: what kind of work a record tells of. Pure.

The 13 elements do not say it, so it is read off 维修项目, and failing those off 配件, by words that stand in
``data/work.toml``. What was only looked at, or advised and not done, is no work. Unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final

import msgspec

from chedang.records.model import RecordText
from chedang.vehicles.phrases import normalise, read_data, split


class WorkClass(StrEnum):
    """维修类别 by the codes of a city's statistics system (a second system in use counts otherwise; 待核)."""

    DAILY = "10"
    """日常维护."""
    LEVEL_ONE = "20"
    """一级维护."""
    LEVEL_TWO = "30"
    """二级维护."""
    MINOR = "40"
    """汽车小修; 专项修理 too, for which the system has no code of its own."""
    OVERHAUL = "50"
    """汽车大修, 整车修理."""
    ASSEMBLY = "60"
    """总成修理."""
    PART = "70"
    """零件修理."""
    OTHER = "90"
    """其它: nothing was mended, only looked at."""


class LegalClass(StrEnum):
    """The rows of the legal table of 质量保证期."""

    WHOLE = "whole"
    """整车修理、总成修理."""
    LEVEL_TWO = "level_two"
    """二级维护."""
    MINOR = "minor"
    """一级维护、小修、专项修理."""


class Confidence(StrEnum):
    """How sure the class is."""

    STATED = "stated"
    """An item names the class."""
    LIKELY = "likely"
    """An item says what was done, and such work is of the class."""
    GUESSED = "guessed"
    """Only the parts speak for it."""


class Deed(StrEnum):
    """What one part of a row says was done."""

    REPAIR = "repair"
    INSPECTION = "inspection"
    NOT_DONE = "not_done"
    """Advised, refused, put off."""
    UNCLEAR = "unclear"
    """Names a thing and no deed."""


class Clause(msgspec.Struct, frozen=True):
    """One part of a row."""

    text: str
    """Normalised."""
    deed: Deed


class Work(msgspec.Struct, frozen=True):
    """维修类别 of one record; ``None`` where the texts do not tell."""

    work_class: WorkClass | None = None
    confidence: Confidence | None = None
    rests_on: tuple[str, ...] = ()
    """The rows that say so, as they came."""

    @property
    def legal_class(self) -> LegalClass | None:
        """The row of the legal table; ``None`` for 日常维护, which it does not name, for 其它 and for unknown."""
        return None if self.work_class is None else _LEGAL_CLASSES.get(self.work_class)


_LEGAL_CLASSES: Final = {
    WorkClass.OVERHAUL: LegalClass.WHOLE,
    WorkClass.ASSEMBLY: LegalClass.WHOLE,
    WorkClass.LEVEL_TWO: LegalClass.LEVEL_TWO,
    WorkClass.LEVEL_ONE: LegalClass.MINOR,
    WorkClass.MINOR: LegalClass.MINOR,
    WorkClass.PART: LegalClass.MINOR,
}
_ORDER: Final = (
    WorkClass.OVERHAUL,
    WorkClass.ASSEMBLY,
    WorkClass.LEVEL_TWO,
    WorkClass.LEVEL_ONE,
    WorkClass.MINOR,
    WorkClass.PART,
    WorkClass.DAILY,
)
"""The largest work of a record gives it its class."""


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"code": "class"}):
    """One rule of the table: a clause with one of ``words``, one of ``along`` if any are given, none of ``without``."""

    code: WorkClass
    confidence: Confidence
    words: tuple[str, ...]
    along: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        return (
            _has(text, self.words)
            and (not self.along or _has(text, self.along))
            and not _has(text, self.without)
        )  # fmt: skip


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``data/work.toml``."""

    traps: tuple[str, ...]
    not_done: tuple[str, ...]
    inspection: tuple[str, ...]
    repair: tuple[str, ...]
    named_work: tuple[str, ...]
    """Names of work that, looked at, is no work."""
    project: tuple[_Rule, ...]
    """For clauses of 维修项目 that tell of a repair; the first that fits counts."""
    part: tuple[_Rule, ...]
    """For 配件, where no item tells the class."""


class _Sign(msgspec.Struct, frozen=True):
    work_class: WorkClass
    confidence: Confidence
    row: str


def classify_work(text: RecordText) -> Work:
    """维修类别 of a record by its 维修项目, else by its 配件."""
    projects = [project.name for project in text.projects if project.name.strip()]
    parts = [part.name for part in text.parts if part.name.strip()]
    signs = [_Sign(*found, row) for row in projects for found in _classes_of_project(row)]
    if not signs:
        signs = [_Sign(*found, row) for row in parts for found in _classes_of_part(row)]
    if signs:
        return _choose(signs)
    looked_at = [row for row in projects if _deeds(row) == {Deed.INSPECTION}]
    if looked_at and len(looked_at) == len(projects) and not parts:
        return Work(WorkClass.OTHER, Confidence.LIKELY, _once(looked_at))
    return Work()


@lru_cache(maxsize=8_192)
def read_clauses(row: str) -> tuple[Clause, ...]:
    """What a row of 维修项目 says was done. A part without a deed takes that of the one before: 更换机油、机滤."""
    clauses: list[Clause] = []
    for text in split(row):
        deed = _deed(text)
        if deed is Deed.UNCLEAR and clauses:
            deed = clauses[-1].deed
        clauses.append(Clause(text, deed))
    return tuple(clauses)


def _deed(text: str) -> Deed:
    """检查后更换 is a repair, 检查 and 二级维护检测 are not; 未更换 and 建议更换 are neither."""
    table = _table()
    for trap in table.traps:
        text = text.replace(trap, "")
    if _has(text, table.not_done):
        return Deed.NOT_DONE
    if text.endswith(table.inspection):
        for name in table.named_work:
            text = text.replace(name, "")
    if _has(text, table.repair):
        return Deed.REPAIR
    return Deed.INSPECTION if _has(text, table.inspection) else Deed.UNCLEAR


def _deeds(row: str) -> set[Deed]:
    return {clause.deed for clause in read_clauses(row)}


@lru_cache(maxsize=8_192)
def _classes_of_project(row: str) -> tuple[tuple[WorkClass, Confidence], ...]:
    texts = (clause.text for clause in read_clauses(row) if clause.deed is Deed.REPAIR)
    return tuple(found for text in texts if (found := _first(text, _table().project)))


@lru_cache(maxsize=8_192)
def _classes_of_part(row: str) -> tuple[tuple[WorkClass, Confidence], ...]:
    found = _first(normalise(row), _table().part)
    return (found,) if found else ()


def _first(text: str, rules: Iterable[_Rule]) -> tuple[WorkClass, Confidence] | None:
    for trap in _table().traps:
        text = text.replace(trap, "焊")
    return next(((rule.code, rule.confidence) for rule in rules if rule.fits(text)), None)


def _choose(signs: list[_Sign]) -> Work:
    """The largest class; of signs for the same class the surest."""
    largest = min((sign.work_class for sign in signs), key=_ORDER.index)
    own = [sign for sign in signs if sign.work_class is largest]
    surest = min((sign.confidence for sign in own), key=tuple(Confidence).index)
    return Work(largest, surest, _once(sign.row for sign in own if sign.confidence is surest))


def _once(rows: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rows))


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


@cache
def _table() -> _Table:
    return msgspec.convert(read_data("work.toml"), _Table)
