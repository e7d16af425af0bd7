"""What 反馈 (更正) and 投诉 have in common, as data: kinds, states, who has it, and the words of owners. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec


class CaseKind(StrEnum):
    CORRECTION = "correction"
    """反馈: a record is wrong or missing."""
    COMPLAINT = "complaint"
    """投诉: about a settled job."""


class Party(StrEnum):
    """Who acts on a case, and who has it now."""

    OWNER = "owner"
    SHOP = "shop"
    COUNTY = "county"
    CITY = "city"
    CLOCK = "clock"
    """Nobody: a deadline passed."""
    ARCHIVE = "archive"
    """Nobody: the shop's software sent what was asked for."""
    HOTLINE = "hotline"
    """12328."""
    NOBODY = ""


class CaseState(StrEnum):
    """States of both kinds; which follow which is said in ``correction_rules`` and ``complaint_rules``."""

    WITH_SHOP = "with_shop"
    REFUSED_BY_SHOP = "refused_by_shop"
    WITH_COUNTY = "with_county"
    WITH_CITY = "with_city"
    CORRECTED = "corrected"
    REFUSED = "refused"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    FORWARDED = "forwarded"
    REPLIED = "replied"
    MEDIATED = "mediated"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class Deed(StrEnum):
    """What somebody did in a case; one row of its history each."""

    SUBMIT = "submit"
    ADD = "add"
    """The owner adds words or photos."""
    CORRECT = "correct"
    """A new version of the record, or the missing record."""
    REFUSE = "refuse"
    ASK_COUNTY = "ask_county"
    ESCALATE = "escalate"
    """A deadline passed without an answer."""
    DISMISS = "dismiss"
    """Not accepted, with a reason code."""
    ACCEPT = "accept"
    FORWARD = "forward"
    REPLY = "reply"
    MEDIATE = "mediate"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    HAND_OVER = "hand_over"
    AGREE = "agree"
    """The owner is content with what was decided."""
    REOPEN = "reopen"
    CLOSE = "close"


class Topic(StrEnum):
    """What is wrong with a record."""

    MILEAGE = "mileage"
    DATE = "date"
    ITEMS = "items"
    NOT_MY_CAR = "not_my_car"
    NO_SUCH_VISIT = "no_such_visit"
    OTHER = "other"
    MISSING = "missing"
    """The record of a visit is not in the file."""


class Category(StrEnum):
    """What a complaint is about (ours)."""

    QUALITY = "quality"
    PRICE = "price"
    PARTS = "parts"
    WARRANTY = "warranty"
    DELAY = "delay"
    CONDUCT = "conduct"
    OTHER = "other"


class RefusalReason(StrEnum):
    """Why a complaint is not accepted (ours)."""

    NOT_OURS = "not_ours"
    NOT_A_PARTY = "not_a_party"
    SETTLED_ALREADY = "settled_already"
    IN_COURT = "in_court"
    NO_FACTS = "no_facts"
    TOO_LATE = "too_late"
    OTHER = "other"


class CaseNote(msgspec.Struct, frozen=True):
    """What a file says beside a record of which its owner spoke."""

    number: str
    is_open: bool
    """正在核对."""
    is_disputed: bool
    """The owner says that it is wrong, and it was refused without the owner's agreement."""


ANSWERED_FIELDS: Final[Mapping[Topic, tuple[str, ...]]] = {
    Topic.MILEAGE: ("mileage",),
    Topic.DATE: ("repair_date", "settle_date"),
    Topic.ITEMS: ("fault_description", "projects", "parts"),
    Topic.NOT_MY_CAR: ("vin", "plate_number"),
    Topic.NO_SUCH_VISIT: (),
    Topic.OTHER: ("mileage", "repair_date", "settle_date", "fault_description", "projects", "parts"),
    Topic.MISSING: (),
}
"""Elements of ``RecordText`` that a correction of the topic changes."""


class NoSuchStep(Exception):
    """The deed does not lead anywhere from this state, or not for this party."""


class NotAllowed(Exception):
    """What was asked cannot be done now; ``sentence`` says in Chinese why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


_NUMBER: Final = re.compile(r"[0-9]{2}-[A-Z][0-9]{4}-[0-9]{6}")


def is_case_number(text: str) -> bool:
    """Whether a text has the shape of a case's number, ``33-F2611-000123``, and hence holds nothing else."""
    return _NUMBER.fullmatch(text) is not None
