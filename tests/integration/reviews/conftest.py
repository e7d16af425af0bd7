"""Django on a fresh database, for what owners say of visits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.reviews.case_world import World


@pytest.fixture
def world(django_database: str, tmp_path: Path) -> Iterator[World]:
    """A shop, a car with one visit, and its owner."""
    from tests.integration.reviews.case_world import World

    made = World.make(django_database, tmp_path)
    yield made
    made.close()
