"""Files that few may read, kept as sealed files of the node.

The bytes stand outside the database, so that neither its dumps nor its journal hold them (docs/how-to/back-up.md names
what a dump holds). Each file is sealed for what it belongs to: copied to another place it cannot be opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from chedang.platform.sealing import CannotOpen, Sealer

_ORPHANED: Final = timedelta(days=1)


class SealedFiles:
    """The files of one kind of one node, in a folder of its data directory that only its user may enter."""

    def __init__(self, data_dir: Path, folder: str) -> None:
        """``folder`` is also the purpose of the key that seals them."""
        self._folder = data_dir / folder
        self._sealer = Sealer(data_dir, folder)

    def put(self, file_id: UUID, content: bytes, belongs_to: str) -> None:
        """Keep a file under a number that is new, good for ``belongs_to`` only. Raises OSError for a full disk."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path(file_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._sealer.seal(content, belongs_to))

    def get(self, file_id: UUID, belongs_to: str) -> bytes | None:
        """The file; ``None`` when it is gone or belongs elsewhere. Whoever shows it writes that down first."""
        try:
            return self._sealer.open(self._path(file_id).read_bytes(), belongs_to)
        except (FileNotFoundError, CannotOpen):
            return None

    def remove(self, file_id: UUID) -> None:
        """Let a file go; one that is gone already is none."""
        self._path(file_id).unlink(missing_ok=True)

    def remove_orphans(self, known: Callable[[list[UUID]], set[UUID]], now: datetime) -> int:
        """Remove files of a day ago that no row names, as a page that failed leaves behind; gives how many.

        ``known`` tells which of the given numbers a row names.
        """
        stale = [
            UUID(path.name)
            for path in self._folder.glob("*-*")
            if now.timestamp() - path.stat().st_mtime > _ORPHANED.total_seconds()
        ]
        orphans = set(stale) - known(stale) if stale else set()
        for file_id in orphans:
            self.remove(file_id)
        return len(orphans)

    def _path(self, file_id: UUID) -> Path:
        return self._folder / str(file_id)
