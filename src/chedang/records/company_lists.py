"""A shop's own records by what is to be done with them: lists, and counts of exactly those rows.

Every one goes by an index, so that a page costs the same for a shop of thirty records and of thirty thousand; only the
search by the end of a number reads on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, LiteralString
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.records.model import StoredVersion
from chedang.records.store import Connection, stored_version
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.records", "company.sql")
_FIRST_ID: Final = UUID(int=0)
MOST_COUNTED: Final = 1000
"""Nobody works through more in a day; counting on would make the page slow exactly where much is wrong."""


class ListKind(StrEnum):
    """Which records of a shop, each in its newest version."""

    RECEIVED = "received"
    """Received in a span, void ones not."""
    FOUND = "found"
    """The same whose plate or settlement list number ends so."""
    DOUBTFUL = "doubtful"
    """With an error or a doubt that the shop has not explained."""
    EXPLAINED = "explained"
    """With errors or doubts, each of which the shop has explained."""
    HELD = "held"
    """In no vehicle's file."""
    VOID = "void"


class CompanyList(msgspec.Struct, frozen=True):
    """One list of one shop. The list and its count use the same one, so they cannot disagree."""

    company_code: str
    kind: ListKind
    received_from: datetime | None = None
    """Of RECEIVED and FOUND; inclusive."""
    received_until: datetime | None = None
    """Of RECEIVED and FOUND; exclusive."""
    tail: str = ""
    """Of FOUND: how the number ends, normalised."""
    explained: Mapping[UUID, Collection[str]] = {}
    """Of DOUBTFUL and EXPLAINED: codes of the findings that the shop has explained, by record."""

    def parameters(self) -> dict[str, object]:
        """What the statements take."""
        return {
            "company_code": self.company_code,
            "from_at": self.received_from or "-infinity",
            "until_at": self.received_until or "infinity",
            "tail": self.tail,
            "explained_ids": list(self.explained),
            "explained_codes": [",".join(sorted(codes)) for codes in self.explained.values()],
        }


def day_list(company_code: str, day: date) -> CompanyList:
    """What was received on a day in China."""
    begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return CompanyList(company_code, ListKind.RECEIVED, begin, begin + timedelta(days=1))


def read_list(
    connection: Connection, wanted: CompanyList, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[StoredVersion]:
    """A page of a list, newest received first; ``before`` is (received_at, record_id) of the last row before."""
    _bound(connection, wanted)
    key = {"before_at": before[0] if before else "infinity", "before_id": before[1] if before else _FIRST_ID}
    parameters = wanted.parameters() | key | {"limit": limit}
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(statement_of("read", wanted.kind), parameters)]


def count_list(connection: Connection, wanted: CompanyList, *, most: int = MOST_COUNTED) -> int:
    """How many rows the list has; ``most`` for that many or more."""
    _bound(connection, wanted)
    parameters = wanted.parameters() | {"most": most}
    (count,) = connection.execute(statement_of("count", wanted.kind), parameters).fetchone() or (0,)
    return int(count)


def read_upload_days(connection: Connection, company_code: str, *, days: int) -> list[datetime]:
    """When the shop's software, file or form last uploaded on each of its last days with an upload, newest first."""
    rows = connection.execute(_SQL["read_upload_days"], {"company_code": company_code, "days": days})
    return [received_at for (received_at,) in rows]


def statement_of(what: str, kind: ListKind) -> LiteralString:
    """``read`` or ``count`` of a list: both have their conditions from one place, so that they cannot disagree."""
    return _SQL[what].replace("/* conditions */", _SQL[kind])


def _bound(connection: Connection, wanted: CompanyList) -> None:
    if wanted.kind is ListKind.FOUND:
        connection.execute(_SQL["limit_search"])
