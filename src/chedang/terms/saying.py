"""Sentences of rules that people read, kept so that a page can say them in its reader's language. Pure.

Rules write in Chinese. What they say is kept as its pattern and what stands in it, not as the finished text, so that
whoever shows it translates the pattern (``access.saying``); machines, files and the command line take ``str()``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

_PLACE: Final = re.compile(r"%\((\w+)\)s")


class Said(msgspec.Struct, frozen=True):
    """A sentence, or a part of one."""

    pattern: str
    """Chinese, with ``%(name)s`` where something stands in it: the key of its translation."""
    values: Mapping[str, object] = {}
    """What stands there: numbers, texts as they are, and what is said itself, one or several."""

    def __str__(self) -> str:
        """In Chinese."""
        if not self.values:
            return self.pattern
        return self.pattern % {name: _in_chinese(value) for name, value in self.values.items()}


class SaidRefusal(Exception):
    """Base of refusals with sentences for people: ``str()`` and ``sentence`` are Chinese, ``said`` is translated."""

    def __init__(self, *said: Said | str) -> None:
        self.said = said
        self.sentence = "；".join(map(str, said))
        super().__init__(self.sentence)


def said(pattern: str, /, **values: object) -> Said:
    """A sentence of a rule. The pattern stands here as it is, since the catalogue of texts is read off the source."""
    return Said(pattern, values)


def recognise(text: str, patterns: Iterable[str]) -> Said | str:
    """A sentence that was kept as its Chinese text, with the pattern that it was made of; the text where none fits."""
    for pattern in patterns:
        pieces = _PLACE.split(pattern)  # texts and names, in turn
        shape = "".join(
            re.escape(piece) if place % 2 == 0 else f"(?P<{piece}>.+)" for place, piece in enumerate(pieces)
        )
        if (found := re.fullmatch(shape, text)) is not None:
            return Said(pattern, found.groupdict())
    return text


def _in_chinese(value: object) -> object:
    return "、".join(map(str, value)) if isinstance(value, tuple) else value
