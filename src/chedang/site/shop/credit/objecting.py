"""异议: a shop objects once to what its authority proposes, with files that only the two of them see."""

from __future__ import annotations

from functools import cache
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role, ShopPost
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.site.shop.credit.pages import handed_in
from chedang.site.shop.notices.files import files_of, is_too_long, take_files
from chedang.site.typed import seen_of
from chedang.supervision import credit_review
from chedang.supervision.announcing import Author
from chedang.supervision.credit_objections import ObjectionFiles
from chedang.supervision.evidence import JPEG, clean_files
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit_review import CreditObjectionFile, CreditReview


@cache
def objection_files() -> ObjectionFiles:
    """Files of objections on this node."""
    return ObjectionFiles(NODE.data_dir)


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_POST
@for_shop()
def object_to(request: HttpRequest, year: int) -> HttpResponse:
    """Who manages the shop objects."""
    take_files(request)
    return _object_to(request, year)


@csrf_protect
def _object_to(request: HttpRequest, year: int) -> HttpResponse:
    shop = person(request)
    review = get_object_or_404(CreditReview.objects.of_shop(shop.company_code), year=year, proposed_at__isnull=False)
    try:
        if is_too_long(request):
            raise NotAllowed(_("文件加起来太大，一个都没有收下。每个不超过 8 MB，请减少后再交。"))
        cleaned = clean_files(files_of(request))
        credit_review.object_to(
            review.assessment_id,
            Author(shop, organisation_of(shop)),
            request.POST.get("text", ""),
            cleaned,
            keep=objection_files(),
            seen=seen_of(request),
            now=timezone.now(),
        )
    except NotAllowed as fault:
        return handed_in(
            request,
            review.assessment,
            problem=fault.sentence,
            typed=request.POST.get("text", ""),
            status=409 if isinstance(fault, Overtaken) else 422,
        )
    messages.success(request, _("异议已提交，主管部门会答复。"))
    return redirect("shop-credit-year", year)


@require_safe
@for_shop(ShopPost.CLERK)
def read_file(request: HttpRequest, year: int, file_id: UUID) -> HttpResponse:
    """A file of the shop's own objection."""
    review = get_object_or_404(CreditReview.objects.of_shop(person(request).company_code), year=year)
    return show_file(request, get_object_or_404(review.files, file_id=file_id))


def show_file(request: HttpRequest, file: CreditObjectionFile) -> HttpResponse:
    """One file; the look is written down. A PDF is handed down, never opened within the site. Raises Http404."""
    reader = person(request)
    record_event(
        reader,
        AuditAction.READ_CREDIT,
        Purpose.OWN_BUSINESS if reader.role == Role.SHOP else Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=file.review.assessment.public_id,
        organisation=organisation_of(reader),
    )
    content = objection_files().read(file)
    if content is None:
        raise Http404
    shown = "inline" if file.media_type == JPEG else 'attachment; filename="objection.pdf"'
    headers = {"Content-Disposition": shown, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=file.media_type, headers=headers)
