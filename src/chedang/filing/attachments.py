"""Papers of a filing: looked at by their content, sealed, kept as files of the node.

A shop may take one off the list; the authority's decision may rest on it, so its bytes stay for some time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.filing.filing_model import FilingRefused, StepKind
from chedang.filing.history import By, note
from chedang.filing.models.papers import FilingAttachment
from chedang.filing.paper_model import AttachmentKind
from chedang.filing.staff import lock_shop
from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.pdfs import PdfRefused, check_pdf, is_pdf
from chedang.platform.sealed_files import SealedFiles

MOST_ATTACHMENTS: Final = 30
"""Of one shop at a time (ours)."""
MOST_ADDED_PER_DAY: Final = 60
"""By one shop, those taken off again too (ours)."""
KEPT_DAYS: Final = 180
"""After a paper was taken off the list (ours)."""
PDF: Final = "application/pdf"
JPEG: Final = "image/jpeg"
_FOLDER: Final = "filing-papers"
_PICTURES: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class Papers:
    """The attachments of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def clean(self, content: bytes) -> tuple[str, bytes]:
        """Media type and bytes as they will be kept: a JPEG written anew, or a PDF as it is. Raises FilingRefused."""
        try:
            if is_pdf(content):
                check_pdf(content)
                return PDF, content
            if not content.startswith(_PICTURES):
                raise FilingRefused(_("请上传 JPG、PNG 照片或 PDF。"))
            return JPEG, clean_photo(content)
        except (PdfRefused, PhotoRefused) as refused:
            raise FilingRefused(words_of(refused)) from refused

    def add(
        self, company_code: str, kind: AttachmentKind, cleaned: tuple[str, bytes], by: By, *, now: datetime
    ) -> FilingAttachment:
        """Keep what :meth:`clean` gave. Raises FilingRefused when there are too many."""
        if by.user is None:
            raise FilingRefused(_("请先登录。"))
        media_type, content = cleaned
        with transaction.atomic():
            lock_shop(company_code)
            if len(attachments_of(company_code)) >= MOST_ATTACHMENTS:
                raise FilingRefused(_("附件最多 %(most)d 件，请先移除不用的。") % {"most": MOST_ATTACHMENTS})
            of_shop = FilingAttachment.objects.filter(company_code=company_code)
            if of_shop.filter(added_at__gt=now - timedelta(days=1)).count() >= MOST_ADDED_PER_DAY:
                raise FilingRefused(_("今天上传得太多，请明天再传。"))
            row = FilingAttachment(
                file_id=uuid4(),
                company_code=company_code,
                kind=str(kind),
                media_type=media_type,
                size_bytes=len(content),
                added_by=by.user,
                added_at=now,
            )
            self._files.put(row.file_id, content, _belongs_to(row))
            row.save()
            note(company_code, StepKind.ATTACHED, by, now=now, text=str(kind))
        return row

    def read(self, attachment: FilingAttachment) -> bytes | None:
        """The bytes; ``None`` for one that is gone. Whoever shows it writes that down first."""
        if attachment.removed_at is not None:
            return None
        return self._files.get(attachment.file_id, _belongs_to(attachment))

    def remove_old(self, now: datetime) -> int:
        """Remove papers taken off the list long enough ago, and files that no row names; gives how many went."""
        old = FilingAttachment.objects.filter(removed_at=None, withdrawn_at__lte=now - timedelta(days=KEPT_DAYS))
        for attachment in old:
            self._files.remove(attachment.file_id)
            attachment.removed_at = now
            attachment.save(update_fields=["removed_at"])
        return len(old) + self._files.remove_orphans(_named, now)


def take_off(company_code: str, file_id: UUID, by: By, *, now: datetime) -> bool:
    """Take a paper off the list; false when it is not on it (any more)."""
    with transaction.atomic():
        lock_shop(company_code)
        row = find_attachment(company_code, file_id)
        if row is None or row.withdrawn_at is not None:
            return False
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
        note(company_code, StepKind.DETACHED, by, now=now, text=row.kind)
    return True


def attachments_of(company_code: str) -> Sequence[FilingAttachment]:
    """Papers on the list, in the order in which they came."""
    return list(FilingAttachment.objects.filter(company_code=company_code, withdrawn_at=None))


def find_attachment(company_code: str, file_id: UUID) -> FilingAttachment | None:
    """A paper of this shop, on the list or off it; ``None`` for another shop's, without a difference."""
    return FilingAttachment.objects.filter(company_code=company_code, file_id=file_id).first()


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(FilingAttachment.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))


def _belongs_to(attachment: FilingAttachment) -> str:
    return f"{attachment.company_code}/{attachment.file_id}"
