"""The vehicle index in PostgreSQL: which files there are, and which plates lead to them.

Derived: every row can be made again from the record versions, so that being refreshed twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

import msgspec
from psycopg.rows import class_row

from chedang.platform.database import load_queries
from chedang.records.store import Connection
from chedang.terms import plate, vin
from chedang.vehicles.home import Home
from chedang.vehicles.homes import read_homes
from chedang.vehicles.model import Vehicle

_SQL = load_queries("chedang.vehicles")
_TAIL_LENGTH = 6
_COLUMNS = (
    "vin", "plate_number", "home_province_code", "record_count", "first_settled_on", "last_settled_on",
    "last_mileage_km",
)  # fmt: skip


class _Summary(msgspec.Struct):
    """Row of ``summarise_vehicles``."""

    vin: str
    record_count: int
    first_settled_on: date
    last_settled_on: date
    plate_number: str | None
    last_mileage_km: Decimal | None


def refresh(connection: Connection, vins: Iterable[str], *, node_code: str, now: datetime) -> None:
    """Make the index rows of these vehicles again from their newest active versions, in the caller's transaction.

    Keys of records without a vehicle (``~`` + company code) are passed over. Refreshes wait for each other, so call
    it last in a transaction. ``node_code`` is this node, ``now`` is what ``refreshed_at`` becomes.
    """
    keys = {"vins": sorted({key for key in vins if not key.startswith("~")})}
    if not keys["vins"]:
        return
    with connection.transaction():
        connection.execute(_SQL["lock_refresh"])
        connection.execute(_SQL["upsert_plates"], keys)
        connection.execute(_SQL["delete_stale_plates"], keys)
        with connection.cursor(row_factory=class_row(_Summary)) as cursor:
            summaries = cursor.execute(_SQL["summarise_vehicles"], keys).fetchall()
        if summaries:
            homes = read_homes(connection, [summary.vin for summary in summaries], node_code=node_code)
            connection.execute(_SQL["upsert_vehicles"], _columns(summaries, homes) | {"refreshed_at": now})
        gone = sorted(set(keys["vins"]) - {summary.vin for summary in summaries})
        if gone:
            connection.execute(_SQL["delete_vehicles"], {"vins": gone})


def _columns(summaries: list[_Summary], homes: dict[str, Home]) -> dict[str, list[object]]:
    rows = [
        (
            summary.vin,
            summary.plate_number or "",
            homes[summary.vin].province_code,
            summary.record_count,
            summary.first_settled_on,
            summary.last_settled_on,
            summary.last_mileage_km,
        )
        for summary in summaries
    ]
    return dict(zip(_COLUMNS, (list(column) for column in zip(*rows, strict=True)), strict=True))


def find_by_plate_and_vin_tail(connection: Connection, plate_number: str, tail: str) -> list[str]:
    """VINs of the vehicles that carried this plate at some time and whose VIN ends in these six characters.

    Both as people type them; nothing is found for a tail of another length. More than one VIN is possible when a
    shop typed one wrongly: the one last seen with the plate comes first.
    """
    parameters = {"plate_number": plate.normalise(plate_number), "tail": vin.normalise(tail)}
    if len(parameters["tail"]) != _TAIL_LENGTH or not parameters["plate_number"]:
        return []
    return [row[0] for row in connection.execute(_SQL["find_by_plate_and_vin_tail"], parameters)]


def read_vehicle(connection: Connection, vin_text: str) -> Vehicle | None:
    """The index row of a normalised VIN; ``None`` when no active record stands under it."""
    with connection.cursor(row_factory=class_row(Vehicle)) as cursor:
        return cursor.execute(_SQL["read_vehicle"], {"vin": vin_text}).fetchone()


def iterate_vins(connection: Connection, page_rows: int = 1000) -> Iterator[list[str]]:
    """VINs that records stand under, then those that only the index knows, page by page."""
    for query in (_SQL["next_vins"], _SQL["next_orphans"]):
        after = ""
        while page := [row[0] for row in connection.execute(query, {"after": after, "limit": page_rows})]:
            yield page
            after = page[-1]
