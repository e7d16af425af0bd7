"""An officer's side of the I/M loop: lists, one ticket, what to say of a record that may answer it, a file of tests."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.access.saying import words_of
from chedang.emission import importing, store, tickets
from chedang.emission.matching import questions
from chedang.emission.model import Conflicting, EmissionRefused, Ticket, TicketState
from chedang.emission.tables import read_rows, template
from chedang.enterprises.store import Connection
from chedang.enterprises.table import TableUnreadable
from chedang.site.archive.connections import archive
from chedang.site.emission.export import read_asked
from chedang.site.emission.forms import ReasonForm
from chedang.site.emission.presentation import question_views, step_views, ticket_views
from chedang.site.emission.words import LISTS
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.table_upload import TableForm, takes_table
from chedang.site.typed import whole_number
from chedang.site.uploaded_table import rows_of
from chedang.terms.dates import day_in_china

_LISTED: Final = 50
_BOM: Final = "\ufeff"


@require_safe
@for_roles(Role.REGULATOR)
def list_tickets(request: HttpRequest) -> HttpResponse:
    """Tickets of the division; each number opens its list."""
    officer, today = person(request), day_in_china(timezone.now())
    prefix = division_prefix(officer.division_code)
    show, company_code = read_asked(request.GET.dict(), otherwise="open")
    page = min(max(whole_number(request.GET.get("page"), 1), 1), 10_000)
    with archive() as connection:
        counts = store.count_tickets(connection, prefix, today=today, company_code=company_code)
        found = store.list_tickets(
            connection,
            prefix,
            show,
            today=today,
            limit=_LISTED,
            offset=(page - 1) * _LISTED,
            company_code=company_code,
        )
        rows = ticket_views(connection, found, today)
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "shop": company_code,
        "title": LISTS[show],
        "tabs": [(key, name, counts[key]) for key, name in LISTS.items()],
        "count": counts[show],
        "rows": rows,
        "page": page,
        "has_next": page * _LISTED < counts[show],
    }
    return render(request, "emission/officer_tickets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_ticket(request: HttpRequest, code: str) -> HttpResponse:
    """One ticket; the look is shown to the car's owner. Rulings and cancellations are sent here."""
    officer, now = person(request), timezone.now()
    problem, status = "", 200
    form = ReasonForm(request.POST if request.method == "POST" else None)
    with archive() as connection:
        ticket = _in_scope(connection, officer, code)
    record_event(
        officer,
        AuditAction.READ_EMISSION_TICKET,
        Purpose.EMISSION,
        now=now,
        vin=ticket.vin,
        object_id=code,
        organisation=organisation_of(officer),
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _act(request, ticket, form.cleaned_data["reason"])
            except EmissionRefused as refused:
                problem, status = words_of(refused), 409 if isinstance(refused, Conflicting) else 422
            else:
                messages.success(request, _("已办理。"))
                return redirect("officer-emission-ticket", code)
    return render(request, "emission/officer_ticket.html", _context(code, form, problem), status=status)


def _context(code: str, form: ReasonForm, problem: str) -> dict[str, Any]:
    today = day_in_china(timezone.now())
    with archive() as connection:
        ticket = store.find(connection, code)
        if ticket is None:
            raise Http404
        return {
            "ticket": ticket_views(connection, [ticket], today)[0],
            "steps": step_views(store.read_steps(connection, code)),
            "questions": question_views(connection, questions(connection, ticket)),
            "may_cancel": ticket.state in {TicketState.OPEN, TicketState.UNDECIDED, TicketState.REPAIRED},
            "form": form,
            "problem": problem,
        }


def _act(request: HttpRequest, ticket: Ticket, reason: str) -> None:
    """Raises EmissionRefused."""
    officer, now = person(request), timezone.now()
    deed, seen_steps = request.POST.get("deed", ""), whole_number(request.POST.get("seen"), -1)
    if deed not in {"cancel", "accept", "refuse"}:
        raise EmissionRefused(_("没有这个操作。"))
    with archive() as connection:
        if deed == "cancel":
            after = tickets.cancel(connection, ticket.code, reason, by=officer.username, seen=seen_steps, now=now)
        else:
            after = tickets.rule(
                connection,
                ticket.code,
                _record_id(request),
                counts=deed == "accept",
                reason=reason,
                by=officer.username,
                seen=seen_steps,
                now=now,
            )
        record_event(
            officer,
            AuditAction.CHANGE_EMISSION_TICKET,
            Purpose.EMISSION,
            now=now,
            object_id=ticket.code,
            organisation=organisation_of(officer),
            reason=reason,
            before={"state": ticket.state.value},
            after={"state": after.state.value, "deed": deed},
        )


def _record_id(request: HttpRequest) -> UUID:
    try:
        return UUID(hex=request.POST.get("record", ""))
    except ValueError:
        raise EmissionRefused(_("没有这条记录。")) from None


@takes_table
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def import_tests(request: HttpRequest) -> HttpResponse:
    """Take a file of failed tests, of stations of the division; each line has its outcome."""
    officer, now = person(request), timezone.now()
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    lines: list[importing.Line] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows = read_rows(rows_of(form.cleaned_data["file"].read()))
        except TableUnreadable as fault:
            form.add_error("file", words_of(fault))
        else:
            with archive() as connection:
                lines = importing.take_rows(connection, rows, scope_code=officer.division_code, now=now)
            record_event(
                officer,
                AuditAction.CHANGE_EMISSION_TICKET,
                Purpose.EMISSION,
                now=now,
                object_id=officer.division_code,
                organisation=organisation_of(officer),
                after={"created": sum(line.outcome == "created" for line in lines), "lines": len(lines)},
            )
    context = {
        "form": form,
        "lines": lines,
        "created": sum(line.outcome == "created" for line in lines),
        "unchanged": sum(line.outcome == "unchanged" for line in lines),
        "refused": [
            (line.number, line.report_number, words_of(EmissionRefused(*line.said)))
            for line in lines
            if line.outcome == "refused"
        ],
    }
    return render(request, "emission/officer_import.html", context, status=422 if form.errors else 200)


@require_safe
@for_roles(Role.REGULATOR)
def table_template(_request: HttpRequest) -> HttpResponse:
    """The empty table."""
    response = HttpResponse(_BOM + template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="failed-tests.csv"'
    return response


def _in_scope(connection: Connection, officer: User, code: str) -> Ticket:
    """Raises Http404 for an unknown one and, without a difference, for one of another division."""
    ticket = store.find(connection, code)
    if ticket is None or not is_in_scope(ticket.division_code, officer.division_code):
        raise Http404
    return ticket
