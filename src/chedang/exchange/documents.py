"""Documents that a province hands up once and whole: what it froze. Carried unread; a notice of its own kind (ours).

A release that does not know the kind lays it among its dead letters, from where it is replayed after an upgrade.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec

from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "documents.sql")

NOTICE_KIND: Final = "document"
MOST_BYTES: Final = 1_000_000
"""Of one document."""
_KEY: Final = re.compile(r"[a-z0-9]([a-z0-9/_-]{0,62}[a-z0-9])?")


class Document(msgspec.Struct, frozen=True):
    """What another node sent."""

    node_code: str
    """Two digits: the node that signed the message it came in."""
    key: str
    content: str
    """JSON, as it was sent."""
    arrived_at: datetime


class Fault(msgspec.Struct, frozen=True):
    """A document that could not be taken up, and why."""

    node_code: str
    key: str
    arrived_at: datetime
    sentence: str


def put(connection: Connection, key: str, content: str, *, now: datetime) -> bool:
    """Hand a document over to be told upwards; once: False when there is one of this key, whatever it says.

    Commits with the caller's transaction. Raises ValueError for a key or a length that no node takes.
    """
    if not _KEY.fullmatch(key) or len(content.encode()) > MOST_BYTES:
        raise ValueError("a document has a short key of small letters and digits, and at most a million bytes")
    is_new = connection.execute(_SQL["put"], {"key": key, "content": content, "now": now}).fetchone() is not None
    if is_new:
        announce(connection, NOTICE_KIND, key, now=now)
    return is_new


def own_keys(connection: Connection) -> list[str]:
    """What this node has handed over."""
    return [key for (key,) in connection.execute(_SQL["own_keys"])]


def read_notice(connection: Connection, key: str) -> bytes:
    """One document as it is told; b'' for one that is not there."""
    row = connection.execute(_SQL["read_own"], {"key": key}).fetchone()
    return b"" if row is None else str(row[0]).encode()


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Keep what a province sent until it is taken up; again changes nothing. Raises NoticeRefused."""
    if not _KEY.fullmatch(key) or not 0 < len(content) <= MOST_BYTES:
        raise NoticeRefused("文件的编号或长度不对")
    try:
        msgspec.json.decode(content)
    except msgspec.DecodeError as fault:
        raise NoticeRefused("文件不是可读的 JSON") from fault
    parameters = {"node_code": sender, "key": key, "content": content.decode(), "now": now}
    (is_same,) = connection.execute(_SQL["take_in"], parameters).fetchone() or (False,)
    if not is_same:
        raise NoticeRefused("同一编号的文件已经收到过，内容不同")


def read_waiting(connection: Connection) -> list[Document]:
    """What nobody has taken up, oldest first."""
    return [Document(*row) for row in connection.execute(_SQL["read_waiting"])]


def note_taken(connection: Connection, document: Document, *, now: datetime) -> None:
    """It is taken up."""
    connection.execute(_SQL["note_taken"], {"node_code": document.node_code, "key": document.key, "now": now})


def note_fault(connection: Connection, document: Document, sentence: str) -> None:
    """It cannot be taken up; it waits, for a later release may be able to."""
    parameters = {"node_code": document.node_code, "key": document.key, "fault": sentence}
    connection.execute(_SQL["note_fault"], parameters)


def read_faults(connection: Connection) -> list[Fault]:
    """What could not be taken up, oldest first."""
    return [Fault(*row) for row in connection.execute(_SQL["read_faults"])]
