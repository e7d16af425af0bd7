"""What is masked in a text before it is stored, and what keeps it back until an officer has read it.

A port: whoever has a better moderator gives another :class:`Moderator`. The built-in one knows rules only, and a list
of words that is data (``data/insults.txt``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final, Protocol

import msgspec

from chedang.terms.plate import PROVINCE_CODES
from chedang.terms.text import tidy


class Masked(StrEnum):
    """What was taken out of a text."""

    PHONE = "phone"
    PLATE = "plate"
    VIN = "vin"
    LINK = "link"
    CONTACT = "contact"
    """A mail address, or an account of a messenger."""


class Moderated(msgspec.Struct, frozen=True):
    """A text as it may be stored, what was masked in it, and the words that hold it back."""

    text: str
    masked: tuple[Masked, ...] = ()
    held_for: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Must an officer read it before anybody else?"""
        return bool(self.held_for)


class Moderator(Protocol):
    """Judges texts of owners and shops."""

    def check(self, text: str) -> Moderated:
        """The text with identities masked. Judges what it masked itself to be clean: checking twice changes nothing."""
        ...


_MASK: Final = "***"
_GAP: Final = r"[\s\-_.*·•・—–]{0,2}"
"""What people put between digits, a line end too. Three stars are our own mask."""
_PROVINCES: Final = "".join(PROVINCE_CODES)
_PATTERNS: Final = (
    (
        Masked.LINK,
        r"(?:https?://|www\.)[^\s，。；）]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|cn|net|org|top|xyz|cc|vip|shop|site)\b(?:/[^\s，。；）]*)?",
    ),
    (Masked.CONTACT, r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    (
        Masked.CONTACT,
        r"(?:微信|薇信|v信|vx|wx|wechat|qq|企鹅)(?:号码|号|群)?\s*(?:是|为|:|=)?\s*[a-z0-9][a-z0-9_-]{4,19}",
    ),
    (Masked.VIN, r"(?<![a-z0-9])(?=[a-z0-9]*[0-9])[a-hj-npr-z0-9]{17}(?![a-z0-9])"),
    (Masked.PLATE, rf"[{_PROVINCES}]{_GAP}[a-z]{_GAP}(?:[a-z0-9]{_GAP}){{4,5}}[a-z0-9挂学警港澳]"),
    (Masked.PHONE, rf"(?<!\d)(?:\+?86{_GAP})?1(?:{_GAP}\d){{10}}(?!\d)"),
    (Masked.PHONE, rf"(?<!\d)(?:0\d{{2,3}}{_GAP})?[2-9]\d{{2,3}}-?\d{{4}}(?!\d)"),
    (Masked.PHONE, rf"(?<!\d)[48]00(?:{_GAP}\d){{7}}(?!\d)"),
)
_COMPILED: Final = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_HOLE: Final = "\x00"
_HOLES: Final = re.compile(f"{_HOLE}+")
_PHONE_DIGITS: Final = 11
_BETWEEN: Final = re.compile(r"[\W_]+")
_CHINESE_DIGITS: Final = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_SPELT_PHONE: Final = re.compile(r"[1一幺][0-9零〇一二三四五六七八九幺 \-]{9,}[0-9零〇一二三四五六七八九幺]")


class RuleModerator:
    """Masks phones, plates, VINs, links and accounts; holds what contains one of the words."""

    def __init__(self, words: Collection[str]) -> None:
        self._words = tuple(sorted(_folded(word) for word in words))
        if not all(self._words):
            raise ValueError("a word that holds texts back must have characters")

    def check(self, text: str) -> Moderated:
        text = "\n".join(map(tidy, text.split("\n")))  # nothing hides behind characters that nobody sees
        plain = _half_width(text)
        masked: list[Masked] = []
        for kind, pattern in _COMPILED:
            found = pattern.sub(_blank, plain)
            masked += [kind] * (found != plain)
            plain = found
        spelt = _SPELT_PHONE.sub(_blank_spelt_phone, plain)
        masked += [Masked.PHONE] * (spelt != plain)
        shown = _MASK.join(_pieces(text, spelt))
        held_for = tuple(word for word in self._words if word in _folded(shown))
        return Moderated(shown, tuple(dict.fromkeys(masked)), held_for)


@cache
def built_in() -> RuleModerator:
    """The moderator with the words that are shipped."""
    text = resources.files("chedang.reviews").joinpath("data", "insults.txt").read_text(encoding="utf-8")
    return RuleModerator([line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#")])


def _half_width(text: str) -> str:
    """The text with each character in its plain form, place by place."""
    folded = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(plain if len(plain) == 1 else old for plain, old in zip(folded, text, strict=True)).replace(
        _HOLE, " "
    )


def _blank(found: re.Match[str]) -> str:
    return _HOLE * len(found.group())


def _blank_spelt_phone(found: re.Match[str]) -> str:
    """A number of eleven digits, some of which are written as words: 一三八0000…"""
    digits = re.sub(r"\D", "", found.group().translate(_CHINESE_DIGITS))
    return _blank(found) if len(digits) == _PHONE_DIGITS else found.group()


def _pieces(text: str, holed: str) -> list[str]:
    """What is left of the text between the holes."""
    holes = [found.span() for found in _HOLES.finditer(holed)]
    begins, ends = [0, *(end for _, end in holes)], [*(begin for begin, _ in holes), len(text)]
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


def _folded(text: str) -> str:
    """Without what stands between characters, in one case and width."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
