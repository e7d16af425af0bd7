"""When the daily comparison is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from chedang.cli.exchange import last_time
from chedang.terms.dates import SHANGHAI

FOUR = time(4, tzinfo=SHANGHAI)


def test_four_oclock_is_the_last_one_in_china() -> None:
    today = datetime(2026, 9, 14, 4, 0, tzinfo=SHANGHAI)
    assert last_time(FOUR, today) == today
    assert last_time(FOUR, today - timedelta(seconds=1)) == today - timedelta(days=1)
    assert last_time(FOUR, datetime.fromisoformat("2026-09-13T20:30:00+00:00")) == today
