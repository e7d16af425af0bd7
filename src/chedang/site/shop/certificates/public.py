"""Does this 合格证 stand? For everybody with its number; what it says for whoever holds the paper."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.records import store as records
from chedang.records.model import RecordState
from chedang.site.archive.connections import archive
from chedang.site.organisation import organisation_of
from chedang.site.owner.proof.shared import too_many
from chedang.site.owner.proof.wiring import DIGESTS_PER_ADDRESS, LOOKS_PER_ADDRESS, take_from_address, visitor
from chedang.site.shop.certificates.presentation import paper_view
from chedang.workshop import completion
from chedang.workshop.models import CompletionCertificate


@login_not_required
@require_safe
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Who issued it and whether it stands; with the digest of the paper, all that the paper says."""
    now, digest = timezone.now(), request.GET.get("digest", "")
    if wait := take_from_address(request, "completion:address", most=LOOKS_PER_ADDRESS, now=now):
        return too_many(request, wait)
    found = completion.find(number)
    if found is None:
        return render(request, "completion/unknown.html", status=404)
    if digest and (wait := take_from_address(request, "completion:digest", most=DIGESTS_PER_ADDRESS, now=now)):
        return too_many(request, wait)
    holds_paper = bool(digest) and completion.matches_digest(found, digest)
    view = paper_view(found)
    if holds_paper:
        reader = visitor(request)
        record_event(
            reader,
            AuditAction.READ_SHARE,
            Purpose.SHARED,
            now=now,
            vin=view["content"].vin,
            object_id=found.number,
            organisation=organisation_of(reader) if reader else "",
        )
    context = {
        "paper": view,
        "state": _state(found),
        "holds_paper": holds_paper,
        "is_wrong": bool(digest) and not holds_paper,
    }
    answer = render(request, "completion/check.html", context, status=422 if context["is_wrong"] else 200)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _state(found: CompletionCertificate) -> str:
    """``stands``, ``cancelled``, or ``void`` when the record it is about stands no more."""
    if found.cancelled_at is not None:
        return "cancelled"
    with archive() as connection:
        record = records.find_record(connection, found.record_id)
    return "stands" if record is not None and record.state is RecordState.ACTIVE else "void"
