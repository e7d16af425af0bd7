"""What these pages act with: where photos are, who acts, and what an uploaded form may hold."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.http import HttpRequest

from chedang.filing.inspection_photos import InspectionPhotos
from chedang.platform.images import MAX_PHOTO_BYTES
from chedang.site.settings import NODE
from chedang.site.shop.upload_handler import BoundedMemoryHandler

MOST_AT_ONCE: Final = 6
"""Photos of the full size that one form may bring (ours)."""


@cache
def photos() -> InspectionPhotos:
    """The photos of this node."""
    return InspectionPhotos(NODE.data_dir)


class PhotoHandler(BoundedMemoryHandler):
    """Keeps the photos of one form in memory, all of them together bounded."""

    most_bytes = MOST_AT_ONCE * MAX_PHOTO_BYTES


def take_files(request: HttpRequest) -> PhotoHandler:
    """To be called before anything reads the form."""
    handler = PhotoHandler(request)
    request.upload_handlers = [handler]
    return handler
