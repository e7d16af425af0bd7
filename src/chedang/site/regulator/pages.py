"""An officer's pages: what waits today, registrations to review, records with errors. All within the division."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import NATION, division_prefix
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.filing import changes
from chedang.filing.filing_model import StepKind
from chedang.filing.history import steps_of
from chedang.records import worklist
from chedang.records.store import Connection
from chedang.records.worklist import DoubtfulFilter
from chedang.site.archive.connections import archive
from chedang.site.decisions import decide, note_reading
from chedang.site.enterprise_view import category_name, division_name, enterprise_view, state_name
from chedang.site.explained import explained_beside
from chedang.site.figures import number
from chedang.site.findings import record_row
from chedang.site.guards import for_roles, person
from chedang.site.maker_view import channel_view, today
from chedang.site.paging import read_key, split_page
from chedang.site.regulator.forms import ReviewForm, SetBackForm
from chedang.site.regulator.queue.tasks import coverage_words, ladder_tasks, license_tasks, matter_tasks, shop_tasks
from chedang.site.regulator.scope import enterprise_in_scope, enterprises_in_scope
from chedang.site.regulator.waiting import waiting_for_officer
from chedang.site.shop.filing.presentation import decision_due_on, papers_context

_DAYS = (7, 30, 365)
_SHOWN = ("errors", "doubts", "fileless")
_MOST_COUNTED = 1_000
"""So many records are counted for the first page (ours): it is there within a blink."""


@require_safe
@for_roles(Role.REGULATOR)
def home(request: HttpRequest) -> HttpResponse:
    """Counts of what waits; every number opens its list, which uses the same filter."""
    officer = person(request)
    by_state = dict(
        enterprises_in_scope(officer).order_by().values_list("review_state").annotate(count=Count("company_code"))
    )
    with archive() as connection:
        counts = _count_records(connection, officer)
    longest_waiting = enterprises_in_scope(officer).filter(review_state=ReviewState.PENDING).first()
    pending, waiting = by_state.get("pending", 0), waiting_for_officer(officer)
    idle = [(each.label, each.href) for each in waiting if not each.count]
    if not pending:
        idle.insert(0, (gettext_lazy("待审核企业"), reverse("regulator-enterprises")))
    now = timezone.now()
    waiting_days = (now - longest_waiting.created_at).days if longest_waiting else None
    tasks = [
        *shop_tasks(officer, now),
        *ladder_tasks(officer, now),
        *matter_tasks(waiting, pending, waiting_days),
        *license_tasks(officer, now),
    ]
    context = {
        "division": division_name(officer.division_code),
        "to_do": sum(task.count for task in tasks),
        "tasks": tasks,
        "approved": by_state.get("approved", 0),
        "counts": counts,
        "days": _DAYS[0],
        "idle": idle,
        "coverage": coverage_words(officer),
    }
    return render(request, "regulator/home.html", context)


def _count_records(connection: Connection, officer: User) -> dict[str, str]:
    """How many records of each sort, in words: a province may have tens of thousands, and their list counts them all.

    What has an error is among what has doubts: where so many are not counted to the end, nor are these.
    """
    found: dict[str, int] = {}
    for show in _SHOWN:
        if show == "doubts" and found["errors"] >= _MOST_COUNTED:
            found[show] = _MOST_COUNTED
        else:
            wanted = _filter(officer, show, _DAYS[0])
            found[show] = worklist.count_doubtful_records(connection, wanted, most=_MOST_COUNTED)
    return {show: f"{number(count)}+" if count >= _MOST_COUNTED else number(count) for show, count in found.items()}


@require_safe
@for_roles(Role.REGULATOR)
def list_enterprises(request: HttpRequest) -> HttpResponse:
    """Enterprises of the division in one state of review."""
    officer = person(request)
    state = _read_state(request.GET.get("state", ""))
    found = enterprises_in_scope(officer).filter(review_state=state.value)
    page = Paginator(found, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "state": state.value,
        "state_word": state_name(state),
        "states": [(each.value, state_name(each)) for each in ReviewState],
        "page": page,
        "rows": [(row, category_name(row.category_code), division_name(row.division_code)) for row in page],
    }
    return render(request, "regulator/enterprises.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def read_enterprise(request: HttpRequest, company_code: str) -> HttpResponse:
    """One registration with what the rules noticed, and the decision form."""
    officer = person(request)
    enterprise_in_scope(officer, company_code)
    note_reading(officer, company_code)
    return enterprise_page(request, company_code)


@require_POST
@for_roles(Role.REGULATOR)
def review_enterprise(request: HttpRequest, company_code: str) -> HttpResponse:
    """Decide on a registration; then back to those that still wait."""
    officer = person(request)
    enterprise = enterprise_in_scope(officer, company_code)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return enterprise_page(request, company_code, form=form, status=422)
    decide(officer, company_code, decision=form.cleaned_data["decision"], reason=form.cleaned_data["reason"])
    if form.cleaned_data["decision"] == "approve":
        sentence = _("%(name)s 已审核通过，它的记录从现在起归入车辆档案。")
    else:
        sentence = _("%(name)s 审核不通过，企业会看到原因。")
    messages.success(request, sentence % {"name": enterprise.company_name})
    return redirect("regulator-enterprises")


@require_safe
@for_roles(Role.REGULATOR)
def list_records(request: HttpRequest) -> HttpResponse:
    """Records with something to mend in the division, newest received first."""
    officer = person(request)
    show = request.GET.get("show", "")
    show = show if show in _SHOWN else _SHOWN[0]
    days_text = request.GET.get("days", "")
    days = int(days_text) if days_text in map(str, _DAYS) else _DAYS[0]
    record_event(
        officer,
        AuditAction.READ_DOUBTFUL_RECORDS,
        Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=officer.division_code,
    )
    wanted = _filter(officer, show, days)
    with archive() as connection:
        count = worklist.count_doubtful_records(connection, wanted)
        found = worklist.read_doubtful_records(
            connection,
            wanted,
            limit=settings.RECORDS_PER_PAGE + 1,
            before=read_key(request.GET.get("before", "")),
        )
        page, next_query = split_page(found, settings.RECORDS_PER_PAGE, {"show": show, "days": str(days)})
        names = enterprises.names(connection, {record.company_code for record in page})
    said = explained_beside((record.record_id, record.findings) for record in page)
    context = {
        "division": division_name(officer.division_code),
        "title": _records_title(show, days, count),
        "show": show,
        "days": days,
        "day_choices": _DAYS,
        "count": count,
        "rows": [
            record_row(
                record,
                names.get(record.company_code, record.company_code),
                said=said.get(record.record_id, {}),
            )
            for record in page
        ],
        "next_query": next_query,
        "is_first_page": "before" not in request.GET,
    }
    return render(request, "regulator/records.html", context)


def _records_title(show: str, days: int, count: int) -> str:
    title = {
        "errors": _("近 %(days)d 天有错误的记录 %(count)s 条"),
        "doubts": _("近 %(days)d 天有错误或疑问的记录 %(count)s 条"),
        "fileless": _("近 %(days)d 天未归入车辆档案的记录 %(count)s 条"),
    }[show]
    return title % {"days": days, "count": number(count)}


def _filter(officer: User, show: str, days: int) -> DoubtfulFilter:
    return DoubtfulFilter(
        division_prefix=division_prefix(officer.division_code),
        since=timezone.now() - timedelta(days=days),
        with_doubts=show != "errors",
        only_fileless=show == "fileless",
        is_nationwide=officer.division_code == NATION,
    )


def _read_state(text: str) -> ReviewState:
    return ReviewState(text) if text in list(ReviewState) else ReviewState.PENDING


def _deadline(enterprise: Enterprise) -> dict[str, object]:
    """By when a filing that waits should be decided; nothing for one that does not."""
    if enterprise.review_state is not ReviewState.PENDING:
        return {}
    again = (step.at for step in steps_of(enterprise.company_code) if step.kind == StepKind.FILED_AGAIN)
    due_on = decision_due_on(next(again, enterprise.created_at))
    return {"decision_due_on": due_on, "is_late": today() > due_on}


def enterprise_page(
    request: HttpRequest,
    company_code: str,
    *,
    form: ReviewForm | None = None,
    channel_form: SetBackForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """One registration with its forms, which may have come back with complaints."""
    enterprise = enterprise_in_scope(person(request), company_code)
    with archive() as connection:
        channel = channel_view(connection, enterprise.company_code)
    context = {
        "enterprise": enterprise_view(enterprise),
        "form": form or ReviewForm(),
        "channel": channel,
        "channel_form": channel_form or SetBackForm(initial={"since_on": today()}),
        "change": changes.waiting_change(enterprise.company_code),
        **_deadline(enterprise),
    } | papers_context(enterprise.company_code, get_language() or "")
    return render(request, "regulator/enterprise.html", context, status=status)
