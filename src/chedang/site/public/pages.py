"""Start page, privacy notice, accessibility statement, and the way to one's own first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import Role, ShopPost
from chedang.owners.access import cars_of
from chedang.site.guards import person
from chedang.site.owner.handing.promised import take_what_was_promised
from chedang.site.owner.phone.forms import PhoneForm

HOME_BY_ROLE = {
    Role.SHOP: "shop-home",
    Role.REGULATOR: "regulator-home",
    Role.ADMIN: "admin:index",
    Role.SECURITY: "security-home",
    Role.AUDITOR: "audit-home",
    Role.POLICE: "watch-home",
}


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what it holds, where to sign in; an owner types the phone here."""
    return render(request, "public/start.html", {"form": PhoneForm()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice."""
    return render(request, "public/privacy.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """无障碍声明: what was checked, what was not, whom to call."""
    return render(request, "public/accessibility.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send a signed-in person to the first page of the role; an owner of one car to that car's file."""
    user = person(request)
    if user.role == Role.SHOP and user.shop_post == ShopPost.TECHNICIAN:
        return redirect("shop-my-jobs")
    if user.role != Role.OWNER:
        return redirect(HOME_BY_ROLE[Role(user.role)])
    take_what_was_promised(user, now=timezone.now())
    cars = cars_of(user, now=timezone.now())
    return redirect("my-car", cars[0].car_id) if len(cars) == 1 else redirect("garage")
