"""What only the paper of the last visit shows, as people type it, against the record. Pure (ours)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from chedang.terms.text import clean

TAIL_LENGTH: Final = 6
"""So many last characters of a 结算清单编号 suffice."""
_NOT_COUNTED: Final = re.compile(r"[^0-9A-Z\u4e00-\u9fff]")


class FactKind(StrEnum):
    """Three facts of a visit, of which two must be right."""

    NUMBER = "number"
    """结算清单编号, or its last six characters."""
    MILEAGE = "mileage"
    """送修里程 in km, exactly as printed."""
    SETTLED_ON = "settled_on"
    """结算日期."""


class Facts(msgspec.Struct, frozen=True):
    """What a person read from the paper; ``None`` for what was left out. Never stored."""

    number: str | None = None
    mileage_km: Decimal | None = None
    settled_on: date | None = None

    @property
    def given(self) -> frozenset[FactKind]:
        values = {
            FactKind.NUMBER: self.number,
            FactKind.MILEAGE: self.mileage_km,
            FactKind.SETTLED_ON: self.settled_on,
        }
        return frozenset(kind for kind, value in values.items() if value is not None)


def normalise_number(text: str) -> str:
    """A number of a list without what people add or leave out: case, blanks, dashes, full width."""
    return _NOT_COUNTED.sub("", clean(text).upper())


def right_facts(
    told: Facts, *, number: str, mileage_km: Decimal | None, settled_on: date | None
) -> frozenset[FactKind]:
    """Which of the facts told are those of the record."""
    right = set()
    if told.number is not None and _is_same_number(normalise_number(told.number), normalise_number(number)):
        right.add(FactKind.NUMBER)
    if told.mileage_km is not None and mileage_km is not None and told.mileage_km in (mileage_km, mileage_km // 1):
        right.add(FactKind.MILEAGE)
    if told.settled_on is not None and told.settled_on == settled_on:
        right.add(FactKind.SETTLED_ON)
    return frozenset(right)


def known_facts(*, number: str, mileage_km: Decimal | None, settled_on: date | None) -> int:
    """How many of the three a record has."""
    return sum((bool(normalise_number(number)), mileage_km is not None, settled_on is not None))


def _is_same_number(told: str, printed: str) -> bool:
    """The end suffices where it is long enough; a short number must be whole."""
    if not told or not printed:
        return False
    return told == printed or (len(told) >= TAIL_LENGTH and printed.endswith(told))
