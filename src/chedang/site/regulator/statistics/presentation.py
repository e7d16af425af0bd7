"""Figures of the statistics as the templates show them: text, and the address of the list that a number counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.dateparse import parse_date
from django.utils.formats import date_format

from chedang.platform.tables import Kind
from chedang.quality.statistics_model import Dimension, Row
from chedang.site.figures import number
from chedang.site.regulator.statistics.asked import CATEGORIES, Asked, category_param, shops_href, today
from chedang.site.regulator.statistics.coverage import COLUMNS_OF, AreaLine, ClassLine, class_name, month_name
from chedang.site.regulator.statistics.rates import Field, Line, Rate, difference, rates
from chedang.site.regulator.statistics.scopes import has_parts


class Cell(NamedTuple):
    """One cell of a table."""

    text: str
    href: str = ""
    is_number: bool = True


def share_text(share: Decimal | None) -> str:
    """``89.1%``; an en dash for nothing."""
    return "–" if share is None else f"{share:.1f}%"


def class_cells(line: ClassLine, scope: str) -> dict[str, Any]:
    """One class with its counts, target and forecast."""
    by_class = {"scope": scope, "category": line.category}
    has_list = line.category != ""  # the list of shops cannot ask for those whose class is not known
    return {
        "name": line.name,
        "filed": Cell(number(line.row.filed), shops_href(**by_class) if has_list else ""),
        "connected": Cell(
            number(line.row.connected), shops_href(**by_class, upload="connected") if has_list else ""
        ),
        "share": share_text(line.row.connected_percent),
        "percent": line.row.connected_percent,
        "target": line.target.percent if line.target else None,
        "missing": line.missing,
        "unconnected": Cell(
            number(line.row.filed - line.row.connected),
            shops_href(**by_class, upload="unconnected") if has_list else "",
        ),
        "is_met": line.is_met,
        "forecast": line.forecast,
    }  # fmt: skip


def area_cells(area: AreaLine) -> dict[str, Any]:
    """One division of the level below: three cells of each class, with their lists."""
    cells: list[Cell] = []
    for category in COLUMNS_OF:
        row = area.rows.get(category)
        of = {"scope": area.code, "category": category}
        cells += [
            Cell(number(row.filed if row else 0), shops_href(**of)),
            Cell(number(row.connected if row else 0), shops_href(**of, upload="connected")),
            Cell(share_text(row.connected_percent if row else None)),
        ]
    return {"code": area.code, "name": area.name, "has_parts": has_parts(area.code), "cells": cells}


def month_rows(months: dict[str, list[Row]]) -> list[tuple[str, list[str]]]:
    """The trend as a table: month, then the share of each class."""
    keys = [row.key for row in next(iter(months.values()), [])]
    shares = {category: {row.key: row.connected_percent for row in rows} for category, rows in months.items()}
    return [(month_name(key), [share_text(shares[each].get(key)) for each in CATEGORIES]) for key in keys]


def rate_cells(whole: Line, before: Line, asked: Asked) -> list[dict[str, Any]]:
    """Each rate of the whole with its parts, its formula and the change since the period before."""
    return [_rate_cell(rate, whole, before, asked) for rate in rates()]


def _rate_cell(rate: Rate, whole: Line, before: Line, asked: Asked) -> dict[str, Any]:
    part = rate.part(whole)
    changed = difference(part, rate.part(before))
    of = {"scope": asked.scope, "category": category_param(asked.category)}
    listed = _lists(asked).get(rate.key) if asked.period.last_on == today() else None
    return {
        "key": rate.key,
        "name": rate.name,
        "formula": rate.formula,
        "source": rate.source,
        "share": share_text(part.share if part else None),
        "count": number(part.of) if part else "–",
        "whole": number(part.whole) if part else "–",
        "href": shops_href(**of, **listed) if listed else "",
        "change": "" if changed is None else f"{changed:+.1f}",
    }


def line_cells(line: Line, fields: list[Field], asked: Asked) -> dict[str, Any]:
    """One row of the table."""
    of = _filter_of(line, asked)
    lists = {f"shops_{key}": listed for key, listed in _lists(asked).items()} | {"filed": {}}
    cells = []
    for field in fields[1:]:
        value = field.value(line)
        text = share_text(value) if field.column.kind is Kind.SHARE else number(value)  # type: ignore[arg-type]  # counts
        listed = lists.get(field.key)
        cells.append(Cell(text, "" if of is None or listed is None else shops_href(**of, **listed)))
    is_below = asked.by is Dimension.DIVISION and has_parts(line.key) and line.key != asked.scope
    return {"name": _name(line, asked), "href": f"?{asked.query(scope=line.key)}" if is_below else "", "cells": cells}


def _lists(asked: Asked) -> dict[str, dict[str, str]]:
    """How the list of shops names those who are connected, and those of which a record came in within the period."""
    return {"connected": {"upload": "connected"}, "active": {"upto": str(asked.period.days - 1)}}


def _filter_of(line: Line, asked: Asked) -> dict[str, str | None] | None:
    """Which shops a row counts, as the list of shops asks for them; ``None`` where the list could not be the same.

    Days and months have no shops of their own, and the list knows who is connected now, not who was at another end.
    """
    if asked.period.last_on != today() or asked.category == "":
        return None
    of: dict[str, str | None] = {"scope": asked.scope, "category": category_param(asked.category)}
    match asked.by:
        case Dimension.DIVISION:
            return of | {"scope": line.key}
        case Dimension.CATEGORY if line.key:
            return of | {"category": category_param(line.key)}
        case Dimension.VENDOR | Dimension.MAKER if line.key:
            return of | {asked.by.value: line.key}
        case _:
            return None


def _name(line: Line, asked: Asked) -> str:
    if asked.by is Dimension.MONTH:
        return month_name(line.key)
    day: date | None = parse_date(line.key) if asked.by is Dimension.DAY else None
    return date_format(day, "DATE_FORMAT") if day else line.name


def sort_links(fields: list[Field], asked: Asked) -> list[dict[str, Any]]:
    """Headings that sort: falling at first, rising when pressed again."""
    links = []
    for field in fields:
        falling = f"-{field.key}"
        state = {field.key: "ascending", falling: "descending"}.get(asked.sort, "")
        following = field.key if asked.sort == falling else falling
        links.append(
            {
                "text": field.column.heading,
                "href": f"?{asked.query(sort=following)}",
                "sorted": state,
                "is_number": field.column.kind is not Kind.TEXT,
            }
        )
    return links


def class_names() -> list[str]:
    """Of the columns by class."""
    return [class_name(category) for category in COLUMNS_OF]
