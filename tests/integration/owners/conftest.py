"""An owner with a car in a fresh database, for what owners do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.owners.garages import Town


@pytest.fixture
def town(django_database: str, tmp_path: Path) -> Iterator[Town]:
    """A car that nobody has bound yet."""
    from tests.integration.owners.garages import Town

    made = Town(django_database, tmp_path)
    yield made
    made.close()
