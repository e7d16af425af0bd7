"""Pages on a node of their own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def node(pages_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A node with keys of its own; pages meet the fresh database."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    return pages_database
