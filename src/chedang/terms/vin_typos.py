"""What a mistyped VIN may have been meant to be: one slip of the hand away, with a check digit that is right (ours).

To be offered to the shop, never applied: only the vehicle licence knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from chedang.terms import vin as vins

_CHECK_PLACE: Final = 8
_ALIKE: Final = ("5S", "8B", "2Z", "0D", "6G", "UV", "MN", "17", "1L", "38", "CG", "EF", "PR", "4A", "VY", "KX")
"""Characters that are taken for each other on a stamped plate or in handwriting; legal in a VIN, both ways."""


def near(vin: str, *, most: int = 5) -> tuple[str, ...]:
    """Legal VINs one look-alike or one swap of neighbours away whose check digit is right, likelier ones first.

    A normalised VIN of 17 legal characters with a wrong check digit, else (). The last is the VIN with the check digit
    that the other characters give: the check digit itself may be what was mistyped.
    """
    try:
        expected = vins.check_character(vin)
    except ValueError:
        return ()
    if expected == vin[_CHECK_PLACE]:
        return ()
    found = [each for each in _slips(vin) if vins.check_character(each) == each[_CHECK_PLACE]]
    corrected = vin[:_CHECK_PLACE] + expected + vin[_CHECK_PLACE + 1 :]
    return tuple(dict.fromkeys([*found[: most - 1], corrected]))


def _slips(vin: str) -> Iterator[str]:
    for place, (first, second) in enumerate(pairwise(vin)):
        if first != second:
            yield vin[:place] + second + first + vin[place + 2 :]
    for place, character in enumerate(vin):
        for pair in _ALIKE:
            if character in pair:
                yield vin[:place] + pair.replace(character, "") + vin[place + 1 :]
