"""What a handed-in self-assessment is made of, and its states. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from chedang.supervision.credit_sheet import Kind, Unit


class CreditState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Handed in; the shop may still take it back."""
    OPENED = "opened"
    """The authority has read it."""


class CreditDeed(StrEnum):
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    OPEN = "open"
    BEGIN = "begin"
    """未自评: the authority took it up from what is counted, as the shop had handed in nothing."""


class Figure(msgspec.Struct, frozen=True):
    """What the archive counted for one indicator."""

    value: Decimal | None
    """``None`` when there is nothing to count."""
    basis: str
    """From what, in a sentence with the numbers (Chinese)."""
    url: str = ""
    """Page of the shop that shows the list behind it; '' for none."""


class FrozenRow(msgspec.Struct, frozen=True):
    """One indicator as it was handed in."""

    key: str
    name: str
    kind: Kind
    unit: Unit
    value: Decimal | None
    points: int
    most: int
    basis: str
    photos: int


class FrozenPart(msgspec.Struct, frozen=True):
    """One dimension as it was handed in."""

    name: str
    points: int
    most: int
    rows: tuple[FrozenRow, ...]


class Snapshot(msgspec.Struct, frozen=True):
    """A sheet as it was handed in: readable for ever, whatever becomes of the sheet and the figures."""

    sheet_name: str
    sheet_version: str
    counted_on: str
    """Day of the figures, ISO."""
    points: int
    total: int
    grade: str
    parts: tuple[FrozenPart, ...]

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def read_snapshot(plain: object) -> Snapshot:
    """What :meth:`Snapshot.as_json` gave."""
    return msgspec.convert(plain, Snapshot)
