"""How a half-year report is shown, and how one figure is traced back to what counted it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from chedang.platform.database import load_queries
from chedang.site.regulator.statistics.asked import CATEGORIES
from chedang.site.regulator.statistics.periods import OWN
from chedang.supervision import reports
from chedang.supervision.measure_model import canonical
from chedang.supervision.models.reports import HalfYearReport, ReportState
from chedang.supervision.report_composing import area_name, evaluate, league_words, look_up, same_place, words_of
from chedang.supervision.report_model import Document, Figure, Source, Unit
from chedang.supervision.report_template import load_template
from chedang.supervision.reports import Counted
from chedang.terms.dates import day_in_china

_PAGES: Final = {
    "quality/statistics.sql#count_by": "officer-rates",
    "quality/statistics.sql#tally_by": "officer-rates",
    "supervision/measures.sql#cases": "officer-cases",
    "supervision/measures.sql#reminders": "officer-notices",
    "supervision/measures.sql#orders": "officer-duties",
    "supervision/measures.sql#censures": "officer-censures",
    "supervision/measures.sql#sanctions": "officer-sanctions",
    "exchange/availability.sql#read_spans": "network",
    "exchange/availability.sql#read_silences": "network",
    "supervision/assessment.toml": "officer-assessment",
}
"""Query → the page that lists now what it counts. Of ratings and of owners' looks there is none for officers."""
_WITH_DAYS: Final = "officer-rates"
"""The page that is asked for a division, days and a class, so that it says what the report says."""
_CLASSES: Final = {"01": "一类", "02": "二类", "03": "三类", "": "类别不明"}


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report in a list or at the top of its page."""

    public_id: str
    name: str
    division: str
    edition: int
    is_draft: bool
    revision: int
    issued_at: datetime | None
    frozen_at: datetime
    digest: str
    word_digest: str


@dataclass(frozen=True, slots=True)
class Count:
    """One count of a figure."""

    pointer: str
    value: int | Decimal
    parts: list[tuple[str, int | Decimal]]
    """Of a sum over the classes: each class with its share of it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything about one figure."""

    figure: Figure
    source: Source
    counts: list[Count]
    query_name: str
    query: str
    first_on: date
    last_on: date
    now_words: str
    is_counted_now: bool
    is_same: bool
    page: str
    """Address of the page that lists what is counted, '' for none."""


def half_name(year: int, half: int) -> str:
    """2026年上半年."""
    return _("%(year)d年上半年") % {"year": year} if half == 1 else _("%(year)d年下半年") % {"year": year}


def report_view(report: HalfYearReport) -> ReportView:
    """One report."""
    return ReportView(
        public_id=report.public_id,
        name=half_name(report.year, report.half),
        division=area_name(report.division_code),
        edition=report.edition,
        is_draft=report.is_draft,
        revision=report.revision,
        issued_at=report.issued_at,
        frozen_at=report.snapshot.made_at,
        digest=report.snapshot.digest,
        word_digest=report.word_digest,
    )


def state_view(report: HalfYearReport) -> tuple[str, str, str]:
    """Class, sign and word of the state."""
    if report.state == ReportState.ISSUED:
        return "ok", "✓", _("已印发")
    return "muted", "–", _("草稿")


def blocks_of(report: HalfYearReport) -> set[str]:
    """Keys of the text blocks: a page offers to change them."""
    return set(load_template().texts)


def trace_view(report: HalfYearReport, document: Document, figure: Figure, again: Counted | None) -> Trace:
    """One figure traced back; with ``again`` also what is counted now."""
    source = next(each.source for each in document.references if each.source.key == figure.source)
    frozen = json.loads(report.snapshot.content)
    now_words = _words_now(report, frozen, figure, source.unit, again) if again is not None else ""
    first_on, last_on = reports.period_of(report.year, report.half)
    return Trace(
        figure=figure,
        source=source,
        counts=[_count(frozen, pointer) for pointer in figure.pointers],
        query_name=source.query,
        query=query_text(source.query),
        first_on=first_on,
        last_on=min(last_on, day_in_china(report.snapshot.made_at)),
        now_words=now_words,
        is_counted_now=again is not None,
        is_same=now_words == figure.words,
        page=_page_of(report, source, figure, frozen),
    )


def _page_of(report: HalfYearReport, source: Source, figure: Figure, frozen: dict[str, Any]) -> str:
    name = _PAGES.get(source.query, "")
    if name != _WITH_DAYS:
        return reverse(name) if name else ""
    first_on, last_on = reports.period_of(report.year, report.half)
    asked = {"scope": report.division_code, "period": OWN}
    steps = [*figure.pointers[0].split("/"), ""]
    kind, place = steps[1:3]
    if kind == "areas":
        asked["scope"] = frozen["areas"][int(place)]["code"]
    elif kind == "months":
        first_on = date.fromisoformat(f"{frozen['months'][int(place)]['key']}-01")
        last_on = (first_on + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    category = steps[steps.index("classes") + 1] if "classes" in steps else ""
    asked["from"], asked["to"] = first_on.isoformat(), min(last_on, day_in_china(report.snapshot.made_at)).isoformat()
    if category in CATEGORIES:
        asked["category"] = category
    return f"{reverse(name)}?{urlencode(asked)}"


def _words_now(report: HalfYearReport, frozen: dict[str, Any], figure: Figure, unit: Unit, again: Counted) -> str:
    """The figure of the same row as it is counted now; a dash where there is no such row any more."""
    if not figure.pointers:
        code = report.league[int(figure.ref.split(".")[1])]["code"]
        return next((league_words(line) for line in again.league if line.code == code), words_of(None, unit))
    present = json.loads(canonical(again.measures))
    places = [same_place(pointer, frozen, present) for pointer in figure.pointers]
    found = [place for place in places if place is not None]
    return words_of(evaluate(present, unit, found) if len(found) == len(places) else None, unit)


def query_text(name: str) -> str:
    """The query as it runs: one statement of a file, or the whole file."""
    file, _hash, statement = name.partition("#")
    package, _slash, rest = file.partition("/")
    if statement:
        return load_queries(f"chedang.{package}", rest)[statement].strip()
    folder = "data" if rest.endswith(".toml") else "sql"
    return resources.files(f"chedang.{package}").joinpath(folder, rest).read_text("utf-8").strip()


def _count(frozen: dict[str, Any], pointer: str) -> Count:
    parts: list[tuple[str, int | Decimal]] = []
    if "*" in pointer:
        base, rest = pointer.split("*", 1)
        classes = sorted(_inside(frozen, base.rstrip("/")))
        parts = [(_CLASSES.get(code, code), look_up(frozen, f"{base}{code}{rest}")) for code in classes]
    return Count(pointer, look_up(frozen, pointer), parts)


def _inside(frozen: dict[str, Any], pointer: str) -> list[str]:
    value: Any = frozen
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return list(value)
