"""双随机: draws by lot that anybody can do again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import F, Func, IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import Role
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import ReviewState
from chedang.filing import inspections
from chedang.filing.cancelling_model import CANCELLED_CODE
from chedang.filing.filing_model import FilingRefused
from chedang.filing.inspection_model import OFFICERS, InspectionReason
from chedang.filing.inspections import Visit
from chedang.filing.models.inspections import Inspection, InspectionDraw
from chedang.filing.risk import draw
from chedang.platform.chance import drawn_public_id, new_public_id
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.inspections.forms import DrawForm
from chedang.site.regulator.inspections.pages import write_down
from chedang.site.regulator.inspections.presentation import officer_name
from chedang.site.regulator.scope import enterprises_in_scope
from chedang.site.shop.filing.wiring import acting

_DRAWS_LISTED: Final = 20
_HOW_MANY: Final = Func(F("shops"), function="jsonb_array_length", output_field=IntegerField())
"""Shops that could be drawn; their codes are a megabyte a draw in a province, and no list shows them."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def draw_lots(request: HttpRequest) -> HttpResponse:
    """双随机: shops and, for each, two officers of this authority. The seed is of chance and is written down."""
    officer, now = person(request), timezone.now()
    public_id = drawn_public_id(request.POST.get("id", ""))
    form = DrawForm(request.POST if request.method == "POST" else None)
    officers = _officers(officer)
    problem = ""
    if form.is_bound and form.is_valid():
        made = InspectionDraw.objects.filter(public_id=public_id, division_code=officer.division_code).first()
        try:
            made = made or _draw(officer, public_id, form.cleaned_data, officers, now)
            with transaction.atomic():
                planned = _plan(officer, made, form.cleaned_data, now)
        except FilingRefused as refused:
            problem = refused.sentence
        else:
            messages.success(request, _("已抽取并安排 %(n)d 家。") % {"n": planned})
            return redirect("officer-inspection-draw", public_id)
    draws = InspectionDraw.objects.filter(division_code__startswith=division_prefix(officer.division_code))
    context = {
        "division": division_name(officer.division_code),
        "form": form,
        "id": public_id,
        "problem": problem,
        "officers": [officer_name(user) for user in officers],
        "draws": [
            (each, division_name(each.division_code), each.shop_count, len(each.drawn))
            for each in draws.defer("shops").annotate(shop_count=_HOW_MANY)[:_DRAWS_LISTED]
        ],
    }
    return render(request, "inspections/draw.html", context, status=422 if form.errors or problem else 200)


@require_safe
@for_roles(Role.REGULATOR)
def read_draw(request: HttpRequest, public_id: str) -> HttpResponse:
    """One draw, done again before the reader's eyes."""
    officer = person(request)
    draws = InspectionDraw.objects.filter(division_code__startswith=division_prefix(officer.division_code))
    made = get_object_or_404(draws, public_id=public_id)
    people = User.objects.in_bulk(made.officers)
    shops = enterprises_in_scope(officer).in_bulk([code for code, _chosen in made.drawn])
    visits = {each.company_code: each.public_id for each in Inspection.objects.filter(draw=made)}
    again = draw(made.seed, made.shops, [str(key) for key in made.officers], made.count)
    context = {
        "draw": made,
        "division": division_name(made.division_code),
        "shop_count": len(made.shops),
        "officers": [officer_name(people[key]) for key in made.officers if key in people],
        "is_same": [[code, [int(key) for key in keys]] for code, keys in again] == made.drawn,
        "rows": [
            {
                "code": code,
                "name": shops[code].company_name if code in shops else code,
                "officers": [officer_name(people[key]) for key in keys if key in people],
                "visit": visits.get(code),
            }
            for code, keys in made.drawn
        ],
    }
    return render(request, "inspections/drawn.html", context)


def _officers(officer: User) -> list[User]:
    """Officials of this very authority: whoever is drawn must be able to go to every shop of it."""
    of_authority = User.objects.filter(role=Role.REGULATOR, is_active=True, division_code=officer.division_code)
    return list(of_authority.order_by("pk"))


def _draw(officer: User, public_id: str, asked: dict[str, Any], officers: Sequence[User], now: datetime) -> Any:
    """Raises FilingRefused."""
    if len(officers) < OFFICERS:
        raise FilingRefused(_("本机关的执法人员账户不足两个，不能抽取。"))
    found = enterprises_in_scope(officer).filter(review_state=ReviewState.APPROVED.value)
    found = found.exclude(operation_state_code=CANCELLED_CODE).order_by("company_code")
    if asked["category"]:
        found = found.filter(category_code=asked["category"])
    shops = list(found.values_list("company_code", flat=True))
    if not shops:
        raise FilingRefused(_("没有符合条件的企业。"))
    seed, keys = secrets.token_hex(16), [user.pk for user in officers]
    drawn = draw(seed, shops, [str(key) for key in keys], asked["count"])
    after = {"seed": seed, "shops": len(shops), "officers": len(keys), "drawn": [code for code, _keys in drawn]}
    write_down(officer, public_id, now=now, after=after)
    columns = {
        "division_code": officer.division_code,
        "seed": seed,
        "shops": shops,
        "officers": keys,
        "count": asked["count"],
        "drawn": [[code, [int(key) for key in chosen]] for code, chosen in drawn],
        "drawn_by": officer,
        "drawn_at": now,
    }
    made, _is_new = InspectionDraw.objects.get_or_create(public_id=public_id, defaults=columns)
    if made.division_code != officer.division_code:
        raise FilingRefused(_("没有这次抽取。"))
    return made


def _plan(officer: User, made: InspectionDraw, asked: dict[str, Any], now: datetime) -> int:
    """Visits to all that were drawn; those planned by an earlier try stay as they are. Raises FilingRefused."""
    InspectionDraw.objects.select_for_update().get(pk=made.pk)  # pressed twice at once, each is visited once
    people = User.objects.in_bulk(made.officers)
    there = set(Inspection.objects.filter(draw=made).values_list("company_code", flat=True))
    for code, keys in made.drawn:
        with archive() as connection:
            shop = enterprises.find_by_code(connection, code)
        if shop is not None and code not in there:
            visit = Visit(InspectionReason.RANDOM, asked["planned_on"], tuple(people[key] for key in keys))
            inspections.plan(new_public_id(), shop, visit, acting(officer), draw=made, now=now)
    return len(made.drawn)
