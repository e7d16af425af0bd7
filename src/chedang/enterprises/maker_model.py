"""总部对总部: a maker (汽车生产企业总部), its dealers, and what it writes when it applies. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import msgspec

from chedang.enterprises.model import Channel, Enterprise


class MakerState(StrEnum):
    """Where a maker's application stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"

    @property
    def label(self) -> str:
        """The state in the field's words."""
        return {"applied": "待审核", "approved": "同意", "refused": "不同意", "ended": "终止"}[self.value]


class Dealer(msgspec.Struct, frozen=True):
    """An authorised dealer's entry in its maker's list."""

    company_code: str
    """维修企业编码 of the dealer in its province."""
    brand: str
    """'' for a shop whose code the maker had allocated: the call names no brand."""
    since_on: date
    until_on: date | None = None
    """Last day; ``None``: open."""


class Maker(msgspec.Struct, frozen=True):
    """A maker as the ministry keeps it, or as a province was told."""

    maker_code: str
    """Code of its upload account at the ministry: 15 digits."""
    maker_name: str
    unified_credit_code: str
    brands: tuple[str, ...]
    state: MakerState
    valid_from: date | None
    valid_until: date | None
    """Last day of the approval."""
    applied_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    """Account of the officer. Never told to another node."""
    reason: str = ""


class DealerLine(msgspec.Struct, frozen=True):
    """A line of an application as it was read."""

    line: int
    """From 1."""
    company_code: str
    brand: str


class LineProblem(msgspec.Struct, frozen=True):
    """What is wrong with a line; the Chinese sentence says what to do."""

    line: int
    text: str
    message: str


class ApplicationText(msgspec.Struct, frozen=True):
    """An application as typed."""

    maker_name: str = ""
    unified_credit_code: str = ""
    brands: str = ""
    """Separated by commas, 顿号 or new lines."""
    dealers: str = ""
    """A dealer a line: 维修企业编码 and brand."""
    password: str = ""
    """Of the upload account."""

    def __repr__(self) -> str:
        """Without the password."""
        return f"ApplicationText(maker_name={self.maker_name!r})"


class Application(msgspec.Struct, frozen=True):
    """What an application means."""

    maker_name: str
    unified_credit_code: str
    brands: tuple[str, ...]
    dealers: tuple[DealerLine, ...]
    password: str

    def __repr__(self) -> str:
        """Without the password."""
        return f"Application(maker_name={self.maker_name!r}, {len(self.dealers)} dealers)"


@dataclass(frozen=True, slots=True)
class Permission:
    """An account may upload for this shop today."""

    shop: Enterprise
    channel: Channel
    """The channel that such an upload comes by."""


@dataclass(frozen=True, slots=True)
class NotPermitted:
    """It may not; ``reason`` is a Chinese sentence without its full stop."""

    reason: str
