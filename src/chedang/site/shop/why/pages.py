"""What a shop's honest data brings it, and the public formula of the badge. Everything shown was counted before."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import ShopPost
from chedang.quality import store
from chedang.quality.badge_rules import Asked
from chedang.quality.parameters import load_parameters
from chedang.quality.uploads import ON_TIME_DAYS
from chedang.reviews.scores import scores_of
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.reviews.scoring import score_view
from chedang.site.shop.why.words import asked_words, condition_view, hours_view
from chedang.terms import division


@require_safe
@for_shop(ShopPost.CLERK)
def why(request: HttpRequest) -> HttpResponse:
    """Badge, uploads, rework, hours beside the city's, reviews."""
    shop, parameters = person(request), load_parameters()
    code = shop.company_code
    with archive() as connection:
        figures = store.read_figures(connection, [code]).get(code)
        badge = store.read_badge(connection, code)
        hours = store.read_hours(connection, figures, parameters.hours) if figures else []
    score = scores_of([code], timezone.now()).get(code)
    context = {
        "figures": figures,
        "badge": badge,
        "conditions": [condition_view(each) for each in badge.conditions] if badge else [],
        "lacking": len(badge.lacking) if badge else 0,
        "city": division.full_name(f"{figures.city_code}00") if figures else "",
        "compared": [hours_view(each) for each in hours if each.other_median is not None],
        "alone": [hours_view(each) for each in hours if each.other_median is None],
        "needed": parameters.hours,
        "window_days": parameters.window_days,
        "score": score_view(score) if score else None,
        "may_export": shop.shop_post == ShopPost.MANAGER,
        "company_code": code,
    }
    return render(request, "why/why.html", context)


@login_not_required
@require_safe
def badge_rules(request: HttpRequest) -> HttpResponse:
    """The formula of 可信维修企业 with today's numbers, for everybody."""
    parameters = load_parameters()
    asked = parameters.badge
    limits = {
        Asked.CONNECTED: asked.connected_days,
        Asked.ACTIVE: asked.silent_days,
        Asked.ON_TIME: asked.on_time_percent,
        Asked.DOUBTFUL: asked.doubtful_percent,
        Asked.REWORK: asked.rework_percent,
    }
    context = {
        "conditions": [asked_words(each, limits.get(each, 0)) for each in Asked],
        "version": parameters.version,
        "window_days": parameters.window_days,
        "on_time_days": ON_TIME_DAYS,
    }
    return render(request, "why/badge.html", context)
