"""Photos beside a self-assessment: written anew, sealed, kept as files of the node."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.credit import CreditAssessment, CreditEvidence

MOST_PHOTOS: Final = 3
"""Of one indicator."""
_FOLDER: Final = "credit-evidence"


class CreditFiles:
    """The photos of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def clean(self, photo: bytes) -> bytes:
        """The photo as it will be kept. Raises NotAllowed with a sentence."""
        try:
            return clean_photo(photo)
        except PhotoRefused as refused:
            raise NotAllowed(words_of(refused)) from refused

    def add(self, assessment: CreditAssessment, indicator: str, cleaned: bytes, *, now: datetime) -> CreditEvidence:
        """Keep what :meth:`clean` gave, for a draft that is held. Raises NotAllowed when there are enough."""
        if standing(assessment).filter(indicator=indicator).count() >= MOST_PHOTOS:
            raise NotAllowed(_("每项最多 3 张照片，请先删去一张。"))
        row = CreditEvidence(assessment=assessment, indicator=indicator, file_id=uuid4(), added_at=now)
        self._files.put(row.file_id, cleaned, _belongs_to(assessment))
        row.save()
        return row

    def read(self, photo: CreditEvidence) -> bytes | None:
        """The JPEG; ``None`` for one that is gone. Whoever shows it writes that down first."""
        if photo.removed_at is not None:
            return None
        return self._files.get(photo.file_id, _belongs_to(photo.assessment))

    def remove_old(self, now: datetime) -> int:
        """Remove files of photos that were taken out, and those that no row names; gives how many went."""
        return self._files.remove_orphans(_named, now)


def standing(assessment: CreditAssessment) -> QuerySet[CreditEvidence]:
    """Photos of an assessment that were not taken out."""
    return CreditEvidence.objects.filter(assessment=assessment, removed_at=None)


def _named(file_ids: list[UUID]) -> set[UUID]:
    rows = CreditEvidence.objects.filter(file_id__in=file_ids, removed_at=None)
    return set(rows.values_list("file_id", flat=True))


def _belongs_to(assessment: CreditAssessment) -> str:
    return assessment.public_id
