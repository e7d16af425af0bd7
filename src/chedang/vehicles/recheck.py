"""重新核查 of the vehicle index: what it says of each file against the rows of that file, added up in Python.

See :mod:`chedang.records.recheck`. Files with changes that the worker has not come to yet are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from chedang.platform.database import load_queries
from chedang.records.recheck import Progress, Tally, span_of, stream
from chedang.records.store import Connection
from chedang.terms import vin as vins

_SQL = load_queries("chedang.vehicles", "recheck.sql")


class _File(NamedTuple):
    """One vehicle: how many active records, which plates, and a record by which it can be named."""

    vin: str
    record_count: int
    plates: frozenset[str]
    record_id: str = ""


def check_vehicles(connection: Connection, *, since: date | None, progress: Progress) -> list[Tally]:
    """Number of records and plates of every vehicle. Within :func:`chedang.records.recheck.snapshot`."""
    counted = Tally("vehicles", "车辆索引的记录数与有效记录一致")
    plated = Tally("plates", "车牌索引与有效记录一致")
    (position,) = connection.execute(_SQL["read_position"]).fetchone() or (0,)
    parameters = span_of(since) | {"position": position}
    summed = _sum_files(stream(connection, _SQL["stream_rows"], parameters, name="files"), progress)
    indexed = (
        _File(vin, record_count or 0, frozenset(plates))
        for vin, record_count, plates in stream(connection, _SQL["stream_index"], parameters, name="index")
    )
    for real, told in _side_by_side(summed, indexed):
        counted.count()
        plated.count()
        which = real.record_id or vins.mask(real.vin)
        if real.record_count != told.record_count:
            counted.report(which, f"{real.record_count} ≠ {told.record_count}")
        if real.plates != told.plates:
            plated.report(which, f"{len(real.plates)} ≠ {len(told.plates)}")
    return [counted, plated]


def _sum_files(rows: Iterator[tuple[Any, ...]], progress: Progress) -> Iterator[_File]:
    for vin, group in groupby(rows, itemgetter(0)):
        newest = {record_id: (state, plate) for _, record_id, _, state, plate in group}
        active = [(record_id, plate) for record_id, (state, plate) in newest.items() if state == "active"]
        named = next(iter(newest)).hex()
        progress(1)
        yield _File(vin, len(active), frozenset(plate for _, plate in active if plate), named)


def _side_by_side(summed: Iterator[_File], indexed: Iterator[_File]) -> Iterator[tuple[_File, _File]]:
    """Both streams, in the order of the VIN; a file that one of them lacks is an empty one there."""
    real, told = next(summed, None), next(indexed, None)
    while real is not None or told is not None:
        vin = min(each.vin for each in (real, told) if each is not None)
        empty = _File(vin, 0, frozenset())
        here = real if real is not None and real.vin == vin else empty
        there = told if told is not None and told.vin == vin else empty
        yield here, there
        if here is real:
            real = next(summed, None)
        if there is told:
            told = next(indexed, None)
