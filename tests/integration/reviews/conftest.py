"""Django on a fresh database, for what owners say of visits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest

from chedang.site.databases import named_database

if TYPE_CHECKING:
    from tests.integration.reviews.case_world import World

# Before test modules are imported, which name models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
django.setup()


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    """Django's models work on the fresh database."""
    with named_database(database_url, "default"):
        yield database_url


@pytest.fixture
def world(django_database: str, tmp_path: Path) -> Iterator[World]:
    """A shop, a car with one visit, and its owner."""
    from tests.integration.reviews.case_world import World

    made = World.make(django_database, tmp_path)
    yield made
    made.close()
