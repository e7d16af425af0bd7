"""Everything as it will stand, what the rules think of it, and the one press that sends it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.intake.outcomes import Refusal, RefusalKind
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import Judgement, Level
from chedang.records.rules import judge
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.organisation import organisation_of
from chedang.site.shop.jobs.common import OwnShop, account_key, hand_over, own_shop, show_sent
from chedang.site.shop.jobs.presentation import problems_of
from chedang.site.shop.jobs.suggesting import CarRemarks, remarks
from chedang.workshop import drafts
from chedang.workshop.models import Draft
from chedang.workshop.quick_job import as_sent
from chedang.workshop.sending import refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_shop(ShopPost.CLERK)
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the job as it will stand; a press sends it, a second press finds it sent."""
    user = person(request)
    try:
        draft = drafts.find(user.company_code, public_id)
    except drafts.AlreadySent as sent:
        return show_sent(request, sent.sending)
    except Draft.DoesNotExist:
        raise Http404 from None
    if draft is None:
        return redirect("shop-draft", public_id)
    typed = drafts.text_of(draft)
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
        said = remarks(connection, shop.company_code, typed)
    text = as_sent(typed, shop.company_name)
    judgement = judge(text, limits=limits_today(), registered_name=shop.company_name, received_at=timezone.now())
    digest = content_digest(encode_content(text)).hex()
    complaint = _complaint(request, judgement, said, digest, shop) if request.method == "POST" else ""
    if request.method == "POST" and not complaint:
        return _send(request, public_id, shop, judgement)
    refusal = refusal_of(draft.sending) if draft.sending is not None else None
    context = _context(judgement, said, refusal) | {
        "public_id": public_id,
        "account": account_key(user),
        "shop": shop,
        "digest": digest,
        "complaint": complaint,
    }
    return render(request, "workshop/check.html", context, status=422 if complaint else 200)


def _complaint(request: HttpRequest, judgement: Judgement, said: CarRemarks, digest: str, shop: OwnShop) -> str:
    """Why it is not sent; '' when it is."""
    if shop.is_closed:
        return _("本店现在不能从这里上传。")
    if judgement.count(Level.ERROR):
        return _("还有要改正的内容，改好才能发送。")
    if request.POST.get("digest") != digest:
        return _("内容刚才有改动，请再看一遍。")
    if _is_doubtful(judgement, said) and request.POST.get("confirmed") != "yes":
        return _("有疑问的地方请核对，确认无误请打勾。")
    return ""


def _send(request: HttpRequest, public_id: UUID, shop: OwnShop, judgement: Judgement) -> HttpResponse:
    """Write it down, then hand it over; the answer may be lost, the job is not."""
    user, now = person(request), timezone.now()
    record_event(
        user,
        AuditAction.HAND_IN_RECORD,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=record_id(shop.company_code, judgement.record.settlement_list_number, b""),
        organisation=organisation_of(user),
    )
    try:
        sending = drafts.submit(user.company_code, public_id, judgement.text, by=user, now=now)
    except Draft.DoesNotExist:
        raise Http404 from None
    sending = hand_over(sending, now)
    if refusal_of(sending) is not None:
        return redirect("shop-draft-check", public_id)
    return redirect("shop-draft", public_id)


def _is_doubtful(judgement: Judgement, said: CarRemarks) -> bool:
    return bool(judgement.count(Level.WARN)) or said.is_mileage_lower


def _context(judgement: Judgement, said: CarRemarks, refusal: Refusal | None) -> dict[str, Any]:
    problems = problems_of(judgement.findings)
    has_errors = bool(judgement.count(Level.ERROR))
    return {
        "text": judgement.text,
        "record": judgement.record,
        "errors": [problem for problem in problems if problem.flag.tone == "wrong-tone"],
        "doubts": [problem for problem in problems if problem.flag.tone != "wrong-tone"],
        "mileage": said.mileage if said.is_mileage_lower else None,
        "is_doubtful": _is_doubtful(judgement, said),
        "has_errors": has_errors,
        "refusal": None if refusal is None or has_errors else _refusal_words(refusal),
        "is_number_taken": refusal is not None and refusal.kind is RefusalKind.CONFLICT,
    }


def _refusal_words(refusal: Refusal) -> str:
    """Why the archive did not take it, in the words of its catalogue, which are Chinese on every page."""
    said = f"{refusal.kind.sentence}：{refusal.detail}" if refusal.detail else refusal.kind.sentence
    return f"{said}。{refusal.kind.remedy}。"
