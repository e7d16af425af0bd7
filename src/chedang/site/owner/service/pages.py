"""质保与下次保养 of one car, and its calendar file. Each look is written down before it is shown."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chedang.access.model import AuditAction
from chedang.owners.model import Access, Scope
from chedang.site.findings import page_language
from chedang.site.owner.cars import for_car
from chedang.site.owner.file.pages import write_down
from chedang.site.owner.file.reading import read_car
from chedang.site.owner.service.calendar import make_calendar, make_inspection_calendar
from chedang.site.owner.service.forms import InspectionForm
from chedang.site.owner.service.presentation import ServicePage, present_services
from chedang.terms.dates import day_in_china


@require_safe
@for_car
def services(request: HttpRequest, access: Access) -> HttpResponse:
    """What is still under 质量保证期, and when the next service is likely due."""
    return _page(request, access, InspectionForm())


@require_safe
@for_car
def inspection(request: HttpRequest, access: Access) -> HttpResponse:
    """The end of 检验有效期, read from the 行驶证 by the owner, as a calendar file with nothing of the archive."""
    form = InspectionForm(request.GET)
    if not form.is_valid():
        return _page(request, access, form)
    content = make_inspection_calendar(form.cleaned_data["until"], car_id=access.car_id, now=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="inspection.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _page(request: HttpRequest, access: Access, form: InspectionForm) -> HttpResponse:
    page = _read(request, access, AuditAction.READ_VEHICLE_FILE)
    # Without the name of the car the tags lead to no complaint: only the owner may make one.
    car_id = access.car_id if access.is_owner else ""
    context = {"access": access, "car_id": car_id, "page": page, "form": form}
    return render(request, "service/services.html", context, status=422 if form.errors else 200)


@require_safe
@for_car
def calendar(request: HttpRequest, access: Access) -> HttpResponse:
    """The same as a calendar file; ``?remind=yes`` puts an alarm a week before into it."""
    page = _read(request, access, AuditAction.EXPORT_FILE, "calendar")
    now = timezone.now()
    content = make_calendar(
        page.services,
        car_id=access.car_id,
        today=day_in_china(now),
        now=now,
        with_alarm=request.GET.get("remind") == "yes",
    )
    headers = {"Content-Disposition": 'attachment; filename="next-service.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _read(request: HttpRequest, access: Access, action: AuditAction, object_id: str = "") -> ServicePage:
    """Raises PermissionDenied for who may see less than the whole file: days and items stand on this page."""
    if access.scope is not Scope.FULL:
        raise PermissionDenied(_("车主只同意您看档案的一部分，这一页不在其中。"))
    write_down(request, access, action, object_id)
    now = timezone.now()
    return present_services(read_car(access, now=now).file, day_in_china(now), page_language())
