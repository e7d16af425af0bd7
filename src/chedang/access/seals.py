"""封存 of the audit trail: ranges of events are sealed one after another, so that a change made later shows.

A trigger refuses UPDATE and DELETE; whoever owns the server could take it off. What was sealed before shows such a
change: each seal holds a keyed digest (HMAC-SHA-256, key in the node's data directory, not in the database) over the
rows of its range, over its own time and over the seal before it. Whoever removes all seals has the worker make them
anew over whatever stands then: that shows in their time, and by a digest that was kept elsewhere.

Events may become visible out of the order of their numbers, since a number is drawn before the commit. So a round notes
the largest visible number and the transactions open then, and a round at least a minute later seals up to it once all
those have ended. Numbers that were drawn and rolled back stay gaps, and no event can appear in them any more.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from chedang.access.models import AuditSeal, AuditSealMark
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings

SETTLING: Final = timedelta(minutes=1)
MOST_EVENTS: Final = 10_000
"""Events of one seal: a range is read and told apart as a whole."""

_COLUMNS: Final = (
    "id, at, actor_id, role, action, purpose, vin, object_id, object_digest, organisation, reason, "
    "before::text, after::text"
)
_ROWS: Final = f"select {_COLUMNS} from access_audit_event where id between %s and %s order by id"  # noqa: S608 - ours
_NEXT: Final = "select id from access_audit_event where id > %s and id <= %s order by id limit %s"
_NOW: Final = """
    select coalesce(max(id), 0), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    from access_audit_event
"""
_WAITING: Final = "select count(*), min(at) from access_audit_event where id > %s"


class Verdict(NamedTuple):
    """What a check of the whole chain found."""

    seals: int
    """That were checked and found right."""
    events: int
    differing: AuditSeal | None
    """The first whose range, digest or place in the chain is not what was sealed."""
    newest_digest: str
    """Of the last right seal: kept elsewhere, it shows later that none was cut off the end."""
    first_sealed_at: datetime | None
    """Of the first right seal."""
    has_kept: bool
    """Is the digest that was kept elsewhere that of a right seal?"""
    waiting: int
    """Events behind the last right seal: nothing tells whether these were changed."""
    waiting_since: datetime | None
    """When the first of these was written."""


def seal_settled(now: datetime) -> int:
    """Seal what is settled and note how far the trail reaches now; gives how many events were sealed. Once a minute."""
    with transaction.atomic():
        mark = AuditSealMark.objects.select_for_update().first()
        newest, oldest_open, next_transaction = _read_now()
        if mark is not None and mark.transaction_horizon > next_transaction:
            mark.delete()  # of another server, from before a restore: its transactions say nothing here
            mark = None
        if mark is None:
            _note(AuditSealMark(), newest, next_transaction, now)
            return 0
        if now - mark.noted_at < SETTLING or oldest_open < mark.transaction_horizon:
            return 0
        sealed = _seal_up_to(mark.last_id, now)
        _note(mark, newest, next_transaction, now)
        return sealed


def verify_chain(kept: str = "") -> Verdict:
    """Recompute every seal from the rows as they stand, up to the first that differs.

    ``kept``: the newest digest as an earlier check told it.
    """
    seals = events = 0
    last_id, digest = 0, ""
    differing: AuditSeal | None = None
    first_sealed_at: datetime | None = None
    has_kept = False
    for seal in AuditSeal.objects.order_by("first_id").iterator():
        fresh = _digest_of(seal.first_id, seal.last_id, digest, seal.sealed_at)
        is_right = (
            seal.first_id == last_id + 1
            and seal.previous_digest == digest
            and fresh.events == seal.event_count
            and hmac.compare_digest(fresh.digest, seal.digest)
        )
        if not is_right:
            differing = seal
            break
        seals, events = seals + 1, events + fresh.events
        last_id, digest = seal.last_id, seal.digest
        first_sealed_at = first_sealed_at or seal.sealed_at
        has_kept = has_kept or digest == kept
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [last_id])
        waiting, waiting_since = cursor.fetchone()
    return Verdict(seals, events, differing, digest, first_sealed_at, has_kept, waiting, waiting_since)


class _Fresh(NamedTuple):
    events: int
    digest: str


def _read_now() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_NOW)
        newest, oldest_open, next_transaction = cursor.fetchone()
    return int(newest), int(oldest_open), int(next_transaction)


def _note(mark: AuditSealMark, newest: int, next_transaction: int, now: datetime) -> None:
    mark.last_id, mark.transaction_horizon, mark.noted_at = newest, next_transaction, now
    mark.save()


def _seal_up_to(horizon: int, now: datetime) -> int:
    before = AuditSeal.objects.order_by("-first_id").first()
    sealed, last_id, digest = 0, before.last_id if before else 0, before.digest if before else ""
    for end in _ends(last_id, horizon):
        fresh = _digest_of(last_id + 1, end, digest, now)
        AuditSeal.objects.create(
            first_id=last_id + 1,
            last_id=end,
            event_count=fresh.events,
            previous_digest=digest,
            digest=fresh.digest,
            sealed_at=now,
        )
        sealed, last_id, digest = sealed + fresh.events, end, fresh.digest
    return sealed


def _ends(after: int, horizon: int) -> Iterator[int]:
    """The last numbers of the next ranges, each of MOST_EVENTS at most."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [after, horizon, MOST_EVENTS])
            numbers = [int(row[0]) for row in cursor.fetchall()]
        if not numbers:
            return
        after = numbers[-1]
        yield after


def _digest_of(first_id: int, last_id: int, previous: str, sealed_at: datetime) -> _Fresh:
    seal = hmac.new(node_key(Settings.from_environment().data_dir, "audit-seals"), digestmod=sha256)
    at = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    seal.update(f"{first_id} {last_id} {previous} {at}\n".encode())
    events = 0
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [first_id, last_id])
        for row in cursor.fetchall():
            seal.update(_canonical(row))
            events += 1
    return _Fresh(events, seal.hexdigest())


def _canonical(row: tuple[Any, ...]) -> bytes:
    """One row as a line that nothing else can be: JSON without blanks, instants in UTC to the microsecond."""
    cells = [
        each.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(each, datetime) else each for each in row
    ]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
