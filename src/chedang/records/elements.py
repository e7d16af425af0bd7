"""Readers of single elements, made from the table of limits: text in, value out, findings noted on the way.

Pure. A reader is a closure so that judging a record looks nothing up in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from chedang.records.limits import Limits, fold
from chedang.records.model import Finding
from chedang.terms import plate, vin
from chedang.terms.dates import parse_day
from chedang.terms.numbers import parse_decimal
from chedang.terms.text import clean

Findings = list[Finding]
Value = TypeVar("Value")
Source = TypeVar("Source", bound=Hashable)
Reader = Callable[[str, str, Findings], Value]
"""Takes the text, the JSON pointer of the object it stands in (with ``/`` behind) and where to note findings."""
DayReader = Callable[[str, str, Findings, date], date | None]
"""The same; the last argument is the latest day that is believed."""
Note = Callable[..., None]

# An unknown plate form is kept up to this length: people may still find their vehicle by it. Longer is no plate.
_LONGEST_ODD_PLATE = 12
_LONGEST_REMEMBERED = 128


def make_note(limits: Limits, wire_name: str) -> Note:
    """A function that notes a finding of one element: ``note(found, code, at, **arguments)``."""
    levels = limits.levels

    def note(found: Findings, code: str, at: str, /, **arguments: object) -> None:
        args = {name: str(value) for name, value in arguments.items()}
        found.append(Finding(code, levels[code], at + wire_name, args))

    return note


def remembering(
    read: Callable[[Source, str, Findings], Value], size: Callable[[Source], int]
) -> Callable[[Source, str, Findings], Value]:
    """The same reader, which knows what it made of a short source before.

    Shops write the same few hundred names, faults, parts and items again and again; what is longer (``size`` in
    characters) is read anew, so the memory is bounded.
    """

    @lru_cache(maxsize=8192)
    def read_once(source: Source) -> tuple[Value, tuple[Finding, ...]]:
        found: Findings = []
        return read(source, "", found), tuple(found)

    def read_again(source: Source, at: str, found: Findings) -> Value:
        if size(source) > _LONGEST_REMEMBERED:
            return read(source, at, found)
        value, notes = read_once(source)
        for note in notes:
            found.append(Finding(note.code, note.level, at + note.field, note.args))
        return value

    return read_again


def read_text(wire_name: str, limits: Limits) -> Reader[str]:
    """Text; '' for an absent or placeholder one. Too long is noted, not cut."""
    element = limits.element[wire_name]
    note = make_note(limits, wire_name)
    is_placeholder = _placeholder_test(limits, wire_name)
    missing, placeholder, too_long = (f"{element.code}_{end}" for end in ("MISSING", "PLACEHOLDER", "TOO_LONG"))
    mandatory, longest = element.mandatory, element.longest or limits.storage_characters

    def read(text: str, at: str, found: Findings) -> str:
        value = clean(text)
        if not value:
            if mandatory:
                note(found, missing, at)
        elif is_placeholder(value):
            note(found, placeholder, at)
            return ""
        elif len(value) > longest:
            note(found, too_long, at, length=len(value), longest=longest)
        return value

    return read


def _placeholder_test(limits: Limits, wire_name: str) -> Callable[[str], bool]:
    folded = limits.placeholders_of(wire_name)
    # Folding only takes away, so a text that is much longer than any placeholder need not be folded.
    longest = 2 * max(map(len, folded), default=0)
    return lambda text: len(text) <= longest and fold(text) in folded


def read_day(wire_name: str, limits: Limits, future_code: str) -> DayReader:
    """Calendar day; a day outside the believable span is noted and kept, as it may be one mistyped digit."""
    element = limits.element[wire_name]
    note = make_note(limits, wire_name)
    is_placeholder = _placeholder_test(limits, wire_name)
    missing, unreadable, too_old = (f"{element.code}_{end}" for end in ("MISSING", "UNREADABLE", "TOO_OLD"))
    mandatory, earliest = element.mandatory, limits.earliest_day
    clock_skew = timedelta(days=limits.clock_skew_days)

    def read(text: str, at: str, found: Findings, latest: date) -> date | None:
        day = parse_day(text)
        if day is None:
            if text and not is_placeholder(text):
                note(found, unreadable, at)
            elif mandatory:
                note(found, missing, at)
        elif day > latest:
            note(found, future_code, at, day=day, received=latest - clock_skew)
        elif day < earliest:
            note(found, too_old, at, day=day, earliest=earliest)
        return day

    return read


def read_decimal(wire_name: str, limits: Limits) -> Reader[Decimal | None]:
    """Number; ``None`` when it is absent, unreadable, negative or too large to be one."""
    element = limits.element[wire_name]
    note = make_note(limits, wire_name)
    is_placeholder = _placeholder_test(limits, wire_name)
    code, mandatory, zero_allowed = element.code, element.mandatory, element.zero_allowed
    judge_size = _size_judge(wire_name, limits)

    def read(text: str, at: str, found: Findings) -> Decimal | None:
        value = parse_decimal(text)
        if value is None:
            if text and not is_placeholder(text):
                note(found, f"{code}_UNREADABLE", at)
            elif mandatory:
                note(found, f"{code}_MISSING", at)
            return None
        if value < 0:
            note(found, f"{code}_NEGATIVE", at)
            return None
        if not value and not zero_allowed:
            note(found, f"{code}_ZERO", at)
        return value if judge_size(value, at, found) else None

    return read


def _size_judge(wire_name: str, limits: Limits) -> Callable[[Decimal, str, Findings], bool]:
    """Note what is odd about the size of a number; false when it cannot be one."""
    element = limits.element[wire_name]
    note = make_note(limits, wire_name)
    largest, decimals, doubtful_above = element.largest, element.decimals, element.doubtful_above

    def judge_size(value: Decimal, at: str, found: Findings) -> bool:
        if largest is not None and value > largest:
            note(found, f"{element.code}_TOO_LARGE", at, largest=f"{largest:,}")
            return False
        if doubtful_above is not None and value > doubtful_above:
            note(found, element.doubtful_code, at, limit=f"{doubtful_above:,.12g}")
        if decimals is not None and value % 1 and _count_decimals(value) > decimals:
            note(found, f"{element.code}_DECIMALS", at, decimals=decimals)
        return True

    return judge_size


def _count_decimals(value: Decimal) -> int:
    """Digits after the point that say something: 2 for 6.5000 is 1."""
    text = f"{value:f}"
    return len(text.partition(".")[2].rstrip("0"))


def read_mileage(limits: Limits) -> Reader[Decimal | None]:
    """送修里程 in km. Eight digits that are a day are a shifted column, not twenty million kilometres."""
    wire_name = "repairmileage"
    note = make_note(limits, wire_name)
    read_number = read_decimal(wire_name, limits)

    def read(text: str, at: str, found: Findings) -> Decimal | None:
        if len(text) >= 8 and parse_day(text) is not None:
            note(found, "MILEAGE_IS_DATE", at)
            return None
        return read_number(text, at, found)

    return read


_VIN_CODES = {
    vin.VinProblem.PLACEHOLDER: "VIN_PLACEHOLDER",
    vin.VinProblem.PLATE_IN_VIN_FIELD: "VIN_IS_PLATE",
    vin.VinProblem.LENGTH: "VIN_LENGTH",
    vin.VinProblem.CHARACTERS: "VIN_CHARACTERS",
    vin.VinProblem.DUMMY: "VIN_DUMMY",
    vin.VinProblem.CHECK_DIGIT_BINDING: "VIN_CHECK_DIGIT",
    vin.VinProblem.CHECK_DIGIT_ADVISORY: "VIN_CHECK_DIGIT_ADVISORY",
    vin.VinProblem.TAIL_PATTERN: "VIN_TAIL",
}


def read_vin(limits: Limits) -> Reader[str | None]:
    """VIN that may open a vehicle's file, else ``None`` (GB 16735-2019; which check digits bind: see ``terms.vin``)."""
    wire_name = "vin"
    note = make_note(limits, wire_name)
    mandatory = limits.element[wire_name].mandatory
    placeholders = frozenset(map(vin.normalise, limits.placeholders_of(wire_name)))

    def read(text: str, at: str, found: Findings) -> str | None:
        verdict = vin.judge(text, placeholders)
        if verdict.problem is None:
            return verdict.vin
        if verdict.problem is vin.VinProblem.EMPTY:
            if mandatory:
                # Nothing is left of "-" or "***" once normalised: something was typed to fill the field.
                note(found, "VIN_PLACEHOLDER" if text else "VIN_EMPTY", at)
            return None
        note(found, _VIN_CODES[verdict.problem], at, **_vin_arguments(verdict))
        return verdict.vin if vin.opens_file(verdict.vin) else None

    return read


def _vin_arguments(verdict: vin.VinVerdict) -> dict[str, object]:
    match verdict.problem:
        case vin.VinProblem.LENGTH:
            return {"length": len(verdict.vin)}
        case vin.VinProblem.CHARACTERS:
            suggestion = vin.suggest(verdict.vin)
            return {"suggestion": suggestion} if suggestion else {}
        case vin.VinProblem.CHECK_DIGIT_BINDING | vin.VinProblem.CHECK_DIGIT_ADVISORY:
            return {"found": verdict.vin[8], "expected": vin.check_character(verdict.vin)}
        case _:
            return {}


def read_plate(limits: Limits) -> Reader[str]:
    """Normalised plate (GA 36-2018); '' for none. An unknown form is noted and kept while it is short."""
    wire_name = "vehicleplatenumber"
    note = make_note(limits, wire_name)
    is_placeholder = _placeholder_test(limits, wire_name)
    mandatory = limits.element[wire_name].mandatory

    def read(text: str, at: str, found: Findings) -> str:
        known = plate.read(text)
        if known is not None:
            if known.kind is plate.PlateKind.NONE:
                note(found, "PLATE_NONE", at)
            return known.number
        if not text:
            if mandatory:
                note(found, "PLATE_EMPTY", at)
            return ""
        number = plate.normalise(text)
        if not number or is_placeholder(text):
            note(found, "PLATE_PLACEHOLDER", at)
            return ""
        if vin.opens_file(vin.normalise(text)):
            note(found, "PLATE_IS_VIN", at)
            return ""
        note(found, "PLATE_FORMAT", at)
        return number if len(number) <= _LONGEST_ODD_PLATE else ""

    return read
