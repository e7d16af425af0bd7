"""What the records of a shop show about its work, in numbers. Pure."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1, le=100_000)]
Percent = Annotated[int, Meta(ge=0, le=100)]


def percent(part: int, whole: int) -> Decimal | None:
    """A share in per cent with one place, half up; ``None`` of nothing."""
    return (Decimal(1000 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP) / 10 if whole else None


class UploadFigures(msgspec.Struct, frozen=True):
    """上传: records of one shop whose first version came in within a period.

    A number that was uploaded again, corrected or moved to another VIN counts once.
    """

    received: int
    """Records."""
    on_time: int
    """Of these, first received by the end of the day after 结算日期, or before (ours; no rule names a number)."""
    dated: int
    """Records with a 结算日期 that is a day: of these it can be told."""
    standing: int
    """Records that are not void now."""
    doubtful: int
    """Of these, with an error or a doubt in the newest version."""
    faulty_at_first: int
    """Records that came in with an error or a doubt."""
    mended: int
    """Of these, without any in the newest version."""
    months: int
    """Calendar months of China in which something came in."""
    last_on: date | None
    """Day of the newest."""

    @property
    def on_time_percent(self) -> Decimal | None:
        """及时率."""
        return percent(self.on_time, self.dated)

    @property
    def doubtful_percent(self) -> Decimal | None:
        """Share with an error or a doubt that still stands."""
        return percent(self.doubtful, self.standing)

    @property
    def mended_percent(self) -> Decimal | None:
        """Share of the faulty ones that was mended."""
        return percent(self.mended, self.faulty_at_first)


class Rework(msgspec.Struct, frozen=True):
    """返修: a car came back to the same shop for the same item within the legal warranty."""

    record_id: UUID
    settled_on: date
    again_id: UUID
    """Record of the later visit."""
    came_on: date
    item: str
    """As the later record names it."""


class ShopFigures(msgspec.Struct, frozen=True):
    """One shop over the twelve months up to ``counted_on``."""

    company_code: str
    city_code: str
    counted_on: date
    counted_at: datetime
    jobs: int
    """Settled jobs that stand."""
    judged: int
    """Of these, jobs whose legal warranty can be counted: the whole of the rework rate."""
    reworked: int
    reworks: tuple[Rework, ...]
    """The newest of them."""
    uploads: UploadFigures
    first_on: date | None
    """Day of the shop's first record ever."""

    @property
    def rework_percent(self) -> Decimal | None:
        """返修率."""
        return percent(self.reworked, self.judged)


class HoursComparison(msgspec.Struct, frozen=True):
    """工时 of one item: the shop beside the other shops of its city."""

    item: str
    """Key of the vocabulary."""
    own_jobs: int
    own_median: Decimal
    """Hours."""
    other_shops: int
    other_jobs: int
    other_median: Decimal | None
    """``None`` where so few stand behind it that a single shop could be read off."""


class HoursParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a city's median may be shown, see ``rules``."""

    least_other_shops: Count
    least_other_jobs: Count
    largest_share_percent: Percent
    longest_hours: Count


class BadgeParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What 可信维修企业 asks, see ``badge_rules``."""

    connected_days: Count
    silent_days: Count
    on_time_percent: Percent
    doubtful_percent: Percent
    rework_percent: Percent


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the file."""

    version: Count
    window_days: Count
    hours: HoursParameters
    badge: BadgeParameters
