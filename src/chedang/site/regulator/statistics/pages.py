"""覆盖率, 上传质量 and 实时 for officers: every figure of the division, with its formula and the list behind it."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension
from chedang.quality.targets import coverage_targets
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.statistics import coverage as figures
from chedang.site.regulator.statistics import live as activity
from chedang.site.regulator.statistics import rates as quality
from chedang.site.regulator.statistics.asked import (
    CATEGORIES,
    Asked,
    category_param,
    read_asked,
    read_category,
    shops_href,
    today,
)
from chedang.site.regulator.statistics.periods import PeriodUnclear, standing_periods
from chedang.site.regulator.statistics.presentation import (
    area_cells,
    class_cells,
    line_cells,
    month_rows,
    rate_cells,
    sort_links,
)
from chedang.site.regulator.statistics.scopes import read_scope, short_name, trail

_OF_A_LINE: Final = {Dimension.DIVISION, Dimension.CATEGORY, Dimension.VENDOR, Dimension.MAKER}
"""Lines along which parts can be set side by side as bars."""


@require_safe
@for_roles(Role.REGULATOR)
def coverage(request: HttpRequest) -> HttpResponse:
    """覆盖率 against the targets, by class and by the level below, its course and when the targets will be met."""
    officer = person(request)
    scope = read_scope(officer, request.GET.get("scope", ""))
    problem, category = "", CATEGORIES[0]
    try:
        category = read_category(request.GET.get("category", "")) or CATEGORIES[0]
    except PeriodUnclear as fault:
        problem = str(fault)
    on = today()
    with archive() as connection:
        months = figures.trend(connection, scope, on)
        areas = figures.by_area(connection, scope, on)
        classes = figures.by_class(areas, scope, months)
        of_makers, connected, share = figures.head_office_share(connection, scope, on)
        counted_until = statistics.as_of(connection)
    context = {
        "problem": problem,
        "scope": scope,
        "trail": trail(officer, scope),
        "name": short_name(scope),
        "category": category,
        "categories": [(each, category_name(each)) for each in CATEGORIES],
        "category_name": category_name(category),
        "classes": [class_cells(line, scope) for line in classes],
        "areas": [area_cells(area) for area in areas],
        "months": month_rows(months),
        "formulas": [rate for rate in quality.rates() if rate.key == "connected"],
        "targets": [(category_name(each.category), each.percent, each.source) for each in coverage_targets().values()],
        "of_makers": {"count": of_makers, "whole": connected, "share": share},
        "makers_query": f"by=maker&scope={scope}",
        "unconnected_href": shops_href(scope=scope, upload="unconnected"),
        "counted_until": counted_until,
        "table": "coverage",
        "params": {"scope": scope},
    }
    return render(request, "statistics/coverage.html", context, status=422 if problem else 200)


@require_safe
@for_roles(Role.REGULATOR)
def rates(request: HttpRequest) -> HttpResponse:
    """The rates of a division in a period, and a table of them along one line."""
    officer = person(request)
    scope = read_scope(officer, request.GET.get("scope", ""))
    context: dict[str, Any] = {
        "scope": scope,
        "trail": trail(officer, scope),
        "name": short_name(scope),
        "first_typed": request.GET.get("from", ""),
        "last_typed": request.GET.get("to", ""),
        "periods": _period_names(),
        "dimensions": list(quality.DIMENSION_NAMES.items()),
        "categories": [(each, category_name(each)) for each in CATEGORIES],
    }
    try:
        asked = read_asked(officer, request.GET.dict())
    except PeriodUnclear as fault:
        chosen = {"problem": str(fault), "chosen_by": "division", "chosen_period": "own"}
        return render(request, "statistics/rates.html", context | chosen, status=422)
    return render(request, "statistics/rates.html", context | _rates(asked))


def _rates(asked: Asked) -> dict[str, Any]:
    with archive() as connection:
        whole = quality.total_line(connection, asked)
        before = quality.total_line(connection, asked, asked.period.before)
        lines = quality.lines_of(connection, asked)
        counted_until = statistics.as_of(connection)
    fields = [field for field in quality.fields(asked.by) if field.is_on_page]
    return {
        "asked": asked,
        "chosen_by": asked.by.value,
        "chosen_period": asked.period.key,
        "first_typed": asked.period.first_on.isoformat(),
        "last_typed": asked.period.last_on.isoformat(),
        "chosen_category": category_param(asked.category),
        "whole": whole,
        "before": asked.period.before,
        "received_before": before.row.tally.received,
        "rates": rate_cells(whole, before, asked),
        "counts": quality.counts(),
        "headings": sort_links(fields, asked),
        "lines": [line_cells(line, fields, asked) for line in lines],
        "chart_query": asked.query() if asked.by in _OF_A_LINE and lines else "",
        "chart_name": _chart_rate_name(asked.sort),
        "counted_until": counted_until,
        "table": "rates",
        "params": asked.params(),
    }


def charted_rate(sort: str) -> quality.Rate:
    """The rate that the table is sorted by, else 合格率."""
    found = {rate.key: rate for rate in quality.rates()}
    return found.get(sort.removeprefix("-")) or found["valid"]


def _chart_rate_name(sort: str) -> str:
    return charted_rate(sort).name


def _period_names() -> list[tuple[str, str]]:
    names = {"month": _("本月"), "last_month": _("上月"), "30_days": _("近 30 天")}
    return [(key, names[key]) for key in standing_periods(today())]


@require_safe
@for_roles(Role.REGULATOR)
def live(request: HttpRequest) -> HttpResponse:
    """What comes in just now; htmx asks for the changing parts alone."""
    officer = person(request)
    scope = read_scope(officer, request.GET.get("scope", ""))
    with archive() as connection:
        board = activity.board(connection, scope)
    context = {
        "scope": scope,
        "trail": trail(officer, scope),
        "name": short_name(scope),
        "board": board,
        "most": max((line.last_hour for line in board.lines), default=0) or 1,
        "busiest": [line for line in board.lines if line.last_hour][:3],
        "quiet": sum(not line.last_hour for line in board.lines),
    }
    # The table comes every 15 seconds; the sentence, which a screen reader speaks, every two minutes.
    part = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") == "true" else ""
    template = {"board": "statistics/_board.html", "summary": "statistics/_summary.html"}.get(
        part, "statistics/live.html"
    )
    return render(request, template, context)
