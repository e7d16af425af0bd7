"""What figures need to know of shops, taken over from the registers: this node's, other nodes', makers', software."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from chedang.platform.database import load_queries
from chedang.quality.areas import Cells, following
from chedang.quality.indicators import load_file
from chedang.records.store import Connection

_SQL = load_queries("chedang.quality", "counted_shops.sql")
_COLUMNS = (
    "company_code", "company_name", "division_code", "category_code", "is_filed", "is_in_business", "filed_on",
    "vendor", "maker_code",
)  # fmt: skip


def take_up(connection: Connection, company_codes: Collection[str], *, today: date) -> None:
    """Let the figures know these shops, of which a record is about to be counted. In the caller's transaction."""
    codes = sorted(company_codes)
    missing = [row[0] for row in connection.execute(_SQL["missing_shops"], {"company_codes": codes})]
    if missing:
        _save(connection, _changed(connection, today, only=missing, limit=len(missing)))


def take_over(connection: Connection, *, today: date, limit: int) -> int:
    """Take over what the registers say of up to ``limit`` shops that the figures count otherwise; gives how many.

    In the caller's transaction, under its lock.
    """
    changed = _changed(connection, today, only=None, limit=limit)
    if changed:
        with following(connection, Cells(shops=[row[0] for row in changed])):
            _save(connection, changed)
    else:
        connection.execute(_SQL["drop_unknown_shops"])
    return len(changed)


def _changed(connection: Connection, today: date, *, only: list[str] | None, limit: int) -> list[tuple[Any, ...]]:
    parameters = {"closed_states": list(load_file().closed_states), "today": today, "only": only, "limit": limit}
    return connection.execute(_SQL["changed_shops"], parameters).fetchall()


def _save(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    columns = zip(_COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True)
    connection.execute(_SQL["save_shops"], dict(columns))
