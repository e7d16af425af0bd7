"""Start page, privacy notice, and the way to one's own first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.site.guards import person

HOME_BY_ROLE = {
    Role.OWNER: "look-up",
    Role.SHOP: "shop-home",
    Role.REGULATOR: "regulator-home",
    Role.ADMIN: "admin:index",
}


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, what it holds, where to sign in."""
    return render(request, "public/start.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice."""
    return render(request, "public/privacy.html")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send a signed-in person to the first page of the role."""
    return redirect(HOME_BY_ROLE[Role(person(request).role)])
