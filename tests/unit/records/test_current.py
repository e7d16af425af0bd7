"""The limits of today go on being looked for."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import chedang.records.current
from chedang.records.current import CurrentLimits

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


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
