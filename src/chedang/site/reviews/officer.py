"""An officer's side, within the division: appeals on their clock, texts held back, reviews set aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises import store as enterprises
from chedang.reviews import ratings
from chedang.reviews.models.ratings import Appeal, Remark, Review, ReviewQuerySet
from chedang.reviews.rating_model import NotAllowed, Outcome, TextState
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.reviews.forms import DecisionForm
from chedang.site.reviews.listing import one_page
from chedang.site.reviews.presentation import day_of, officer_view
from chedang.site.reviews.words import refusal_words
from chedang.site.written import write_down


@require_safe
@for_roles(Role.REGULATOR)
def list_reviews(request: HttpRequest) -> HttpResponse:
    """What waits for a decision in the division, by kind."""
    officer = person(request)
    waiting = waiting_reviews(officer)
    wanted = request.GET.get("show", "")
    show = wanted if wanted in waiting else next(iter(waiting))
    page = one_page(waiting[show], request.GET.get("page"))
    found = list(page)
    with archive() as connection:
        names = enterprises.names(connection, {review.company_code for review in found})
    today = day_of(timezone.now())
    rows = [
        (officer_view(review), names.get(review.company_code, review.company_code), _is_overdue(review, today))
        for review in found
    ]
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "counts": {kind: reviews.count() for kind, reviews in waiting.items()},
        "page": page,
        "rows": rows,
    }
    return render(request, "reviews/officer.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def read_review(request: HttpRequest, review_id: str) -> HttpResponse:
    """One review with everything there is to decide."""
    return _page(request, _in_scope(request, review_id))


@require_POST
@for_roles(Role.REGULATOR)
def decide_appeal(request: HttpRequest, review_id: str) -> HttpResponse:
    """Uphold: the review is hidden; refuse: it stays. Either way with the reason."""
    review = _in_scope(request, review_id)
    appeal = get_object_or_404(Appeal, review=review)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, review, appeal_form=form)
    _note(request, review)
    outcome = Outcome.UPHELD if form.cleaned_data["decision"] == "yes" else Outcome.REFUSED
    done = _("申诉已决定，企业和车主会看到理由。")
    return _after(
        request,
        done,
        lambda: ratings.decide_appeal(
            appeal, outcome, form.cleaned_data["reason"], person(request), now=timezone.now()
        ),
    )


@require_POST
@for_roles(Role.REGULATOR)
def decide_text(request: HttpRequest, review_id: str) -> HttpResponse:
    """Show a text that was held, or keep it back."""
    review = _in_scope(request, review_id)
    remark = get_object_or_404(Remark, review=review, kind=request.POST.get("kind", ""))
    form = DecisionForm(request.POST, needs_reason_for=("no",))
    if not form.is_valid():
        return _page(request, review, text_form=form)
    _note(request, review)
    is_shown = form.cleaned_data["decision"] == "yes"
    return _after(
        request,
        _("文字已决定。"),
        lambda: ratings.decide_text(
            remark, is_shown=is_shown, reason=form.cleaned_data["reason"], by=person(request), now=timezone.now()
        ),
    )


@require_POST
@for_roles(Role.REGULATOR)
def count_review(request: HttpRequest, review_id: str) -> HttpResponse:
    """A review that was set aside counts after all."""
    review = _in_scope(request, review_id)
    _note(request, review)
    return _after(
        request, _("这条评价已计入评分。"), lambda: ratings.clear(review, person(request), now=timezone.now())
    )


def waiting_reviews(officer: User) -> dict[str, ReviewQuerySet]:
    """Kind of work → reviews, what is due first or written first in front."""
    reviews = Review.objects.in_scope(officer).filter(withdrawn_at=None).select_related("appeal")
    reviews = reviews.prefetch_related("remarks")
    return {
        "appeals": reviews.filter(appeal__isnull=False, appeal__decided_at=None).order_by("appeal__due_on", "pk"),
        "texts": reviews.filter(remarks__state=TextState.HELD).distinct().order_by("written_at", "pk"),
        "suspect": reviews.filter(is_suspect=True, cleared_at=None, hidden_at=None).order_by("-written_at", "-pk"),
    }


def _is_overdue(review: Review, today: date) -> bool:
    appeal = getattr(review, "appeal", None)
    return appeal is not None and appeal.decided_at is None and appeal.due_on < today


def _in_scope(request: HttpRequest, review_id: str) -> Review:
    """One review. Raises Http404 for an unknown one and, without a difference, for one of another division."""
    found = Review.objects.in_scope(person(request)).filter(withdrawn_at=None, public_id=review_id)
    review = found.select_related("appeal").prefetch_related("remarks").first()
    if review is None:
        raise Http404
    return review


def _page(
    request: HttpRequest,
    review: Review,
    *,
    appeal_form: DecisionForm | None = None,
    text_form: DecisionForm | None = None,
) -> HttpResponse:
    with archive() as connection:
        name = enterprises.names(connection, {review.company_code}).get(review.company_code, review.company_code)
    context = {
        "review": officer_view(review),
        "shop_name": name,
        "held": [remark for remark in review.remarks.all() if remark.state == TextState.HELD],
        "appeal_form": appeal_form or DecisionForm(auto_id="appeal_%s"),
        "text_form": text_form or DecisionForm(auto_id="text_%s"),
        "may_be_counted": bool(review.suspicions) and not review.is_counted and review.hidden_at is None,
    }
    is_wrong = bool((appeal_form and appeal_form.errors) or (text_form and text_form.errors))
    return render(request, "reviews/officer_one.html", context, status=422 if is_wrong else 200)


def _after(request: HttpRequest, done: str, deed: Callable[[], object]) -> HttpResponse:
    try:
        deed()
    except NotAllowed as fault:
        messages.error(request, refusal_words(fault.why))
    else:
        messages.success(request, done)
    return redirect("officer-reviews")


def _note(request: HttpRequest, review: Review) -> None:
    """Write down who decides before it is done."""
    before = {"is_counted": review.is_counted}
    write_down(
        person(request), AuditAction.DECIDE_REVIEW, review.public_id, purpose=Purpose.OWNERS_REQUEST, before=before
    )
