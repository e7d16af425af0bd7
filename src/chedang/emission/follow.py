"""Follower of the change feed: a record of an M-station answers the ticket of its vehicle. Run by a province's worker.

Voids, amendments and records that move to another VIN come the same way, so that a ticket opens again when its record
answers no more.
"""

from __future__ import annotations

from typing import Final

from chedang.emission import store
from chedang.emission.matching import bring_in_step
from chedang.emission.store import Connection
from chedang.platform.clock import Clock
from chedang.records.identity import decode_content
from chedang.records.rules import find_emission_report
from chedang.records.store import Change, read_changes, save_position

CONSUMER: Final = "emission"
"""Name under which the position in the feed is kept."""


def follow(connection: Connection, *, clock: Clock, limit: int = 1000) -> int:
    """Take the next changes, at most ``limit``; returns how many there were.

    Work and position are committed together. To be called outside a transaction. Raises the driver's errors, with
    nothing done.
    """
    changes = read_changes(connection, CONSUMER, limit)
    if changes:
        with connection.transaction():
            save_position(connection, CONSUMER, changes[-1].seq)
            store.hold_feed(connection)
            numbers = _note_named(connection, changes)
            vins = {change.vin for change in changes}
            if concerned := store.concerned(connection, vins, numbers):
                bring_in_step(connection, concerned, numbers, now=clock())
    return len(changes)


def _note_named(connection: Connection, changes: list[Change]) -> set[str]:
    """Report numbers that these records name, or named before."""
    record_ids = [change.record_id for change in changes]
    rows = store.named_in(
        connection, [change.vin for change in changes], record_ids, [change.version for change in changes]
    )
    read = [(find_emission_report(decode_content(content).fault_description), record_id) for record_id, content in rows]
    store.note_named(connection, {(number, record_id) for number, record_id in read if number is not None})
    return store.numbers_of_records(connection, record_ids)
