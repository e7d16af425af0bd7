"""The owner's share codes: make one, see who looked, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedang.owners.model import Access, Scope
from chedang.owners.proof_limits import proof_limits
from chedang.owners.shares import MadeShare, NoSuchShare, TooManyShares, make_share, revoke_share, shares_of
from chedang.platform.qr import qr_svg
from chedang.site.guards import person
from chedang.site.owner.cars import for_own_car
from chedang.site.owner.proof.forms import ShareForm, hours_in_words
from chedang.site.owner.proof.presentation import share_state
from chedang.site.owner.proof.wiring import absolute, share_digest


@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def list_shares(request: HttpRequest, access: Access) -> HttpResponse:
    """The codes there are, and one more."""
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["scope"] == Scope.FULL and "confirmed" not in request.POST:
            hours = hours_in_words(form.cleaned_data["hours"])
            return render(request, "proof/confirm_share.html", {"form": form, "access": access, "hours": hours})
        return _make(request, access, form)
    return _list(request, access, form)


def _make(request: HttpRequest, access: Access, form: ShareForm) -> HttpResponse:
    chosen = form.cleaned_data
    try:
        made = make_share(
            access,
            person(request),
            scope=Scope(chosen["scope"]),
            hours=chosen["hours"],
            most_views=chosen["most_views"],
            note=chosen["note"],
            digest=share_digest,
            now=timezone.now(),
        )
    except TooManyShares:
        most = proof_limits().share.most_live
        form.add_error(None, _("这辆车已有 %(most)d 个可用的分享码，请先收回一个。") % {"most": most})
        return _list(request, access, form)
    return render(request, "proof/made_share.html", {"access": access, **_made(made)})


def _made(made: MadeShare) -> dict[str, Any]:
    link = absolute(reverse("shared", args=[made.code]))
    picture = mark_safe(qr_svg(link, label=_("分享链接的二维码")))  # noqa: S308 - drawn by our own package
    return {"share": made.share, "code": made.code, "link": link, "qr": picture}


def _list(request: HttpRequest, access: Access, form: ShareForm) -> HttpResponse:
    now = timezone.now()
    rows = [{"share": share, "state": share_state(share, now)} for share in shares_of(access)]
    status = 422 if form.errors else 200
    return render(
        request, "proof/shares.html", {"form": form, "access": access, "rows": rows, "now": now}, status=status
    )


@require_POST
@for_own_car
def revoke(request: HttpRequest, access: Access, public_id: str) -> HttpResponse:
    """Take a code back at once."""
    try:
        revoke_share(access, person(request), public_id, now=timezone.now())
    except NoSuchShare:
        raise Http404 from None
    messages.success(request, _("分享码已收回，谁也打不开了。"))
    return redirect("car-shares", access.car_id)
