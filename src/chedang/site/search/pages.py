"""找维修企业: a list first, no map needed; business data only; nobody's payment has any part in the order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.enterprises import profiles
from chedang.enterprises.profile_model import FoundShop
from chedang.quality.store import badge_holders
from chedang.reviews.score_rules import ShopScore
from chedang.reviews.scores import scores_of
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name
from chedang.site.search.forms import BEST_RATED, NEAREST, SearchForm
from chedang.terms import division


@dataclass(frozen=True, slots=True)
class Row:
    """One shop of the list."""

    shop: FoundShop
    category: str
    place: str
    score: ShopScore | None
    """``None`` while no owner has reviewed it."""
    is_trusted: bool
    """Has it the badge 可信维修企业? No part in the order."""


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The form and, under it, who fits. A position comes by POST, so that it stands in no address and no log."""
    with archive() as connection:
        divisions, brands = profiles.list_divisions(connection), profiles.list_brands(connection)
        form = SearchForm(request.POST or request.GET, divisions=divisions, brands=brands)
        found = profiles.find_shops(connection, form.query()) if form.is_valid() else []
        trusted = badge_holders(connection, [shop.company_code for shop in found])
    context: dict[str, object] = {"form": form, "page": None}
    if form.is_valid():
        rows = _rows(found, form, trusted)
        page = Paginator(rows, settings.RECORDS_PER_PAGE).get_page(form.data.get("page"))
        kept = [(name, value) for name, value in form.data.items() if name in form.fields and value]
        context |= {"page": page, "order_sentence": _order_sentence(form.order()), "kept": kept}
    response = render(request, "search/shops.html", context, status=200 if form.is_valid() else 422)
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()"
    return response


def _rows(found: Sequence[FoundShop], form: SearchForm, trusted: Collection[str]) -> list[Row]:
    scores = scores_of([shop.company_code for shop in found], timezone.now())
    lowest = form.lowest_rating()
    fitting = [shop for shop in found if lowest is None or _is_at_least(_own(scores.get(shop.company_code)), lowest)]
    fitting.sort(key=lambda shop: (_rank(shop, scores, form.order()), shop.company_name, shop.company_code))
    return [
        Row(
            shop=shop,
            category=category_name(shop.category_code),
            place=division.full_name(shop.division_code),
            score=_own(scores.get(shop.company_code)),
            is_trusted=shop.company_code in trusted,
        )
        for shop in fitting
    ]


def _is_at_least(score: ShopScore | None, lowest: int) -> bool:
    return score is not None and score.mark >= lowest


def _own(score: ShopScore | None) -> ShopScore | None:
    """A score that rests on somebody's review; the prior alone says nothing of a shop."""
    return score if score is not None and score.has_reviews else None


def _rank(shop: FoundShop, scores: Mapping[str, ShopScore], order: str) -> float:
    """The smaller comes first; shops that nobody reviewed follow those that somebody did."""
    if order == NEAREST:
        return shop.distance_km or 0.0
    score = _own(scores.get(shop.company_code))
    return -score.mark if order == BEST_RATED and score is not None else 0.0


def _order_sentence(order: str) -> str:
    if order == NEAREST:
        return _("按直线距离排列，近的在前。")
    if order == BEST_RATED:
        return _("按车主评分排列，评分高的在前，还没有评价的按店名排在后面。")
    return _("按店名排列。")
