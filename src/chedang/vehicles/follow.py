"""Follower of the change feed: keeps the vehicle index in step with the records."""

from __future__ import annotations

from chedang.platform.clock import Clock
from chedang.records.store import Connection, read_changes, save_position
from chedang.vehicles.store import iterate_vins, refresh

CONSUMER = "vehicles"
"""Name under which the position in the feed is kept."""


def follow(connection: Connection, *, clock: Clock, node_code: str, limit: int = 1000) -> int:
    """Take the next changes, at most ``limit``, and refresh their vehicles; returns how many changes there were.

    ``node_code`` is this node, whose own records say ``local``. Work and position are committed together, so that a
    killed worker neither skips a change nor counts one twice. To be called outside a transaction. Raises the
    driver's errors, with nothing done.
    """
    changes = read_changes(connection, CONSUMER, limit)
    if changes:
        with connection.transaction():
            save_position(connection, CONSUMER, changes[-1].seq)
            refresh(connection, {change.vin for change in changes}, node_code=node_code, now=clock())
    return len(changes)


def rebuild(connection: Connection, *, clock: Clock, node_code: str, page_rows: int = 1000) -> int:
    """Make the whole index again from the records, also while the worker runs; returns how many VINs were looked at.

    Goes in steps of ``page_rows`` vehicles, each its own transaction; the old rows serve until theirs come. The
    position in the feed stays: what changed meanwhile is refreshed once more, which changes nothing.
    """
    count = 0
    for vins in iterate_vins(connection, page_rows):
        connection.commit()
        with connection.transaction():
            refresh(connection, vins, node_code=node_code, now=clock())
        count += len(vins)
    connection.commit()
    return count
