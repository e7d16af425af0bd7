"""评价表: forms of questions as data, and the mapping of every answer to the one national scale of 1 to 5.

Two schemes are shipped (``data/schemes.toml``): five questions of five steps, as in most provinces, and six questions
of three steps, as in 日照. The mapping is ours; what a ministry compares are mapped values only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.reviews.rating_model import NotAllowed, Refusal

NationalMark = Annotated[float, Meta(ge=1.0, le=5.0)]
_Key = Annotated[str, Meta(pattern="^[A-Za-z][A-Za-z0-9_-]{0,31}$")]


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words in Chinese and English."""

    name: Annotated[str, Meta(min_length=1)]
    name_en: str

    def in_language(self, language: str) -> str:
        """The English words for ``en``, where there are any; else the Chinese."""
        return self.name_en if language.startswith("en") and self.name_en else self.name


class Dimension(Named, frozen=True, forbid_unknown_fields=True):
    """One question of a form."""

    key: _Key
    """As the systems in use call it."""
    national: str
    """The national dimension that it answers; '' for none."""


class Tag(Named, frozen=True, forbid_unknown_fields=True):
    """标签: a word that an owner may tick."""

    key: _Key
    is_good: bool


class Scheme(Named, frozen=True, forbid_unknown_fields=True):
    """One form. Answers are steps: 1 for the first of ``words``, the worst."""

    key: _Key
    version: Annotated[int, Meta(ge=1)]
    overall: str
    """Key of the question that is the whole; '' when the whole is the mean of all answers."""
    national_marks: tuple[NationalMark, ...]
    """Of each step, rising."""
    words: tuple[Named, ...]
    dimensions: tuple[Dimension, ...]

    def check(self, answers: Mapping[str, int]) -> dict[str, int]:
        """The answers in the order of the form. Raises NotAllowed unless every question has one step of the scale."""
        keys = [dimension.key for dimension in self.dimensions]
        steps = range(1, len(self.national_marks) + 1)
        if set(answers) != set(keys) or any(answers[key] not in steps for key in keys):
            raise NotAllowed(Refusal.WRONG_ANSWERS)
        return {key: answers[key] for key in keys}

    def mark(self, answers: Mapping[str, int]) -> float:
        """The whole review on the national scale, 1 to 5. A better answer never lowers it. Raises NotAllowed."""
        checked = self.check(answers)
        if self.overall:
            return self._mapped(checked[self.overall])
        return sum(map(self._mapped, checked.values())) / len(checked)

    def national(self, answers: Mapping[str, int]) -> dict[str, float]:
        """National dimension → mark, of those that this form asks for. Raises NotAllowed."""
        checked = self.check(answers)
        return {each.national: self._mapped(checked[each.key]) for each in self.dimensions if each.national}

    def _mapped(self, step: int) -> float:
        return self.national_marks[step - 1]


class Schemes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All forms of a node and where each is used."""

    satisfied_from: NationalMark
    default: str
    use: dict[str, str]
    """Beginning of a 行政区划代码 → key of a scheme."""
    national: dict[str, Named]
    schemes: tuple[Scheme, ...]
    tags: tuple[Tag, ...]

    def find(self, key: str) -> Scheme:
        """The scheme of this key. Raises KeyError."""
        return next((scheme for scheme in self.schemes if scheme.key == key), None) or self._missing(key)

    def of_division(self, division_code: str) -> Scheme:
        """The form that owners fill in for a shop of this division."""
        beginnings = [each for each in self.use if division_code.startswith(each)]
        return self.find(self.use[max(beginnings, key=len)] if beginnings else self.default)

    def tag(self, key: str) -> Tag | None:
        """The tag of this key; ``None`` for one that is no longer offered."""
        return next((tag for tag in self.tags if tag.key == key), None)

    def is_satisfied(self, mark: float) -> bool:
        """满意: does a national mark count as satisfied?"""
        return mark >= self.satisfied_from

    @staticmethod
    def _missing(key: str) -> Scheme:
        raise KeyError(key)


class SchemesError(ValueError):
    """A file of schemes that cannot be used; says what is wrong."""


def read_schemes(text: str) -> Schemes:
    """Read and check a file of schemes. Raises SchemesError."""
    try:
        schemes = msgspec.convert(tomllib.loads(text), Schemes)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise SchemesError(str(fault)) from fault
    _check_uses(schemes)
    for scheme in schemes.schemes:
        _check_scheme(scheme, frozenset(schemes.national))
    return schemes


@lru_cache(maxsize=8)
def load_schemes(path: Path | None = None) -> Schemes:
    """The schemes of a file, or the ones that are shipped. Raises SchemesError, OSError."""
    if path is not None:
        return read_schemes(path.read_text(encoding="utf-8"))
    return read_schemes(resources.files("chedang.reviews").joinpath("data", "schemes.toml").read_text(encoding="utf-8"))


def _check_uses(schemes: Schemes) -> None:
    keys = [scheme.key for scheme in schemes.schemes]
    if len(set(keys)) != len(keys):
        raise SchemesError("two schemes have one key")
    for key in (schemes.default, *schemes.use.values()):
        if key not in keys:
            raise SchemesError(f"there is no scheme {key}")


def _check_scheme(scheme: Scheme, national: frozenset[str]) -> None:
    keys = [dimension.key for dimension in scheme.dimensions]
    answered = [dimension.national for dimension in scheme.dimensions if dimension.national]
    marks = scheme.national_marks
    complaints = {
        "a scale has a word and a national mark for each of at least two steps": len(marks) < 2
        or len(marks) != len(scheme.words),
        "national marks must rise": list(marks) != sorted(set(marks)),
        "a form needs questions, each under its own key": not keys or len(set(keys)) != len(keys),
        "the question for the whole must be one of the form": bool(scheme.overall) and scheme.overall not in keys,
        "a national dimension is answered once, and known": len(set(answered)) != len(answered)
        or not set(answered) <= national,
    }
    for complaint, is_true in complaints.items():
        if is_true:
            raise SchemesError(f"{scheme.key}: {complaint}")
