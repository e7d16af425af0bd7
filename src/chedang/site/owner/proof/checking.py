"""Does this certificate stand? For anybody with its number; what it says for its owner and for who holds it."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.owners.certificate_pdf import certificate_pdf, digest_in_groups, open_address
from chedang.owners.certificates import (
    Check,
    NotAllowed,
    check,
    find_certificate,
    is_of,
    matches_digest,
    may_revoke_as_officer,
    read_as_bearer,
)
from chedang.owners.certificates import revoke as revoke_certificate
from chedang.owners.proof_models import Certificate
from chedang.platform.qr import qr_svg
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.owner.proof.forms import NumberForm, RevokeForm
from chedang.site.owner.proof.opened import is_remembered, remember
from chedang.site.owner.proof.presentation import changes_in_words, present_said, standing_state, verdict_state
from chedang.site.owner.proof.shared import too_many
from chedang.site.owner.proof.wiring import DIGESTS_PER_ADDRESS, LOOKS_PER_ADDRESS, take_from_address, visitor
from chedang.site.vehicle.reading import read_vehicle

_READABLE_FOR: Final = timedelta(minutes=30)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """核对证明: type what stands on the paper."""
    form = NumberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number, digest = form.cleaned_data["number"], form.cleaned_data["digest"]
        return _open(request, number, digest) if digest else redirect("certificate", number)
    return render(request, "proof/check.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Whether it stands; the content too for its owner, and for who gave the beginning of its digest."""
    if request.method == "POST":
        return _open(request, number, request.POST.get("digest", ""))
    now = timezone.now()
    found = find_certificate(number)
    is_owner = found is not None and _is_owner(request, found, now)
    if not is_owner and (wait := take_from_address(request, "certificate:address", most=LOOKS_PER_ADDRESS, now=now)):
        return too_many(request, wait)
    if found is None:
        return _unknown(request)
    return _answer(request, _check(found, now), now, typed=request.GET.get("digest", ""))


def _open(request: HttpRequest, number: str, digest: str) -> HttpResponse:
    """Somebody who holds the paper wants to hold it against the content."""
    now = timezone.now()
    wait = take_from_address(request, "certificate:digest", most=DIGESTS_PER_ADDRESS, now=now)
    if wait:
        return too_many(request, wait)
    found = find_certificate(number)
    if found is None:
        return _unknown(request)
    checked = _check(found, now)
    if not matches_digest(found, digest):
        return _answer(request, checked, now, typed=digest, is_wrong=True)
    if checked.is_open_to_bearer:
        viewer = visitor(request)
        read_as_bearer(found, viewer=viewer, organisation=organisation_of(viewer) if viewer else "", now=now)
        remember(request, f"certificate:{found.number}", until=now + _READABLE_FOR)
    return redirect("certificate", found.number)


def _check(found: Certificate, now: datetime) -> Check:
    return check(found, read_vehicle(found.binding.vin).file, now=now)


def _is_owner(request: HttpRequest, found: Certificate, now: datetime) -> bool:
    reader = visitor(request)
    return reader is not None and is_of(found, reader, now=now) is not None


def _may_read(request: HttpRequest, checked: Check, now: datetime) -> bool:
    """May this browser see the content? Writes the owner's look down; a bearer's was when the digest was given."""
    found = checked.certificate
    if _is_owner(request, found, now):
        action, purpose = AuditAction.READ_VEHICLE_FILE, Purpose.OWN_VEHICLE
        record_event(person(request), action, purpose, now=now, vin=found.binding.vin, object_id=found.number)
        return True
    return checked.is_open_to_bearer and is_remembered(request, f"certificate:{found.number}", now=now)


def _answer(
    request: HttpRequest, checked: Check, now: datetime, *, typed: str = "", is_wrong: bool = False
) -> HttpResponse:
    found, reader = checked.certificate, visitor(request)
    page: dict[str, Any] = {
        "certificate": found,
        "state": standing_state(checked.standing),
        "standing": checked.standing.value,
        "changes": changes_in_words(checked),
        "verdict": verdict_state(checked.content.vehicle.odometer.state),
        "is_open_to_bearer": checked.is_open_to_bearer,
        "typed": typed[:100],
        "is_wrong": is_wrong,
        "is_owner": _is_owner(request, found, now),
        "revoke_form": RevokeForm() if reader is not None and may_revoke_as_officer(reader) else None,
    }
    if not is_wrong and _may_read(request, checked, now):
        page |= _content(checked)
    answer = render(request, "proof/certificate.html", page, status=422 if is_wrong else 200)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _content(checked: Check) -> dict[str, Any]:
    content, digest = checked.content, checked.certificate.digest
    label = _("核对这张证明的二维码")
    return {
        "content": content,
        "said": present_said(content.vehicle),
        "digest": digest_in_groups(digest),
        "qr": mark_safe(qr_svg(open_address(content, digest), label=label)),  # noqa: S308 - drawn by our own package
    }


def _unknown(request: HttpRequest) -> HttpResponse:
    """No certificate has this number; that it never had one cannot be told from anything else."""
    return render(request, "proof/unknown_certificate.html", status=404)


@login_not_required
@require_safe
def download(request: HttpRequest, number: str, ending: str) -> HttpResponse:
    """The same as PDF, or as the very bytes that the digest is of."""
    now = timezone.now()
    if wait := take_from_address(request, "certificate:address", most=LOOKS_PER_ADDRESS, now=now):
        return too_many(request, wait)
    found = find_certificate(number)
    if found is None:
        return _unknown(request)
    if not _may_read(request, _check(found, now), now):
        return redirect("certificate", found.number)
    if ending == "pdf":
        answer = HttpResponse(certificate_pdf(found), content_type="application/pdf")
    else:
        answer = HttpResponse(found.content.encode(), content_type="application/json")
        digest = base64.b64encode(bytes.fromhex(found.digest)).decode()
        answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.number}.{ending}"'
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@require_POST
def revoke(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back: the owner at once, an officer with a reason."""
    now, reader = timezone.now(), person(request)
    found = find_certificate(number)
    if found is None:
        raise Http404
    form = RevokeForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        revoke_certificate(found, reader, reason=reason, organisation=organisation_of(reader), now=now)
    except NotAllowed:
        if may_revoke_as_officer(reader):
            page = {"certificate": found, "form": form}
            return render(request, "proof/revoke.html", page, status=422)
        raise PermissionDenied(_("只有车主本人和省级机构能收回证明。")) from None
    return redirect("certificate", found.number)
