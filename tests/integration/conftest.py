"""Django on a fresh database, for what is kept by its models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
import pytest

from chedang.site.archive import connections
from chedang.site.databases import named_database

# Before test modules are imported, which name models.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
django.setup()


@pytest.fixture
def django_database(database_url: str) -> Iterator[str]:
    """Django's models work on the fresh database."""
    with named_database(database_url, "default"):
        yield database_url


@pytest.fixture
def pages_database(django_database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Pages, too, find the archive in the fresh database."""

    @contextmanager
    def lend() -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(django_database) as lent:
            yield lent

    monkeypatch.setattr(connections, "_lender", lambda: lend)
    return django_database
