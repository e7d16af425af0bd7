"""What travels between two nodes: message, head, body, acknowledgement, call. Pure (ours; JT/T 1132.4 not read, 待核).

A *message* is three byte strings in a MessagePack array: the head (JSON), the signature over the head's bytes, and the
body (zstandard over MessagePack), which the head names by digest. What is signed is what was sent, byte for byte, so no
canonical form is needed.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum
from typing import Annotated, Final

import msgspec

from chedang.records.model import StoredRow

SCHEMA = 2
"""Schema version that this release writes to a peer that reads it. Version 1 had no digest beside each record."""
OLDEST_SCHEMA = 1
"""Oldest version still read and written: a release and the one before it exchange both ways."""

MINISTRY = "00"

MOST_ITEMS: Final = 10_000
"""Records, and notices, of one message. An item of a few bytes takes hundreds in memory, so longer lists are not even
read."""


class MessageKind(StrEnum):
    """What a message is for."""

    ITEMS = "items"
    """Records and notices, numbered and chained within a channel."""
    ACKNOWLEDGEMENT = "ack"
    CALL = "call"
    """A question of a province to the ministry (feed, comparison, allocation …)."""
    ANSWER = "answer"


class Head(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything about a message but its contents."""

    schema: int
    kind: MessageKind
    sender: str
    """Two digits of the node."""
    recipient: str
    key_id: str
    algorithm: str
    made_at: datetime
    body_digest: str
    """SHA-256 of the body as sent, hexadecimal."""
    body_bytes: int
    """Length of the body once unpacked: nobody unpacks more than was announced."""
    accepts_schema: int
    """Highest schema version the sender reads."""
    epoch: int = 0
    """ITEMS and ACKNOWLEDGEMENT: of the channel from sender to recipient (of the message acknowledged)."""
    sequence: int = 0
    """ITEMS: 1, 2, 3 … within the epoch."""
    previous_digest: str = ""
    """ITEMS: SHA-256 of the previous head's bytes; '' for the first of an epoch."""
    item_count: int = 0
    operation: str = ""
    """CALL: what is asked."""
    nonce: str = ""
    """CALL: 32 hexadecimal characters, never used twice. ANSWER: that of the call."""


class RecordRow(StoredRow, frozen=True, array_like=True):
    """One row of ``record_version`` on its way between two nodes."""

    digest: bytes = b""
    """SHA-256 over the columns, see :func:`chedang.exchange.rows.row_digest`. Absent in schema 1."""


class Notice(msgspec.Struct, frozen=True, array_like=True):
    """Something else than a record: a shop's state, a registration, a list. ``content`` is JSON, b'' for "gone"."""

    kind: str
    key: str
    content: bytes


class Body(msgspec.Struct, frozen=True, array_like=True):
    """Contents of ITEMS. Items are counted from 0: records first, then notices."""

    records: Annotated[list[RecordRow], msgspec.Meta(max_length=MOST_ITEMS)] = []
    notices: Annotated[list[Notice], msgspec.Meta(max_length=MOST_ITEMS)] = []


class Outcome(StrEnum):
    """What became of one item."""

    APPLIED = "a"
    KNOWN = "k"
    """It was there already, equal."""
    DEAD = "d"
    """Put on the list of dead letters."""


class DeadItem(msgspec.Struct, frozen=True, array_like=True):
    """Why an item was put aside: number in the message (-1: the whole message), stable code, Chinese sentence."""

    item: Annotated[int, msgspec.Meta(ge=-1, lt=2 * MOST_ITEMS)]
    reason: Annotated[str, msgspec.Meta(max_length=64)]
    detail: str = ""


class Acknowledgement(msgspec.Struct, frozen=True, array_like=True):
    """Contents of ACKNOWLEDGEMENT: the message is applied and committed."""

    digest: str
    """SHA-256 of the head's bytes of the message acknowledged, hexadecimal."""
    outcomes: str
    """One letter of :class:`Outcome` per item, in order."""
    dead: Annotated[list[DeadItem], msgspec.Meta(max_length=2 * MOST_ITEMS)] = []


class RefusalCode(Enum):
    """Why a message is not taken: (stable code, HTTP status, Chinese sentence)."""

    MALFORMED = ("MALFORMED", 400, "报文不完整或格式不对")
    TOO_LARGE = ("TOO_LARGE", 413, "报文超过上限")
    UNKNOWN_SENDER = ("UNKNOWN_SENDER", 401, "发送节点没有登记")
    UNKNOWN_KEY = ("UNKNOWN_KEY", 401, "签名所用密钥没有登记")
    KEY_ENDED = ("KEY_ENDED", 401, "签名所用密钥已停用或过期")
    BAD_SIGNATURE = ("BAD_SIGNATURE", 401, "签名与报文不符")
    WRONG_RECIPIENT = ("WRONG_RECIPIENT", 403, "报文不是发给本节点的")
    WRONG_BODY = ("WRONG_BODY", 400, "内容与报文头的摘要或长度不符")
    FUTURE_SCHEMA = ("FUTURE_SCHEMA", 426, "报文版本高于本节点所能读的版本")
    OLD_SCHEMA = ("OLD_SCHEMA", 400, "报文版本已不再受理")
    OUT_OF_ORDER = ("OUT_OF_ORDER", 409, "报文序号跳号")
    REPLAYED = ("REPLAYED", 409, "报文是已确认过的旧报文")
    FORKED = ("FORKED", 409, "同一序号或前序摘要与已收到的不同")
    STALE_CALL = ("STALE_CALL", 403, "调用时间与本节点相差过大或重复使用随机数")
    UNKNOWN_OPERATION = ("UNKNOWN_OPERATION", 404, "没有这种调用")
    FORBIDDEN = ("FORBIDDEN", 403, "该节点不能做这种调用")
    NOT_JOINED = ("NOT_JOINED", 409, "本节点还没有加入部省联网")
    BUSY = ("BUSY", 503, "本节点繁忙或数据库暂不可用")

    def __init__(self, code: str, http_status: int, sentence: str) -> None:
        self.code = code
        self.http_status = http_status
        self.sentence = sentence


class ExchangeRefused(Exception):
    """A message or call got nothing done. ``detail`` never names a person, VIN or plate."""

    def __init__(self, code: RefusalCode, detail: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{code.code} {detail}".strip())
        self.code = code
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


class DeadReason(StrEnum):
    """Why an item cannot be applied (the reasons of dead letters)."""

    UNREADABLE = "unreadable"
    """The item or the whole body cannot be decoded."""
    WRONG_DIGEST = "wrong_digest"
    NOT_YOURS = "not_yours"
    """A record of a node for which the sender does not speak, or of a shop of another node."""
    CONFLICT = "conflict"
    """Another content stands under the same record and version here."""
    UNACCEPTABLE = "unacceptable"
    """A value that the store refuses."""
    UNKNOWN_KIND = "unknown_kind"
    """A notice of a kind that this release does not know."""
    REFUSED = "refused"
    """The notice's own rules say no; the detail says why."""


class Backlog(msgspec.Struct, frozen=True, array_like=True):
    """How much a node has still to bring: rows and the receipt of the oldest of them."""

    records: Annotated[int, msgspec.Meta(ge=0, lt=2**62)]
    since: datetime | None
