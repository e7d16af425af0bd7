"""Notes beside answers: bounded, batched, and never anybody's fault."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from chedang.gate import notebook as notebooks
from chedang.gate.notebook import Notebook, ToldRefusal
from chedang.intake.callers import Mark, MarkKind
from chedang.intake.outcomes import Refusal, RefusalKind

TOLD = ToldRefusal(Refusal(RefusalKind.EMPTY_RECORD), 200, b"{}", ())
WRONG = ToldRefusal(Refusal(RefusalKind.WRONG_PASSWORD), 200, b"{}", ())


class _Directory:
    """Every name is a shop's."""

    async def by_login(self, name: str) -> Any:
        return SimpleNamespace(enterprise=SimpleNamespace(company_code=name))


class _Intake:
    """As much of intake as a notebook uses; its database may be away."""

    def __init__(self, *, fails: bool = False) -> None:
        self.directory = _Directory()
        self.mint = None
        self.fails = fails
        self.written: list[int] = []
        """How many notes each transaction kept."""

    def clock(self) -> datetime:
        return datetime(2026, 11, 20, tzinfo=UTC)

    async def run(self, work: Any) -> None:
        if self.fails:
            raise RuntimeError("away")
        work(None)


def notebook(intake: _Intake, monkeypatch: pytest.MonkeyPatch) -> Notebook:
    monkeypatch.setattr(notebooks, "_keep", lambda _connection, known: intake.written.append(len(known)))
    return Notebook(intake, seconds=lambda: 0.0)  # type: ignore[arg-type]  # as much as is used


def shop(number: int) -> Mark:
    return Mark(MarkKind.SHOP, f"{number:015d}")


def test_a_shop_has_thirty_notes_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[int]:
        intake = _Intake()
        notes = notebook(intake, monkeypatch)
        for _ in range(100):
            notes.refused(shop(1), "native", "put", TOLD, "")
        notes.refused(shop(2), "native", "put", TOLD, "")
        await notes.close()
        return intake.written

    assert asyncio.run(scene()) == [31]


def test_strangers_leave_room_for_those_who_proved_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[int]:
        intake = _Intake()
        notes = notebook(intake, monkeypatch)
        for number in range(1000):
            notes.refused(Mark(MarkKind.LOGIN, f"{number}"), "lcippro", "token", WRONG, "")
        for number in range(20):
            notes.refused(shop(number), "native", "put", TOLD, "")
        await notes.close()
        return intake.written

    assert asyncio.run(scene()) == [50 + 20]


def test_one_name_that_proves_nothing_has_six_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[int]:
        intake = _Intake()
        notes = notebook(intake, monkeypatch)
        for _ in range(100):
            notes.refused(Mark(MarkKind.LOGIN, "330106000000017"), "lcippro", "token", WRONG, "")
        await notes.close()
        return intake.written

    assert asyncio.run(scene()) == [6]


def test_the_same_software_is_noted_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[int]:
        intake = _Intake()
        notes = notebook(intake, monkeypatch)
        for _ in range(50):
            notes.seen(shop(1), "native", "Repair-5.2")
        notes.seen(shop(1), "native", "Repair-5.3")
        await notes.close()
        return intake.written

    assert asyncio.run(scene()) == [2]


def test_a_database_that_is_away_costs_the_notes_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> list[int]:
        intake = _Intake(fails=True)
        notes = notebook(intake, monkeypatch)
        notes.refused(shop(1), "native", "put", TOLD, "")
        await notes.close()
        intake.fails = False
        notes.refused(shop(2), "native", "put", TOLD, "")
        await notes.close()
        return intake.written

    assert asyncio.run(scene()) == [1]


def test_names_and_values_as_long_as_a_body_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Any] = []

    async def scene() -> int:
        notes = notebook(_Intake(), monkeypatch)
        monkeypatch.setattr(notebooks, "_keep", lambda _connection, known: kept.extend(note for note, _ in known))
        long = msgspec.structs.replace(TOLD, values=("浙A12345", *("某" * 100_000 for _ in range(50))))
        tracemalloc.start()
        for number in range(500):
            name = f"{number}" + "9" * 100_000
            notes.refused(Mark(MarkKind.LOGIN, name), "lcippro", "token", WRONG, name)
            notes.seen(Mark(MarkKind.SIGNATURE, name), "openapi", name)
        notes.refused(shop(1), "native", "put", long, "Repair" * 100_000)
        notes.seen(shop(1), "native", "Repair" * 100_000)
        held, _peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await notes.close()
        return held

    assert asyncio.run(scene()) < 5_000_000
    assert len(kept) == 2
    assert kept[0].told.values[0] == "浙A12345"
    assert all(len(note.client) <= 256 for note in kept)
