"""Charts of the statistics at their own addresses: the page does not wait, and an unchanged one is not sent again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chedang.access.model import Role
from chedang.access.models import User
from chedang.platform.charts import Bar, Series, bars, lines
from chedang.quality.targets import coverage_targets
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.statistics import coverage as figures
from chedang.site.regulator.statistics import rates as quality
from chedang.site.regulator.statistics.asked import CATEGORIES, read_asked, read_category, today
from chedang.site.regulator.statistics.exports import Params
from chedang.site.regulator.statistics.pages import charted_rate
from chedang.site.regulator.statistics.periods import PeriodUnclear
from chedang.site.regulator.statistics.presentation import share_text
from chedang.site.regulator.statistics.scopes import read_scope, short_name

_MOST_BARS: Final = 40
_WHOLE: Final = 100.0
Drawing = Callable[[], str]


@require_safe
@for_roles(Role.REGULATOR)
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """The picture, or 304 where the browser has it. Raises Http404 for a foreign division and for nonsense."""
    prepare = _CHARTS.get(name)
    if prepare is None:
        raise Http404
    try:
        content, drawing = prepare(person(request), request.GET.dict())
    except PeriodUnclear:
        raise Http404 from None
    tag = f'"{sha256(content.encode()).hexdigest()[:32]}"'
    # Asked before anything is drawn: drawing is what takes time.
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(drawing(), content_type="image/svg+xml; charset=utf-8")
    response.headers["ETag"] = tag
    # Kept by the browser of this person alone, which asks each time whether it still holds.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _areas(officer: User, params: Params) -> tuple[str, Drawing]:
    """覆盖率 of one class by the level below, with the target."""
    scope, category = read_scope(officer, params.get("scope", "")), read_category(params.get("category", ""))
    category = category or CATEGORIES[0]
    target = coverage_targets().get(category)
    with archive() as connection:
        areas = figures.by_area(connection, scope, today())
    rows = []
    for area in areas[:_MOST_BARS]:
        row = area.rows.get(category)
        share = row.connected_percent if row else None
        aim = float(target.percent) if target else None
        rows.append(Bar(area.name, None if share is None else float(share), share_text(share), aim))
    title = _("%(name)s：%(class)s企业覆盖率") % {"name": short_name(scope), "class": category_name(category)}
    return _prepared(partial(bars, maximum=_WHOLE), rows, title, "；".join(f"{row.label} {row.said}" for row in rows))


def _trend(officer: User, params: Params) -> tuple[str, Drawing]:
    """覆盖率 of the classes over twelve months, with the targets."""
    scope = read_scope(officer, params.get("scope", ""))
    with archive() as connection:
        months = figures.trend(connection, scope, today())
    series = []
    for category, rows in months.items():
        shares = tuple(None if row.connected_percent is None else float(row.connected_percent) for row in rows)
        target = coverage_targets().get(category)
        series.append(Series(category_name(category), shares, float(target.percent) if target else None))
    places = [_short_month(row.key) for row in next(iter(months.values()), [])]
    title = _("%(name)s：近十二个月的覆盖率") % {"name": short_name(scope)}
    said = "；".join(f"{each.name} {_ends(each.values)}" for each in series)
    return _prepared(partial(lines, places, unit="%"), series, title, said)


def _rates(officer: User, params: Params) -> tuple[str, Drawing]:
    """The rate that the table is sorted by, along its line."""
    asked = read_asked(officer, params)
    rate = charted_rate(asked.sort)
    with archive() as connection:
        found = quality.lines_of(connection, asked)
    rows = []
    for line in found[:_MOST_BARS]:
        part = rate.part(line)
        share = part.share if part else None
        rows.append(Bar(line.name, None if share is None else float(share), share_text(share)))
    title = _("%(name)s：%(rate)s") % {"name": short_name(asked.scope), "rate": rate.name}
    return _prepared(partial(bars, maximum=_WHOLE), rows, title, "；".join(f"{row.label} {row.said}" for row in rows))


_CHARTS: Final[dict[str, Callable[[User, Params], tuple[str, Drawing]]]] = {
    "coverage": _areas,
    "trend": _trend,
    "rates": _rates,
}


def _prepared(draw: Callable[..., str], rows: object, title: str, description: str) -> tuple[str, Drawing]:
    """What makes the chart what it is, and how to draw it."""
    return repr((getattr(draw, "args", ()), rows, title)), lambda: draw(rows, title=title, description=description)


def _short_month(key: str) -> str:
    return key[2:].replace("-", "/")


def _ends(values: tuple[float | None, ...]) -> str:
    known = [value for value in values if value is not None]
    return f"{known[0]}% → {known[-1]}%" if known else "–"
