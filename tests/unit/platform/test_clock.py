from __future__ import annotations

from datetime import timedelta

from chedang.platform.clock import Clock, system_clock


def test_the_system_clock_gives_aware_instants_in_utc_that_do_not_go_back() -> None:
    clock: Clock = system_clock
    earlier, later = clock(), clock()
    assert earlier.utcoffset() == timedelta(0)
    assert earlier <= later
