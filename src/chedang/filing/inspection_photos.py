"""Photos of inspections: written anew without what the camera put in, sealed, kept as files of the node for a term."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import By
from chedang.filing.inspection_model import KEPT_YEARS, MOST_PHOTOS
from chedang.filing.inspections import begin, groups_of, lock_inspection
from chedang.filing.models.inspections import Inspection, InspectionPhoto
from chedang.platform.images import PhotoRefused, clean_photo
from chedang.platform.sealed_files import SealedFiles

KEPT: Final = timedelta(days=365 * KEPT_YEARS)
_FOLDER: Final = "inspection-photos"


class InspectionPhotos:
    """The photos of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def add(
        self, inspection: Inspection, item: str, client_id: UUID, content: bytes, by: By, *, now: datetime
    ) -> InspectionPhoto:
        """Keep a photo; sent again under its number it is the one that is there.

        Raises FilingRefused for what is no photo, an unknown condition or too many, InspectionOvertaken when the
        inspection is closed.
        """
        if (there := _find(inspection, client_id)) is not None:
            return there
        if item not in {each.key for group in groups_of(inspection) for each in group.items}:
            raise FilingRefused(_("清单里没有这一项，请刷新页面。"))
        try:
            cleaned = clean_photo(content)
        except PhotoRefused as refused:
            raise FilingRefused(words_of(refused)) from refused
        with transaction.atomic():
            held = lock_inspection(inspection)
            if (there := _find(held, client_id)) is not None:
                return there
            begin(held, by, now=now)
            if held.photos.count() >= MOST_PHOTOS:
                raise FilingRefused(_("一次勘验最多 %(most)d 张照片。") % {"most": MOST_PHOTOS})
            photo = InspectionPhoto(
                file_id=uuid4(),
                inspection=held,
                client_id=client_id,
                item=item,
                size_bytes=len(cleaned),
                added_by=by.user,
                added_at=now,
            )
            self._files.put(photo.file_id, cleaned, _belongs_to(photo))
            photo.save()
        return photo

    def read(self, photo: InspectionPhoto) -> bytes | None:
        """The JPEG; ``None`` for one that is gone. Whoever shows it writes that down first."""
        return None if photo.removed_at is not None else self._files.get(photo.file_id, _belongs_to(photo))

    def remove_old(self, now: datetime) -> int:
        """Remove photos whose term is over, those taken off, and files that no row names; gives how many went."""
        closed = Q(inspection__closed_at__lte=now - KEPT)
        taken_off = Q(withdrawn_at__lte=now - timedelta(days=1))
        old = InspectionPhoto.objects.filter(closed | taken_off, removed_at=None)
        for photo in old:
            self._files.remove(photo.file_id)
            photo.removed_at = now
            photo.save(update_fields=["removed_at"])
        return len(old) + self._files.remove_orphans(_named, now)


def take_off(photo: InspectionPhoto, by: By, *, now: datetime) -> None:
    """Take a photo off a record that is not finished. Safe to repeat. Raises FilingRefused, InspectionOvertaken."""
    with transaction.atomic():
        begin(lock_inspection(photo.inspection), by, now=now)
        InspectionPhoto.objects.filter(pk=photo.pk, withdrawn_at=None).update(withdrawn_at=now)


def photos_of(inspection: Inspection) -> list[InspectionPhoto]:
    """Photos on the record, in the order in which they came."""
    return list(inspection.photos.filter(withdrawn_at=None, removed_at=None))


def _find(inspection: Inspection, client_id: UUID) -> InspectionPhoto | None:
    return InspectionPhoto.objects.filter(inspection=inspection, client_id=client_id).first()


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(InspectionPhoto.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))


def _belongs_to(photo: InspectionPhoto) -> str:
    return f"{photo.inspection_id}/{photo.file_id}"
