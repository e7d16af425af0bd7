"""What a mistyped VIN may have been meant to be. Pure; offered to the person who types, never applied (ours)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from chedang.terms import vin as vins

_ALIKE: Final = ("0D", "1L", "1T", "2Z", "5S", "6G", "8B", "UV", "VY", "MN", "CG", "EF", "PR")
"""Characters taken for each other when a VIN is read off a stamped plate or a licence."""
_LIKE: Final = {
    character: tuple(pair.replace(character, "") for pair in _ALIKE if character in pair)
    for character in {character for pair in _ALIKE for character in pair}
}
_MOST: Final = 2


def meant(typed: str, known: Collection[str]) -> tuple[str, ...]:
    """VINs that a text that is none, or whose check digit is wrong, may stand for: at most two, the likeliest first.

    First I, O and Q put right (they are never in a VIN); then ``known`` vehicles one slip away: a character wrong,
    missing, too many, or two neighbours exchanged; then, where exactly one look-alike or exchange makes the check digit
    right, that. Empty for a VIN that is right.
    """
    vin = vins.normalise(typed)
    if vins.judge(vin).problem in {None, vins.VinProblem.TAIL_PATTERN, vins.VinProblem.EMPTY}:
        return ()
    found = dict.fromkeys(filter(None, [vins.suggest(vin)]))
    found |= dict.fromkeys(sorted(each for each in known if each != vin and _is_one_slip(vin, each)))
    if not found:
        repaired = {each for each in _repairs(vin) if vins.judge(each).problem is None}
        found = dict.fromkeys(repaired) if len(repaired) == 1 else {}
    return tuple(found)[:_MOST]


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


def _repairs(vin: str) -> Iterator[str]:
    """Every text one look-alike or one exchange of neighbours away."""
    if len(vin) != vins.LENGTH:
        return
    for place, character in enumerate(vin):
        for like in _LIKE.get(character, ()):
            yield f"{vin[:place]}{like}{vin[place + 1 :]}"
        yield vin[:place] + vin[place : place + 2][::-1] + vin[place + 2 :]
