"""What a shop hands in with its objection: photos written anew and PDFs, sealed as files of the node."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.evidence import CleanFile
from chedang.supervision.models.credit_review import CreditObjectionFile, CreditReview

_FOLDER: Final = "credit-objections"


class ObjectionFiles:
    """The files of one node. They stay as long as the finding that they were about."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def add(self, review: CreditReview, files: Sequence[CleanFile], *, now: datetime) -> None:
        """Keep cleaned files for a review that is held."""
        for file in files:
            row = CreditObjectionFile(review=review, file_id=uuid4(), media_type=file.media_type, added_at=now)
            self._files.put(row.file_id, file.content, _belongs_to(row))
            row.save()

    def read(self, file: CreditObjectionFile) -> bytes | None:
        """The file; ``None`` for one that is gone. Whoever shows it writes that down first."""
        return self._files.get(file.file_id, _belongs_to(file))

    def remove_orphans(self, now: datetime) -> int:
        """Remove files that no row names; gives how many."""
        return self._files.remove_orphans(_named, now)


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(CreditObjectionFile.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))


def _belongs_to(file: CreditObjectionFile) -> str:
    return f"{file.review.assessment.public_id}/{file.file_id}"
