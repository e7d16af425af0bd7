"""A province and the ministry that know each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from chedang.exchange.signing import Signer
from chedang.platform.database import connect

from .lines import DirectLink, Office, Pair
from .nodes import Node, empty


@pytest.fixture(scope="module")
def node_urls(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        yield stack.enter_context(make_database()), stack.enter_context(make_database())


@pytest.fixture
def nodes(node_urls: tuple[str, str]) -> Iterator[tuple[Node, Node]]:
    """浙江 (33) and the ministry (00), nothing told yet."""
    for url in node_urls:
        with connect(url) as connection:
            empty(connection)
    province = Node("33", "00", node_urls[0], Signer(b"3" * 32))
    ministry = Node("00", "33", node_urls[1], Signer(b"0" * 32))
    province.join(ministry)
    ministry.join(province)
    yield province, ministry
    province.crash()
    ministry.crash()


@pytest.fixture
def province(nodes: tuple[Node, Node]) -> Node:
    return nodes[0]


@pytest.fixture
def ministry(nodes: tuple[Node, Node]) -> Node:
    return nodes[1]


@pytest.fixture
def pair(node_urls: tuple[str, str], tmp_path: Path) -> Iterator[Pair]:
    """浙江 (33) and the ministry (00) with their desks, strangers to each other."""
    for url in node_urls:
        with connect(url) as connection:
            empty(connection)
    province, ministry = (Office(code, url, tmp_path / code) for code, url in zip(("33", "00"), node_urls, strict=True))
    yield Pair(province, ministry, DirectLink(ministry))
    province.close()
    ministry.close()
