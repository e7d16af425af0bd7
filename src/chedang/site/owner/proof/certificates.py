"""The owner's certificates: which there are and whether they stand, and one more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.owners.certificates import (
    Issuer,
    NothingToCertify,
    TooManyToday,
    certificates_of,
    check,
    issue,
)
from chedang.owners.model import Access
from chedang.owners.proof_limits import proof_limits
from chedang.site.guards import person
from chedang.site.owner.cars import for_own_car
from chedang.site.owner.proof.forms import CertificateForm
from chedang.site.owner.proof.presentation import standing_state
from chedang.site.owner.proof.wiring import absolute
from chedang.site.settings import NODE
from chedang.site.vehicle.reading import read_vehicle
from chedang.vehicles.views import View, redact


@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def list_certificates(request: HttpRequest, access: Access) -> HttpResponse:
    """Those of this car; one more when the form was sent."""
    form = CertificateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _issue(request, access, View(form.cleaned_data["view"]))
        except NothingToCertify:
            form.add_error(None, _("这辆车还没有可以证明的维修记录。"))
        except TooManyToday:
            most = proof_limits().certificate.most_per_day
            form.add_error(None, _("一辆车一天最多开 %(most)d 张证明，请明天再开。") % {"most": most})
    return _list(request, access, form)


def _issue(request: HttpRequest, access: Access, view: View) -> HttpResponse:
    read = read_vehicle(access.vin)
    shown = redact(read.file, view, companies=read.companies, shops_hidden_before=access.shops_hidden_before)
    issuer = Issuer(NODE.node.code, NODE.node.name, absolute(reverse("certificate-check")))
    made = issue(access, person(request), read.file, shown, issuer=issuer, now=timezone.now())
    return redirect("certificate", made.number)


def _list(request: HttpRequest, access: Access, form: CertificateForm) -> HttpResponse:
    now = timezone.now()
    issued = certificates_of(access)
    file = read_vehicle(access.vin).file if issued else None
    rows = [
        {"certificate": each, "state": standing_state(check(each, file, now=now).standing)}
        for each in issued
        if file is not None
    ]
    days = proof_limits().certificate.valid_days
    status = 422 if form.errors else 200
    page = {"form": form, "access": access, "rows": rows, "days": days}
    return render(request, "proof/certificates.html", page, status=status)
