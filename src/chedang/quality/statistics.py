"""监管统计, read: figures of divisions, classes, months and shops, as far as the follower has come.

The condition of a count is the condition of its list. A ``scope`` is a division code of six digits; a malformed one
raises ValueError. Everything is read in the caller's transaction, or in one of each statement.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, Final

from chedang.access.rules import division_prefix
from chedang.platform.database import load_queries
from chedang.quality.periods import is_whole, months_between, parts_of
from chedang.quality.statistics_model import Dimension, Row, ShopFilter, ShopLine, Tally
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.quality", "statistics.sql")
_COUNT_SHOPS, _LIST_SHOPS = (
    _SQL[name].replace("/* conditions */", _SQL["shop_conditions"]) for name in ("count_shops", "list_shops")
)
_NO_LIMIT: Final = 2**31 - 1
_LINES_AT_ONCE: Final = 1000
_TOTAL: Final = "total"
_DIRECT: Final = frozenset({"11", "12", "31", "50"})
"""直辖市: their counties stand directly under them."""


def figures(
    connection: Connection,
    scope: str,
    first_on: date,
    last_on: date,
    *,
    by: Dimension,
    category: str | None = None,
    with_tallies: bool = True,
) -> list[Row]:
    """Figures of a period, both days included, along one line, in the order of the keys.

    ``with_tallies``: False leaves out the records, for who asks for shops alone: DIVISION, CATEGORY, VENDOR and MAKER.

    Days and months come whole, also those without a record; of the other lines only parts with a shop or a record.
    Keys of DIVISION are codes of six digits: the level below the scope (of 直辖市 their counties, of a county itself).
    Counts of shops along DIVISION, CATEGORY, VENDOR and MAKER, and tallies along every line, sum up to :func:`total`.
    """
    if by in (Dimension.DAY, Dimension.MONTH):
        return _in_time(connection, scope, first_on, last_on, by=by, category=category)
    rows = _along(connection, scope, first_on, last_on, by=by.value, category=category, with_tallies=with_tallies)
    return [row for row in rows if row.filed or row.tally.received]


def total(connection: Connection, scope: str, first_on: date, last_on: date, *, category: str | None = None) -> Row:
    """Figures of a period of everything in the scope; the key is the scope."""
    rows = _along(connection, scope, first_on, last_on, by=_TOTAL, category=category)
    found = rows[0] if rows else Row("", 0, 0, 0, Tally())
    return Row(scope, found.filed, found.connected, found.active, found.tally)


def curve(
    connection: Connection, scope: str, first_on: date, last_on: date, *, category: str | None = None
) -> list[Row]:
    """Month by month: shops filed and connected at the end of each, active within it, and its tally."""
    return figures(connection, scope, first_on, last_on, by=Dimension.MONTH, category=category)


def shops_by_class(connection: Connection, scope: str, first_on: date, last_on: date) -> dict[str, dict[str, Row]]:
    """Counts of shops alone, read once: division of the level below → class ('' where it is not known) → its row.

    The same shops as :func:`figures` by DIVISION counts for one class after the other.
    """
    parameters = _place(scope) | _period(first_on, last_on)
    parameters |= {"by": Dimension.DIVISION.value, "category": None, "with_classes": True}
    found: dict[str, dict[str, Row]] = {}
    for key, category, filed, connected, active in connection.execute(_SQL["count_by"], parameters):
        found.setdefault(key, {})[category] = Row(key, filed, connected, active, Tally())
    return dict(sorted(found.items()))


def as_of(connection: Connection) -> datetime | None:
    """How far the figures reach: everything that came in by then is counted; ``None`` before the first count."""
    row = connection.execute(_SQL["reach"]).fetchone()
    return None if row is None else row[0]


def shops(
    connection: Connection, wanted: ShopFilter, first_on: date, last_on: date, *, limit: int, after: str = ""
) -> list[ShopLine]:
    """A page of shops with their figures of a period, both days included.

    Shops that never sent a record come first, then the longest silent, then by code. ``after``: :func:`key_of` the last
    line of the page before. Silent days count up to the day that the figures reach.
    """
    parameters = _filter(connection, wanted, first_on, last_on) | {"limit": limit} | _after(after)
    return [_line(row) for row in connection.execute(_LIST_SHOPS, parameters)]


def count_shops(
    connection: Connection, wanted: ShopFilter, first_on: date | None = None, last_on: date | None = None
) -> int:
    """How many lines :func:`shops` has in all.

    Without a period: up to the day that the figures reach; active are then those that are not silent.
    """
    today = _today(connection)
    begun_on = today - timedelta(days=wanted.silent_days) if first_on is None else first_on
    parameters = _filter(connection, wanted, begun_on, today if last_on is None else last_on)
    (count,) = connection.execute(_COUNT_SHOPS, parameters).fetchone() or (0,)
    return int(count)


def iterate_shops(connection: Connection, wanted: ShopFilter, first_on: date, last_on: date) -> Iterator[ShopLine]:
    """All lines of :func:`shops`, of one instant, in the same order; memory stays bounded.

    Reads through a cursor of the server inside a transaction of its own, or a savepoint of the caller's: the connection
    is free again when the iterator is exhausted or closed.
    """
    parameters = _filter(connection, wanted, first_on, last_on) | {"limit": _NO_LIMIT} | _after("")
    with connection.transaction(), connection.cursor(name="chedang_shops") as cursor:
        cursor.itersize = _LINES_AT_ONCE
        for row in cursor.execute(_LIST_SHOPS, parameters):
            yield _line(row)


def key_of(line: ShopLine) -> str:
    """What ``after`` is for the page that begins behind this line."""
    return f"{line.last_on or ''}/{line.company_code}"


def _along(
    connection: Connection,
    scope: str,
    first_on: date,
    last_on: date,
    *,
    by: str,
    category: str | None,
    with_tallies: bool = True,
) -> list[Row]:
    parameters = _place(scope) | _period(first_on, last_on) | {"by": by, "category": category}
    parameters["kind"] = by if by in (Dimension.VENDOR, Dimension.MAKER) else ""
    parameters["with_classes"] = False
    counts = {key: numbers for key, _class, *numbers in connection.execute(_SQL["count_by"], parameters)}
    told = connection.execute(_SQL["tally_by"], parameters) if with_tallies else ()
    tallies = {key: Tally(*numbers) for key, *numbers in told}
    rows = list[Row]()
    for key in sorted({*counts, *tallies}):
        filed, connected, active = counts.get(key, (0, 0, 0))
        rows.append(Row(key, filed, connected, active, tallies.get(key, Tally())))
    return rows


def _in_time(
    connection: Connection, scope: str, first_on: date, last_on: date, *, by: Dimension, category: str | None
) -> list[Row]:
    parameters = _place(scope) | _period(first_on, last_on) | {"category": category}
    if by is Dimension.DAY:
        spans = [(day, day) for day in _days(first_on, last_on)]
        found = _counted(connection, "tally_days", parameters)
    else:
        spans = months_between(first_on, last_on)
        found = _counted(connection, "tally_months", parameters)
        for begun_on, ends_on in spans:
            if not is_whole(begun_on, ends_on):
                row = total(connection, scope, begun_on, ends_on, category=category)
                found[begun_on] = (row.active, row.tally)
    begun = _Beginnings(connection, parameters)
    form = "%Y-%m-%d" if by is Dimension.DAY else "%Y-%m"
    return [
        Row(
            begun_on.strftime(form),
            begun.count("filed", ends_on),
            begun.count("connected", ends_on),
            *found.get(begun_on, (0, Tally())),
        )
        for begun_on, ends_on in spans
    ]


def _counted(connection: Connection, name: str, parameters: dict[str, Any]) -> dict[date, tuple[int, Tally]]:
    """First day → active shops and tally."""
    rows = connection.execute(_SQL[name], parameters)
    return {begun_on: (active, Tally(*counts)) for begun_on, active, *counts in rows}


class _Beginnings:
    """How many shops were filed, or connected, by the end of a day."""

    def __init__(self, connection: Connection, parameters: dict[str, Any]) -> None:
        rows: list[tuple[str, date, int]] = sorted(connection.execute(_SQL["beginnings"], parameters))
        self._days = {kind: [day for each, day, _ in rows if each == kind] for kind in ("filed", "connected")}
        self._sums = {kind: [0, *accumulate(count for each, _, count in rows if each == kind)] for kind in self._days}

    def count(self, kind: str, day: date) -> int:
        return self._sums[kind][bisect_right(self._days[kind], day)]


def _days(first_on: date, last_on: date) -> list[date]:
    return [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]


def _place(scope: str) -> dict[str, Any]:
    """Which divisions lie in the scope, and how many digits tell its parts apart."""
    prefix = division_prefix(scope)
    child_digits = 6 if prefix in _DIRECT else min(len(prefix) + 2, 6)
    return {"prefix": prefix, "digits": len(prefix), "child_digits": child_digits}


def _period(first_on: date, last_on: date) -> dict[str, Any]:
    parts = parts_of(first_on, last_on)
    return {
        "first_on": first_on,
        "last_on": last_on,
        "first_month": parts.first_month,
        "end_month": parts.end_month,
        "first_ons": [begun_on for begun_on, _ in parts.days],
        "last_ons": [ends_on for _, ends_on in parts.days],
    }


def _filter(connection: Connection, wanted: ShopFilter, first_on: date, last_on: date) -> dict[str, Any]:
    return (
        _place(wanted.scope)
        | _period(first_on, last_on)
        | {
            "upload": wanted.upload.value,
            "silent_days": wanted.silent_days,
            "category": wanted.category,
            "vendor": wanted.vendor,
            "maker": wanted.maker,
            "name": wanted.name,
            "today": _today(connection),
        }
    )


def _today(connection: Connection) -> date:
    """The day in China that the figures reach; before the first count the present one."""
    reached_at = as_of(connection)
    return (datetime.now(SHANGHAI) if reached_at is None else reached_at.astimezone(SHANGHAI)).date()


def _after(key: str) -> dict[str, Any]:
    day, _, code = key.partition("/")
    return {"after_on": date.fromisoformat(day) if day else date.min, "after_code": code}


def _line(row: tuple[Any, ...]) -> ShopLine:
    columns = dict(zip(ShopLine.__struct_fields__[:-1], row, strict=False))
    return ShopLine(**columns, tally=Tally(*row[len(columns) :]))
