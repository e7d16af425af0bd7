"""Lists for the people who mend records: a shop's own counts, and what needs attention in a division."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.records.model import StoredVersion
from chedang.records.store import Connection, stored_version

_SQL = load_queries("chedang.records", "worklist.sql")
_READ_DOUBTFUL, _COUNT_DOUBTFUL = (
    _SQL[name].replace("/* conditions */", _SQL["doubtful"]) for name in ("read_doubtful", "count_doubtful")
)


class CompanyCounts(msgspec.Struct, frozen=True):
    """Records of one enterprise by what became of them; each counted in its newest version."""

    total: int
    faulty: int
    """With an error or a doubt."""
    fileless: int
    """In no vehicle's file."""


class DoubtfulFilter(msgspec.Struct, frozen=True):
    """Which records an officer asks for. The list and its count use the same one, so they cannot disagree."""

    division_prefix: str
    """Digits that the enterprise's division begins with; '' only with ``is_nationwide``: a scope that is missing must
    never come to mean everything."""
    since: datetime
    with_doubts: bool = False
    """Records that carry warnings only, too."""
    only_fileless: bool = False
    is_nationwide: bool = False
    """All provinces: what an officer of the ministry answers for."""


def count_company_records(connection: Connection, company_code: str) -> CompanyCounts:
    """Count the records of one enterprise."""
    row = connection.execute(_SQL["count_company"], {"company_code": company_code}).fetchone()
    return CompanyCounts(*row) if row else CompanyCounts(0, 0, 0)


def read_doubtful_records(
    connection: Connection,
    wanted: DoubtfulFilter,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> list[StoredVersion]:
    """Newest versions with an error (or a doubt) in them, newest received first.

    ``before`` is (received_at, record_id) of the last row of the page before.
    """
    parameters = _parameters(wanted) | {
        "limit": limit,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
    }
    return [stored_version(row) for row in connection.execute(_READ_DOUBTFUL, parameters)]


def count_doubtful_records(connection: Connection, wanted: DoubtfulFilter, *, most: int | None = None) -> int:
    """How many records the list would show in all; ``most`` for that many or more."""
    parameters = _parameters(wanted) | {"most": most}
    # Planned anew each time: a plan for any limit and any division reads the whole week to count a thousand of it.
    (count,) = connection.execute(_COUNT_DOUBTFUL, parameters, prepare=False).fetchone() or (0,)
    return int(count)


def count_settled_after(connection: Connection, company_code: str, day: date) -> int:
    """How many standing records of one enterprise were settled after this day."""
    parameters = {"company_code": company_code, "day": day}
    (count,) = connection.execute(_SQL["count_settled_after"], parameters).fetchone() or (0,)
    return int(count)


def _parameters(wanted: DoubtfulFilter) -> dict[str, object]:
    if not wanted.division_prefix and not wanted.is_nationwide:
        raise ValueError("a list of records needs the division it is bounded to")
    return msgspec.structs.asdict(wanted)
