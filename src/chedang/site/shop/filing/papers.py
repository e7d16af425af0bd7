"""Papers of a filing: taken in memory, shown one by one, every look written down."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.filing.attachments import JPEG, find_attachment, take_off
from chedang.filing.filing_model import FilingRefused
from chedang.filing.models.papers import FilingAttachment
from chedang.filing.paper_model import AttachmentKind
from chedang.platform.images import MAX_PHOTO_BYTES
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.filing.forms import AttachmentForm
from chedang.site.shop.filing.pages import filing_page, own_shop
from chedang.site.shop.filing.wiring import acting, papers
from chedang.site.shop.upload_handler import BoundedMemoryHandler

_ENDINGS: Final = {"image/jpeg": "jpg", "application/pdf": "pdf"}


class PaperHandler(BoundedMemoryHandler):
    """Takes one paper of the size that is read."""

    most_bytes = MAX_PHOTO_BYTES


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_POST
@for_shop()
def add(request: HttpRequest) -> HttpResponse:
    """Take a paper."""
    handler = PaperHandler(request)
    request.upload_handlers = [handler]
    return _add(request, handler)


@csrf_protect
def _add(request: HttpRequest, handler: PaperHandler) -> HttpResponse:
    user, now = person(request), timezone.now()
    form = AttachmentForm(request.POST, request.FILES)
    if handler.is_too_much:
        form = AttachmentForm(request.POST)
        form.add_error("file", _("文件太大。照片请在 8 MB 以内，PDF 请在 5 MB 以内。"))
    elif form.is_valid():
        record_event(user, AuditAction.FILE_ENTERPRISE, Purpose.OWN_BUSINESS, now=now, object_id=user.company_code)
        try:
            cleaned = papers().clean(form.cleaned_data["file"].read())
            with archive() as connection:
                shop = own_shop(connection, user.company_code)
            papers().add(shop.company_code, AttachmentKind(form.cleaned_data["kind"]), cleaned, acting(user), now=now)
        except FilingRefused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, _("附件已收到，主管部门审核时能看到。"))
            return redirect("shop-filing")
    return filing_page(request, form=form, status=422)


@require_POST
@for_shop()
def remove(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Take a paper off the list."""
    user, now = person(request), timezone.now()
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
    if find_attachment(shop.company_code, file_id) is None:
        raise Http404
    record_event(user, AuditAction.FILE_ENTERPRISE, Purpose.OWN_BUSINESS, now=now, object_id=str(file_id))
    take_off(shop.company_code, file_id, acting(user), now=now)
    messages.success(request, _("附件已移除。"))
    return redirect("shop-filing")


@require_safe
@for_shop()
def read(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """An own paper."""
    with archive() as connection:
        shop = own_shop(connection, person(request).company_code)
    return show(request, find_attachment(shop.company_code, file_id))


def show(request: HttpRequest, attachment: FilingAttachment | None) -> HttpResponse:
    """A paper to look at, a PDF to keep: it never opens inside the site. Raises Http404 for one that is gone."""
    reader = person(request)
    if attachment is None:
        raise Http404
    record_event(
        reader,
        AuditAction.READ_ATTACHMENT,
        Purpose.OWN_BUSINESS if reader.role == Role.SHOP else Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=str(attachment.file_id),
        organisation=organisation_of(reader),
    )
    content = papers().read(attachment)
    if content is None:
        raise Http404
    is_picture = attachment.media_type == JPEG
    name = f"{attachment.kind}-{attachment.pk}.{_ENDINGS[attachment.media_type]}"
    return HttpResponse(
        content,
        content_type=attachment.media_type,
        headers={
            "Content-Disposition": "inline" if is_picture else f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
