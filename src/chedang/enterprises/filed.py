"""备案企业名单: who is filed, for everybody, and whose validity ends. Business data only: no person and no telephone.

At the ministry the shops of provinces stand with what their nodes told: name, code, class, division and state.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec

from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.enterprises", "filed.sql")
CHUNK: Final = 2_000
"""Shops read at a time when the whole list is wanted: no transaction stays open while somebody reads it slowly."""


class FiledQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What part of the list is wanted; empty fields ask for nothing."""

    of_provinces: bool = False
    """Shops that other nodes register too: at the ministry."""
    division_prefix: str = ""
    category_code: str = ""
    is_cancelled: bool | None = None
    words: str = ""
    """Part of the name, or the whole code."""


class FiledShop(msgspec.Struct, frozen=True):
    """One shop of the list."""

    company_code: str
    company_name: str
    unified_credit_code: str
    division_code: str
    category_code: str
    business_scope: str
    address: str
    is_cancelled: bool
    license_end_on: date | None
    is_emission_station: bool
    credit_grade: str
    """'' not assessed."""
    credit_year: int | None


class ExpiringShop(msgspec.Struct, frozen=True):
    """A filed shop whose validity ends soon, or has ended."""

    company_code: str
    company_name: str
    division_code: str
    category_code: str
    license_end_on: date


class ExpiringCounts(msgspec.Struct, frozen=True):
    """How many such shops there are."""

    all: int
    over: int
    """Of these, ended before today."""


def list_filed(connection: Connection, query: FiledQuery, *, limit: int, after: str = "") -> list[FiledShop]:
    """The next shops after a code, by code."""
    parameters = _parameters(query) | {"after": after or None, "limit": limit}
    return [_shop(row) for row in connection.execute(_SQL["list_filed"], parameters)]


def count_filed(connection: Connection, query: FiledQuery) -> int:
    """How many shops :func:`list_filed` has in all."""
    (count,) = connection.execute(_SQL["count_filed"], _parameters(query)).fetchone() or (0,)
    return int(count)


def chunks_of(read: Any, query: FiledQuery) -> Iterator[list[FiledShop]]:
    """The whole list, :data:`CHUNK` at a time. ``read()`` lends a connection for one chunk."""
    after = ""
    while True:
        with read() as connection:
            found = list_filed(connection, query, limit=CHUNK, after=after)
        if found:
            yield found
        if len(found) < CHUNK:
            return
        after = found[-1].company_code


def mark_of(connection: Connection, query: FiledQuery) -> str:
    """A text that is another one whenever the list may be another one."""
    row = connection.execute(_SQL["filed_as_of"]).fetchone()
    return hashlib.sha256(msgspec.json.encode((query, row))).hexdigest()[:32]


def list_expiring(
    connection: Connection, division_prefix: str, until_on: date, *, limit: int, offset: int = 0
) -> list[ExpiringShop]:
    """Filed shops in business whose 有效期止 is this day or earlier, the earliest first."""
    parameters = {"division_prefix": division_prefix, "until_on": until_on, "limit": limit, "offset": offset}
    return [ExpiringShop(*row) for row in connection.execute(_SQL["list_expiring"], parameters)]


def count_expiring(connection: Connection, division_prefix: str, until_on: date, *, today: date) -> ExpiringCounts:
    """How many :func:`list_expiring` has, and how many are over."""
    parameters = {"division_prefix": division_prefix, "until_on": until_on, "today": today}
    return ExpiringCounts(*(connection.execute(_SQL["count_expiring"], parameters).fetchone() or (0, 0)))


def _parameters(query: FiledQuery) -> dict[str, object]:
    words = query.words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return {
        "of_provinces": query.of_provinces,
        "division_prefix": query.division_prefix or None,
        "category_code": query.category_code or None,
        "is_cancelled": query.is_cancelled,
        "words": f"%{words}%" if words else None,
        "code": query.words,
    }


def _shop(row: tuple[Any, ...]) -> FiledShop:
    is_station, grade, year = row[9:]
    return FiledShop(*(*row[:9], bool(is_station), grade or "", year))
