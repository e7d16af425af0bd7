"""Notices (通知) and orders to correct (责令改正, 督办) as data: kinds, states, who has what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """How a shop is to take what it is told."""

    NOTICE = "notice"
    """通知: to be known."""
    REMINDER = "reminder"
    """提醒: something is to be done."""


class NoticeState(StrEnum):
    """Where a notice is. What was sent stays: a withdrawn one is still there to be read, as withdrawn."""

    DRAFT = "draft"
    CHECKING = "checking"
    """待复核: a second person has to agree before it is sent."""
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class DutyKind(StrEnum):
    """What an authority asks of a shop, with a limit."""

    ORDER = "order"
    """责令改正: names the clause that the shop does not keep."""
    URGE = "urge"
    """督办: something that is still to be done; no clause is needed."""


class DutyState(StrEnum):
    """States of an order; which deed leads where is said in ``duty_rules``."""

    WITH_SHOP = "with_shop"
    """待改正."""
    ANSWERED = "answered"
    """已答复, an officer has to look."""
    RETURNED = "returned"
    """退回: the answer was not enough; a new limit runs."""
    DONE = "done"
    """已改正."""
    NOT_DONE = "not_done"
    """逾期未改正: what 通报 follows from."""
    REVOKED = "revoked"
    """已撤销: it should not have been issued."""


class DutyDeed(StrEnum):
    """What somebody did in an order; one row of its history each."""

    ISSUE = "issue"
    ANSWER = "answer"
    ASK_LONGER = "ask_longer"
    """申请延期, once."""
    GRANT_LONGER = "grant_longer"
    REFUSE_LONGER = "refuse_longer"
    RETURN = "return"
    ACCEPT = "accept"
    CLOSE_NOT_DONE = "close_not_done"
    REVOKE = "revoke"
    CHECK = "check"
    """复查: the system held the order's condition against the records."""
    FIXED = "fixed"
    """复查 found a 督办 put right, and that ended it."""


class DutyParty(StrEnum):
    """Who acts on an order, and who has it now."""

    SHOP = "shop"
    OFFICER = "officer"
    SYSTEM = "system"
    """The node itself, by what the records say."""
    NOBODY = ""


HOLDERS: Final[Mapping[DutyState, DutyParty]] = {
    DutyState.WITH_SHOP: DutyParty.SHOP,
    DutyState.RETURNED: DutyParty.SHOP,
    DutyState.ANSWERED: DutyParty.OFFICER,
    DutyState.DONE: DutyParty.NOBODY,
    DutyState.NOT_DONE: DutyParty.NOBODY,
    DutyState.REVOKED: DutyParty.NOBODY,
}
SHOP_STATES: Final = frozenset(state for state, holder in HOLDERS.items() if holder is DutyParty.SHOP)
OPEN_STATES: Final = frozenset(state for state, holder in HOLDERS.items() if holder is not DutyParty.NOBODY)


class NotAllowed(Exception):
    """What was asked cannot be done now; ``sentence`` says in Chinese why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Overtaken(NotAllowed):
    """Somebody else was quicker: what the page showed is not so any more."""
