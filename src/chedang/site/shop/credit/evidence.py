"""Photos beside a self-assessment: one page per indicator. They are looked at by the shop and its authority alone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.model import ShopPost
from chedang.platform.images import MAX_PHOTO_BYTES
from chedang.site.guards import for_shop
from chedang.site.shop.credit.common import assessment_of, files, indicator_of, note_deed
from chedang.site.shop.credit.presentation import language
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.supervision import credit
from chedang.supervision.credit_evidence import MOST_PHOTOS, standing
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.credit import CreditEvidence


class _PhotoHandler(BoundedMemoryHandler):
    most_bytes = MAX_PHOTO_BYTES


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def papers(request: HttpRequest, year: int, indicator: str) -> HttpResponse:
    """The photos of one indicator; another is sent here."""
    request.upload_handlers = [_PhotoHandler(request)]
    return _papers(request, year, indicator)


@csrf_protect
def _papers(request: HttpRequest, year: int, indicator: str) -> HttpResponse:
    now = timezone.now()
    assessment, row = assessment_of(request, year, now), indicator_of(indicator)
    problem = ""
    if request.method == "POST":
        photo = request.FILES.get("photo")
        note_deed(request, assessment, now)
        try:
            if photo is None:
                raise NotAllowed(_("请选择一张照片，不超过 8 MB。"))
            credit.attach(assessment.pk, row, files().clean(photo.read()), files=files(), now=now)
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            messages.success(request, _("照片已附上。"))
            return redirect("shop-credit-papers", year, indicator)
    photos = list(standing(assessment).filter(indicator=row.key))
    context = {
        "assessment": assessment,
        "name": row.in_language(language()),
        "hint": row.hint_in(language()),
        "photos": photos,
        "most": MOST_PHOTOS,
        "may_add": assessment.is_draft and len(photos) < MOST_PHOTOS,
        "problem": problem,
    }
    return render(request, "credit/papers.html", context, status=422 if problem else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def photo(request: HttpRequest, year: int, file_id: UUID) -> HttpResponse:
    """One of the shop's own."""
    now = timezone.now()
    assessment = assessment_of(request, year, now)
    row = get_object_or_404(standing(assessment), file_id=file_id)
    note_deed(request, assessment, now)
    return show(row)


@require_POST
@for_shop(ShopPost.CLERK)
def remove(request: HttpRequest, year: int, file_id: UUID) -> HttpResponse:
    """Take a photo out of a draft."""
    now = timezone.now()
    assessment = assessment_of(request, year, now)
    row = get_object_or_404(CreditEvidence, assessment=assessment, file_id=file_id)
    note_deed(request, assessment, now)
    try:
        credit.take_out(assessment.pk, row.pk, now=now)
    except NotAllowed as fault:
        messages.warning(request, fault.sentence)
    else:
        messages.success(request, _("照片已删去。"))
    return redirect("shop-credit-papers", year, row.indicator)


def show(row: CreditEvidence) -> HttpResponse:
    """The JPEG. Whoever calls wrote the look down. Raises Http404 for one that is gone."""
    content = files().read(row)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
