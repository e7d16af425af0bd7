"""运行考核: months, league tables, one division in full, and freezing by hand. For officers only (ADR 0052)."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import NATION
from chedang.exchange import documents
from chedang.platform import charts
from chedang.platform.tables import CONTENT_TYPES
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.assessment import files, freezing, presentation
from chedang.site.regulator.assessment.seeing import (
    first_league,
    leagues,
    may_freeze,
    own_division,
    read_division,
    read_league,
    read_month,
)
from chedang.site.settings import NODE
from chedang.site.written import write_down
from chedang.supervision import assessment
from chedang.supervision.assessment import League, Row
from chedang.supervision.assessment_months import has_parts, name_of, parent
from chedang.supervision.assessment_rules import AreaScore, Facts, assess
from chedang.supervision.assessment_sheet import TOTAL, SheetFault
from chedang.terms.division import PROVINCES

_LISTED: Final = 24


@require_safe
@for_roles(Role.REGULATOR)
def list_months(request: HttpRequest) -> HttpResponse:
    """Months that are frozen, and how the officer's division stood in the newest."""
    officer = person(request)
    scope = first_league(officer)
    months = assessment.months(scope)[:_LISTED]
    newest = assessment.league(scope, months[0]) if months else None
    return render(request, "assessment/months.html", _months_context(officer, scope, months, newest))


@require_POST
@for_roles(Role.REGULATOR)
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze a month that is over and has not been; again changes nothing."""
    officer, now = person(request), timezone.now()
    if not may_freeze(officer):
        raise Http404
    month = read_month(request.POST.get("month", ""))
    if month not in freezing.months_open(now):
        messages.success(request, _("这个月已经固定，或者还不能固定，没有再做什么。"))
        return redirect("officer-assessment")
    record_event(
        officer,
        AuditAction.FREEZE_SNAPSHOT,
        Purpose.SUPERVISION,
        now=now,
        object_id=f"{own_division()}/{name_of(month)}",
        organisation=organisation_of(officer),
        before={"frozen": False},
        after={"frozen": True},
    )
    try:
        is_frozen = freezing.freeze(month, by=officer, now=now)
        problem = "" if is_frozen else _("这个月还没有企业，也没有记录，没有可以固定的数据。")
    except freezing.NotCounted:
        problem = _("统计还没有算到这个月的月底，请过几分钟再试。")
    except SheetFault as fault:
        problem = str(fault)
    if problem:
        scope = first_league(officer)
        months = assessment.months(scope)[:_LISTED]
        newest = assessment.league(scope, months[0]) if months else None
        context = _months_context(officer, scope, months, newest) | {"problem": problem}
        return render(request, "assessment/months.html", context, status=422)
    messages.success(request, _("已固定，以后不再改动。"))
    return redirect("officer-assessment-month", name_of(month))


@require_safe
@for_roles(Role.REGULATOR)
def read_league_table(request: HttpRequest, month: str) -> HttpResponse:
    """The league table of one month; ``?scope=`` another one that the officer may see, ``?sort=`` another order."""
    officer = person(request)
    scope, league = _league(officer, request, month)
    sort = request.GET.get("sort", "rank")
    sort = sort if sort in presentation.sort_keys(league.version) else "rank"
    lines = presentation.league_lines(league, officer.division_code, lambda code: _may_open(officer, code), sort)
    own = league.row(officer.division_code)
    later = assessment.correction(scope, league.month)
    context = {
        "league": league,
        "month": month,
        "scope": scope,
        "division": division_name(scope),
        "lines": lines,
        "sort": sort,
        "sorts": _sort_links(scope, league, sort),
        "own": own,
        "own_points": presentation.points_text(own.points) if own else "",
        "tabs": [(code, division_name(code), code == scope) for code in leagues(officer)],
        "corrections": presentation.corrections(later[0], later[1], dict(later[2])) if later else None,
        "corrected_at": later[3] if later else None,
        "not_sent": _not_sent(league),
        "is_open": league.closes_at is not None and timezone.now() < league.closes_at,
        "weights": presentation.weights(league.version),
    }
    return render(request, "assessment/league.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def chart(request: HttpRequest, month: str) -> HttpResponse:
    """The scores as bars. A frozen month is drawn once: what stands in it decides whether it is sent again."""
    officer = person(request)
    scope, league = _league(officer, request, month)
    rows, title = presentation.bars(league), _("运行考核得分")
    said = "；".join(f"{bar.label} {bar.said}" for bar in rows)
    tag = f'"{sha256((title + said).encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        drawn = charts.bars(rows, title=f"{division_name(scope)} {title}", description=said, maximum=float(TOTAL))
        response = HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@for_roles(Role.REGULATOR)
def download(request: HttpRequest, month: str, ending: str) -> HttpResponse:
    """The same table as a file."""
    officer = person(request)
    scope, league = _league(officer, request, month)
    write_down(officer, AuditAction.EXPORT_TABLE, f"assessment/{scope}/{month}.{ending}")
    with TemporaryDirectory(prefix="chedang-") as directory:
        content = files.table(league, division_name(scope), ending, directory)
    response = HttpResponse(content, content_type=CONTENT_TYPES[ending])
    name = f"{_('运行考核')}-{division_name(scope)}-{month}.{ending}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@require_safe
@for_roles(Role.REGULATOR)
def read_area(request: HttpRequest, month: str, division_code: str) -> HttpResponse:
    """One division in full: every quotient, its points and the list behind it."""
    officer = person(request)
    row, league = _row(officer, month, division_code)
    score = row.place.score
    told = _told_score(row, league)
    context = {
        "row": row,
        "month": month,
        "name": division_name(row.code),
        "points": presentation.points_text(row.points),
        "change": presentation.change_text(row.change),
        "cards": presentation.cards(row, told, is_ministry=NODE.node.level == "ministry"),
        "counted_points": presentation.points_text(score.counted_points),
        "counted_weight": score.counted_weight,
        "league": league,
        "scope": league.scope,
        "has_parts": has_parts(row.code) and row.code != league.scope and bool(assessment.months(row.code)),
        "may_see_table": league.scope in leagues(officer) or league.scope == officer.division_code,
    }
    return render(request, "assessment/one.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def figures(request: HttpRequest, month: str, division_code: str) -> HttpResponse:
    """What was frozen of one division, as JSON, with the digest of the whole that it is of."""
    officer = person(request)
    row, league = _row(officer, month, division_code)
    write_down(officer, AuditAction.EXPORT_TABLE, f"assessment/{row.code}/{month}.json")
    return HttpResponse(files.figures(row, league), content_type="application/json")


def _months_context(officer: User, scope: str, months: list[date], newest: League | None) -> dict[str, Any]:
    own = newest.row(officer.division_code) if newest else None
    with archive() as connection:
        faults = documents.read_faults(connection) if scope == NATION else []
    return {
        "division": division_name(officer.division_code),
        "scope": scope,
        "scope_name": division_name(scope),
        "months": [(name_of(month), month) for month in months],
        "newest": newest,
        "newest_name": name_of(newest.month) if newest else "",
        "own": own,
        "own_points": presentation.points_text(own.points) if own else "",
        "best": newest.rows[0] if newest and newest.rows else None,
        "best_name": division_name(newest.rows[0].code) if newest and newest.rows else "",
        "best_points": presentation.points_text(newest.rows[0].points) if newest and newest.rows else "",
        "open_months": [name_of(month) for month in freezing.months_open(timezone.now())]
        if may_freeze(officer)
        else [],
        "may_freeze": may_freeze(officer),
        "faults": [
            (PROVINCES[each.node_code].name, each, _(each.sentence)) for each in faults if each.node_code in PROVINCES
        ],
    }


def _league(officer: User, request: HttpRequest, month: str) -> tuple[str, League]:
    scope = read_league(officer, request.GET.get("scope", ""))
    league = assessment.league(scope, read_month(month))
    if league is None:
        raise Http404
    return scope, league


def _row(officer: User, month: str, division_code: str) -> tuple[Row, League]:
    """A division's row, and the table or, for the node's own, the snapshot that it is of."""
    code, first = read_division(officer, division_code), read_month(month)
    for scope in dict.fromkeys((parent(code), code)):
        league = assessment.league(scope, first)
        row = league.row(code) if league else None
        if league and row:
            return row, league
        if league and scope == code:
            return assessment.own_row(league), league
    raise Http404


def _told_score(row: Row, league: League) -> AreaScore | None:
    """What the province says of itself, by the same weights."""
    if row.told is None:
        return None
    return assess(league.version, Facts(row.told.whole, row.facts.line))


def _may_open(officer: User, code: str) -> bool:
    try:
        read_division(officer, code)
    except Http404:
        return False
    return True


def _sort_links(scope: str, league: League, sort: str) -> list[tuple[str, str, bool, int]]:
    """Heading, query, whether the table is in that order, and the weight of an indicator (0 for others)."""
    names = [("code", _("地区"), 0), ("rank", _("名次"), 0), ("change", _("比上月"), 0)]
    names += presentation.indicator_names(league.version)
    return [(name, urlencode({"scope": scope, "sort": key}), key == sort, weight) for key, name, weight in names]


def _not_sent(league: League) -> list[tuple[str, bool]]:
    """Provinces whose month is not there in time: name, whether it came late."""
    if league.closes_at is None:
        return []
    return [
        (division_name(row.code), row.told is not None) for row in league.rows if row.told is None or row.told.is_late
    ]
