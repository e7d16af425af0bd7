"""Two nodes' databases for tests of what one tells the other; what a test does to them is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest

Node = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def databases(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[tuple[str, str]]:
    """URLs of two migrated databases."""
    with make_database() as first, make_database() as second:
        yield first, second


def undone(url: str) -> Iterator[Node]:
    """A connection in a transaction that is rolled back at the end; for fixtures."""
    with psycopg.connect(url) as connection, connection.transaction(force_rollback=True):
        yield connection
