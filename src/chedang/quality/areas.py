"""Sums over the shops of counties: kept in step with the shops' days and months by taking away and adding anew.

A row of an area is the sum of what its shops' cells say. Whoever changes cells, or what a shop counts under, does so
inside :func:`following`: what the cells said is taken away before, what they say is added after. Holds under the lock
of the figures only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final, LiteralString

import msgspec

from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.quality", "areas.sql")
_ALWAYS: Final = (date.min, date.max)


class Cells(msgspec.Struct, frozen=True):
    """Which cells are going to change: days of shops, or everything of some shops."""

    days: Collection[tuple[str, date]] = ()
    """(company code, day)."""
    shops: Collection[str] = ()

    @property
    def months(self) -> set[tuple[str, date]]:
        """(company code, first day of the month) of the days."""
        return {(company_code, day.replace(day=1)) for company_code, day in self.days}


@contextmanager
def following(connection: Connection, cells: Cells) -> Iterator[None]:
    """Let the areas follow what happens to these cells within the block. In the caller's transaction, under lock."""
    _add(connection, cells, -1)
    yield
    _add(connection, cells, 1)


def _add(connection: Connection, cells: Cells, sign: int) -> None:
    whole = [(company_code, *_ALWAYS) for company_code in cells.shops]
    days = [(company_code, day, day) for company_code, day in sorted(cells.days)]
    months = [(company_code, month, month) for company_code, month in sorted(cells.months)]
    _execute(connection, _SQL["add_days"], whole + days, sign)
    _execute(connection, of_months("add_days"), whole + months, sign)


def of_months(name: str) -> LiteralString:
    """What a statement does for days, done for months: their tables have the same columns but for the key."""
    statement = _SQL[name]
    return statement.replace("area_day", "area_month").replace("shop_day", "shop_month").replace("received_on", "month")


def _execute(connection: Connection, statement: LiteralString, spans: list[tuple[str, date, date]], sign: int) -> None:
    if spans:
        company_codes, first_ons, last_ons = (list(column) for column in zip(*spans, strict=True))
        parameters = {"company_codes": company_codes, "first_ons": first_ons, "last_ons": last_ons, "sign": sign}
        connection.execute(statement, parameters, prepare=False)


def divisions(connection: Connection) -> list[str]:
    """Divisions that shops or sums name."""
    return [row[0] for row in connection.execute(_SQL["divisions"])]


def sum_division(connection: Connection, division_code: str) -> None:
    """Make the sums of one division anew from its shops. In the caller's transaction, under its lock."""
    parameters = {"division_code": division_code}
    for name in ("drop_days_of_division", "sum_days_of_division"):
        connection.execute(_SQL[name], parameters)
        connection.execute(of_months(name), parameters)
