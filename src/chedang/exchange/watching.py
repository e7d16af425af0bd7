"""The watch of both levels: alarms that begin and end by what the tables say, and old rows that go (ours)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from chedang.exchange import dead_letters, desk, events, keys
from chedang.exchange.events import EventKind
from chedang.exchange.keys import Key, OwnKeyLost
from chedang.exchange.status import PeerStatus, read_status
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

SILENT_AFTER: Final = timedelta(minutes=10)
LAG_SECONDS: Final = 300.0
"""How old the oldest waiting record may be."""
KEY_ENDS_WITHIN: Final = timedelta(days=14)
"""Longer than the overlap of two keys: an operator has time."""


def watch(connection: Connection, *, node_code: str, data_dir: Path, now: datetime) -> int:
    """One look: begin and end alarms, drop what is over; gives how many alarms changed."""
    changed = 0
    for peer in read_status(connection, node_code=node_code, now=now).peers:
        for kind, holds, detail in _findings(peer, now):
            changed += events.set_alarm(connection, kind, peer.node_code, holds=holds, detail=detail, now=now)
        changed += _watch_keys(connection, peer.node_code, now)
    changed += _watch_keys(connection, node_code, now)
    changed += _watch_own_key(connection, node_code, data_dir, now)
    desk.purge_nonces(connection, now=now)
    events.purge(connection, now=now)
    dead_letters.purge(connection, now=now)
    return changed


def _findings(peer: PeerStatus, now: datetime) -> list[tuple[EventKind, bool, str]]:
    """(kind, does it hold, detail). Others begin and end where they are met: DIFFERENCES by comparing, UP_BROKEN and
    DOWN_BROKEN by a province."""
    heard = peer.last_contact_at or peer.joined_at
    seconds = max(peer.up.seconds, peer.down.seconds)
    return [
        (EventKind.SILENT, now - heard > SILENT_AFTER, f"最后联系 {heard.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
        (EventKind.LAG, seconds > LAG_SECONDS, f"最早的一条已等待 {seconds:.0f} 秒"),
        (EventKind.DEAD_LETTERS, peer.dead_letters > 0, f"{peer.dead_letters} 项"),
        (EventKind.REFUSALS, peer.refusals > 0, f"{peer.refusals} 项"),
    ]


def _watch_keys(connection: Connection, node_code: str, now: datetime) -> bool:
    active = [key for key in keys.keys_of(connection, node_code) if key.is_good(now)]
    ends = bool(active) and not any(_outlasts(key, now + KEY_ENDS_WITHIN) for key in active)
    return events.set_alarm(connection, EventKind.KEY_ENDS, node_code, holds=ends, now=now)


def _watch_own_key(connection: Connection, node_code: str, data_dir: Path, now: datetime) -> bool:
    """Without its key file a node can neither ask nor answer, and nobody else can tell."""
    try:
        keys.own_signer(connection, data_dir, node_code, now)
        is_lost = False
    except OwnKeyLost:
        is_lost = True
    detail = "chedang node keys rotate"
    return events.set_alarm(connection, EventKind.KEY_LOST, node_code, holds=is_lost, detail=detail, now=now)


def _outlasts(key: Key, at: datetime) -> bool:
    return key.valid_until is None or key.valid_until > at
