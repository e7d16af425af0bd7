"""A connection URL in the shape that Django's settings want."""

from __future__ import annotations

from typing import Any

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
