"""Plain words for 维修项目 and 配件, to stand beside the original text: what it is, why it is done, how often.

A controlled vocabulary of ours (``data/gloss_*.toml``), for people who know nothing of cars. The intervals are typical
ones, ours too; a maker's manual may say otherwise. What is not in the vocabulary gets no gloss. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from chedang.records.catalogue import Language
from chedang.vehicles.phrases import normalise


class Urgency(StrEnum):
    """How long it can wait (ours)."""

    NOW = "now"
    """Unsafe to drive on."""
    SOON = "soon"
    """Within days: it gets worse or dearer."""
    ROUTINE = "routine"
    """When it is due."""
    COMFORT = "comfort"
    """When it suits; nothing breaks."""


class Span(NamedTuple):
    """From … to …, both meant."""

    low: int
    high: int


Sentences = tuple[str, str]


class Gloss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the vocabulary."""

    key: Annotated[str, Meta(pattern="^[a-z0-9_]+$")]
    names: tuple[str, ...]
    """What is looked for, in the spelling of :func:`chedang.vehicles.phrases.normalise`."""
    zh: Sentences
    """What it is, and why it is done: at most 40 characters together."""
    en: Sentences
    urgency: Urgency
    months: Span | None = None
    """Typical interval; ``None`` for what is done only when it is broken."""
    km: Span | None = None

    def what(self, language: Language) -> str:
        """What it is."""
        return (self.zh if language == "zh" else self.en)[0]

    def why(self, language: Language) -> str:
        """Why it is done."""
        return (self.zh if language == "zh" else self.en)[1]


@lru_cache(maxsize=8_192)
def explain(text: str) -> Gloss | None:
    """The entry whose name is the longest that occurs in an item or a part; of equally long ones the last.

    The last, because in Chinese the thing itself stands at the end: 空调滤清器 is a filter, not an air conditioner.
    ``None`` when no name occurs.
    """
    found = _matches(normalise(text))
    if not found:
        return None
    return _names()[max(found, key=lambda match: (len(match.name), match.start)).name]


@lru_cache(maxsize=8_192)
def explain_all(text: str) -> tuple[Gloss, ...]:
    """Every entry that a text names, each once, from left to right: 更换机油机滤 names two."""
    names = _names()
    entries = []
    end = 0
    for match in _matches(normalise(text)):
        if match.start >= end:
            entries.append(names[match.name])
            end = match.start + len(match.name)
    return tuple(dict.fromkeys(entries))


class _Match(NamedTuple):
    start: int
    name: str


def _matches(text: str) -> list[_Match]:
    """The longest name that begins at each place; work: length of the text times that of the longest name."""
    names, longest = _names(), _longest_name()
    found = []
    for start in range(len(text)):
        for end in range(min(len(text), start + longest), start + 1, -1):
            if text[start:end] in names:
                found.append(_Match(start, text[start:end]))
                break
    return found


@cache
def vocabulary() -> Mapping[str, Gloss]:
    """All entries by key."""
    entries: dict[str, Gloss] = {}
    files = resources.files("chedang.vehicles").joinpath("data").iterdir()
    for file in sorted((file for file in files if file.name.startswith("gloss_")), key=lambda file: file.name):
        for entry in msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8"))["gloss"], list[Gloss]):
            if entry.key in entries:
                raise ValueError(f"{file.name}: {entry.key} stands twice")
            entries[entry.key] = entry
    return MappingProxyType(entries)


@cache
def _names() -> Mapping[str, Gloss]:
    names: dict[str, Gloss] = {}
    for entry in vocabulary().values():
        for name in entry.names:
            if name in names:
                raise ValueError(f"{name} is a name of {names[name].key} and of {entry.key}")
            names[name] = entry
    return MappingProxyType(names)


@cache
def _longest_name() -> int:
    return max(map(len, _names()))
