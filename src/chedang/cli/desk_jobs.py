"""What the desk does periodically. Imported only where Django is set up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from chedang.access import allowances
from chedang.cli.desk import DeskJob


def forget_old_allowances(now: datetime) -> None:
    """Drop counters of limits; the longest window is a day."""
    allowances.forget_old(before=now - timedelta(days=2))


DESK_JOBS: Final[tuple[DeskJob, ...]] = (DeskJob(timedelta(hours=1), forget_old_allowances),)
