"""Django, set up without a database."""

from __future__ import annotations

import os

import django


def pytest_configure() -> None:
    """Models and translations can only be imported once Django is set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    django.setup()
