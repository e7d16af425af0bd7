"""An officer reads self-assessments of the division. Deciding on them and publishing grades is not here."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.enterprises import store as enterprises
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.credit.evidence import show
from chedang.site.shop.credit.presentation import day_of, deeds_of, frozen_views, grade_view
from chedang.supervision import credit
from chedang.supervision.credit_evidence import standing
from chedang.supervision.credit_model import read_snapshot
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.credit import CreditAssessment


@require_safe
@for_roles(Role.REGULATOR)
def list_assessments(request: HttpRequest) -> HttpResponse:
    """Those handed in for one year, the unopened first, by points."""
    officer = person(request)
    handed_in = CreditAssessment.objects.in_scope(officer)
    years = sorted({credit.years_open(timezone.now())[0], *handed_in.values_list("year", flat=True)}, reverse=True)
    typed = request.GET.get("show", "")
    only_new = typed == "new"
    year = int(typed) if typed in map(str, years) else years[0]
    wanted = handed_in.filter(opened_at=None) if only_new else handed_in.filter(year=year)
    found = wanted.order_by("-state", "-points", "company_code")
    page = Paginator(found, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    with archive() as connection:
        names = enterprises.names(connection, {row.company_code for row in page})
    context = {
        "division": division_name(officer.division_code),
        "year": year,
        "show": "new" if only_new else year,
        "only_new": only_new,
        "years": years,
        "page": page,
        "unopened": found.filter(opened_at=None).count(),
        "rows": [(row, names.get(row.company_code, row.company_code), grade_view(row.grade)) for row in page],
    }
    return render(request, "credit/officer_list.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def read_assessment(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of them as it was handed in. From now on the shop cannot take it back."""
    officer, now = person(request), timezone.now()
    found = get_object_or_404(CreditAssessment.objects.in_scope(officer), public_id=public_id)
    organisation = _note(request, found)
    try:
        assessment = credit.open_as_officer(found.pk, officer, organisation=organisation, now=now)
    except NotAllowed:
        return redirect("officer-credit")
    snapshot = read_snapshot(assessment.snapshot)
    with archive() as connection:
        shop = enterprises.names(connection, {assessment.company_code}).get(assessment.company_code, "")
    context = {
        "assessment": assessment,
        "shop": shop or assessment.company_code,
        "snapshot": snapshot,
        "counted_on": day_of(snapshot.counted_on),
        "grade": grade_view(snapshot.grade),
        "parts": frozen_views(snapshot),
        "deeds": deeds_of(assessment),
        "photos": _photos(assessment),
    }
    return render(request, "credit/officer_one.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def photo(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A photo that the shop attached."""
    assessment = get_object_or_404(CreditAssessment.objects.in_scope(person(request)), public_id=public_id)
    row = get_object_or_404(standing(assessment), file_id=file_id)
    _note(request, assessment)
    return show(row)


def _photos(assessment: CreditAssessment) -> list[tuple[str, UUID]]:
    """Name of the indicator and the file, in the order of the sheet as it was handed in."""
    names = {row.key: row.name for part in read_snapshot(assessment.snapshot).parts for row in part.rows}
    order = list(names)
    rows = [row for row in standing(assessment) if row.indicator in names]
    rows.sort(key=lambda row: (order.index(row.indicator), row.pk))
    return [(names[row.indicator], row.file_id) for row in rows]


def _note(request: HttpRequest, assessment: CreditAssessment) -> str:
    """Write the look down; gives the authority's name."""
    officer = person(request)
    organisation = organisation_of(officer)
    record_event(
        officer,
        AuditAction.READ_CREDIT,
        Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=assessment.public_id,
        organisation=organisation,
    )
    return organisation
