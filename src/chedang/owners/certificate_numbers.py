"""Numbers of certificates: spoken over a phone and typed from paper, so each tells a slip (ours).

``33-2611-7K2M-9QXD``: the node that issued it, year and month, seven characters of chance and a check character.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final

from chedang.platform.chance import new_code
from chedang.terms.dates import SHANGHAI
from chedang.terms.iso7064 import check_character
from chedang.terms.spoken import ALPHABET

_SHAPE: Final = re.compile(rf"[0-9]{{6}}[{ALPHABET}]{{8}}")


def new_number(node_code: str, *, now: datetime) -> str:
    """A number nobody has, but for one chance in 2 × 10¹⁰ a month: the caller's unique key says so."""
    beginning = f"{node_code}{now.astimezone(SHANGHAI):%y%m}"
    while True:
        body = beginning + new_code(7)
        check = check_character(body)
        if check in ALPHABET:
            return in_groups(body + check)


def read_number(typed: str) -> str | None:
    """The number as it is printed, from what a person typed; ``None`` for what no certificate can be called."""
    bare = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed[:64]).upper())
    if not _SHAPE.fullmatch(bare) or check_character(bare[:-1]) != bare[-1]:
        return None
    return in_groups(bare)


def in_groups(bare: str) -> str:
    """Fourteen characters as they are printed."""
    return "-".join((bare[:2], bare[2:6], bare[6:10], bare[10:]))
