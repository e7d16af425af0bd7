"""A connection URL in the shape that Django's settings want, and Django's work on a database named by its caller."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import django
from django.db import connections

from chedang.platform.database import connection_parameters

_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def django_database(url: str) -> dict[str, Any]:
    """Turn a libpq URL into one entry of ``DATABASES``; keywords without a Django name become options."""
    parameters = connection_parameters(url)
    entry: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 300,  # seconds; one connection per thread, and there are a few threads
    }
    for name, django_name in _DJANGO_NAMES.items():
        if name in parameters:
            entry[django_name] = parameters.pop(name)
    parameters.setdefault("application_name", "chedang-site")
    entry["OPTIONS"] = parameters
    return entry


@contextmanager
def named_database(url: str, alias: str) -> Iterator[str]:
    """Set Django up and give it the database of ``url`` under ``alias`` until the block ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    django.setup()
    configured = connections.configure_settings({"default": {}, alias: django_database(url)})
    before = connections.databases.get(alias)
    connections.databases[alias] = configured[alias]
    with suppress(AttributeError):
        del connections[alias]  # one that was opened under the settings before
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]
        if before is not None:
            connections.databases[alias] = before
