"""A report out of a snapshot, the officers' texts and the template: the same three give the same document. Pure.

Where a figure stands in the snapshot is said by JSON pointers, and it is taken from there, out of the frozen JSON: what
the appendix says is how it was done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from chedang.supervision.report_model import (
    Chapter,
    Document,
    Figure,
    Frozen,
    LeagueLine,
    Part,
    PartSpec,
    Reference,
    Rows,
    Run,
    Source,
    Table,
    TableRow,
    TableSpec,
    Template,
    Unit,
    Value,
)
from chedang.supervision.report_template import GAP, sources_by_name
from chedang.terms import division

_UNIT_WORDS = {
    Unit.SHOPS: "家",
    Unit.RECORDS: "条",
    Unit.TIMES: "次",
    Unit.CASES: "件",
    Unit.PEOPLE: "人",
    Unit.MARKS: "分",
    Unit.PERCENT: "",
}
_CLASS_NAMES = {"01": "一类", "02": "二类", "03": "三类", "": "类别不明"}
_CLASSES = "classes/*/"
_NOTHING = "–"


class _Place(NamedTuple):
    """Where the figures of one row stand."""

    base: str
    """JSON pointer."""
    name: str
    code: str
    category: str = "*"
    is_row: bool = False
    """A row of the statistics: its counts stand in it directly."""


class Composer:
    """Makes one document."""

    def __init__(
        self,
        template: Template,
        content: str,
        frozen: Frozen,
        *,
        league: Sequence[LeagueLine],
        names: Mapping[str, str],
    ) -> None:
        """``content``: the snapshot's JSON. ``names``: of makers, by code."""
        self._template = template
        self._measures: dict[str, Any] = json.loads(content, parse_float=Decimal)
        self._frozen = frozen
        self._league = league
        self._names = names
        self._sources = {source.key: source for source in template.sources}
        self._numbers: dict[str, int] = {}
        self._tables = 0

    def compose(self, texts: Mapping[str, str], *, authority: str) -> Document:
        """``texts``: what officers wrote, by key of the block; the template's own words elsewhere."""
        scope = self._measures["scope"]
        chapters = tuple(
            Chapter(chapter.title, tuple(self._part(part, texts) for part in chapter.parts))
            for chapter in self._template.chapters
        )
        references = tuple(Reference(number, self._sources[key]) for key, number in self._numbers.items())
        return Document(
            title=self._template.title.format(division=area_name(scope)),
            period=_period(self._measures["first_on"], self._measures["last_on"]),
            authority=authority,
            frozen=self._frozen,
            template_version=self._template.version,
            chapters=chapters,
            references=references,
        )

    def _part(self, part: PartSpec, texts: Mapping[str, str]) -> Part:
        if part.table:
            spec = next(table for table in self._template.tables if table.key == part.table)
            return Part(part.key, part.title, table=self._table(spec))
        lines = texts.get(part.key, part.text).splitlines()
        return Part(part.key, part.title, paragraphs=tuple(tuple(self._runs(line)) for line in lines if line.strip()))

    def _runs(self, line: str) -> Iterator[Run]:
        by_name = sources_by_name(self._template)
        whole = _Place("/whole", "", "")
        for place, words in enumerate(GAP.split(line)):
            if place % 2 == 0:
                if words:
                    yield Run(words)
            elif words in by_name:
                figure = self._figure(f"text.{by_name[words].key}", by_name[words], whole)
                yield Run(figure.words, figure)
            else:
                yield Run(f"{{{words}}}")

    def _table(self, spec: TableSpec) -> Table:
        self._tables += 1
        columns = [self._sources[key] for key in spec.columns]
        heads = tuple((source.name, self._number(source)) for source in columns)
        number = self._tables
        if spec.rows is Rows.LEAGUE:
            return Table(number, spec.key, spec.title, heads, tuple(self._league_rows(spec, columns[0])))
        rows = tuple(
            TableRow(
                place.name,
                place.code,
                tuple(self._figure(f"{spec.key}.{at}.{source.key}", source, place) for source in columns),
            )
            for at, place in enumerate(self._places(spec.rows))
        )
        return Table(number, spec.key, spec.title, heads, rows)

    def _league_rows(self, spec: TableSpec, source: Source) -> Iterator[TableRow]:
        for at, line in enumerate(self._league):
            number, words = self._number(source), league_words(line)
            figure = Figure(f"{spec.key}.{at}.score", number, source.key, line.score, words, ())
            yield TableRow(area_name(line.code), line.code, (figure,))

    def _places(self, rows: Rows) -> Iterator[_Place]:
        if rows is Rows.AREAS:
            for at, area in enumerate(self._measures["areas"]):
                yield _Place(f"/areas/{at}", area_name(area["code"]), area["code"])
            yield _Place("/whole", "合计", self._measures["scope"])
        elif rows is Rows.CLASSES:
            for category in sorted(self._measures["whole"]["classes"], key=lambda code: code or "~"):
                name = _CLASS_NAMES.get(category, category)
                yield _Place("/whole", name, category, category)
            yield _Place("/whole", "合计", "")
        elif rows is Rows.LINES:
            for code in sorted(self._measures.get("exchange", {})):
                yield _Place(f"/exchange/{code}", area_name(f"{code}0000"), f"{code}0000")
        else:
            for at, row in enumerate(self._measures[str(rows)]):
                yield _Place(f"/{rows}/{at}", self._row_name(rows, row["key"]), row["key"], is_row=True)

    def _row_name(self, rows: Rows, key: str) -> str:
        if rows is Rows.MONTHS:
            year, month = key.split("-")
            return f"{year}年{int(month)}月"
        if rows is Rows.MAKERS:
            return self._names.get(key, key) or "单店上传"
        return key or "未登记"

    def _figure(self, ref: str, source: Source, place: _Place) -> Figure:
        pointers = tuple(_pointer(place, count) for count in source.counts)
        value = evaluate(self._measures, source.unit, pointers)
        return Figure(ref, self._number(source), source.key, value, words_of(value, source.unit), pointers)

    def _number(self, source: Source) -> int:
        return self._numbers.setdefault(source.key, len(self._numbers) + 1)


def evaluate(measures: Mapping[str, Any], unit: Unit, pointers: Sequence[str]) -> Value:
    """The value that follows from the counts: itself, per cent, or a mean. ``None`` of nothing."""
    counts = [look_up(measures, pointer) for pointer in pointers]
    if len(counts) == 1:
        return counts[0]
    part, whole = counts
    if not whole:
        return None
    places, times = (Decimal("0.1"), 100) if unit is Unit.PERCENT else (Decimal("0.01"), 1)
    return (Decimal(part) * times / whole).quantize(places, ROUND_HALF_UP)


def look_up(measures: Mapping[str, Any], pointer: str) -> int | Decimal:
    """The count at a JSON pointer; with ``*`` the sum over all that stands there. 0 where there is nothing."""
    found: list[Any] = [measures]
    for step in pointer.split("/")[1:]:
        found = [inner for each in found for inner in _inside(each, step)]
    return sum((Decimal(each) if isinstance(each, str) else each for each in found), 0)


def words_of(value: Value, unit: Unit) -> str:
    """As it is printed: ``1,234 家``, ``62.5%``, an en dash for nothing."""
    if value is None:
        return _NOTHING
    if unit is Unit.PERCENT:
        return f"{value}%"
    return f"{value:,} {_UNIT_WORDS[unit]}"


def league_words(line: LeagueLine) -> str:
    """A place in the league as it is printed: ``88.20（第 1 名）``."""
    return f"{line.score}（第 {line.rank} 名）"


def same_place(pointer: str, frozen: Mapping[str, Any], present: Mapping[str, Any]) -> str | None:
    """Where the same part stands in other measures, as rows move when one is added; ``None``: it is not there."""
    _empty, name, *rest = pointer.split("/")
    if not isinstance(frozen[name], list):
        return pointer
    row = frozen[name][int(rest[0])]
    key = "code" if "code" in row else "key"
    at = next((at for at, other in enumerate(present[name]) if other[key] == row[key]), None)
    return None if at is None else "/".join(("", name, str(at), *rest[1:]))


def area_name(code: str) -> str:
    """``330100`` → 浙江省杭州市; the code of an unknown one."""
    return "全国" if code == "000000" else division.full_name(code) or code


def _inside(value: Any, step: str) -> list[Any]:
    if step == "*" and isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return [value[int(step)]]
    return [value[step]] if step in value else []


def _pointer(place: _Place, count: str) -> str:
    if place.is_row:
        count = count.removeprefix(_CLASSES)
    return f"{place.base}/{count.replace('*', place.category)}"


def _period(first_on: str, last_on: str) -> str:
    (year, month, day), (last_year, last_month, last_day) = (
        [int(number) for number in text.split("-")] for text in (first_on, last_on)
    )
    return f"{year}年{month}月{day}日至{last_year}年{last_month}月{last_day}日"
