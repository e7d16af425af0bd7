"""Settling of a feed: up to which number nothing can appear any more, without keeping any writer waiting (ours).

A writer holds the feed's advisory lock, shared, from before it draws a number until its commit. So what is not visible
below a number that is belongs to somebody who holds the lock now, and only those who do now need to be waited for. To
ask for the lock alone instead would stop all writers, and would never succeed while large transactions overlap.
"""

from __future__ import annotations

import time
from typing import Any, Final, LiteralString
from weakref import WeakKeyDictionary

import msgspec
import psycopg

_BRIEFLY_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.01
_HOLDERS: Final = """
    select virtualtransaction
    from pg_locks
    where locktype = 'advisory' and granted and (classid, objid, objsubid) = (0, %(lock)s, 1)
        and database = (select oid from pg_database where datname = current_database())
"""


class _Wait(msgspec.Struct):
    """A number that was visible, and who held the lock then and has not ended since."""

    horizon: int
    holders: set[str]


_waits: WeakKeyDictionary[psycopg.Connection[Any], dict[int, _Wait]] = WeakKeyDictionary()


def settle(connection: psycopg.Connection[Any], *, lock: int, newest: LiteralString) -> int | None:
    """A number of the feed up to which all is visible now; ``None`` while a writer from before takes long.

    Then the next call on the connection goes on waiting for the same writers, so that it gets on however many follow
    them. ``lock``: below 2**32; ``newest``: the statement that gives the largest number visible. To be called outside a
    transaction; waits for a moment at most.
    """
    waits = _waits.setdefault(connection, {})
    (horizon,) = connection.execute(newest).fetchone() or (0,)
    now = _Wait(int(horizon), _holders(connection, lock))
    before = waits.pop(lock, None)
    patient_until = time.monotonic() + _BRIEFLY_SECONDS
    holders = now.holders
    while True:
        now.holders &= holders
        if not now.holders:
            return now.horizon
        if before is not None and not (before.holders & holders):
            return before.horizon
        if time.monotonic() > patient_until:
            waits[lock] = before or now
            return None
        time.sleep(_LOOK_SECONDS)
        holders = _holders(connection, lock)


def _holders(connection: psycopg.Connection[Any], lock: int) -> set[str]:
    holders = {str(row[0]) for row in connection.execute(_HOLDERS, {"lock": lock})}
    connection.commit()
    return holders
