"""规则目录: what every finding means, in words for people. The data stand in ``data/catalogue.toml``.

A code is stable: findings are stored with their code and arguments only, and described when they are shown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import msgspec

from chedang.records.model import Finding, Level

Language = Literal["zh", "en"]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code: its level unless a node says otherwise, its sentence and remedy in both languages, an example."""

    level: Level
    zh: str
    zh_hint: str
    en: str
    en_hint: str
    example: dict[str, str | list[dict[str, str]]] = {}
    """Members of a record by wire names that make a clean one yield the code; see ``records.examples``."""
    times: int = 1
    """How often the text, or the rows, of the example stand in sequence."""
    sheet: list[list[Any]] = []
    """Cells of a spreadsheet (text, numbers, days) that yield a code of files."""
    lines: str = ""
    """The same as lines of a text."""
    args: dict[str, str] = {}
    """Arguments of what is found in ``sheet`` or ``lines``."""
    zh_hint_with_suggestion: str = ""
    en_hint_with_suggestion: str = ""


class Description(NamedTuple):
    """A finding for people: ``text`` says what was noticed, ``hint`` what to do."""

    text: str
    hint: str


@cache
def load_catalogue() -> Mapping[str, Entry]:
    """All codes in the order of the elements they belong to."""
    data = resources.files("chedang.records").joinpath("data", "catalogue.toml").read_text(encoding="utf-8")
    return MappingProxyType(msgspec.convert(tomllib.loads(data), dict[str, Entry]))


def describe(finding: Finding, language: Language = "zh") -> Description:
    """Put a finding into words. A code that this release does not know (a newer node's) is shown as it is."""
    entry = load_catalogue().get(finding.code)
    if entry is None:
        return Description(finding.code, "")
    words = _Arguments(finding.args)
    if language == "zh":
        words.update((name, _ISO_DAY.sub(_chinese_day, value)) for name, value in finding.args.items())
    words["row"] = _row_number(finding.field)
    text, hint, suggesting = (
        (entry.zh, entry.zh_hint, entry.zh_hint_with_suggestion)
        if language == "zh"
        else (entry.en, entry.en_hint, entry.en_hint_with_suggestion)
    )
    if suggesting and "suggestion" in finding.args:
        hint = suggesting
    return Description(text.format_map(words), hint.format_map(words))


_ISO_DAY = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})$")


def _chinese_day(iso: re.Match[str]) -> str:
    return f"{iso[1]}年{int(iso[2])}月{int(iso[3])}日"


class _Arguments(dict[str, str]):
    """Arguments of a sentence; one that an older finding lacks is shown as an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "…"


def _row_number(pointer: str) -> str:
    """Row that a JSON pointer names, counted from 1: ``/vehiclepartslist/0/partscode`` → ``1``; '' for none."""
    pieces = pointer.split("/")
    return str(int(pieces[2]) + 1) if len(pieces) > 2 and pieces[2].isdecimal() else ""
