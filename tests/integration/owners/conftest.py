"""An owner with a car in a fresh database, for what owners do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chedang.site.databases import named_database


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    """Django's models work on the fresh database."""
    with named_database(database_url, "default"):
        yield database_url
