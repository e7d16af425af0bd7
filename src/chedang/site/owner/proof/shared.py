"""凭分享码查看: for anybody, without an account. What cannot be opened looks the same whatever the reason."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from chedang.owners.certificate_content import say
from chedang.owners.model import Scope
from chedang.owners.proof_limits import proof_limits
from chedang.owners.proof_models import Share
from chedang.owners.share_codes import read_code
from chedang.owners.shares import NoSuchShare, find_share, open_share, read_again
from chedang.site.organisation import organisation_of
from chedang.site.owner.proof.forms import CodeForm
from chedang.site.owner.proof.opened import is_remembered, remember
from chedang.site.owner.proof.presentation import present_said
from chedang.site.owner.proof.wiring import LOOKS_PER_ADDRESS, share_digest, take_from_address, view_of, visitor
from chedang.site.public.display import is_large
from chedang.site.settings import NODE
from chedang.site.vehicle.reading import read_vehicle


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def type_code(request: HttpRequest) -> HttpResponse:
    """输入分享码."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return redirect("shared", read_code(form.cleaned_data["code"]) or "-")
    return render(request, "proof/type_code.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, code: str) -> HttpResponse:
    """One button before the view: link previews and crawlers press none, so they use up nothing.

    The view that was counted stays open in this browser for a while.
    """
    now, what = timezone.now(), f"share:{share_digest(read_code(code))}"
    try:
        if request.method != "POST" and is_remembered(request, what, now=now):
            return _show(request, read_again(code, digest=share_digest, now=now))
        wait = take_from_address(request, "share:address", most=LOOKS_PER_ADDRESS, now=now)
        if wait:
            return too_many(request, wait)
        if request.method != "POST":
            share = find_share(code, digest=share_digest, now=now)
            return _unindexed(render(request, "proof/before_share.html", {"share": share, "code": code}))
        viewer = visitor(request)
        organisation = organisation_of(viewer) if viewer else ""
        opened = open_share(code, viewer=viewer, organisation=organisation, digest=share_digest, now=now)
    except NoSuchShare:
        return no_such_share(request)
    remember(request, what, until=opened.readable_until)
    return redirect("shared", code)


def _show(request: HttpRequest, share: Share) -> HttpResponse:
    scope, hidden_before = Scope(share.scope), share.binding.shops_hidden_before_on
    view = view_of(read_vehicle(share.binding.vin), scope, shops_hidden_before=hidden_before)
    said = present_said(say(view, most_visits=proof_limits().certificate.most_visits))
    return _unindexed(render(request, "proof/shared.html", {"share": share, "said": said}))


def no_such_share(request: HttpRequest) -> HttpResponse:
    """The same bytes for every code that cannot be opened: nothing of the request or the person stands in them."""
    page = render_to_string("proof/no_share.html", {"is_large": is_large(request), "node": NODE.node})
    return _unindexed(HttpResponse(page, status=404))


def too_many(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """Too many tries from this network address."""
    minutes = max(1, round(wait.total_seconds() / 60))
    answer = render(request, "proof/too_many.html", {"minutes": minutes}, status=429)
    answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return answer


def _unindexed(answer: HttpResponse) -> HttpResponse:
    """No search engine keeps what an owner shared."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
