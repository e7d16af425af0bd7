"""What a shop sees of it: its own sanctions, and public notices about it, with its 申辩 before they are published."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import Purpose, ShopPost
from chedang.access.models import User
from chedang.site.guards import for_shop, person
from chedang.site.regulator.enforcement.common import actor, status_of
from chedang.site.regulator.enforcement.forms import ObjectionForm
from chedang.site.regulator.enforcement.presentation import censure_view, objection_day, sanction_view
from chedang.site.regulator.enforcement.sanctions import document_of
from chedang.site.typed import seen_of
from chedang.supervision import censures
from chedang.supervision.enforcement_model import CensureState
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.enforcement import CaseQuerySet, Censure, Sanction
from chedang.terms.spoken import in_groups


@require_safe
@for_shop(ShopPost.CLERK)
def list_own(request: HttpRequest) -> HttpResponse:
    """Sanctions and public notices of the shop itself, and of no other."""
    shop = person(request)
    rows = Sanction.objects.of_shop(shop.company_code).order_by("-decided_on", "-pk")
    context = {
        "sanctions": [sanction_view(row) for row in rows],
        "censures": [censure_view(row) for row in _told(shop).order_by("-submitted_at")],
    }
    return render(request, "enforcement/shop_sanctions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_censure(request: HttpRequest, public_id: str) -> HttpResponse:
    """One public notice that was told to the shop; its 申辩 is sent here."""
    shop, now = person(request), timezone.now()
    row = get_object_or_404(_told(shop), public_id=public_id)
    is_post = request.method == "POST"
    form = ObjectionForm(request.POST if is_post else None)
    problem, status = "", 422
    if is_post and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            censures.object_to(public_id, actor(request), shop.company_code, text, seen=seen_of(request), now=now)
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
            row.refresh_from_db()
        else:
            messages.success(request, _("申辩意见已提交，复核人会看到。"))
            return redirect("shop-censure", public_id)
    context = {
        "view": censure_view(row),
        "number": in_groups(row.duty.code),
        "object_on": objection_day(row),
        "may_object": censures.may_object(row),
        "form": form,
        "problem": problem,
    }
    is_wrong = problem or (is_post and form.errors)
    return render(request, "enforcement/shop_censure.html", context, status=status if is_wrong else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The decision against the shop."""
    rows = Sanction.objects.of_shop(person(request).company_code)
    return document_of(request, get_object_or_404(rows, public_id=public_id), Purpose.OWN_BUSINESS)


def _told(shop: User) -> CaseQuerySet:
    """Drafts, and what was given up before the shop heard of it, are the authority's own."""
    found = Censure.objects.of_shop(shop.company_code).filter(submitted_at__isnull=False).select_related("duty")
    return found.exclude(state=CensureState.DRAFT)
