"""Addresses of static files carry a digest of their content, so that a new release is never mixed with old files."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class DigestedStorage(StaticFilesStorage):
    """Finds files where the packages keep them; there is no collected copy."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        digest = _digest(name) if name else ""
        return f"{address}?v={digest}" if digest else address


@cache
def _digest(name: str) -> str:
    """First ten digits of the file's SHA-256; '' for a file that does not exist."""
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10] if path else ""
