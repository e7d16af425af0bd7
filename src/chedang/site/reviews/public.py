"""For everybody: a shop's page, and how scores are reckoned. Business data only, no person's name or number."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Enterprise, ReviewState, Source
from chedang.enterprises.profiles import read_profiles
from chedang.quality.store import badge_holders
from chedang.reviews.models.ratings import Review
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import CountedReview
from chedang.reviews.score_rules import Sums, add_up, score, system_score
from chedang.reviews.scores import scores_of
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name, division_name
from chedang.site.reviews.listing import days_of, in_order, one_page
from chedang.site.reviews.presentation import day_of, language, others_view
from chedang.site.reviews.scoring import score_view
from chedang.site.reviews.wiring import schemes
from chedang.terms.codes import OPERATION_STATE


@login_not_required
@require_safe
def shop_page(request: HttpRequest, company_code: str) -> HttpResponse:
    """One approved shop of this node: business data, score, reviews with replies. Not approved: no such page."""
    with archive() as connection:
        shop = enterprises.find_by_code(connection, company_code)
        if shop is None or not _is_public(shop):
            raise Http404
        profile = read_profiles(connection, [shop.company_code]).get(shop.company_code)
        trusted_since = badge_holders(connection, [shop.company_code]).get(shop.company_code)
    if shop.company_code != company_code:  # asked for by its national code
        return redirect("shop-page", shop.company_code)
    found = in_order(Review.objects.filter(company_code=company_code, withdrawn_at=None))
    page = one_page(found, request.GET.get("page"))
    own_score = scores_of([company_code], timezone.now())[company_code]
    context = {
        "shop": shop,
        "profile": profile,
        "trusted_since": trusted_since,
        "division": division_name(shop.division_code),
        "category": category_name(shop.category_code),
        "operation_state": OPERATION_STATE.name(shop.operation_state_code) or "",
        "score": score_view(own_score),
        "connected_days": load_parameters().system.connected_days,
        "page": page,
        "rows": others_view(list(page), days_of(company_code)),
        "is_owner": getattr(request.user, "role", "") == Role.OWNER,
    }
    return render(request, "reviews/shop_page.html", context)


@login_not_required
@require_safe
def score_rules(request: HttpRequest) -> HttpResponse:
    """The formula with today's numbers, an example reckoned by the same functions, and what is no part of it."""
    parameters, known = load_parameters(), schemes()
    today = day_of(timezone.now())
    example = [CountedReview(today, 5.0), CountedReview(today, 4.0), CountedReview(today, 5.0)]
    own = add_up(example, parameters.score)
    system = system_score(today, parameters.system, today=today)
    forms = [
        (
            scheme.in_language(language()),
            [each.in_language(language()) for each in scheme.dimensions],
            [
                (word.in_language(language()), mark)
                for word, mark in zip(scheme.words, scheme.national_marks, strict=True)
            ],
            bool(scheme.overall),
        )
        for scheme in known.schemes
    ]
    context = {
        "parameters": parameters,
        "example": score_view(score("", own, Sums(), system, parameters.score, today=today)),
        "forms": forms,
        "satisfied_from": known.satisfied_from,
    }
    return render(request, "reviews/score.html", context)


def _is_public(shop: Enterprise) -> bool:
    return shop.review_state is ReviewState.APPROVED and shop.source is not Source.MAKER
