"""Django on a fresh database, for what is kept by its models."""

from __future__ import annotations

import os
from collections.abc import Iterator

import django
import pytest

from chedang.site.databases import named_database

# Before test modules are imported, which name models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
django.setup()


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    """Django's models work on the fresh database."""
    with named_database(database_url, "default"):
        yield database_url
