"""Numbers of 合格证: given to a shop in ranges by its county, printed, spoken and typed (ours). Pure.

``330106-26-000123-K``: county of the shop, year, serial of that county and year, check character. A province that
numbers otherwise is not known to us (待核).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from chedang.terms.iso7064 import check_character

MOST_OF_A_YEAR: Final = 999_999
_SHAPE: Final = re.compile(r"[0-9]{14}[0-9A-Z]")


def make_number(division_code: str, year: int, serial: int) -> str:
    """The number as it is printed. ``year`` has four digits. Raises ValueError for a serial beyond six digits."""
    if not 1 <= serial <= MOST_OF_A_YEAR:
        raise ValueError("a serial has six digits")
    body = f"{division_code}{year % 100:02}{serial:06}"
    return _in_groups(body + check_character(body))


def read_number(typed: str) -> str | None:
    """The number as it is printed, from what a person typed; ``None`` for what no 合格证 can be called."""
    bare = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed[:64]).upper())
    if not _SHAPE.fullmatch(bare) or check_character(bare[:-1]) != bare[-1]:
        return None
    return _in_groups(bare)


def _in_groups(bare: str) -> str:
    return "-".join((bare[:6], bare[6:8], bare[8:14], bare[14:]))
