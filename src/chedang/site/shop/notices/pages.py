"""A shop's letter box: what the authority and owners want of it, and one notice. Opening a notice is its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.access.models import User
from chedang.reviews.case_model import Party
from chedang.reviews.models.ratings import Review
from chedang.reviews.rating_model import RemarkKind
from chedang.site.cases.presentation import case_views
from chedang.site.cases.scope import cases_of_shop
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.notices.presentation import duty_views, notice_view
from chedang.supervision import notices
from chedang.supervision.counting import SupervisionCounts, counts_of, waiting_for_shop
from chedang.supervision.model import NotAllowed, NoticeState
from chedang.supervision.models.notices import Recipient

_LISTED: Final = 20
_URGENT: Final = 10


@dataclass(frozen=True, slots=True)
class Urgent:
    """Something that waits for the shop and has a limit."""

    address: str
    title: str
    deadline: str
    is_overdue: bool


@require_safe
@for_shop(ShopPost.CLERK)
def inbox(request: HttpRequest) -> HttpResponse:
    """来自主管机关和车主: what has a limit first, then notices, the unread ones on top."""
    shop, now = person(request), timezone.now()
    counts = counts_of(shop.company_code, now)
    page = Paginator(_in_order(_received(shop)), _LISTED).get_page(request.GET.get("page"))
    context = {
        "counts": counts,
        "tabs": letter_tabs(shop, counts),
        "urgent": _urgent(shop, now),
        "rows": [notice_view(row.notice, row) for row in page],
        "page": page,
    }
    return render(request, "supervision/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_notice(request: HttpRequest, public_id: str) -> HttpResponse:
    """One notice. The first look is the receipt, with who and when; 我已知悉 is sent here."""
    shop, now = person(request), timezone.now()
    row = get_object_or_404(_received(shop), notice__public_id=public_id)
    is_post = request.method == "POST"
    if is_post or row.read_at is None:
        record_event(
            shop,
            AuditAction.READ_NOTICE,
            Purpose.OWN_BUSINESS,
            now=now,
            object_id=public_id,
            organisation=organisation_of(shop),
        )
    notices.read(row, shop, now=now)
    problem = ""
    if is_post:
        try:
            notices.acknowledge(row, shop, now=now)
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            messages.success(request, _("已告知主管机关：本店已知悉。"))
            return redirect("shop-notice", public_id)
    context = {"notice": notice_view(row.notice, row), "problem": problem}
    return render(request, "supervision/shop_notice.html", context, status=422 if problem else 200)


def letter_tabs(shop: User, counts: SupervisionCounts) -> list[tuple[str, str, int]]:
    """Pages that a shop answers on: name of the address, words, how many wait."""
    answered = Review.objects.filter(remarks__kind=RemarkKind.REPLY).values("pk")
    reviews = Review.objects.standing().filter(company_code=shop.company_code).exclude(pk__in=answered)
    return [
        ("shop-notices", _("通知"), counts.unread_notices),
        ("shop-duties", _("责令改正"), counts.open_duties),
        ("shop-cases", _("反馈与投诉"), cases_of_shop(shop).filter(holder=Party.SHOP).count()),
        ("shop-reviews", _("评价"), reviews.count()),
    ]


def _received(shop: User) -> QuerySet[Recipient]:
    told = (NoticeState.SENT, NoticeState.WITHDRAWN)
    return Recipient.objects.filter(company_code=shop.company_code, notice__state__in=told).select_related("notice")


def _in_order(received: QuerySet[Recipient]) -> QuerySet[Recipient]:
    is_unread = When(read_at=None, notice__state=NoticeState.SENT, then=Value(0))
    return received.order_by(Case(is_unread, default=Value(1)), "-delivered_at", "-pk")


def _urgent(shop: User, now: datetime) -> list[Urgent]:
    """Orders and owners' cases that wait for the shop, the earliest limit first."""
    duties = list(waiting_for_shop(shop.company_code).order_by("due_at", "pk")[:_URGENT])
    waiting = cases_of_shop(shop).filter(holder=Party.SHOP, due_at__isnull=False)
    cases = list(waiting.order_by("due_at", "pk")[:_URGENT])
    dated = [
        *(
            (
                duty.due_at,
                Urgent(
                    reverse("shop-duty", args=[duty.code]), f"{view.kind} {view.number}", view.deadline, view.is_overdue
                ),
            )
            for duty, view in zip(duties, duty_views(duties, now), strict=True)
        ),
        *(
            (
                case.due_at,
                Urgent(
                    reverse("shop-case", args=[case.number]),
                    f"{view.kind_word}：{view.topic}",
                    view.deadline,
                    view.is_overdue,
                ),
            )
            for case, view in zip(cases, case_views(cases, now), strict=True)
        ),
    ]
    return [urgent for _due_at, urgent in sorted(dated, key=lambda each: each[0] or now)[:_URGENT]]
