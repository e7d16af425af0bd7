"""What each record adds to the figures, written down record by record, so that it can be taken away again.

A row is a function of the record's versions here and, for duplicates, of the other records of its shop: making it twice
changes nothing. Everything works in the caller's transaction, under the lock of the figures.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.quality.indicators import load_file
from chedang.quality.statistics_model import Tally
from chedang.records.origin import LOCAL
from chedang.records.store import Change, Connection
from chedang.terms.dates import SHANGHAI

COUNTS: Final = Tally.__struct_fields__
DUPLICATE: Final = COUNTS.index("duplicate")
_MINISTRY: Final = "00"
_SQL = load_queries("chedang.quality", "tallying.sql")
_RECOUNTING = load_queries("chedang.quality", "recounting.sql")
_SAVE_PLACES, _SAVE_OF_COMPANIES = (
    _SQL["save_counted"].replace("/* wanted */", wanted)
    for wanted in (_SQL["wanted_places"], _RECOUNTING["wanted_of_companies"])
)

Cell = tuple[str, date]
"""(company code, day in China)."""


class Counted(msgspec.Struct, frozen=True):
    """What one record adds: a row of ``counted_record``."""

    record_id: UUID
    company_code: str
    received_at: datetime
    """Of its first version."""
    likeness: int | None
    """Digest of what makes two records the same job; ``None``: void, or of no known car."""
    marks: tuple[bool, ...]
    """In the order of the counts of a tally after ``received``."""

    @property
    def cell(self) -> Cell:
        return self.company_code, self.received_at.astimezone(SHANGHAI).date()

    @property
    def counts(self) -> tuple[int, ...]:
        """In the order of the counts of a tally."""
        return (1, *map(int, self.marks))


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where the newest version of a record stands, and when its first one came in."""

    vin: str
    record_id: UUID
    version: int
    received_at: datetime


def find_places(connection: Connection, changes: Sequence[Change], known: Mapping[UUID, Counted]) -> list[Place]:
    """Places of the records of these changes; ``known`` says how they were counted so far.

    Left out are records without a first version here: at the ministry a later version may come before it.
    """
    record_ids = {"record_ids": list({change.record_id for change in changes})}
    heads = {row[0]: row[1:] for row in connection.execute(_SQL["read_heads"], record_ids)}
    first = {record_id: counted.received_at for record_id, counted in known.items()}
    first = _first_receipts(connection, [change for change in changes if change.version == 1], known, first)
    return [
        Place(heads[record_id][0], record_id, heads[record_id][1], received_at)
        for record_id, received_at in first.items()
        if record_id in heads
    ]


def _first_receipts(
    connection: Connection,
    firsts: Sequence[Change],
    known: Mapping[UUID, Counted],
    receipts: dict[UUID, datetime],
) -> dict[UUID, datetime]:
    """``receipts`` with what the changes of first versions say."""
    parameters: dict[str, Any] = {
        "vins": [change.vin for change in firsts],
        "record_ids": [change.record_id for change in firsts],
    }
    found: dict[UUID, list[datetime]] = {}
    for record_id, received_at in connection.execute(_SQL["read_first_versions"], parameters, prepare=False):
        found.setdefault(record_id, []).append(received_at)
    # A record that is counted has its first version already. When that is another one than this change tells of, it was
    # mended, or stands under two VINs: then all rows of the shop are looked through.
    doubtful = [
        change.record_id
        for change in firsts
        if change.record_id in known and set(found.get(change.record_id, ())) != {receipts[change.record_id]}
    ]
    receipts |= {record_id: min(instants) for record_id, instants in found.items()}
    if doubtful:
        parameters = {
            "company_codes": list({known[record_id].company_code for record_id in doubtful}),
            "record_ids": doubtful,
        }
        for record_id in doubtful:
            receipts.pop(record_id, None)
        receipts |= dict(connection.execute(_SQL["search_first_versions"], parameters))
    return receipts


def read(connection: Connection, record_ids: Collection[UUID]) -> dict[UUID, Counted]:
    """What these records add so far; those that add nothing are absent."""
    rows = connection.execute(_SQL["read_counted"], {"record_ids": list(record_ids)})
    return {row[0]: _counted(row) for row in rows}


def save(connection: Connection, places: Sequence[Place], *, node_code: str) -> None:
    """Write down what these records add; none of them is marked as a duplicate.

    ``node_code``: two digits of this node; what the ministry's own gate took in came from head offices.
    """
    wanted = {
        "vins": [place.vin for place in places],
        "record_ids": [place.record_id for place in places],
        "versions": [place.version for place in places],
        "received_ats": [place.received_at for place in places],
    }
    # Planned anew each time: a plan for any parameters expects ten elements in an array.
    connection.execute(_SAVE_PLACES, wanted | _meanings(node_code), prepare=False)


def save_of_companies(connection: Connection, company_codes: Sequence[str], *, node_code: str) -> int:
    """The same for every record of these shops; gives how many there are."""
    parameters = {"company_codes": list(company_codes)} | _meanings(node_code)
    return connection.execute(_SAVE_OF_COMPANIES, parameters, prepare=False).rowcount


def _meanings(node_code: str) -> dict[str, Any]:
    file = load_file()
    return {
        "on_time_days": file.on_time_days,
        "late_days": file.late_days,
        "incomplete": _pattern(file.incomplete),
        "vin_wrong": _pattern(file.vin_wrong),
        "plate_wrong": _pattern(file.plate_wrong),
        "head_office_origins": [_MINISTRY, LOCAL] if node_code == _MINISTRY else [_MINISTRY],
    }


def drop(connection: Connection, record_ids: Collection[UUID]) -> None:
    """These records add nothing any more."""
    connection.execute(_SQL["drop_counted"], {"record_ids": list(record_ids)})


def mark_duplicates(connection: Connection, touched: Iterable[Counted]) -> list[Counted]:
    """Tell anew, among the records that are like these, which are duplicates; gives those of which that changed."""
    alike = sorted({(each.company_code, each.likeness) for each in touched if each.likeness is not None})
    if not alike:
        return []
    company_codes, likenesses = zip(*alike, strict=True)
    parameters = {"company_codes": list(company_codes), "likenesses": list(likenesses)}
    return [_counted(row) for row in connection.execute(_SQL["mark_duplicates"], parameters, prepare=False)]


def _counted(row: tuple[Any, ...]) -> Counted:
    record_id, company_code, received_at, likeness, *marks = row
    return Counted(record_id, company_code, received_at, likeness, tuple(marks))


def _pattern(codes: Iterable[str]) -> str:
    """A regular expression for the column ``findings``, each entry of which begins with its code."""
    return rf'\{{"code":"({"|".join(map(re.escape, codes))})"'
