"""Periodic work of the desk side."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import structlog
from django.db import OperationalError
from structlog.testing import LogCapture

import chedang.cli.desk
from chedang.cli.desk import Desk, DeskJob
from chedang.site.databases import named_database

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    with named_database(database_url, "default"):
        yield database_url


def fail_with_a_phone(now: datetime) -> None:
    """A job that cannot do its work."""
    raise ValueError("14200000001")


def test_each_job_is_done_at_once_and_then_in_its_own_time(django_database):
    clock, often, rarely = Clock(), [], []
    desk = Desk([DeskJob(timedelta(seconds=10), often.append), DeskJob(timedelta(hours=1), rarely.append)], clock)
    for seconds in (0, 5, 10, 11, 20):
        clock.now = NOW + timedelta(seconds=seconds)
        desk.do_what_is_due()
    assert [(moment - NOW).total_seconds() for moment in often] == [0, 10, 20]
    assert rarely == [NOW]
    desk.close()


def test_a_job_that_fails_is_logged_without_its_words_and_stops_no_other(django_database, monkeypatch):
    said = LogCapture()
    monkeypatch.setattr(chedang.cli.desk, "_log", structlog.wrap_logger(None, processors=[said]))
    clock, done = Clock(), []
    desk = Desk([DeskJob(timedelta(seconds=10), fail_with_a_phone), DeskJob(timedelta(seconds=10), done.append)], clock)
    desk.do_what_is_due()
    clock.now += timedelta(seconds=10)
    desk.do_what_is_due()
    assert len(done) == 2
    assert [entry["event"] for entry in said.entries] == ["a job of the desk failed"] * 2
    assert "fail_with_a_phone" in str(said.entries)
    assert "14200000001" not in str(said.entries)
    desk.close()


def test_a_database_that_went_away_is_asked_again_soon(django_database):
    clock, done, away = Clock(), [], [True]

    def ask(now: datetime) -> None:
        if away.pop():
            raise OperationalError
        done.append(now)

    away.insert(0, False)
    desk = Desk([DeskJob(timedelta(hours=1), ask)], clock)
    desk.do_what_is_due()
    clock.now += timedelta(seconds=5)
    desk.do_what_is_due()
    assert done == [clock.now]
    desk.close()


def test_a_job_that_the_database_always_cuts_off_keeps_no_other_from_its_turn(django_database):
    clock, before, behind = Clock(), [], []

    def run_out_of_time(now: datetime) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    every = timedelta(hours=1)
    desk = Desk([DeskJob(every, before.append), DeskJob(every, run_out_of_time), DeskJob(every, behind.append)], clock)
    for _second in range(20):
        desk.do_what_is_due()
        clock.now += timedelta(seconds=1)
    assert before == [NOW]
    assert behind == [NOW + timedelta(seconds=1)]
    desk.close()


def test_one_worker_at_a_time_does_a_round(django_database):
    clock, done = Clock(), []
    desk = Desk([DeskJob(timedelta(hours=1), done.append)], clock)
    with psycopg.connect(django_database, autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", (0x6465736B,))
        desk.do_what_is_due()
        assert done == []
        other.execute("select pg_advisory_unlock(%s)", (0x6465736B,))  # a server may be slow to notice an end
    clock.now += timedelta(seconds=5)
    desk.do_what_is_due()
    assert done == [clock.now]
    desk.close()


def test_nothing_more_is_begun_once_the_worker_is_told_to_stop(django_database):
    stop, done = threading.Event(), []
    stop.set()
    desk = Desk([DeskJob(timedelta(hours=1), done.append)], Clock())
    desk.do_what_is_due(stop)
    assert done == []
    desk.close()


_ALL_JOBS = """
import threading
from chedang.cli import desk
stop = threading.Event()
desk._TICK_SECONDS = 0
whole_round = desk.Desk.do_what_is_due
desk.Desk.do_what_is_due = lambda self, stop: (whole_round(self, stop), stop.set())
desk.work(stop)
"""


def test_every_job_of_the_desk_runs_on_an_empty_database(database_url, tmp_path):
    """In a process of its own: which node this is, jobs know from the environment of the process."""
    env = os.environ | {"CHEDANG_DATABASE_URL": database_url, "CHEDANG_DATA_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", _ALL_JOBS], env=env, capture_output=True, text=True, check=True)
    assert "a job of the desk failed" not in done.stdout + done.stderr
    assert "trying the desk again" not in done.stdout + done.stderr
