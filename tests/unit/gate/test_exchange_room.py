"""Room at the door between nodes: nobody keeps the others out."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chedang.exchange.model import ExchangeRefused, Head, MessageKind
from chedang.gate.exchange import ExchangeDoor, Places
from chedang.gate.metrics import GateMetrics
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings


def head(sender: str, operation: str) -> Head:
    return Head(
        schema=2,
        kind=MessageKind.CALL,
        sender=sender,
        recipient="00",
        key_id="0" * 16,
        algorithm="ed25519",
        made_at=datetime(2026, 9, 14, tzinfo=UTC),
        body_digest="",
        body_bytes=0,
        accepts_schema=2,
        operation=operation,
    )


def test_one_province_takes_no_more_than_half_of_the_places() -> None:
    place = Places()
    with ExitStack() as taken:
        for number in range(4):
            taken.enter_context(place(head("33", f"operation {number}")))
        with pytest.raises(ExchangeRefused, match="BUSY"), place(head("33", "one more")):
            pass
        with place(head("32", "feed")):
            pass
    with place(head("33", "one more")):
        pass


def test_what_needs_no_signature_leaves_room_for_provinces(tmp_path: Path) -> None:
    settings = Settings.from_environment({"CHEDANG_DATA_DIR": str(tmp_path)})
    door = ExchangeDoor(settings, "postgresql://nowhere.example/none", GateMetrics(), system_clock)
    go_on = threading.Event()

    def wait() -> bytes:
        go_on.wait(20)
        return b"waited"

    async def ask() -> list[object]:
        asked = [asyncio.ensure_future(door.in_thread(wait, is_for_anybody=True)) for _ in range(8)]
        await asyncio.sleep(0)
        answer = await door.in_thread(lambda: b"at once", is_for_anybody=False)
        go_on.set()
        return [answer, *await asyncio.gather(*asked, return_exceptions=True)]

    try:
        answer, *others = asyncio.run(ask())
    finally:
        go_on.set()
        door.close()
    assert answer == b"at once"
    assert others[:2] == [b"waited"] * 2
    assert all(isinstance(other, ExchangeRefused) for other in others[2:])
