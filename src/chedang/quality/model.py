"""What the records of a shop show about its work, in numbers. Pure."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import msgspec


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
