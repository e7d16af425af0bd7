"""Photos on the pages of cases: taken in memory, shown one by one, and every look of another is written down."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.platform.images import MAX_PHOTO_BYTES
from chedang.reviews.evidence import MOST_PHOTOS, Evidence
from chedang.reviews.models.cases import Case, CasePhoto
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.site.shop.upload_handler import BoundedMemoryHandler

_REST_OF_FORM_BYTES = 64 * 1024


class PhotosHandler(BoundedMemoryHandler):
    """Keeps the photos of one form in memory, all of them together bounded."""

    most_bytes = MOST_PHOTOS * MAX_PHOTO_BYTES


@cache
def evidence() -> Evidence:
    """The photos of this node."""
    return Evidence(NODE.data_dir)


def take_photos(request: HttpRequest) -> None:
    """To be called before anything reads the form."""
    request.upload_handlers = [PhotosHandler(request)]


def photos_of(request: HttpRequest) -> list[bytes]:
    """The photos of a form that came in."""
    return [file.read() for file in request.FILES.getlist("photos")]


def is_too_long(request: HttpRequest) -> bool:
    """Whether the request says that its photos are larger than what was kept of them."""
    length = request.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) > PhotosHandler.most_bytes + _REST_OF_FORM_BYTES


def show_photo(request: HttpRequest, case: Case, place: int) -> HttpResponse:
    """One photo, 1 the first. A look by anybody but the owner is written down first. Raises Http404."""
    reader = person(request)
    photos = list(CasePhoto.objects.filter(case=case).select_related("case"))
    if not 1 <= place <= len(photos) or photos[place - 1].removed_at is not None:
        raise Http404
    if reader.pk != case.owner_id:
        record_event(
            reader,
            AuditAction.READ_EVIDENCE,
            Purpose.OWN_BUSINESS if reader.role == Role.SHOP else Purpose.OWNERS_REQUEST,
            now=timezone.now(),
            vin=case.vin,
            object_id=case.number,
            organisation=organisation_of(reader),
        )
    photo = evidence().read(photos[place - 1])
    if photo is None:
        raise Http404
    return HttpResponse(photo, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
