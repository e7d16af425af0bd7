"""A shop's side: what owners say, one reply each, an appeal to the county. Nothing here tells who an owner is."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.reviews import ratings
from chedang.reviews.models.ratings import Remark, Review, ReviewQuerySet
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import AppealReason, NotAllowed, RemarkKind
from chedang.reviews.scores import scores_of
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.reviews.forms import AppealForm, TextForm
from chedang.site.reviews.listing import days_of, in_order, one_page
from chedang.site.reviews.presentation import others_view
from chedang.site.reviews.scoring import score_view
from chedang.site.reviews.wiring import moderator
from chedang.site.reviews.words import refusal_words


@require_safe
@for_shop(ShopPost.CLERK)
def list_reviews(request: HttpRequest) -> HttpResponse:
    """Reviews of one's own shop with the score they make."""
    company_code = person(request).company_code
    show = "unanswered" if request.GET.get("show") == "unanswered" else "all"
    listed = unanswered_of(company_code) if show == "unanswered" else _of_shop(request)
    page = one_page(in_order(listed), request.GET.get("page"))
    score = scores_of([company_code], timezone.now()).get(company_code)
    context = {
        "page": page,
        "show": show,
        "total": _of_shop(request).count(),
        "unanswered": unanswered_of(company_code).count(),
        "rows": others_view(list(page), days_of(company_code), is_shop=True),
        "score": score_view(score) if score else None,
    }
    return render(request, "reviews/shop.html", context)


@require_safe
@for_shop(ShopPost.CLERK)
def read_review(request: HttpRequest, review_id: str) -> HttpResponse:
    """One review with the forms of a reply and an appeal."""
    return _page(request, _own_review(request, review_id))


@require_POST
@for_shop(ShopPost.CLERK)
def reply(request: HttpRequest, review_id: str) -> HttpResponse:
    """The shop's one answer, for everybody to read."""
    review = _own_review(request, review_id)
    form = TextForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        _note(request, review)
        try:
            said = ratings.reply(review, form.cleaned_data["text"], moderator=moderator(), now=now)
        except NotAllowed as fault:
            form.add_error(None, refusal_words(fault.why))
        else:
            held = said.held_for
            messages.success(request, _("回复已收下，主管部门核对后显示。") if held else _("回复已显示。"))
            return redirect("shop-review", review_id)
    return _page(request, review, reply_form=form)


@require_POST
@for_shop(ShopPost.CLERK)
def appeal(request: HttpRequest, review_id: str) -> HttpResponse:
    """Ask the county to hide a review."""
    review = _own_review(request, review_id)
    form = AppealForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        _note(request, review)
        try:
            ratings.appeal(review, AppealReason(form.cleaned_data["reason"]), form.cleaned_data["text"], now=now)
        except NotAllowed as fault:
            form.add_error(None, refusal_words(fault.why))
        else:
            messages.success(request, _("申诉已提交，县级主管部门会在期限内答复。"))
            return redirect("shop-review", review_id)
    return _page(request, review, appeal_form=form)


def _page(
    request: HttpRequest, review: Review, *, reply_form: TextForm | None = None, appeal_form: AppealForm | None = None
) -> HttpResponse:
    (view,) = others_view([review], days_of(review.company_code), is_shop=True)
    context = {
        "review": view,
        "reply_form": reply_form or TextForm(),
        "appeal_form": appeal_form or AppealForm(),
        "working_days": load_parameters().window.appeal_working_days,
    }
    is_wrong = bool((reply_form and reply_form.errors) or (appeal_form and appeal_form.errors))
    return render(request, "reviews/shop_one.html", context, status=422 if is_wrong else 200)


def _note(request: HttpRequest, review: Review) -> None:
    """Write down who acts before it is done."""
    record_event(
        person(request),
        AuditAction.ANSWER_REVIEW,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=review.public_id,
        organisation=organisation_of(person(request)),
    )


def unanswered_of(company_code: str) -> ReviewQuerySet:
    """Standing reviews of a shop to which it has not replied."""
    replied = Remark.objects.filter(review=OuterRef("pk"), kind=RemarkKind.REPLY)
    return Review.objects.filter(~Exists(replied), company_code=company_code).standing()


def _of_shop(request: HttpRequest) -> ReviewQuerySet:
    return Review.objects.filter(company_code=person(request).company_code, withdrawn_at=None)


def _own_review(request: HttpRequest, review_id: str) -> Review:
    return get_object_or_404(_of_shop(request), public_id=review_id)
