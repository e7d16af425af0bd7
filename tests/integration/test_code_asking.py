"""Asking the ministry for a code while a client waits: in time or not at all, and not again at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.integration.joined import DeskLink, NodeAt, join_nodes

from chedang.enterprises.codes import AllocationAsk
from chedang.exchange.code_asking import AWAY_SECONDS, CodeAsker
from chedang.exchange.link import LinkDown
from chedang.exchange.model import ExchangeRefused, RefusalCode

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ASKED = AllocationAsk("cd" * 32, "330106")


def clock() -> datetime:
    return NOW


class Lines:
    """Opens lines to the ministry's desk; each may have a fault put before it."""

    def __init__(self, ministry: NodeAt) -> None:
        self._ministry = ministry
        self.faults: list[Callable[[], None]] = []
        self.opened = 0

    def __call__(self, address: str) -> DeskLink:
        assert address == "http://ministry.example"
        self.opened += 1
        if self.faults:
            self.faults.pop(0)()
        return DeskLink(self._ministry, clock)


@pytest.fixture
def nodes(make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path) -> Iterator[tuple[NodeAt, NodeAt]]:
    with make_database() as first, make_database() as second:
        province = NodeAt("33", first, tmp_path / "33")
        ministry = NodeAt("00", second, tmp_path / "00")
        join_nodes(province, ministry, "http://ministry.example", clock)
        yield province, ministry


@pytest.fixture
def province(nodes: tuple[NodeAt, NodeAt]) -> Iterator[psycopg.Connection[Any]]:
    with nodes[0].connect() as connection:
        yield connection


@pytest.fixture
def lines(nodes: tuple[NodeAt, NodeAt]) -> Lines:
    return Lines(nodes[1])


def refuse(code: RefusalCode) -> Callable[[], None]:
    def fault() -> None:
        raise ExchangeRefused(code)

    return fault


def cut() -> None:
    raise LinkDown("ConnectError")


def asker(nodes: tuple[NodeAt, NodeAt], lines: Lines, **changes: Any) -> CodeAsker:
    return CodeAsker("33", nodes[0].data_dir, clock, open_link=lines, **changes)


def test_a_code_comes_over_a_signed_call_and_the_same_to_the_same_request(
    nodes: tuple[NodeAt, NodeAt], lines: Lines, province: psycopg.Connection[Any]
) -> None:
    ask = asker(nodes, lines).on(province)
    assert ask is not None
    assert [ask(ASKED), ask(ASKED), ask(AllocationAsk("0" * 64, "330106"))] == [
        "330106000000001",
        "330106000000001",
        "330106000000002",
    ]


def test_a_busy_ministry_is_asked_again_within_the_time(
    nodes: tuple[NodeAt, NodeAt], lines: Lines, province: psycopg.Connection[Any]
) -> None:
    lines.faults = [refuse(RefusalCode.BUSY), refuse(RefusalCode.BUSY)]
    seconds = iter(range(100))
    patient = asker(nodes, lines, seconds=lambda: next(seconds) / 100)
    assert patient.ask(province, ASKED) == "330106000000001"
    assert lines.opened == 3


@pytest.mark.parametrize("fault", [cut, refuse(RefusalCode.UNKNOWN_KEY)])
def test_a_ministry_that_was_out_of_reach_is_left_alone_for_half_a_minute(
    nodes: tuple[NodeAt, NodeAt],
    lines: Lines,
    province: psycopg.Connection[Any],
    fault: Callable[[], None],
) -> None:
    now = [100.0]
    lines.faults = [fault]
    careful = asker(nodes, lines, seconds=lambda: now[0])
    assert careful.ask(province, ASKED) is None
    now[0] += AWAY_SECONDS - 1
    assert careful.ask(province, ASKED) is None
    assert lines.opened == 1
    now[0] += 1
    assert careful.ask(province, ASKED) == "330106000000001"


def test_nobody_waits_longer_for_a_line_that_hangs(
    nodes: tuple[NodeAt, NodeAt], lines: Lines, province: psycopg.Connection[Any]
) -> None:
    hangs = threading.Event()
    lines.faults = [lambda: bool(hangs.wait(30)) or None]
    try:
        assert asker(nodes, lines, patience_seconds=0.05).ask(province, ASKED) is None
    finally:
        hangs.set()


def test_an_answer_without_a_code_is_none_and_says_nothing_about_the_line(
    nodes: tuple[NodeAt, NodeAt], lines: Lines, province: psycopg.Connection[Any]
) -> None:
    ask = asker(nodes, lines)
    assert ask.ask(province, AllocationAsk("no key", "330106")) is None
    assert ask.ask(province, ASKED) == "330106000000001"


def test_a_node_on_its_own_asks_nobody(
    nodes: tuple[NodeAt, NodeAt], lines: Lines, province: psycopg.Connection[Any]
) -> None:
    province.execute("delete from exchange_peer")
    assert asker(nodes, lines).on(province) is None
    assert asker(nodes, lines).ask(province, ASKED) is None
    assert lines.opened == 0
