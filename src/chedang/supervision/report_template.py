"""The template of 半年报告, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from chedang.supervision.report_model import Rows, Source, Template, Unit

GAP: Final = re.compile(r"\{([^{}]*)\}")
"""A figure within a text: ``{覆盖率}``."""
MOST_TEXT: Final = 4000
"""Characters of one text block."""
BLANK: Final = "（请填写"
"""How a text of the template begins that only an officer can write; nobody issues a report with one."""
_COUNTS: Final = {Unit.PERCENT: (2,), Unit.MARKS: (0, 2)}
"""How many counts an indicator of this unit has; one for the others."""


class BadTemplate(Exception):
    """The file contradicts itself."""


@cache
def load_template() -> Template:
    """The file of the package. Raises BadTemplate."""
    text = resources.files("chedang.supervision").joinpath("data/report.toml").read_text("utf-8")
    return read_template(text)


def read_template(text: str) -> Template:
    """A template out of TOML. Raises BadTemplate for names that lead nowhere or occur twice."""
    try:
        template = msgspec.convert(tomllib.loads(text), Template)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as fault:
        raise BadTemplate(str(fault)) from fault
    _check_names(template)
    for source in template.sources:
        if len(source.counts) not in _COUNTS.get(source.unit, (1,)):
            raise BadTemplate(f"{source.key}: {len(source.counts)} counts for {source.unit}")
    return template


def sources_by_name(template: Template) -> dict[str, Source]:
    """By the name that stands in braces."""
    return {source.name: source for source in template.sources}


def unknown_gaps(text: str, template: Template) -> list[str]:
    """Names in braces that are no indicator of the template, or one that only a table can show."""
    names = {name for name, source in sources_by_name(template).items() if stands_in_text(source)}
    return [name for name in GAP.findall(text) if name not in names]


def stands_in_text(source: Source) -> bool:
    """Whether a sentence may name it: the lines between nodes and the league are shown row by row alone."""
    return bool(source.counts) and not source.query.startswith("exchange/")


def _check_names(template: Template) -> None:
    sources = {source.key for source in template.sources}
    tables = {table.key for table in template.tables}
    for names, what in (
        ([source.key for source in template.sources], "source"),
        ([source.name for source in template.sources], "source"),
        ([table.key for table in template.tables], "table"),
        ([part.key for chapter in template.chapters for part in chapter.parts], "part"),
    ):
        if len(set(names)) != len(names):
            raise BadTemplate(f"a {what} occurs twice")
    for table in template.tables:
        if missing := set(table.columns) - sources:
            raise BadTemplate(f"{table.key}: no source {missing}")
        if table.rows is Rows.LEAGUE and table.columns != ("score",):
            raise BadTemplate(f"{table.key}: a league has the score alone")
    for chapter in template.chapters:
        for part in chapter.parts:
            if bool(part.table) == bool(part.text) or (part.table and part.table not in tables):
                raise BadTemplate(f"{part.key}: either a text or a table that there is")
            if unknown := unknown_gaps(part.text, template):
                raise BadTemplate(f"{part.key}: no indicator {unknown[0]}")
