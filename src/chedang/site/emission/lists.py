"""An officer's side of the two lists: inspection stations with their keys, and M-stations with their days."""

from __future__ import annotations

from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.access.saying import words_of
from chedang.emission import stations
from chedang.emission.figures import station_figures
from chedang.emission.matching import bring_in_step
from chedang.emission.model import EmissionRefused, TestStation
from chedang.enterprises.store import Connection
from chedang.site.archive.connections import archive
from chedang.site.emission.forms import EndingForm, ListingForm, StationForm
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.written import write_down
from chedang.terms.dates import day_in_china


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def test_stations(request: HttpRequest) -> HttpResponse:
    """Inspection stations of the division; a new one is put on the list here."""
    officer = person(request)
    form = StationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _keep(officer, form, known=None):
        messages.success(request, _("已列入，请接着生成密钥。"))
        return redirect("officer-emission-station", form.cleaned_data["station_code"])
    today = day_in_china(timezone.now())
    with archive() as connection:
        found = stations.list_all(connection, division_prefix(officer.division_code))
    context = {
        "division": division_name(officer.division_code),
        "stations": [(each, division_name(each.division_code), each.is_listed(today)) for each in found],
        "form": form,
    }
    return render(request, "emission/officer_stations.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def test_station(request: HttpRequest, station_code: str) -> HttpResponse:
    """One inspection station: what the list says of it, and its keys. A new key is shown this once."""
    officer = person(request)
    with archive() as connection:
        station = _station_in_scope(connection, officer, station_code)
    deed = request.POST.get("deed", "") if request.method == "POST" else ""
    form = StationForm(request.POST if deed == "keep" else None, initial=msgspec.structs.asdict(station))
    key = ""
    if deed == "make":
        key = _make_key(officer, station)
    elif deed == "end":
        _end_key(officer, station, request.POST.get("key", ""))
        return redirect("officer-emission-station", station_code)
    elif deed == "keep" and form.is_valid() and _keep(officer, form, known=station):
        messages.success(request, _("已保存。"))
        return redirect("officer-emission-station", station_code)
    with archive() as connection:
        keys = stations.keys_of(connection, station_code)
    context = {"station": station, "division": division_name(station.division_code), "keys": keys, "new_key": key}
    return render(
        request, "emission/officer_station.html", context | {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def repair_stations(request: HttpRequest) -> HttpResponse:
    """M-stations of the division with how their repairs fare; a shop is put on the list here."""
    officer, now = person(request), timezone.now()
    form = ListingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        shop = enterprise_in_scope(officer, form.cleaned_data["company_code"])
        listed_on = form.cleaned_data["listed_on"]
        try:
            with archive() as connection:
                stations.list_shop(connection, shop.company_code, listed_on, by=officer.username, now=now)
                _match_anew(connection, shop.company_code)
                _note(officer, shop.company_code, None, {"listed_on": listed_on})
        except EmissionRefused as refused:
            form.add_error("listed_on", words_of(refused))
        else:
            messages.success(request, _("已列入名录。"))
            return redirect("officer-emission-repairers")
    return render(
        request, "emission/officer_repairers.html", _repairers(officer, form), status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def repair_station(request: HttpRequest, company_code: str) -> HttpResponse:
    """One shop's stays on the list; its last day is sent here."""
    officer, now = person(request), timezone.now()
    shop = enterprise_in_scope(officer, company_code)
    form = EndingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ended_on = form.cleaned_data["ended_on"]
        try:
            with archive() as connection:
                stations.end_shop(connection, company_code, ended_on, by=officer.username, now=now)
                _match_anew(connection, company_code)
                _note(officer, company_code, {"ended_on": None}, {"ended_on": ended_on})
        except EmissionRefused as refused:
            form.add_error("ended_on", words_of(refused))
        else:
            messages.success(request, _("已记下，之后结算的维修不再作数。"))
            return redirect("officer-emission-repairer", company_code)
    with archive() as connection:
        stays = stations.listings_of(connection, [company_code]).get(company_code, ())
    context = {"shop": shop, "stays": stays, "form": form, "is_listed": any(stay.ended_on is None for stay in stays)}
    return render(request, "emission/officer_repairer.html", context, status=422 if form.errors else 200)


def _repairers(officer: User, form: ListingForm) -> dict[str, Any]:
    today = day_in_china(timezone.now())
    first_on = today.replace(month=1, day=1)
    with archive() as connection:
        listed = stations.repair_stations(connection, division_prefix(officer.division_code), today)
        rows = [(each, station_figures(connection, each.company_code, first_on, today)) for each in listed]
    return {
        "division": division_name(officer.division_code),
        "rows": [(each, division_name(each.division_code), figures) for each, figures in rows],
        "first_on": first_on,
        "form": form,
    }


def _keep(officer: User, form: StationForm, known: TestStation | None) -> bool:
    """Keep what the form says; false when the form has to be shown again."""
    given = form.cleaned_data
    if not is_in_scope(given["division_code"], officer.division_code):
        form.add_error("division_code", _("不在您的辖区。"))
        return False
    station = TestStation(**given)
    with archive() as connection:
        if stations.hold(connection, station.station_code) != known:
            form.add_error("station_code", _("这个编号已经有检验机构，或刚刚有人改过。"))
            return False
        stations.keep(connection, station, by=officer.username, now=timezone.now())
        _note(officer, station.station_code, _columns(known), _columns(station))
    return True


def _make_key(officer: User, station: TestStation) -> str:
    with archive() as connection:
        key = stations.make_key(connection, station.station_code, by=officer.username, now=timezone.now())
        _note(officer, station.station_code, None, {"key": key[3:11]})
    return key


def _end_key(officer: User, station: TestStation, key_id: str) -> None:
    with archive() as connection:
        if stations.end_key(connection, station.station_code, key_id[:8], by=officer.username, now=timezone.now()):
            _note(officer, station.station_code, {"key": key_id[:8]}, {"key": None})


def _columns(station: TestStation | None) -> dict[str, Any] | None:
    """What the audit trail keeps: no name."""
    if station is None:
        return None
    return {name: value for name, value in msgspec.structs.asdict(station).items() if name != "name"}


def _note(officer: User, object_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    action = AuditAction.LIST_EMISSION_STATION
    write_down(officer, action, object_id, purpose=Purpose.EMISSION, before=before, after=after)


def _match_anew(connection: Connection, company_code: str) -> None:
    now = timezone.now()
    if vins := stations.vehicles_of_shop(connection, company_code, now=now):
        bring_in_step(connection, vins, [], now=now)


def _station_in_scope(connection: Connection, officer: User, station_code: str) -> TestStation:
    station = stations.find(connection, station_code)
    if station is None or not is_in_scope(station.division_code, officer.division_code):
        raise Http404
    return station
