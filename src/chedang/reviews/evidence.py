"""Photos that owners add to a case: written anew, sealed, kept as files of the node, gone some days after the end.

Each file is sealed for its own case: copied to another it cannot be opened (``platform.sealed_files``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.sealed_files import SealedFiles
from chedang.reviews.case_model import NotAllowed
from chedang.reviews.models.cases import Case, CasePhoto

MOST_PHOTOS: Final = 3
KEPT_DAYS: Final = 30
"""After a case is closed; then re-opened ones must bring their photos again."""
_FOLDER: Final = "case-photos"


class Evidence:
    """The photos of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def clean(self, photos: Sequence[bytes]) -> list[bytes]:
        """The photos as they will be kept. Raises NotAllowed with a sentence for the first that is not taken."""
        if len(photos) > MOST_PHOTOS:
            raise NotAllowed(_("照片最多 3 张。"))
        try:
            return [clean_photo(photo) for photo in photos]
        except PhotoRefused as refused:
            raise NotAllowed(words_of(refused)) from refused

    def add(self, case: Case, cleaned: Sequence[bytes], *, now: datetime) -> None:
        """Keep what :meth:`clean` gave, for a case that is held. Raises NotAllowed when there are too many then."""
        if case.photos.filter(removed_at=None).count() + len(cleaned) > MOST_PHOTOS:
            raise NotAllowed(_("照片最多 3 张。"))
        for photo in cleaned:
            row = CasePhoto(case=case, file_id=uuid4(), added_at=now)
            self._files.put(row.file_id, photo, _belongs_to(case, row.file_id))
            row.save()

    def read(self, photo: CasePhoto) -> bytes | None:
        """The JPEG; ``None`` for one that is gone. Whoever shows it writes that down first."""
        if photo.removed_at is not None:
            return None
        return self._files.get(photo.file_id, _belongs_to(photo.case, photo.file_id))

    def remove_old(self, now: datetime) -> int:
        """Remove photos of cases closed so many days ago, and files that no row names; gives how many went."""
        old = CasePhoto.objects.filter(removed_at=None, case__closed_at__lte=now - timedelta(days=KEPT_DAYS))
        for photo in old:
            self._files.remove(photo.file_id)
            photo.removed_at = now
            photo.save(update_fields=["removed_at"])
        return len(old) + self._files.remove_orphans(_named, now)


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(CasePhoto.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))


def _belongs_to(case: Case, file_id: UUID) -> str:
    return f"{case.number}/{file_id}"
