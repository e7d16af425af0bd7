"""The file of one's own car, its whole VIN, its chart. Every look is written down first."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.looks import looks_of
from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent
from chedang.owners.model import Access
from chedang.reviews.cases import open_cases
from chedang.site.explained import explained_beside, papers_beside
from chedang.site.findings import page_language
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.owner.cars import for_car, purpose_of
from chedang.site.owner.file.looks import last_look_of_others
from chedang.site.owner.file.reading import read_car, view_of
from chedang.site.owner.service.presentation import present_services
from chedang.site.vehicle.charts import chart_response
from chedang.site.vehicle.presentation import present_file, present_records, shown_findings
from chedang.terms.dates import day_in_china
from chedang.vehicles.views import View

_CHART_BELONGS_TO_LOOK: Final = timedelta(hours=1)


@require_safe
@for_car
def my_car(request: HttpRequest, access: Access) -> HttpResponse:
    """The file."""
    event = write_down(request, access, AuditAction.READ_VEHICLE_FILE)
    return _page(request, access, event, is_vin_shown=False)


@require_POST
@for_car
def show_vin(request: HttpRequest, access: Access) -> HttpResponse:
    """The same with the whole VIN; with htmx the VIN alone."""
    if view_of(access) is not View.OWNER:
        raise PermissionDenied(_("车主没有同意您看完整车架号。"))
    event = write_down(request, access, AuditAction.SHOW_VIN)
    if getattr(request, "htmx", False):
        return render(request, "vehicle/vin.html", {"vin": access.vin, "is_vin_shown": True})
    return _page(request, access, event, is_vin_shown=True)


@require_safe
@for_car
def chart(request: HttpRequest, access: Access) -> HttpResponse:
    """里程曲线. Part of the page, whose look is written down; asked for alone it is a look of its own."""
    since = timezone.now() - _CHART_BELONGS_TO_LOOK
    if not looks_of(access.vin, person(request)).filter(at__gte=since).exists():
        write_down(request, access, AuditAction.READ_VEHICLE_FILE)
    return chart_response(request, read_car(access, now=timezone.now()).view.odometer)


def write_down(request: HttpRequest, access: Access, action: AuditAction, object_id: str = "") -> AuditEvent:
    """Write down what the person is about to do with the car; ``object_id`` names the form of an export."""
    reader = person(request)
    return record_event(
        reader,
        action,
        purpose_of(access),
        now=timezone.now(),
        vin=access.vin,
        object_id=object_id,
        organisation=organisation_of(reader),
    )


def _page(request: HttpRequest, access: Access, event: AuditEvent, *, is_vin_shown: bool) -> HttpResponse:
    now = timezone.now()
    car = read_car(access, now=now)
    view = car.view
    # Days of a warranty are for who sees days; what an item is, anybody may know who sees the item.
    services = present_services(car.file, day_in_china(now), page_language()) if view.records else None
    is_doubtful_only = request.GET.get("show") == "doubtful"
    shown = [record for record in view.records if record.is_doubtful or not is_doubtful_only]
    page = Paginator(shown, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "access": access,
        "view": view,
        "vin": view.vin,
        "is_vin_shown": is_vin_shown,
        "file": present_file(view, access.plate_number if view.view is View.OWNER else ""),
        "repairs": present_records(
            list(page),
            services,
            open_cases(access.vin) if view.view is View.OWNER else {},
            explained_beside(shown_findings(page)),
            papers_beside(ref for ref, _findings in shown_findings(page)),
        ),
        "services": services if view.view is View.OWNER else None,
        "car_id": access.car_id if access.is_owner else "",
        "page": page,
        "is_doubtful_only": is_doubtful_only,
        "had_records": car.read.had_records,
        "event": event,
        "last_look": last_look_of_others(access, request) if access.is_owner else None,
    }
    return render(request, "owner/my_car.html", context)
