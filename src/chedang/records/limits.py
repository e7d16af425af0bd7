"""Limits of the 13 elements and thresholds of the rules, as data: ``data/limits.toml`` and a node's own file over it.

The official lengths of JT/T 1132.3 were not readable (待核); when they are, they go into that file, not into code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chedang.records.catalogue import load_catalogue
from chedang.records.model import Level
from chedang.terms.text import clean

Positive = Annotated[int, Meta(ge=1, le=1_000_000)]
_PUBLISHED = Path("(部级发布 published)")
"""Stands for the file in what is said of a published document."""
_STRUCTURAL = frozenset({"attribute", "code", "kind", "doubtful_code"})


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one of the 13 elements is judged. ``None`` means that there is no such limit."""

    attribute: str
    """Attribute of the record, the part or the project that carries it."""
    code: str
    """How the codes of its findings begin."""
    kind: Literal["text", "day", "decimal", "vin", "plate"]
    mandatory: bool
    longest: Positive | None = None
    """Characters; more are a warning, nothing is cut."""
    placeholders: tuple[str, ...] = ()
    """Names of the lists of texts that stand for "nothing"."""
    largest: Annotated[int, Meta(ge=1)] | None = None
    decimals: Annotated[int, Meta(ge=0, le=10)] | None = None
    zero_allowed: bool = True
    doubtful_above: Annotated[float, Meta(gt=0)] | None = None
    doubtful_code: str = ""


class OdometerLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When two readings of one vehicle's odometer fit together (ours, ADR 0027)."""

    fall_tolerance_km: Annotated[int, Meta(ge=0, le=1_000_000)]
    most_km_per_day: Positive
    most_readings: Annotated[int, Meta(ge=2, le=10_000)]
    """Only so many of the newest readings are judged."""


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, eq=False):
    """One node's limits; compared by identity, as they are loaded once per process."""

    storage_characters: Annotated[int, Meta(ge=100, le=100_000)]
    """Longest text of one element that is kept whole."""
    kept_rows: Positive
    """Rows of one list that are kept."""
    clock_skew_days: Annotated[int, Meta(ge=0, le=366)]
    earliest_day: date
    odometer: OdometerLimits
    placeholders: dict[str, tuple[str, ...]]
    levels: dict[str, Level]
    """Level of every code of the catalogue."""
    element: dict[str, Element]
    """By wire name, in the order of the standard."""

    def placeholders_of(self, wire_name: str) -> frozenset[str]:
        """Texts that stand for "nothing" in an element, as :func:`fold` makes them."""
        lists = self.element[wire_name].placeholders
        return frozenset(fold(text) for name in lists for text in self.placeholders[name])


class LimitsError(ValueError):
    """A limits file cannot be used; the message names the file and the key, Chinese first, English after it."""


def fold(text: str) -> str:
    """Form in which placeholders are compared: half width, upper case, no spaces."""
    return clean(text).replace(" ", "").upper()


def load_limits(path: Path | None = None) -> Limits:
    """Our limits, with the values of the file at ``path`` merged over them.

    Raises LimitsError for a file that cannot be read, a key that does not exist and a value of the wrong type or size.
    """
    return limits_over("", path)


@lru_cache(maxsize=32)
def limits_over(document: str, path: Path | None = None) -> Limits:
    """Our limits, over them those of a published document (TOML, '' for none), over both the node's own file.

    The same arguments give the same object. Raises LimitsError as :func:`load_limits` does.
    """
    own: dict[str, Any] = tomllib.loads(
        resources.files("chedang.records").joinpath("data", "limits.toml").read_text(encoding="utf-8")
    )
    if document:
        _merge(own, _parse(document, _PUBLISHED), _PUBLISHED)
        _build(own, _PUBLISHED)
    if path is not None:
        _merge(own, _parse(_read(path), path), path)
    return _build(own, path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise _error(path, f"读不了（{fault.strerror}）", f"cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise _error(path, f"不是有效的 TOML：{fault}", f"is not valid TOML: {fault}") from fault


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise _error(path, f"不是有效的 TOML：{fault}", f"is not valid TOML: {fault}") from fault


def _merge(ours: dict[str, Any], theirs: Mapping[str, Any], path: Path, above: str = "") -> None:
    """Put ``theirs`` over ``ours`` in place; only known keys, and none that the programme's structure hangs on."""
    open_table = above in {"placeholders.", "levels."} or above.startswith("element.")
    for key, value in theirs.items():
        name = f"{above}{key}"
        if (key not in ours and not open_table) or (above.startswith("element.") and key in _STRUCTURAL):
            raise _error(path, f"没有可以设置的“{name}”", f"there is no {name} to be set")
        if isinstance(ours.get(key), dict):
            if not isinstance(value, dict):
                raise _error(path, f"“{name}”应为一个表", f"{name} must be a table")
            _merge(ours[key], value, path, f"{name}.")
        else:
            ours[key] = value


def _build(data: dict[str, Any], path: Path | None) -> Limits:
    catalogue = load_catalogue()
    if unknown := sorted(set(data["levels"]) - set(catalogue)):
        raise _error(path, f"没有规则“levels.{unknown[0]}”", f"there is no rule levels.{unknown[0]}")
    data["levels"] = {code: entry.level for code, entry in catalogue.items()} | data["levels"]
    limits = Limits(**{name: _convert(value, name, path) for name, value in data.items()})
    for name, element in limits.element.items():
        if missing := [used for used in element.placeholders if used not in limits.placeholders]:
            raise _error(
                path,
                f"“element.{name}.placeholders”提到的“{missing[0]}”不存在",
                f"element.{name}.placeholders names {missing[0]}, which does not exist",
            )
    return limits


_TYPES: Mapping[str, Any] = {field.name: field.type for field in msgspec.structs.fields(Limits)}


def _convert(value: Any, name: str, path: Path | None) -> Any:
    """Check one value, down to the single key, so that the message can name it."""
    nested = {"element": Element, "levels": Level, "placeholders": tuple[str, ...]}
    if name in nested and isinstance(value, dict):
        return {key: _check(inner, nested[name], f"{name}.{key}", path) for key, inner in value.items()}
    return _check(value, _TYPES[name], name, path)


def _check(value: Any, expected: Any, name: str, path: Path | None) -> Any:
    try:
        return msgspec.convert(value, expected)
    except msgspec.ValidationError as fault:
        raise _error(path, f"“{name}”的值不对：{fault}", f"the value of {name} is wrong: {fault}") from fault


def _error(path: Path | None, chinese: str, english: str) -> LimitsError:
    file = path or "limits.toml"
    return LimitsError(f"规则文件 {file}：{chinese} (rules file {file}: {english})")
