"""The exchange process on a database that another release made."""

from __future__ import annotations

import threading

import psycopg
import pytest

from chedang.cli import exchange
from chedang.platform.settings import Settings


class Rounds(threading.Event):
    """Stands for the signal to stop: every pause is over at once, and the third one is the last."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses += 1
        if self.pauses == 3:
            self.set()
        return self.is_set()


class Log:
    """What a process would write down."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def error(self, event: str, **values: str) -> None:
        self.lines.append(f"{event} {values}")


def test_missing_tables_and_columns_are_told_once_with_what_to_do(
    empty_database_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("alter table exchange_peer drop column last_fault")
    for url, missing in ((empty_database_url, "exchange_peer"), (database_url, "last_fault")):
        log, stop = Log(), Rounds()
        monkeypatch.setattr(exchange, "_log", log)
        exchange.work(Settings.from_environment({}), url, stop)
        assert stop.pauses == 3
        (line,) = log.lines
        assert "run chedang migrate" in line
        assert missing in line
        assert "select" not in line
