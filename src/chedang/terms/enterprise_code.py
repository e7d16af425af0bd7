"""维修企业编码 (``companycode``, ``companyuniquecode``): six digits of the county, nine of a national serial.

The structure is inferred from codes in use; no standard was read (待核). Deployed systems hold codes that do not
obey it, so an accepted code is an opaque text of digits and its prefix gives a warning at most.
"""

from __future__ import annotations

import re
from typing import Final

from chedang.terms import division

MAX_SERIAL: Final = 999_999_999
MAX_PROVISIONAL_SERIAL: Final = 999_999

_DIVISION = re.compile(r"[0-9]{6}")
_NODE = re.compile(r"[0-9]{2}")
_ISSUED = re.compile(r"[0-9]{15}")
_PROVISIONAL = re.compile(r"[0-9]{14}")
_ACCEPTABLE = re.compile(r"[0-9]{12,15}")


def compose(division_code: str, serial: int) -> str:
    """Build a code of 15 digits. Raises ValueError unless six digits and a serial of 1 to 999 999 999 are given.

    Whether the division exists is not checked: a shop is registered under what it states, with a warning.
    """
    if not _DIVISION.fullmatch(division_code):
        raise ValueError("a division code has six digits")
    if not 1 <= serial <= MAX_SERIAL:
        raise ValueError("a serial has one to nine digits and begins at 1")
    return f"{division_code}{serial:09d}"


def compose_provisional(division_code: str, node_code: str, serial: int) -> str:
    """Build a 临时编码 of 14 digits: county, two digits of the node that gives it, six of that node's serial (ours).

    One digit short, it is never taken for a national code; with the node inside, no two nodes give the same one, even
    to shops that state the same county. Raises ValueError unless six digits, two digits and a serial of 1 to 999 999.
    """
    if not _DIVISION.fullmatch(division_code) or not _NODE.fullmatch(node_code):
        raise ValueError("a division code has six digits and a node's two")
    if not 1 <= serial <= MAX_PROVISIONAL_SERIAL:
        raise ValueError("a provisional serial has one to six digits and begins at 1")
    return f"{division_code}{node_code}{serial:06d}"


def is_provisional_form(code: str) -> bool:
    """Say whether a code has the 14 digits of a provisional one; codes that moved in can have them too."""
    return _PROVISIONAL.fullmatch(code) is not None


def is_issued_form(code: str) -> bool:
    """Say whether a code has the 15 digits of those issued here."""
    return _ISSUED.fullmatch(code) is not None


def is_acceptable(code: str) -> bool:
    """Say whether a code is one that deployed systems issued: 12 to 15 digits."""
    return _ACCEPTABLE.fullmatch(code) is not None


def division_prefix(code: str) -> division.Division | None:
    """The division the first six digits name; ``None``, worth a warning, when they name none."""
    return division.find(code[:6])
