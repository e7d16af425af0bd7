"""Follower of the change feed: keeps an alert for each record of a vehicle that is looked for. Run by a province's
worker, after the record was stored and answered: whoever uploads sees and waits for nothing of it."""

from __future__ import annotations

from typing import Final

from chedang.platform.clock import Clock
from chedang.records.store import read_changes, save_position
from chedang.terms.dates import day_in_china
from chedang.watch import store
from chedang.watch.listing import note
from chedang.watch.store import Connection, WatchKeys

CONSUMER: Final = "watch"
"""Name under which the position in the feed is kept."""


def follow(connection: Connection, keys: WatchKeys, *, clock: Clock, limit: int = 1000) -> int:
    """Take the next changes, at most ``limit``; returns how many there were.

    Work and position are committed together. To be called outside a transaction. Raises the driver's errors, with
    nothing done.
    """
    changes = read_changes(connection, CONSUMER, limit)
    if changes:
        with connection.transaction():
            save_position(connection, CONSUMER, changes[-1].seq)
            store.hold_list(connection)
            if store.any_entry(connection):
                sightings = store.read_changed(
                    connection,
                    [change.vin for change in changes],
                    [change.record_id for change in changes],
                    [change.version for change in changes],
                )
                vins = {keys.vin(sighting.vin) for sighting in sightings}
                plates = {keys.plate(sighting.plate_number) for sighting in sightings} - {""}
                now = clock()
                entries = store.find_matching(connection, vins, plates, day_in_china(now))
                note(connection, keys, entries, sightings, now=now)
    return len(changes)
