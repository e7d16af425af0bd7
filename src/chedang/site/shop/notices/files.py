"""Evidence on the pages of orders: taken in memory, shown one by one, and every look is written down."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.platform.images import MAX_PHOTO_BYTES
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.site.shop.notices.presentation import evidence_of
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.supervision.duty_rules import MOST_EVIDENCE
from chedang.supervision.evidence import JPEG, Evidence
from chedang.supervision.models.duties import Duty

_REST_OF_FORM_BYTES = 64 * 1024


class EvidenceHandler(BoundedMemoryHandler):
    """Keeps the files of one form in memory, all of them together bounded."""

    most_bytes = MOST_EVIDENCE * MAX_PHOTO_BYTES


@cache
def evidence() -> Evidence:
    """The evidence of this node."""
    return Evidence(NODE.data_dir)


def take_files(request: HttpRequest) -> None:
    """To be called before anything reads the form."""
    request.upload_handlers = [EvidenceHandler(request)]


def files_of(request: HttpRequest) -> list[bytes]:
    """The files of a form that came in."""
    return [file.read() for file in request.FILES.getlist("evidence")]


def is_too_long(request: HttpRequest) -> bool:
    """Whether the request says that its files are larger than what was kept of them."""
    length = request.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) > EvidenceHandler.most_bytes + _REST_OF_FORM_BYTES


def show_file(request: HttpRequest, duty: Duty, place: int) -> HttpResponse:
    """One file, 1 the first; a PDF is handed down, never opened within the site. Raises Http404."""
    reader, files = person(request), evidence_of(duty)
    if not 1 <= place <= len(files) or files[place - 1].removed_at is not None:
        raise Http404
    record_event(
        reader,
        AuditAction.READ_SUPERVISION_EVIDENCE,
        Purpose.OWN_BUSINESS if reader.role == Role.SHOP else Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=duty.code,
        organisation=organisation_of(reader),
    )
    file = files[place - 1]
    content = evidence().read(file)
    if content is None:
        raise Http404
    shown = "inline" if file.media_type == JPEG else f'attachment; filename="{duty.code}-{place}.pdf"'
    headers = {"Content-Disposition": shown, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=file.media_type, headers=headers)
