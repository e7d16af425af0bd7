"""Officers look a vehicle up, read its file, show its whole VIN. Each is written down with its purpose."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import count_recent, record_event
from chedang.access.looks import looks_of, looks_of_others
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import AuditEvent, User
from chedang.access.rules import LOOK_UP_ROLES
from chedang.reviews.cases import open_cases
from chedang.site.archive.connections import archive
from chedang.site.explained import explained_beside, papers_beside
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.vehicle.address import read_address, sign_address
from chedang.site.vehicle.charts import chart_response
from chedang.site.vehicle.forms import LookUpForm
from chedang.site.vehicle.looks import present_look
from chedang.site.vehicle.presentation import present_file, present_records, shown_findings
from chedang.site.vehicle.reading import read_vehicle
from chedang.vehicles import store as vehicles
from chedang.vehicles.views import View


class Why(NamedTuple):
    """查看目的 and 事由: asked once per look-up; all looks at the file that it opened carry them."""

    purpose: Purpose
    reason: str

    @classmethod
    def of(cls, look: AuditEvent) -> Why:
        """Those of the look-up."""
        return cls(Purpose(look.purpose), look.reason)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(*LOOK_UP_ROLES)
def look_up(request: HttpRequest) -> HttpResponse:
    """The form; a match leads to the file at an address that tells nothing."""
    if request.method != "POST":
        return render(request, "vehicle/look_up.html", {"form": LookUpForm()})
    form = LookUpForm(request.POST)
    if not form.is_valid():
        return render(request, "vehicle/look_up.html", {"form": form}, status=422)
    reader = person(request)
    recent = count_recent(reader, AuditAction.LOOK_UP_VEHICLE, since=timezone.now() - timedelta(hours=1))
    if recent >= settings.LOOK_UPS_PER_HOUR:
        return render(request, "vehicle/too_many.html", {"most": settings.LOOK_UPS_PER_HOUR}, status=429)
    why = Why(Purpose(form.cleaned_data["purpose"]), form.cleaned_data["reason"])
    looks = _find(reader, form.cleaned_data["plate"], form.cleaned_data["vin_tail"], why)
    if not looks:
        form.add_error(None, _("没有找到这辆车的档案。请看下面的可能原因。"))
        return render(request, "vehicle/look_up.html", {"form": form, "is_unknown": True}, status=404)
    if len(looks) > 1:
        return _let_choose(request, looks)
    return redirect("vehicle-file", sign_address(looks[0]))


@require_safe
@for_roles(*LOOK_UP_ROLES)
def read_file(request: HttpRequest, token: str) -> HttpResponse:
    """The vehicle's file."""
    return _file_page(request, token, AuditAction.READ_VEHICLE_FILE)


@require_POST
@for_roles(*LOOK_UP_ROLES)
def show_vin(request: HttpRequest, token: str) -> HttpResponse:
    """The same file with its whole VIN; with htmx the VIN alone."""
    return _file_page(request, token, AuditAction.SHOW_VIN)


def _find(reader: User, plate_number: str, vin_tail: str, why: Why) -> list[AuditEvent]:
    """Search, and write the look-up down whether it found something or not: one event per vehicle found."""
    with archive() as connection:
        vins = vehicles.find_by_plate_and_vin_tail(connection, plate_number, vin_tail)
    digest = salted_hmac("chedang.look-up", f"{plate_number}/{vin_tail}", algorithm="sha256").hexdigest()
    events = [
        _write_down(reader, AuditAction.LOOK_UP_VEHICLE, why, vin=vin, object_digest=digest) for vin in vins or [""]
    ]
    return events if vins else []


def _let_choose(request: HttpRequest, looks: list[AuditEvent]) -> HttpResponse:
    """Several VINs with the same end stand under one plate: mostly a typing error in one of a shop's records."""
    with archive() as connection:
        found = [(sign_address(look), vehicles.read_vehicle(connection, look.vin)) for look in looks]
    return render(request, "vehicle/choose.html", {"found": found})


@require_safe
@for_roles(*LOOK_UP_ROLES)
def chart(request: HttpRequest, token: str) -> HttpResponse:
    """里程曲线. Part of the page, whose look is written down; asked for alone it is a look of its own."""
    reader = person(request)
    look = read_address(token, reader)
    if look is None:
        raise Http404
    if not looks_of(look.vin, reader).filter(action=AuditAction.READ_VEHICLE_FILE, at__gte=look.at).exists():
        _write_down(reader, AuditAction.READ_VEHICLE_FILE, Why.of(look), vin=look.vin)
    return chart_response(request, read_vehicle(look.vin).view(View.AUTHORITY).odometer)


def _write_down(reader: User, action: AuditAction, why: Why, *, vin: str, object_digest: str = "") -> AuditEvent:
    return record_event(
        reader,
        action,
        why.purpose,
        now=timezone.now(),
        vin=vin,
        object_digest=object_digest,
        organisation=organisation_of(reader),
        reason=why.reason,
    )


def _file_page(request: HttpRequest, token: str, action: AuditAction) -> HttpResponse:
    reader = person(request)
    look = read_address(token, reader)
    if look is None:
        return render(request, "vehicle/expired.html", {"hours": settings.VEHICLE_FILE_HOURS}, status=404)
    event = _write_down(reader, action, Why.of(look), vin=look.vin)
    context: dict[str, object] = {"token": token, "vin": look.vin, "is_vin_shown": action is AuditAction.SHOW_VIN}
    if context["is_vin_shown"] and getattr(request, "htmx", False):
        return render(request, "vehicle/vin.html", context)
    read = read_vehicle(look.vin)
    view = read.view(View.AUTHORITY)
    is_doubtful_only = request.GET.get("show") == "doubtful"
    shown = [record for record in view.records if record.is_doubtful or not is_doubtful_only]
    page = Paginator(shown, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    last_look = looks_of_others(look.vin, reader).select_related("actor").first()
    context |= {
        "view": view,
        "file": present_file(view, read.plate_number),
        "repairs": present_records(
            list(page),
            cases=open_cases(look.vin),
            explained=explained_beside(shown_findings(page)),
            papers=papers_beside(ref for ref, _findings in shown_findings(page)),
        ),
        "page": page,
        "is_doubtful_only": is_doubtful_only,
        "event": event,
        "last_look": last_look and present_look(last_look),
    }
    return render(request, "vehicle/file.html", context)
