"""An officer at one self-assessment: 初评, 复核, the answer to an objection, 改判."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises import store as enterprises
from chedang.site.archive.connections import archive
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.credit.common import sheet
from chedang.site.shop.credit.evidence import show
from chedang.site.shop.credit.finding import finding_context, found_parts, review_steps, veto_views
from chedang.site.shop.credit.objecting import show_file
from chedang.site.shop.credit.presentation import day_of, deeds_of, grade_view
from chedang.site.shop.credit.publishing import tell_public
from chedang.site.typed import seen_of
from chedang.supervision import credit, credit_review
from chedang.supervision.announcing import Author
from chedang.supervision.credit_evidence import standing
from chedang.supervision.credit_model import read_snapshot
from chedang.supervision.credit_review import BadMarks, Shop
from chedang.supervision.credit_review_model import Marks, Result, ReviewState, TypedRow, TypedVeto
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview
from chedang.terms.text import tidy

_LONGEST_POINTS: Final = 4
"""Digits."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_assessment(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of them, row by row. From the first look on the shop cannot take it back; deeds are sent here."""
    officer, now = person(request), timezone.now()
    found = get_object_or_404(CreditAssessment.objects.in_scope(officer), public_id=public_id)
    if request.method == "POST":
        try:
            messages.success(request, _act(request, found))
        except NotAllowed as fault:
            return _page(request, found, fault)
        return redirect("officer-credit-one", public_id)
    organisation = _note(request, found)
    try:
        assessment = credit.open_as_officer(found.pk, officer, organisation=organisation, now=now)
    except NotAllowed:
        return redirect("officer-credit")
    return _page(request, assessment)


@require_safe
@for_roles(Role.REGULATOR)
def photo(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A photo that the shop attached."""
    assessment = get_object_or_404(CreditAssessment.objects.in_scope(person(request)), public_id=public_id)
    row = get_object_or_404(standing(assessment), file_id=file_id)
    _note(request, assessment)
    return show(row)


@require_safe
@for_roles(Role.REGULATOR)
def read_file(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A file of the shop's objection."""
    review = get_object_or_404(CreditReview.objects.in_scope(person(request)), assessment__public_id=public_id)
    return show_file(request, get_object_or_404(review.files, file_id=file_id))


def _page(request: HttpRequest, assessment: CreditAssessment, fault: NotAllowed | None = None) -> HttpResponse:
    officer, snapshot = person(request), read_snapshot(assessment.snapshot)
    review = CreditReview.objects.filter(assessment=assessment).first()
    result = credit_review.result_of(assessment, sheet())
    deed = _marking(review, officer)
    is_remarked = fault is not None and request.POST.get("deed") == deed and not isinstance(fault, Overtaken)
    typed = request.POST.dict() if is_remarked else None
    wrong = fault.key if isinstance(fault, BadMarks) else ""
    context: dict[str, Any] = {
        "assessment": assessment,
        "shop": _shop_of(assessment).company_name,
        "snapshot": snapshot,
        "counted_on": day_of(snapshot.counted_on),
        "grade": grade_view(snapshot.grade),
        "found_parts": found_parts(assessment, snapshot, result, typed, wrong),
        "vetoes": veto_views(result, typed, wrong),
        "note": typed.get("note", "") if typed else "",
        "deeds": deeds_of(assessment),
        "seen": review.step_count if review else 0,
        "marking": deed,
        "may_confirm": review is not None and review.state == ReviewState.REVIEWED and review.reviewer_id != officer.pk,
        "is_reviewer": review is not None and review.reviewer_id == officer.pk,
        "words": request.POST.get("words", "") if fault else "",
        "problem": fault.sentence if fault else "",
    }
    if review is not None:
        context |= finding_context(review) | {"review_steps": review_steps(review)}
        context["is_publishable"] = CreditReview.objects.publishable(timezone.now()).filter(pk=review.pk).exists()
    status = 200 if fault is None else 409 if isinstance(fault, Overtaken) else 422
    return render(request, "credit/officer_one.html", context, status=status)


def _marking(review: CreditReview | None, officer: User) -> str:
    """The deed for which this officer may set points now; '' for none."""
    if review is None or review.state == ReviewState.RETURNED:
        return "review"
    if review.reviewer_id == officer.pk:
        return ""
    return {ReviewState.OBJECTED: "decide", ReviewState.PUBLISHED: "correct"}.get(ReviewState(review.state), "")


def _act(request: HttpRequest, found: CreditAssessment) -> str:
    """Do what was sent; gives what to say. Raises NotAllowed."""
    officer, now, seen = person(request), timezone.now(), seen_of(request)
    author, deed = Author(officer, organisation_of(officer)), request.POST.get("deed", "")
    number, in_use = found.pk, sheet()
    if deed == "confirm":
        credit_review.confirm(number, author, in_use, seen=seen, now=now)
        return _("复核通过，已通知企业，公示期 %(n)d 个工作日。") % {"n": in_use.objection_days}
    if deed == "return":
        credit_review.send_back(number, author, request.POST.get("words", ""), seen=seen, now=now)
        return _("已退回初评。")
    marks = _marks(request.POST, credit_review.result_of(found, in_use))
    if deed == "review":
        credit_review.review(number, marks, author, shop=_shop_of(found), sheet=in_use, seen=seen, now=now)
        return _("初评已保存，请另一位同事复核。")
    if deed == "decide":
        credit_review.decide(number, marks, author, seen=seen, now=now)
        return _("异议已答复，企业会收到通知。")
    if deed == "correct":
        credit_review.correct(number, marks, author, seen=seen, now=now, tell_public=tell_public)
        return _("已改判，名单和企业页面已更新。")
    raise NotAllowed(_("请选择要办的事。"))


def _marks(given: QueryDict, standing_result: Result) -> Marks:
    """What the form brought. A row that is absent stays as it stands."""
    rows = {
        row.key: TypedRow(_whole(given.get(f"points-{row.key}", "")), tidy(given.get(f"reason-{row.key}", "")))
        for row in standing_result.rows
        if f"points-{row.key}" in given
    }
    vetoes = {
        veto.key: TypedVeto(applies=f"veto-{veto.key}" in given, reason=tidy(given.get(f"why-{veto.key}", "")))
        for veto in standing_result.vetoes
    }
    return Marks(rows, vetoes, tidy(given.get("note", "")))


def _whole(text: str) -> int | None:
    typed = text.strip()
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= _LONGEST_POINTS else None


def _shop_of(assessment: CreditAssessment) -> Shop:
    with archive() as connection:
        shop = enterprises.find_by_code(connection, assessment.company_code)
    return Shop(shop.company_name, shop.category_code) if shop else Shop(assessment.company_code, "")


def _note(request: HttpRequest, assessment: CreditAssessment) -> str:
    """Write the look down; gives the authority's name."""
    officer = person(request)
    organisation = organisation_of(officer)
    record_event(
        officer,
        AuditAction.READ_CREDIT,
        Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=assessment.public_id,
        organisation=organisation,
    )
    return organisation
