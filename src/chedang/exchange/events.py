"""What operators should know of the exchange: what happened, and alarms that hold until they end (ours).

A detail is a Chinese sentence with codes and counts, never a VIN, a plate or a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import msgspec

from chedang.exchange.model import ExchangeRefused
from chedang.platform.database import load_queries
from chedang.records.store import Connection
from chedang.terms.division import PROVINCES

_SQL = load_queries("chedang.exchange", "events.sql")

QUIET: Final = timedelta(minutes=1)
"""The same thing happening again within this time is not written down again: a loop must not fill the table."""
QUIET_OF_STRANGERS: Final = timedelta(hours=1)
"""The same for what anybody may send in anybody's name."""
KEPT: Final = timedelta(days=400)
"""How long events are kept that no longer hold."""


class EventKind(Enum):
    """What can happen: (stable code, level, Chinese sentence)."""

    REFUSED = ("refused", "warn", "拒收对方的报文或调用")
    REFUSED_THERE = ("refused_there", "warn", "对方拒收本节点的报文或调用")
    REPEATED = ("repeated", "info", "对方重发了已确认的报文")
    RESTARTED = ("restarted", "warn", "通道重新开始编号")
    KEY_OFFERED = ("key_offered", "warn", "对方提交了新的公钥，待确认")
    KEY_TAKEN = ("key_taken", "info", "对方更换了密钥，由原密钥签名确认")
    KEY_APPROVED = ("key_approved", "info", "已确认公钥")
    KEY_REVOKED = ("key_revoked", "warn", "已吊销公钥")
    JOINED = ("joined", "info", "已加入部省联网")
    SILENT = ("silent", "alarm", "长时间没有联系")
    LAG = ("lag", "alarm", "积压超过限度")
    DEAD_LETTERS = ("dead_letters", "alarm", "有不能入库的报文项待处理")
    REFUSALS = ("refusals", "alarm", "本节点的报文项在对方不能入库")
    DIFFERENCES = ("differences", "alarm", "对账有差异尚未修复")
    UP_BROKEN = ("up_broken", "alarm", "上行中断：报文序号与对方的对不上，多半有一方从备份恢复过")
    DOWN_BROKEN = ("down_broken", "alarm", "下行中断：报文序号与对方的对不上，多半有一方从备份恢复过")
    KEY_LOST = ("key_lost", "alarm", "本节点没有可用的密钥，不能交换")
    KEY_ENDS = ("key_ends", "alarm", "密钥即将到期而没有新的密钥")

    def __init__(self, code: str, level: str, sentence: str) -> None:
        self.code = code
        self.level = level
        self.sentence = sentence


ALARMS: Final = tuple(kind for kind in EventKind if kind.level == "alarm")


class Event(msgspec.Struct, frozen=True):
    """One row of ``exchange_event``."""

    event_id: int
    at: datetime
    level: str
    kind: str
    peer: str
    detail: str
    ended_at: datetime | None

    @property
    def sentence(self) -> str:
        """What its kind means, and the detail."""
        meaning = next((kind.sentence for kind in EventKind if kind.code == self.kind), self.kind)
        return f"{meaning}：{self.detail}" if self.detail else meaning


def write(
    connection: Connection, kind: EventKind, peer: str, *, detail: str = "", now: datetime, quiet: timedelta = QUIET
) -> None:
    """Write down what happened, once in ``quiet`` at most. ``peer`` is what a message claims; what is no node's code
    becomes ``''``."""
    peer = peer if peer in PROVINCES else ""
    row = {"kind": kind.code, "level": kind.level, "peer": peer, "detail": detail, "now": now}
    (is_known,) = connection.execute(_SQL["was_written_since"], row | {"since": now - quiet}).fetchone() or (False,)
    if not is_known:
        connection.execute(_SQL["write"], row)


def write_refusal(
    connection: Connection,
    kind: EventKind,
    peer: str,
    refused: ExchangeRefused,
    *,
    now: datetime,
    quiet: timedelta = QUIET,
) -> None:
    """Write down a refusal, ours (REFUSED) or the other side's (REFUSED_THERE)."""
    said = f"{refused.code.code} {refused.code.sentence}"
    detail = f"{said}（{refused.detail}）" if refused.detail else said
    write(connection, kind, peer, detail=detail, now=now, quiet=quiet)


def set_alarm(
    connection: Connection, kind: EventKind, peer: str, *, holds: bool, detail: str = "", now: datetime
) -> bool:
    """Begin or end an alarm; at most one of a kind and peer is open. True when something changed."""
    name = "open_alarm" if holds else "close_alarm"
    row = {"kind": kind.code, "peer": peer, "detail": detail, "now": now}
    return connection.execute(_SQL[name], row).fetchone() is not None


def open_alarms(connection: Connection) -> list[Event]:
    """Alarms that hold, oldest first."""
    return [Event(*row) for row in connection.execute(_SQL["read_open_alarms"])]


def newest_events(connection: Connection, limit: int = 100) -> list[Event]:
    """What happened last, newest first."""
    return [Event(*row) for row in connection.execute(_SQL["read_newest"], {"limit": limit})]


def purge(connection: Connection, *, now: datetime) -> int:
    """Drop what is long over; gives how many."""
    return connection.execute(_SQL["purge"], {"before": now - KEPT}).rowcount
