"""Orders that come in several calls and are not settled yet: kept on disk, shown to the shop, forgotten after an age.

An order holds VIN and plate of a job in progress, and nothing beyond the 13 elements. It is no record: no vehicle's
file shows it and no exchange carries it (ADR 0013).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from chedang.enterprises.store import Connection
from chedang.intake import extras
from chedang.platform.database import load_queries
from chedang.records.identity import decode_content, encode_content
from chedang.records.model import RecordText

_SQL = load_queries("chedang.intake", "orders.sql")


class OpenOrder(msgspec.Struct, frozen=True):
    """One order as the table holds it."""

    company_code: str
    family: str
    order_key: str
    text: RecordText
    opened_at: datetime
    changed_at: datetime
    settled_at: datetime | None = None
    """Its settling step has come; set while its record is being stored, so that a crash in between is noticed."""
    record_id_hex: str | None = None
    """The record it became, where that is not named by ``order_key``; the text is empty then."""


class OrderCount(msgspec.Struct, frozen=True):
    """How many orders of one shop are open, and since when the oldest is."""

    company_code: str
    count: int
    oldest_opened_at: datetime


def find(connection: Connection, company_code: str, family: str, order_key: str) -> OpenOrder | None:
    """The order of this shop, vocabulary and key; also one that is only a pointer to its record."""
    row = connection.execute(_SQL["find_order"], _key(company_code, family, order_key)).fetchone()
    return None if row is None else _order(company_code, family, order_key, row)


def save(connection: Connection, order: OpenOrder) -> None:
    """Write the order as it is now. Commits with the caller's transaction."""
    connection.execute(
        _SQL["save_order"],
        _key(order.company_code, order.family, order.order_key)
        | {
            "content": encode_content(order.text).decode(),
            "settled_at": order.settled_at,
            "record_id": order.record_id_hex,
            "opened_at": order.opened_at,
            "changed_at": order.changed_at,
        },
    )


def forget(connection: Connection, order: OpenOrder) -> None:
    """Drop the order: it is found as a record by its number now."""
    connection.execute(_SQL["forget_order"], _key(order.company_code, order.family, order.order_key))


def list_open(connection: Connection, company_code: str, *, limit: int) -> list[OpenOrder]:
    """Orders of one shop that wait for their settlement, the longest waiting first."""
    rows = connection.execute(_SQL["list_orders"], {"company_code": company_code, "limit": limit})
    return [_order(company_code, row[0], row[1], row[2:]) for row in rows]


def count_of(connection: Connection, company_code: str) -> int:
    """How many orders of one shop wait for their settlement."""
    (count,) = connection.execute(_SQL["count_orders_of"], {"company_code": company_code}).fetchone() or (0,)
    return int(count)


def count_open(connection: Connection) -> Collection[OrderCount]:
    """Open orders of every shop that has any, the most first."""
    return [OrderCount(*row) for row in connection.execute(_SQL["count_orders"])]


def forget_stale(connection: Connection, *, now: datetime, days: int) -> int:
    """Drop orders, pointers and held extras that nobody touched for ``days`` days; how many orders and pointers."""
    before = now - timedelta(days=days)
    extras.forget_stale(connection, before=before)
    return connection.execute(_SQL["forget_stale_orders"], {"before": before}).rowcount


def _key(company_code: str, family: str, order_key: str) -> dict[str, object]:
    return {"company_code": company_code, "family": family, "order_key": order_key}


def _order(company_code: str, family: str, order_key: str, row: tuple[object, ...]) -> OpenOrder:
    content, settled_at, record_id, opened_at, changed_at = row
    return msgspec.convert(
        {
            "company_code": company_code,
            "family": family,
            "order_key": order_key,
            "text": decode_content(str(content)),
            "settled_at": settled_at,
            "record_id_hex": None if record_id is None else record_id.hex,  # type: ignore[attr-defined] # a UUID
            "opened_at": opened_at,
            "changed_at": changed_at,
        },
        OpenOrder,
    )
