"""What shops hand in with an answer: photos written anew and PDFs that do nothing, sealed as files of the node.

Each file is sealed for its own order: copied to another it cannot be opened (``platform.sealed_files``). They go 30
days after the order is closed; the history keeps how many there were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.pdfs import PdfRefused, check_pdf, is_pdf
from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.duty_rules import MOST_EVIDENCE
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.duties import Duty, DutyEvidence

KEPT: Final = timedelta(days=30)
"""After an order is closed."""
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
_FOLDER: Final = "duty-evidence"


class CleanFile(NamedTuple):
    """A file as it will be kept."""

    content: bytes
    media_type: str


class Evidence:
    """The evidence of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def clean(self, files: Sequence[bytes]) -> list[CleanFile]:
        """The files as they will be kept. Raises NotAllowed with a sentence for the first that is not taken."""
        return clean_files(files)

    def add(self, duty: Duty, place: int, files: Sequence[CleanFile], *, now: datetime) -> None:
        """Keep what :meth:`clean` gave, as that of the answer at ``place`` of an order that is held."""
        for file in files:
            row = DutyEvidence(duty=duty, step_place=place, file_id=uuid4(), media_type=file.media_type, added_at=now)
            self._files.put(row.file_id, file.content, _belongs_to(duty, row.file_id))
            row.save()

    def read(self, evidence: DutyEvidence) -> bytes | None:
        """The file; ``None`` for one that is gone. Whoever shows it writes that down first."""
        if evidence.removed_at is not None:
            return None
        return self._files.get(evidence.file_id, _belongs_to(evidence.duty, evidence.file_id))

    def remove_old(self, now: datetime) -> int:
        """Remove files of orders closed long enough ago, and files that no row names; gives how many went."""
        old = DutyEvidence.objects.filter(removed_at=None, duty__closed_at__lte=now - KEPT)
        for evidence in old:
            self._files.remove(evidence.file_id)
            evidence.removed_at = now
            evidence.save(update_fields=["removed_at"])
        return len(old) + self._files.remove_orphans(_named, now)


def clean_files(files: Sequence[bytes]) -> list[CleanFile]:
    """Photos written anew and PDFs checked. Raises NotAllowed with a sentence for the first that is not taken."""
    if len(files) > MOST_EVIDENCE:
        raise NotAllowed(_("一次最多交 6 个文件。"))
    return [_clean(content) for content in files]


def _clean(content: bytes) -> CleanFile:
    if not is_pdf(content):
        try:
            return CleanFile(clean_photo(content), JPEG)
        except PhotoRefused as refused:
            raise NotAllowed(words_of(refused)) from refused
    try:
        check_pdf(content)
    except PdfRefused as refused:
        raise NotAllowed(words_of(refused)) from refused
    return CleanFile(content, PDF)


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(DutyEvidence.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))


def _belongs_to(duty: Duty, file_id: UUID) -> str:
    return f"{duty.code}/{file_id}"
