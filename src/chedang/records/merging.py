"""Merging rows of other nodes into the store: a set of rows that only grows, whatever the order in which they come.

A row is known by (VIN, record, version) and never changes, so a receiver puts in what it lacks. The head of a record is
the newest of its rows here: the highest version, of which the row that only says where the record went (``moved``) is
the older one; ``previous_vin`` is the file of the row before it. Any order and any split of the same rows end in the
same tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from struct import error as StructError  # noqa: N812 - the module names it in lower case
from typing import Any

import psycopg

from chedang.platform.arrays import (
    bare_uuid_array,
    bytes_array,
    date_array,
    instant_array,
    integer_array,
    text_array,
    word_array,
)
from chedang.platform.database import is_data_fault, load_queries
from chedang.records.identity import content_digest
from chedang.records.model import RowKey, StoredRow
from chedang.records.store import Connection

_SQL = load_queries("chedang.records", "merging.sql")
_LOCAL = "local"


class Merged(StrEnum):
    """What became of one row."""

    INSERTED = "inserted"
    SAME = "same"
    """It was here already, equal in every column."""
    DIFFERENT = "different"
    """Another row stands under its key; that one stays."""
    FOREIGN = "foreign"
    """Its record is another shop's here."""


def merge(connection: Connection, rows: Sequence[StoredRow], *, node_code: str = "") -> list[Merged]:
    """Put in the rows that are not here, in the caller's transaction, and tell the followers; outcomes in order.

    ``node_code``: two digits of this node; rows of that origin are its own and stand as ``local``. Raises the driver's
    DataError and others for which :func:`is_row_fault` is true when a value cannot be stored: then the transaction, or
    the savepoint around the call, is to be rolled back.
    """
    outcomes: list[Merged] = [Merged.INSERTED] * len(rows)
    first, later = _one_of_each(rows)
    _merge_distinct(connection, rows, first, outcomes, node_code)
    # What the same call said before now stands in the table.
    for number in later:
        _merge_distinct(connection, rows, [number], outcomes, node_code)
    return outcomes


def is_row_fault(fault: BaseException) -> bool:
    """Was a batch refused for the values of some row, so that trying again cannot help?"""
    return is_data_fault(fault) or isinstance(
        fault,
        # Out of the range of a column in binary form; a lone surrogate; too long for an index.
        StructError | UnicodeEncodeError | psycopg.errors.ProgramLimitExceeded,
    )


def read_rows(connection: Connection, keys: Iterable[RowKey], *, node_code: str = "") -> list[tuple[Any, ...]]:
    """Whole rows in the order asked, columns in the order of :class:`StoredRow`; unknown keys are passed over.

    ``node_code``: what stands for the origin of rows that came in here; '' leaves ``local``.
    """
    wanted = list(keys)
    parameters = {
        "vin": text_array([key.vin for key in wanted]),
        "record_id": bare_uuid_array([key.record_id for key in wanted]),
        "version": integer_array([key.version for key in wanted]),
        "node_code": node_code,
    }
    return _execute(connection, "read_rows", parameters)


def find_same(connection: Connection, rows: Sequence[StoredRow], *, node_code: str = "") -> list[bool]:
    """Is each row here, equal in every column? Raises as :func:`merge` does; ``node_code`` as there."""
    if not rows:
        return []
    # A statement of its own also after merging: it sees what others have just committed.
    found = _execute(connection, "find_same", _columns(rows, node_code))
    same = {number for (number,) in found}
    return [number in same for number in range(1, len(rows) + 1)]


def _one_of_each(rows: Sequence[StoredRow]) -> tuple[list[int], list[int]]:
    """Numbers of the rows of which one statement can tell apart what it finds, and of the others."""
    owners: dict[bytes, str] = {}
    keys: set[tuple[bytes, int, str]] = set()
    first: list[int] = []
    later: list[int] = []
    for number, row in enumerate(rows):
        key = (row.record_id, row.version, row.vin)
        if key in keys or owners.setdefault(row.record_id, row.company_code) != row.company_code:
            later.append(number)
        else:
            keys.add(key)
            first.append(number)
    return first, later


def _merge_distinct(
    connection: Connection, rows: Sequence[StoredRow], numbers: list[int], outcomes: list[Merged], node_code: str
) -> None:
    """Merge the rows of these numbers and write down what became of each that was not inserted."""
    if not numbers:
        return
    chosen = [rows[number] for number in numbers]
    # The server would take ten times as long for the digests.
    digests = bytes_array([content_digest(row.content.encode()) for row in chosen])
    columns = _columns(chosen, node_code) | {"digest": digests}
    there: list[int] = []
    unsettled: set[bytes] = set()
    for number, is_foreign, record_id in _execute(connection, "merge", columns):
        if number is None:
            unsettled.add(record_id)
        elif is_foreign:
            outcomes[numbers[number - 1]] = Merged.FOREIGN
        else:
            there.append(numbers[number - 1])
    if unsettled:
        _settle_heads(connection, [row for row in chosen if row.record_id in unsettled])
    same = find_same(connection, [rows[number] for number in there], node_code=node_code)
    for number, is_same in zip(there, same, strict=True):
        outcomes[number] = Merged.SAME if is_same else Merged.DIFFERENT


def _settle_heads(connection: Connection, rows: Sequence[StoredRow]) -> None:
    parameters = {
        "record_id": bare_uuid_array([row.record_id for row in rows]),
        "vin": text_array([row.vin for row in rows]),
    }
    connection.execute(_SQL["settle_heads"], parameters, prepare=False)


def _execute(connection: Connection, name: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Run a statement over arrays. Planned anew each time: a plan for any parameters expects ten elements in an array,
    and with thousands it would compare each with each."""
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(_SQL[name], parameters, prepare=False).fetchall()


def _columns(rows: Sequence[StoredRow], node_code: str) -> dict[str, object]:
    """One array per column of the statement ``merge``."""
    return {
        "vin": text_array([row.vin for row in rows]),
        "record_id": bare_uuid_array([row.record_id for row in rows]),
        "version": integer_array([row.version for row in rows]),
        "state": word_array([row.state for row in rows]),
        "company_code": word_array([row.company_code for row in rows]),
        "settlement_list_number": text_array([row.settlement_list_number for row in rows]),
        "plate_number": text_array([row.plate_number for row in rows]),
        "repair_on": date_array([row.repair_on for row in rows]),
        "settled_on": date_array([row.settled_on for row in rows]),
        "mileage_km": word_array([row.mileage_km for row in rows]),
        "content": text_array([row.content for row in rows]),
        "findings": text_array([row.findings for row in rows]),
        "error_count": integer_array([row.error_count for row in rows]),
        "warn_count": integer_array([row.warn_count for row in rows]),
        "origin": word_array([_LOCAL if row.origin == node_code else row.origin for row in rows]),
        "dialect": word_array([row.dialect for row in rows]),
        "actor": text_array([row.actor for row in rows]),
        "reason": text_array([row.reason for row in rows]),
        "received_at": instant_array([row.received_at for row in rows]),
    }
