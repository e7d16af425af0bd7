"""Reviews as data: what an owner says, what became of it, and what a page may tell of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec


class Refusal(StrEnum):
    """Why a deed about a review is not done."""

    NOT_SETTLED = "not_settled"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    BEFORE_TRANSFER = "before_transfer"
    SHOP_NOT_HERE = "shop_not_here"
    ALREADY_REVIEWED = "already_reviewed"
    WRONG_ANSWERS = "wrong_answers"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    ALREADY_DONE = "already_done"
    """Replied, appealed, added to or decided before."""


class NotAllowed(Exception):
    """A deed about a review that is not done; ``why`` says what stands against it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


class RemarkKind(StrEnum):
    """Whose words stand with a review; each at most once."""

    OWNER = "owner"
    FOLLOW_UP = "follow_up"
    """追加评价"""
    REPLY = "reply"
    """商家回复"""


class TextState(StrEnum):
    """What became of a text."""

    SHOWN = "shown"
    HELD = "held"
    """Hidden until an officer of the shop's division has decided."""
    REFUSED = "refused"


class AppealReason(StrEnum):
    """What a shop says against a review."""

    NOT_OUR_JOB = "not_our_job"
    UNTRUE = "untrue"
    INSULT = "insult"
    COMPETITOR = "competitor"
    EXTORTION = "extortion"
    OTHER = "other"


class Outcome(StrEnum):
    """What the county decided on an appeal."""

    UPHELD = "upheld"
    """The review is hidden, with the reason."""
    REFUSED = "refused"


class SuspicionKind(StrEnum):
    """What does not fit about a review. Never says that it is false."""

    STAFF_PHONE = "staff_phone"
    SAME_DEVICE = "same_device"
    BURST = "burst"
    ONE_SIDED_TOUR = "one_sided_tour"
    FRESH_ACCOUNTS = "fresh_accounts"


class Suspicion(msgspec.Struct, frozen=True):
    """A reason to keep a review out of the score until an officer has looked, with its evidence."""

    kind: SuspicionKind
    evidence: Mapping[str, float]
    """Counts by name, for example ``{"reviews": 12, "days": 3, "usually": 0.4}``."""


class SeenReview(msgspec.Struct, frozen=True):
    """A review as the detectors see it: whose and from where as opaque values only."""

    review_id: str
    company_code: str
    author: int
    device: str
    """Keyed digest; '' unknown."""
    written_at: datetime
    mark: float
    author_since: datetime
    by_staff: bool = False


class CountedReview(msgspec.Struct, frozen=True):
    """A review as the score sees it."""

    written_on: date
    mark: float
    """On the national scale, 1 to 5."""
