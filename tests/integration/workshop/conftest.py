"""The desk of a shop on a fresh database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.workshop.desk_world import Desk
    from tests.integration.workshop.order_book import Shop


@pytest.fixture
def desk(django_database: str) -> Iterator[Desk]:
    """A shop with a clerk."""
    from tests.integration.workshop.desk_world import Desk

    made = Desk(django_database)
    yield made
    made.close()


@pytest.fixture
def shop(django_database: str) -> Iterator[Shop]:
    """A shop with an order book."""
    from tests.integration.workshop.order_book import Shop

    made = Shop(django_database)
    yield made
    made.connection.close()
