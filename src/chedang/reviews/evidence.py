"""Photos that owners add to a case: written anew, sealed, kept as files of the node, gone some days after the end.

The bytes stand outside the database, so that neither its dumps nor its journal hold them (docs/how-to/back-up.md names
what a dump holds). Each file is sealed for its own case: copied to another it cannot be opened.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.sealing import CannotOpen, Sealer
from chedang.reviews.case_model import NotAllowed
from chedang.reviews.models.cases import Case, CasePhoto

MOST_PHOTOS: Final = 3
KEPT_DAYS: Final = 30
"""After a case is closed; then re-opened ones must bring their photos again."""
_FOLDER: Final = "case-photos"
_ORPHANED: Final = timedelta(days=1)


class Evidence:
    """The photos of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER
        self._sealer = Sealer(data_dir, _FOLDER)

    def clean(self, photos: Sequence[bytes]) -> list[bytes]:
        """The photos as they will be kept. Raises NotAllowed with a sentence for the first that is not taken."""
        if len(photos) > MOST_PHOTOS:
            raise NotAllowed(_("照片最多 3 张。"))
        try:
            return [clean_photo(photo) for photo in photos]
        except PhotoRefused as refused:
            raise NotAllowed(refused.sentence) from refused

    def add(self, case: Case, cleaned: Sequence[bytes], *, now: datetime) -> None:
        """Keep what :meth:`clean` gave, for a case that is held. Raises NotAllowed when there are too many then."""
        if case.photos.filter(removed_at=None).count() + len(cleaned) > MOST_PHOTOS:
            raise NotAllowed(_("照片最多 3 张。"))
        for photo in cleaned:
            row = CasePhoto(case=case, file_id=uuid4(), added_at=now)
            self._write(row.file_id, self._sealer.seal(photo, _belongs_to(case, row.file_id)))
            row.save()

    def read(self, photo: CasePhoto) -> bytes | None:
        """The JPEG; ``None`` for one that is gone. Whoever shows it writes that down first."""
        if photo.removed_at is not None:
            return None
        try:
            return self._sealer.open(self._path(photo.file_id).read_bytes(), _belongs_to(photo.case, photo.file_id))
        except (FileNotFoundError, CannotOpen):
            return None

    def remove_old(self, now: datetime) -> int:
        """Remove photos of cases closed so many days ago, and files that no row names; gives how many went."""
        old = CasePhoto.objects.filter(removed_at=None, case__closed_at__lte=now - timedelta(days=KEPT_DAYS))
        for photo in old:
            self._path(photo.file_id).unlink(missing_ok=True)
            photo.removed_at = now
            photo.save(update_fields=["removed_at"])
        return len(old) + self._remove_orphans(now)

    def _remove_orphans(self, now: datetime) -> int:
        """A page that failed after it wrote a file leaves one behind."""
        stale = [
            path
            for path in self._folder.glob("*-*")
            if now.timestamp() - path.stat().st_mtime > _ORPHANED.total_seconds()
        ]
        named = set(
            CasePhoto.objects.filter(file_id__in=[path.name for path in stale]).values_list("file_id", flat=True)
        )
        orphans = [path for path in stale if UUID(path.name) not in named]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _path(self, file_id: UUID) -> Path:
        return self._folder / str(file_id)

    def _write(self, file_id: UUID, sealed: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path(file_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)


def _belongs_to(case: Case, file_id: UUID) -> str:
    return f"{case.number}/{file_id}"
