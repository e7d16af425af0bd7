"""The first page of a technician: the jobs given to them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from chedang.access.model import ShopPost
from chedang.site.guards import for_shop


@require_safe
@for_shop(ShopPost.TECHNICIAN)
def welcome(request: HttpRequest) -> HttpResponse:
    """The jobs, or what a technician may do here."""
    try:
        return redirect("shop-my-jobs")
    except NoReverseMatch:
        return render(request, "staff/technician.html")
