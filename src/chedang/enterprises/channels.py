"""上传方式 of a shop: one channel at a time, 单店上传 or 总部对总部, with the day of change (ADR 0025).

The ministry sets 总部对总部 when it approves a maker and its dealers; the shop's province may set 单店上传 again. Both
tell each other (notices of kind ``channel``). No function commits: the caller's transaction decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Final

import msgspec

from chedang.enterprises.errors import ReasonMissing
from chedang.enterprises.maker_rules import channel_on
from chedang.enterprises.model import Channel, ChannelChange
from chedang.enterprises.store import Connection
from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.database import load_queries
from chedang.platform.settings import MINISTRY_CODE
from chedang.terms.saying import said

NOTICE: Final = "channel"
"""Kind of the notices of this module; their key is the shop's 维修企业编码."""

_SQL = load_queries("chedang.enterprises", "channels.sql")
_LONGEST_REASON: Final = 200
_CLOCKS_APART: Final = timedelta(hours=1)
_MOST_DECISIONS: Final = 1000
"""About one shop; each is a statement."""


class Decision(msgspec.Struct, frozen=True):
    """Who decided that a shop uploads by a channel from a day on, and why."""

    company_code: str
    since_on: date
    channel: Channel
    decided_by: str
    """Two digits of the node that decided."""
    reason: Annotated[str, msgspec.Meta(max_length=_LONGEST_REASON)]
    decided_at: datetime

    @property
    def change(self) -> ChannelChange:
        """What of it counts for uploads."""
        return ChannelChange(self.since_on, self.channel)


_decode = msgspec.json.Decoder(Annotated[list[Decision], msgspec.Meta(max_length=_MOST_DECISIONS)]).decode


def set_channel(
    connection: Connection,
    company_code: str,
    channel: Channel,
    since_on: date,
    *,
    decided_by: str,
    reason: str,
    now: datetime,
) -> None:
    """Let a shop upload by ``channel`` from ``since_on`` on, and announce it; ``decided_by`` is the node's code.

    A decision for the same day is replaced. Raises ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing(said("改变上传方式必须写明原因。"))
    parameters = {
        "company_code": company_code,
        "since_on": since_on,
        "channel": channel.value,
        "decided_by": decided_by,
        "reason": reason.strip()[:_LONGEST_REASON],
        "decided_at": now,
    }
    connection.execute(_SQL["set_channel"], parameters)
    announce(connection, NOTICE, company_code, now=now)


def channel_of(connection: Connection, company_code: str, on: date) -> Channel:
    """By which channel a shop uploads on a day: the latest change that has come; 单店上传 without any."""
    current = channel_on([decision.change for decision in list_decisions(connection, company_code)], on)
    return current.channel if current else Channel.SHOP


def list_decisions(connection: Connection, company_code: str) -> list[Decision]:
    """What was decided about a shop's 上传方式, by day, days to come too."""
    return decisions_of(connection, [company_code]).get(company_code, [])


def decisions_of(connection: Connection, company_codes: Collection[str]) -> dict[str, list[Decision]]:
    """The same of several shops; those about which nothing was decided are absent."""
    found: dict[str, list[Decision]] = {}
    for row in connection.execute(_SQL["decisions_of"], {"company_codes": list(company_codes)}):
        code, since_on, channel, decided_by, reason, decided_at = row
        decision = Decision(code, since_on, Channel(channel), decided_by, reason, decided_at)
        found.setdefault(code, []).append(decision)
    return found


def read_notice(connection: Connection, key: str) -> bytes:
    """All decisions about the shop ``key`` as JSON; ``b''`` when there is none."""
    decisions = list_decisions(connection, key)
    return msgspec.json.encode(decisions) if decisions else b""


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Take up what another node decided about the shop ``key``; again, or in another order, changes nothing.

    A province speaks for its own shops, the ministry for all. Raises NoticeRefused.
    """
    decisions = _read(content)
    if any(decision.company_code != key for decision in decisions):
        raise NoticeRefused("通知内容与其编号不是同一家企业。")
    if sender not in {MINISTRY_CODE, _home_of(connection, key)}:
        raise NoticeRefused(f"{sender} 无权决定其他省企业的上传方式。")
    if any(decision.decided_at > now + _CLOCKS_APART for decision in decisions):
        raise NoticeRefused("决定时间晚于现在。")
    for decision in decisions:
        # What a province repeats of the ministry's decisions is known there; its own word is all that is news.
        if sender in {MINISTRY_CODE, decision.decided_by}:
            parameters = msgspec.structs.asdict(decision) | {"channel": decision.channel.value}
            connection.execute(_SQL["take_up_channel"], parameters)


def _read(content: bytes) -> Sequence[Decision]:
    try:
        return _decode(content) if content else []
    except msgspec.DecodeError as fault:
        raise NoticeRefused("通知内容不合格式。") from fault


def _home_of(connection: Connection, company_code: str) -> str:
    """The node of a shop: as told, else the province that its code begins with."""
    row = connection.execute(_SQL["home_of"], {"company_code": company_code}).fetchone()
    return str(row[0]) if row is not None else company_code[:2]
