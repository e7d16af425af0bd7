"""The limits of today go on being looked for, and go on being used, whatever is wrong with where they come from."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chedang.records.current
from chedang.records.current import CurrentLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_a_fault_of_one_look_is_not_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, looks = threading.Event(), list[int]()

    @contextmanager
    def connect(*_given: Any, **_named: Any) -> Iterator[None]:
        yield None

    def read(_connection: None) -> tuple[()]:
        looks.append(1)
        if len(looks) == 1:
            raise ValueError("a document of a kind to come")
        stop.set()
        return ()

    monkeypatch.setattr(chedang.records.current, "connect", connect)
    monkeypatch.setattr(chedang.records.current, "read_documents", read)
    monkeypatch.setattr(chedang.records.current, "_LOOK_EVERY_SECONDS", 0)
    CurrentLimits(None).keep_current("", stop)
    assert len(looks) == 2


def test_a_file_that_was_spoilt_since_the_start_leaves_the_limits_as_they_are(tmp_path: Path) -> None:
    own = tmp_path / "rules.toml"
    own.write_text("", encoding="utf-8")
    current = CurrentLimits(own)
    limits = current.at(NOW)
    own.write_text("mileage = [", encoding="utf-8")
    assert current.at(NOW + timedelta(days=1)) == limits
