"""重新核查 of the exchange: messages without a gap, positions that can be, feeds that name rows, dead letters.

See :mod:`chedang.records.recheck`.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from chedang.exchange.model import MINISTRY
from chedang.platform.database import load_queries
from chedang.records.recheck import Tally, stream
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "recheck.sql")


def check_exchange(connection: Connection, *, node_code: str) -> list[Tally]:
    """All checks of a node's exchange. Within :func:`chedang.records.recheck.snapshot`."""
    return [*_check_channels(connection, node_code), _check_feeds(connection), _check_letters(connection)]


def _check_channels(connection: Connection, node_code: str) -> list[Tally]:
    numbered = Tally("outgoing", "待确认的报文序号连续")
    placed = Tally("positions", "通道位置合理")
    waiting = {
        peer: [row[1:] for row in rows]
        for peer, rows in groupby(connection.execute(_SQL["read_outgoing"]).fetchall(), itemgetter(0))
    }
    channels = connection.execute(_SQL["read_channels"], {"is_ministry": node_code == MINISTRY}).fetchall()
    for peer, direction, epoch, sequence, position, told_sequence, told_position, reach in channels:
        placed.count()
        if direction != "out":
            continue
        messages = waiting.pop(peer, [])
        numbered.count(len(messages))
        expected = [(epoch, number) for number in range(told_sequence + 1, sequence + 1)]
        if [message[:2] for message in messages] != expected:
            numbered.report(peer, f"应有 {told_sequence + 1} 至 {sequence}")
        places = [told_position, *(message[2] for message in messages), position, reach]
        if places != sorted(places) or told_sequence > sequence:
            placed.report(peer, "、".join(map(str, places)))
    for peer in waiting:
        numbered.report(peer, "没有对应的通道")
    return [numbered, placed]


def _check_feeds(connection: Connection) -> Tally:
    fed = Tally("feed", "下行通道中的记录都在本节点，且只有一次")
    before: tuple[object, ...] = ()
    for *key, is_here in stream(connection, _SQL["stream_feed"], {}):
        fed.count()
        destination, _vin, record_id, version = key
        which = f"{record_id.hex()} v{version} → {destination}"
        if not is_here:
            fed.report(which, "没有这一行")
        if before == tuple(key):
            fed.report(which, "重复")
        before = tuple(key)
    return fed


def _check_letters(connection: Connection) -> Tally:
    letters = Tally("dead_letters", "没有未处理的死信")
    for number, peer, kind, reason, is_resolved in stream(connection, _SQL["read_letters"], {}):
        letters.count()
        if not is_resolved:
            letters.report(f"{number}", f"{peer} {kind} {reason}")
    return letters
