"""What a mistyped VIN may have been meant to be. Pure; offered to the person who types, never applied (ours)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chedang.terms import vin as vins
from chedang.terms.vin_typos import near

_MOST: Final = 3


def meant(typed: str, known: Collection[str]) -> tuple[str, ...]:
    """VINs that a text that is none, or whose check digit is wrong, may stand for: at most three, the likeliest first.

    First I, O and Q put right (they are never in a VIN); then ``known`` vehicles one slip away: a character wrong,
    missing, too many, or two neighbours exchanged; where that is nothing, whatever :func:`terms.vin_typos.near` knows.
    Empty for a VIN that is right.
    """
    vin = vins.normalise(typed)
    if vins.judge(vin).problem in {None, vins.VinProblem.TAIL_PATTERN, vins.VinProblem.EMPTY}:
        return ()
    found = dict.fromkeys(filter(None, [vins.suggest(vin)]))
    found |= dict.fromkeys(sorted(each for each in known if each != vin and _is_one_slip(vin, each)))
    return (tuple(found) or near(vin, most=_MOST))[:_MOST]


def _is_one_slip(typed: str, other: str) -> bool:
    """Is ``typed`` one character wrong, missing or too many, or one exchange of neighbours, away from ``other``?"""
    if abs(len(typed) - len(other)) > 1:
        return False
    at = next((place for place, (one, two) in enumerate(zip(typed, other, strict=False)) if one != two), len(typed))
    rest, other_rest = typed[at:], other[at:]
    return (
        (rest[1:] == other_rest[1:] and len(rest) == len(other_rest))
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and len(rest) > 1 and rest[2:] == other_rest[2:])
    )
