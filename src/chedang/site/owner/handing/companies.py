"""单位车辆: companies, their people and cars, the roster."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.saying import words_of
from chedang.enterprises.table import TableUnreadable
from chedang.owners import fleets
from chedang.owners.fleets import FleetRefused
from chedang.owners.handing_limits import handing_limits
from chedang.owners.model import FleetRole, Kind
from chedang.owners.models import Binding, BindingQuerySet, Fleet
from chedang.owners.roster import LineOutcome, TriedLine, move_in, take_roster
from chedang.owners.roster_table import COLUMNS, RosterLine, read_roster
from chedang.site.archive.connections import archive
from chedang.site.client_address import client_address
from chedang.site.guards import for_roles, person
from chedang.site.owner.garage.desk import claim_desk
from chedang.site.owner.handing.forms import FleetForm, MemberForm, RosterForm
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.vehicles import store as vehicles
from chedang.vehicles.model import Vehicle

_MOST_BYTES = 1024 * 1024


def _sentence(reason: str) -> str:
    limits = handing_limits().fleet
    return {
        fleets.TOO_MANY: _("最多 %(fleets)d 个单位，一个单位最多 %(members)d 人。")
        % {"fleets": limits.most_fleets, "members": limits.most_members},
        fleets.ALREADY: _("这个号码已经在本单位了。"),
        fleets.LAST_MANAGER: _("单位至少要有一个登录过的管理人员。请先增加一个。"),
    }[reason]


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.OWNER)
def list_fleets(request: HttpRequest) -> HttpResponse:
    """One's companies, and setting one up."""
    form = FleetForm(request.POST) if request.method == "POST" else FleetForm()
    if request.method == "POST" and form.is_valid():
        try:
            fleet = fleets.set_up(person(request), **form.cleaned_data, now=timezone.now())
        except FleetRefused as refused:
            form.add_error(None, _sentence(refused.reason))
        else:
            _note(request, fleet)
            return redirect("fleet", fleet.public_id)
    rows = fleets.fleets_of(person(request))
    return render(request, "handing/fleets.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@require_safe
@for_roles(Role.OWNER)
def read_fleet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cars and people of a company."""
    found = fleets.find_fleet(person(request), public_id)
    return _no_such(request) if found is None else _page(request, *found)


@require_safe
@for_roles(Role.OWNER)
def export_fleet(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same table as a file, for whoever keeps the company's cars in a spreadsheet."""
    found = fleets.find_fleet(person(request), public_id)
    if found is None:
        return _no_such(request)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("车牌号码", "上次结算", "里程（千米）", "维修记录（条）"))
    cars = fleets.cars_of_fleet(found[0], now=timezone.now())
    _write_down(request, cars, AuditAction.EXPORT_FILE)
    for car, vehicle in _cars(cars):
        told = (vehicle.last_settled_on, vehicle.last_mileage_km, vehicle.record_count) if vehicle else ("", "", 0)
        writer.writerow((car.plate_number, *told))
    return _csv(text, "cars.csv")


@require_POST
@for_roles(Role.OWNER)
def add_member(request: HttpRequest, public_id: str) -> HttpResponse:
    """One person more."""
    fleet = _managed(request, public_id)
    if fleet is None:
        return _no_such(request)
    form = MemberForm(request.POST)
    if form.is_valid():
        try:
            _note(request, fleet)
            asked = form.cleaned_data
            fleets.add_member(fleet, number=asked["number"], role=FleetRole(asked["role"]), now=timezone.now())
        except FleetRefused as refused:
            form.add_error(None, _sentence(refused.reason))
        else:
            messages.success(request, _("已加入。对方用这个号码登录后就能看到本单位的车辆。"))
            return redirect("fleet", public_id)
    return _page(request, fleet, FleetRole.MANAGER, member_form=form)


@require_POST
@for_roles(Role.OWNER)
def end_member(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """A person leaves the company: one click."""
    fleet = _managed(request, public_id)
    if fleet is None:
        return _no_such(request)
    _note(request, fleet)
    try:
        if fleets.end_member(fleet, member_id, now=timezone.now()):
            messages.success(request, _("这个人已离开本单位，看不到本单位的车辆了。"))
    except FleetRefused as refused:
        messages.error(request, _sentence(refused.reason))
    return redirect("fleet", public_id) if fleets.find_fleet(person(request), public_id) else redirect("fleets")


@require_POST
@for_roles(Role.OWNER)
def end_car(request: HttpRequest, public_id: str, car_id: str) -> HttpResponse:
    """A car leaves the company."""
    fleet = _managed(request, public_id)
    if fleet is None:
        return _no_such(request)
    _note(request, fleet)
    if fleets.end_car(fleet, car_id, now=timezone.now()):
        messages.success(request, _("已解除绑定。"))
    return redirect("fleet", public_id)


@require_POST
@for_roles(Role.OWNER)
def move_own_car(request: HttpRequest, public_id: str) -> HttpResponse:
    """A manager's own car becomes the company's."""
    fleet = _managed(request, public_id)
    own = _own_cars(request).filter(public_id=request.POST.get("car", "")).first()
    if fleet is None or own is None:
        return _no_such(request)
    move_in(fleet, own, by=person(request), now=timezone.now())
    messages.success(request, _("这辆车现在归本单位。"))
    return redirect("fleet", public_id)


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_POST
@for_roles(Role.OWNER)
def upload_roster(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file of cars: each line is tried for itself."""
    handler = BoundedMemoryHandler(request)
    handler.most_bytes = _MOST_BYTES
    request.upload_handlers = [handler]
    return _upload_roster(request, public_id)


@csrf_protect
def _upload_roster(request: HttpRequest, public_id: str) -> HttpResponse:
    fleet = _managed(request, public_id)
    if fleet is None:
        return _no_such(request)
    form = RosterForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > _MOST_BYTES:
                raise TableUnreadable(_("文件超过 1 MB，请分成几个。"))
            lines = read_roster(file.read(), most_lines=handing_limits().fleet.most_lines)
        except TableUnreadable as fault:
            form.add_error("file", words_of(fault))
        else:
            _note(request, fleet)
            tried = _take_roster(request, fleet, lines)
            return render(request, "handing/roster.html", {"fleet": fleet, **_answer(tried)})
    return _page(request, fleet, FleetRole.MANAGER, roster_form=form)


def _take_roster(request: HttpRequest, fleet: Fleet, lines: list[RosterLine]) -> list[TriedLine]:
    network = client_address(request)
    return list(take_roster(claim_desk(), fleet, lines, by=person(request), network=network, now=timezone.now()))


@require_safe
@for_roles(Role.OWNER)
def roster_template(request: HttpRequest) -> HttpResponse:
    """An empty list to fill in; begins with a mark by which spreadsheets know its encoding."""
    text = io.StringIO()
    csv.writer(text).writerow(COLUMNS)
    return _csv(text, "roster.csv")


def outcome_words(outcome: LineOutcome) -> tuple[str, str, str]:
    """Tone, sign and word."""
    return {
        LineOutcome.BOUND: ("good", "✓", _("已绑定")),
        LineOutcome.ALREADY: ("open", "–", _("本单位已有")),
        LineOutcome.NOT_PROVED: ("doubt", "!", _("没有核实")),
        LineOutcome.UNREADABLE: ("wrong-tone", "✕", _("这一行读不懂")),
        LineOutcome.TOO_MANY: ("open", "–", _("今天没有再试")),
    }[outcome]


def _answer(tried: list[TriedLine]) -> dict[str, object]:
    counts = Counter(each.outcome for each in tried)
    rows = [(each.line, *outcome_words(each.outcome)) for each in tried if each.outcome is not LineOutcome.BOUND]
    return {"rows": rows, "bound": counts[LineOutcome.BOUND], "total": len(tried)}


def _page(request: HttpRequest, fleet: Fleet, role: FleetRole, **forms: object) -> HttpResponse:
    cars = fleets.cars_of_fleet(fleet, now=timezone.now())
    page = Paginator(cars, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    # The list tells last visit and mileage of each car: a look at each.
    _write_down(request, page, AuditAction.READ_VEHICLE_FILE)
    context = {
        "fleet": fleet,
        "is_manager": role is FleetRole.MANAGER,
        "page": page,
        "rows": _cars(page),
        "members": fleets.members_of(fleet) if role is FleetRole.MANAGER else (),
        "own_cars": _own_cars(request) if role is FleetRole.MANAGER else (),
        "member_form": MemberForm(),
        "roster_form": RosterForm(),
        "columns": COLUMNS,
    }
    return render(request, "handing/fleet.html", context | forms, status=422 if forms else 200)


def _write_down(request: HttpRequest, cars: Iterable[Binding], action: AuditAction) -> None:
    with transaction.atomic():
        for car in cars:
            record_event(
                person(request), action, Purpose.OWN_VEHICLE, now=timezone.now(), vin=car.vin, object_id="company"
            )


def _cars(cars: Iterable[Binding]) -> list[tuple[Binding, Vehicle | None]]:
    with archive() as connection:
        return [(car, vehicles.read_vehicle(connection, car.vin)) for car in cars]


def _csv(text: io.StringIO, name: str) -> HttpResponse:
    """A file that spreadsheets take for what it is: it begins with the mark of its encoding."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _own_cars(request: HttpRequest) -> BindingQuerySet:
    return Binding.objects.active(timezone.now()).filter(user=person(request), kind=str(Kind.OWN))


def _managed(request: HttpRequest, public_id: str) -> Fleet | None:
    found = fleets.find_fleet(person(request), public_id)
    return found[0] if found is not None and found[1] is FleetRole.MANAGER else None


def _no_such(request: HttpRequest) -> HttpResponse:
    return render(request, "handing/no_such_fleet.html", status=404)


def _note(request: HttpRequest, fleet: Fleet) -> None:
    record_event(
        person(request),
        AuditAction.CHANGE_FLEET,
        Purpose.OWN_VEHICLE,
        now=timezone.now(),
        object_id=fleet.public_id,
    )
