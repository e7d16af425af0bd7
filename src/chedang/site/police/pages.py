"""The police's pages: what was found, the list, and signing. Nobody else opens them, and no other page knows of them.

A look here is written down without the VIN, so that no owner is told while a case is open; the removal of the last
entry of a vehicle carries the VIN and so is shown to the car's owner (ADR 0051).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.access.saying import words_of
from chedang.enterprises import store as enterprises
from chedang.enterprises.store import Connection
from chedang.enterprises.table import TableUnreadable
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.police.forms import DutyForm, EntryForm, RemovalForm
from chedang.site.settings import NODE
from chedang.site.table_upload import TableForm, takes_table
from chedang.site.uploaded_table import rows_of
from chedang.site.written import write_down
from chedang.terms.dates import day_in_china
from chedang.watch import listing, store
from chedang.watch.model import Alert, Basis, Entry, WatchRefused
from chedang.watch.reading import read_entry, read_rows
from chedang.watch.store import WatchKeys

_LISTED: Final = 100


@cache
def watch_keys() -> WatchKeys:
    """The node's own."""
    return WatchKeys(NODE.data_dir)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLICE)
def home(request: HttpRequest) -> HttpResponse:
    """What was found and waits for a signature, then the list. The duty phone is sent here."""
    police, now = person(request), timezone.now()
    prefix = prefix_of(police)
    form = DutyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _note(police, AuditAction.CHANGE_WATCH_LIST, police.division_code, after={"duty_phone": "changed"})
        with archive() as connection:
            store.keep_duty_phone(
                connection, watch_keys(), police.division_code, form.cleaned_data["phone"], by=police.username, now=now
            )
        messages.success(request, _("值班手机已保存。"))
        return redirect("watch-home")
    _note(police, AuditAction.READ_WATCH_LIST, police.division_code)
    with_removed = request.GET.get("show") == "all"
    today = day_in_china(now)
    with archive() as connection:
        alerts = store.list_alerts(connection, watch_keys(), prefix, limit=_LISTED)
        standing, ever = store.count_entries(connection, prefix, today)
        page = Paginator(range(ever if with_removed else standing), _LISTED).get_page(request.GET.get("page"))
        entries = store.list_entries(
            connection,
            watch_keys(),
            prefix,
            today=today,
            with_removed=with_removed,
            limit=_LISTED,
            offset=max(page.start_index() - 1, 0),
        )
        context = {
            "division": division_name(police.division_code),
            "waiting": store.count_waiting(connection, prefix),
            "alerts": alert_views(connection, alerts),
            "entries": [entry_view(entry, now) for entry in entries],
            "standing": standing,
            "ever": ever,
            "show": "all" if with_removed else "",
            "page": page,
            "has_phone": bool(store.duty_phone(connection, watch_keys(), police.division_code)),
            "form": form,
        }
    return render(request, "police/home.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLICE)
def add(request: HttpRequest) -> HttpResponse:
    """Put one vehicle on the list."""
    police, now = person(request), timezone.now()
    prefix_of(police)
    form = EntryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            new = read_entry(form.cleaned_data, today=day_in_china(now))
        except WatchRefused as refused:
            form.add_error(None, words_of(refused))
        else:
            with archive() as connection:
                code, is_new = listing.add(
                    connection, watch_keys(), new, police.division_code, by=police.username, now=now
                )
                _note(police, AuditAction.CHANGE_WATCH_LIST, code, after={"watched": True})
            messages.success(request, _("已布控。") if is_new else _("这辆车已经在布控。"))
            return redirect("watch-entry", code)
    return render(request, "police/add.html", {"form": form}, status=422 if form.errors else 200)


@takes_table
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLICE)
def import_entries(request: HttpRequest) -> HttpResponse:
    """Put a table of vehicles on the list; each line has its outcome."""
    police, now = person(request), timezone.now()
    prefix_of(police)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    added, wrong = 0, []
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(rows_of(form.cleaned_data["file"].read()))
        except TableUnreadable as fault:
            form.add_error("file", words_of(fault))
        else:
            with archive() as connection:
                for number, cells in rows:
                    try:
                        new = read_entry(cells, today=day_in_china(now))
                    except WatchRefused as refused:
                        wrong.append((number, words_of(refused)))
                        continue
                    _code, is_new = listing.add(
                        connection, watch_keys(), new, police.division_code, by=police.username, now=now
                    )
                    added += is_new
                _note(police, AuditAction.CHANGE_WATCH_LIST, police.division_code, after={"added": added})
    is_done = request.method == "POST" and not form.errors
    context = {"form": form, "is_done": is_done, "added": added, "wrong": wrong}
    return render(request, "police/import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.POLICE)
def read(request: HttpRequest, code: str) -> HttpResponse:
    """One vehicle of the list with what was found; its removal is sent here."""
    police, now = person(request), timezone.now()
    entry = _in_scope(police, code)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            with archive() as connection:
                is_over = listing.remove(
                    connection, watch_keys(), entry, form.cleaned_data["reason"], by=police.username, now=now
                )
                # Where nobody looks for it any more, the car's owner reads from now on that the police did.
                vin = entry.wanted.vin if is_over else ""
                _note(police, AuditAction.CHANGE_WATCH_LIST, code, vin=vin, after={"watched": False})
        except WatchRefused as refused:
            problem = words_of(refused)
        else:
            messages.success(request, _("已撤控。"))
            return redirect("watch-entry", code)
    _note(police, AuditAction.READ_WATCH_LIST, code)
    with archive() as connection:
        alerts = store.list_alerts(connection, watch_keys(), prefix_of(police), limit=_LISTED, entry_code=code)
        context = {
            "entry": entry_view(entry, now),
            "alerts": alert_views(connection, alerts),
            "form": form,
            "problem": problem,
        }
    is_wrong = bool(form.errors or problem)
    return render(request, "police/entry.html", context, status=422 if is_wrong else 200)


@require_POST
@for_roles(Role.POLICE)
def acknowledge(request: HttpRequest, code: str) -> HttpResponse:
    """Sign for what was found; the first signature stands."""
    police = person(request)
    with archive() as connection:
        found = store.find_alert(connection, watch_keys(), code)
        if found is None or not is_in_scope(found[1], police.division_code):
            raise Http404
        _note(police, AuditAction.ACKNOWLEDGE_ALERT, code)
        is_first = store.acknowledge(connection, code, by=police.username, now=timezone.now())
    messages.success(request, _("已签收。") if is_first else _("别人已经签收。"))
    return redirect("watch-entry", found[0].entry_code)


def prefix_of(police: User) -> str:
    """Digits of the division. Raises PermissionDenied for an account without one."""
    try:
        return division_prefix(police.division_code)
    except ValueError:
        raise PermissionDenied(_("账户没有设置管辖的行政区划，请找系统管理员。")) from None


def _in_scope(police: User, code: str) -> Entry:
    """Raises Http404 for an unknown one and, without a difference, for one of another division."""
    prefix_of(police)
    with archive() as connection:
        entry = store.find_entry(connection, watch_keys(), code)
    if entry is None or not is_in_scope(entry.division_code, police.division_code):
        raise Http404
    return entry


def _note(
    police: User, action: AuditAction, object_id: str, *, vin: str = "", after: dict[str, Any] | None = None
) -> None:
    write_down(police, action, object_id, purpose=Purpose.PUBLIC_SECURITY, vin=vin, after=after)


def entry_view(entry: Entry, now: Any) -> dict[str, Any]:
    """One line of the list as pages show it."""
    return {
        "code": entry.code,
        "division": division_name(entry.division_code),
        "vin": entry.wanted.vin,
        "plate": entry.wanted.plate_number,
        "case_number": entry.wanted.case_number,
        "since_on": entry.since_on,
        "until_on": entry.until_on,
        "added_by": entry.added_by,
        "added_at": entry.added_at,
        "removed_at": entry.removed_at,
        "removed_by": entry.removed_by,
        "removal_reason": entry.removal_reason,
        "stands": entry.stands(day_in_china(now)),
    }


def alert_views(connection: Connection, alerts: list[Alert]) -> list[dict[str, Any]]:
    """Alerts with the names and places of their shops."""
    shops = enterprises.find_by_codes(connection, {alert.sighting.company_code for alert in alerts})
    views = []
    for alert in alerts:
        seen, shop = alert.sighting, shops.get(alert.sighting.company_code)
        views.append(
            {
                "code": alert.code,
                "entry_code": alert.entry_code,
                "is_weak": alert.basis is Basis.PLATE,
                "vin": "" if seen.vin.startswith("~") else seen.vin,
                "plate": seen.plate_number,
                "settled_on": seen.settled_on,
                "received_at": seen.received_at,
                "shop": shop.company_name if shop else seen.company_code,
                "address": shop.address if shop else "",
                "place": division_name(shop.division_code) if shop else "",
                "found_at": alert.found_at,
                "signed_by": alert.received_by,
                "signed_at": alert.received_at,
            }
        )
    return views
