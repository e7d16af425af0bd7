"""Dead letters: items that could not be applied, each with its own bytes and the reason; they can be tried again.

An item dies for a reason that the same bytes will meet again, until somebody does something: a newer release, a shop
that is registered, a row that is mended. So nothing is tried again by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from chedang.exchange.applying import MESSAGE, RECORD, Applier, Items, Verdict, read_items
from chedang.exchange.messages import UNREADABLE, decode_notice, decode_record
from chedang.exchange.model import DeadReason, Outcome
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "dead_letters.sql")

RESOLVED_KEPT: Final = timedelta(days=90)
"""How long a letter that was dealt with is kept."""
REFUSALS_KEPT: Final = timedelta(days=400)
"""How long it is kept what the other side could not apply, as events are."""


class DeadLetter(msgspec.Struct, frozen=True):
    """One row of ``exchange_dead_letter`` without its payload, which holds personal data."""

    letter_id: int
    peer: str
    epoch: int
    sequence: int
    item: int
    """Number in the message from 0, -1 for the whole."""
    kind: str
    """``record``, ``message`` or the kind of a notice."""
    reason: str
    """Code of :class:`chedang.exchange.model.DeadReason`."""
    detail: str
    arrived_at: datetime
    tried_at: datetime | None
    size_bytes: int


class Replayed(msgspec.Struct, frozen=True):
    """What became of letters that were tried again."""

    resolved: int
    still_dead: int


class _Open(msgspec.Struct, frozen=True, array_like=True):
    letter_id: int
    peer: str
    kind: str
    payload: bytes
    epoch: int
    sequence: int
    arrived_at: datetime


def put(
    connection: Connection,
    peer: str,
    verdicts: Sequence[tuple[int, Verdict]],
    *,
    epoch: int,
    sequence: int,
    now: datetime,
) -> None:
    """Write down the dead items of a message with their numbers, in the caller's transaction."""
    letters = [
        {
            "peer": peer,
            "epoch": epoch,
            "sequence": sequence,
            "item": item,
            "kind": verdict.kind,
            "payload": verdict.payload,
            "reason": verdict.reason,
            "detail": verdict.detail,
            "arrived_at": now,
        }
        for item, verdict in verdicts
    ]
    if letters:
        with connection.cursor() as cursor:
            cursor.executemany(_SQL["put"], letters)


def list_open(connection: Connection, peer: str | None = None, limit: int = 1000) -> list[DeadLetter]:
    """What waits for a decision, oldest first; of one peer or of all."""
    rows = connection.execute(_SQL["list_open"], {"peer": peer, "limit": limit})
    return [DeadLetter(*row) for row in rows]


def replay(
    connection: Connection, letter_id: int | None, *, node_code: str, by: str, now: datetime, peer: str | None = None
) -> Replayed:
    """Try one letter again, or all that wait (of ``peer``), each in a transaction of its own.

    To be called outside a transaction. Items of a whole message that die now become letters of their own.
    """
    applier = Applier(node_code)
    (until,) = connection.execute(_SQL["newest"]).fetchone() or (0,)
    connection.commit()
    wanted = {"letter_id": letter_id, "peer": peer, "until": until}
    resolved = still_dead = after = 0
    while True:
        with connection.transaction():
            row = connection.execute(_SQL["next_open"], wanted | {"after": after}).fetchone()
            if row is None:
                return Replayed(resolved, still_dead)
            letter = _Open(*row)
            after = letter.letter_id
            if _try_again(connection, applier, letter, by, now):
                resolved += 1
            else:
                still_dead += 1


def dismiss(connection: Connection, letter_id: int, by: str, *, now: datetime) -> bool:
    """Nothing more is to be done about it; False when it was dealt with before or does not exist.

    Commits with the transaction of the caller.
    """
    return connection.execute(_SQL["resolve"], {"letter_id": letter_id, "by": by, "now": now}).fetchone() is not None


def purge(connection: Connection, *, now: datetime) -> int:
    """Drop what was dealt with long ago, ours and what was told of ours; gives how many.

    Commits with the transaction of the caller. Letters hold personal data.
    """
    letters = connection.execute(_SQL["purge"], {"before": now - RESOLVED_KEPT}).rowcount
    return letters + connection.execute(_SQL["purge_refusals"], {"before": now - REFUSALS_KEPT}).rowcount


def _try_again(connection: Connection, applier: Applier, letter: _Open, by: str, now: datetime) -> bool:
    about = {"letter_id": letter.letter_id, "now": now}
    try:
        items = _items(letter)
    except UNREADABLE:
        connection.execute(_SQL["note_try"], about | {"reason": DeadReason.UNREADABLE, "detail": "无法解读"})
        return False
    verdicts = applier.apply(connection, letter.peer, items, now=now, arrived_at=letter.arrived_at)
    dead = [(item, verdict) for item, verdict in enumerate(verdicts) if verdict.outcome is Outcome.DEAD]
    if letter.kind == MESSAGE:
        put(connection, letter.peer, dead, epoch=letter.epoch, sequence=letter.sequence, now=letter.arrived_at)
    elif dead:
        verdict = dead[0][1]
        connection.execute(_SQL["note_try"], about | {"reason": verdict.reason, "detail": verdict.detail})
        return False
    connection.execute(_SQL["resolve"], about | {"by": by})
    return True


def _items(letter: _Open) -> Items:
    if letter.kind == MESSAGE:
        return read_items(letter.payload, has_digests=False)  # its schema is not known any more
    if letter.kind == RECORD:
        return Items([decode_record(letter.payload)], [])
    return Items([], [decode_notice(letter.payload)])
