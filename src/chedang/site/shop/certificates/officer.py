"""A county's pages: requests for numbers, and how shops use them."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises.store import names
from chedang.intake.files.csvs import guard
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.certificates.words import REFUSALS
from chedang.workshop import completion
from chedang.workshop.completion_model import NotAllowed


@require_safe
@for_roles(Role.REGULATOR)
def list_grants(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first, and what each shop has left."""
    officer = person(request)
    waiting = list(completion.grants_waiting(officer))
    only_waiting = request.GET.get("show") == "waiting"
    figures = _figures(officer, {each.company_code for each in waiting})
    context = {
        "division": division_name(officer.division_code),
        "waiting": [{"grant": each, **figures[each.company_code]} for each in waiting],
        "only_waiting": only_waiting,
        "figures": [] if only_waiting else [row for row in figures.values() if row["given"]],
    }
    return render(request, "completion/officer.html", context)


@require_POST
@for_roles(Role.REGULATOR)
def decide(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Give the numbers, or none with a reason. A request of another division is not there."""
    officer, now = person(request), timezone.now()
    asked = get_object_or_404(completion.grants_in_scope(officer), pk=grant_id)
    record_event(
        officer,
        AuditAction.GRANT_NUMBERS,
        Purpose.SUPERVISION,
        now=now,
        object_id=asked.company_code,
        organisation=organisation_of(officer),
    )
    try:
        if request.POST.get("decision") == "grant":
            given = completion.grant(asked.pk, officer, now=now)
            messages.success(request, _("已发放 %(n)s 个编号。") % {"n": given.left})
        else:
            completion.refuse(asked.pk, officer, request.POST.get("reason", ""), now=now)
            messages.success(request, _("已答复不发放，企业会看到原因。"))
    except NotAllowed as fault:
        messages.error(request, str(REFUSALS[fault.why]))
    return redirect("officer-certificates")


@require_safe
@for_roles(Role.REGULATOR)
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same figures as a table."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["维修企业编码", "企业名称", "发放编号", "已签发", "其中作废", "剩余编号"])
    for row in _figures(person(request), set()).values():
        cells = (row["code"], row["name"], *(str(row[key]) for key in ("given", "issued", "cancelled", "left")))
        writer.writerow([guard(str(cell)) for cell in cells])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="completion-certificate-figures.csv"'
    return answer


def _figures(officer: User, others: set[str]) -> dict[str, dict[str, int | str]]:
    """Of every shop that was given numbers, and of the others named, in the order of their codes."""
    known = completion.figures_in_scope(officer)
    codes = sorted(known.keys() | others)
    with archive() as connection:
        called = names(connection, codes)
    none = {"given": 0, "left": 0, "issued": 0, "cancelled": 0}
    return {code: {"code": code, "name": called.get(code, code), **known.get(code, none)} for code in codes}
