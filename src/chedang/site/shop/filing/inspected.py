"""Own inspections, once they are finished: what was said, photos, the record on paper."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.filing.inspection_model import InspectionState
from chedang.filing.models.inspections import Inspection, InspectionQuerySet
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.inspections.pages import paper_of
from chedang.site.regulator.inspections.presentation import inspection_row, inspection_rows, sheet_of
from chedang.site.regulator.inspections.spot import show_photo

_LISTED = 50


@require_safe
@for_shop()
def list_own(request: HttpRequest) -> HttpResponse:
    """The latest first."""
    found = _own(request).order_by("-closed_at", "-pk").prefetch_related("officers")
    page = Paginator(found, _LISTED).get_page(request.GET.get("page"))
    context = {"page": page, "rows": inspection_rows(list(page), timezone.now())}
    return render(request, "inspections/shop_list.html", context)


@require_safe
@for_shop()
def read_own(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of them."""
    inspection = _found(request, public_id)
    row = inspection_row(inspection, organisation_of(person(request)), timezone.now())
    context = {"row": row, "inspection": inspection} | sheet_of(inspection)
    return render(request, "inspections/shop_one.html", context)


@require_safe
@for_shop()
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """勘验记录 as PDF."""
    return paper_of(_found(request, public_id))


@require_safe
@for_shop()
def photo(request: HttpRequest, public_id: str, file_id: UUID) -> HttpResponse:
    """A photo of the own shop."""
    return show_photo(request, get_object_or_404(_own(request), public_id=public_id), file_id)


def _own(request: HttpRequest) -> InspectionQuerySet:
    company_code = person(request).company_code
    return Inspection.objects.filter(company_code=company_code, state=InspectionState.FINISHED)


def _found(request: HttpRequest, public_id: str) -> Inspection:
    """Raises Http404; the look is written down."""
    inspection = get_object_or_404(_own(request), public_id=public_id)
    reader = person(request)
    record_event(
        reader,
        AuditAction.READ_INSPECTION,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        object_id=public_id,
        organisation=organisation_of(reader),
    )
    return inspection
