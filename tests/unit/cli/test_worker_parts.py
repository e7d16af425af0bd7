"""Of the parts of the worker none stops the others, and none stops for good."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from chedang.cli import worker

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NO_CONNECTION: Any = None


def test_a_follower_that_fails_rests_while_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now, tried, resting = [NOW], list[datetime](), dict[int, datetime]()
    monkeypatch.setattr(worker, "system_clock", lambda: now[0])

    def fail(_connection: Any) -> int:
        tried.append(now[0])
        raise ValueError("a row that nobody foresaw")

    done = []
    for second in range(20):
        now[0] = NOW + timedelta(seconds=second)
        done.append(worker._follow_in_turn(NO_CONNECTION, [fail, lambda _connection: 3], resting))
    assert done == [3] * 20
    assert tried == [NOW, NOW + timedelta(seconds=15)]


def test_a_database_that_is_away_is_waited_for_by_all() -> None:
    def fail(_connection: Any) -> int:
        raise psycopg.OperationalError

    with pytest.raises(psycopg.OperationalError):
        worker._follow_in_turn(NO_CONNECTION, [fail], {})


def test_work_beside_the_followers_is_begun_again_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, begun = threading.Event(), list[int]()
    monkeypatch.setattr(worker, "_REST", timedelta(0))

    def work() -> None:
        begun.append(1)
        if len(begun) < 3:
            raise ValueError("a row that nobody foresaw")
        stop.set()

    worker._Aside("figures", work, stop).run()
    assert len(begun) == 3
