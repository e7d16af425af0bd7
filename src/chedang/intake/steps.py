"""Calls that bring one job in several steps, in words no wire vocabulary knows: 接车, 配件, 结算, 更正 (ADR 0013).

A step carries some of the 13 elements. What it carries replaces what the order has; a step that settles turns the order
into a record of the archive, and a step after that makes the record's next version. Pure.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from chedang.intake.outcomes import Extra, Signature
from chedang.records.model import RecordText, StoredVersion


class StepKind(Enum):
    """What a step does to its order."""

    OPEN = "open"
    """Begins an order, or says its beginning anew."""
    CHANGE = "change"
    """Needs an order that is there."""
    SETTLE = "settle"
    """Needs an order that is there, and makes it a record."""
    BEGIN_AND_SETTLE = "begin_and_settle"
    """Makes a record also of an order of which nothing is known yet; what is missing is marked."""
    CORRECT = "correct"
    """Needs an order or a record; settles an open order when it brings 结算日期."""


class Complaint(msgspec.Struct, frozen=True):
    """A fault in a field beyond the 13 elements, which only a strict node refuses: stable code and sentence."""

    code: str
    sentence: str


class OrderStep(msgspec.Struct, frozen=True):
    """One step of one order under a signature."""

    signature: Signature
    family: str
    """Whose number space ``order_key`` belongs to: the name of the vocabulary."""
    order_key: str
    """What the shop calls the order."""
    kind: StepKind
    text: RecordText
    given: tuple[str, ...]
    """Attributes of ``text`` that this step carries; the others are not known, not empty."""
    dropped_fields: int = 0
    unknown_fields: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()
    complaints: tuple[Complaint, ...] = ()


class ImageCall(msgspec.Struct, frozen=True):
    """A photograph sent ahead of the step that will name its address."""

    signature: Signature
    family: str
    name: str
    """The wire's own name of the field."""
    image: bytes


class InspectionNote(msgspec.Struct, frozen=True):
    """Measurements about an order, none of which is among the 13 elements."""

    signature: Signature
    family: str
    order_key: str
    dropped_fields: int
    unknown_fields: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()


class FaultyRecordsQuery(msgspec.Struct, frozen=True):
    """Which records of mine have errors?"""

    signature: Signature


class StepTaken(msgspec.Struct, frozen=True):
    """The step is on disk."""

    order_key: str
    is_settled: bool
    """The order is a record of the archive by now."""
    is_changed: bool
    """What the order or the record says is not what it said before; false for a repeat."""


class ImageTaken(msgspec.Struct, frozen=True):
    digest: str
    """SHA-256 of the image, hexadecimal: the same image has the same address."""


class NoteTaken(msgspec.Struct, frozen=True):
    """Counted; kept where the node has a legal basis."""


class FaultyRecords(msgspec.Struct, frozen=True):
    """Newest versions with errors, newest received first."""

    versions: tuple[StoredVersion, ...]
