"""Rule documents: code tables and limits as the ministry publishes them, each version with its first day.

Stored and passed on here as text; what a text means is the business of whoever reads it (``records.limits``,
``terms.codes``), so that a document of a later release does no harm on a node that cannot read it yet. Ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
import psycopg

from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.platform", "rulebook.sql")

NOTICE_KIND: Final = "rules"
_MOST_CHARACTERS: Final = 200_000

Connection = psycopg.Connection[Any]


class RuleKind(StrEnum):
    """What a document is about."""

    LIMITS = "limits"
    """限值: the file format of docs/how-to/change-limits.md; its name is ''."""
    CODES = "codes"
    """代码表: additions to one code table, whose name is the document's."""


class RuleDocument(msgspec.Struct, frozen=True):
    """One version of one document."""

    kind: RuleKind
    name: str
    version: int
    effective_on: date
    """First day on which it counts, in China."""
    content: str
    """TOML."""
    published_at: datetime
    published_by: str

    @property
    def key(self) -> str:
        """How it is named among the notices."""
        return f"{self.kind.value}/{self.name}/{self.version}"


def publish(
    connection: Connection, kind: RuleKind, name: str, content: str, *, effective_on: date, by: str, now: datetime
) -> RuleDocument:
    """Add the next version of a document and announce it; whether its text can be used is the caller's question."""
    with connection.transaction():
        connection.execute(_SQL["lock"])
        (version,) = connection.execute(_SQL["next_version"], {"kind": kind.value, "name": name}).fetchone() or (1,)
        document = RuleDocument(kind, name, version, effective_on, content, now, by)
        connection.execute(_SQL["insert"], msgspec.structs.asdict(document))
        announce(connection, NOTICE_KIND, document.key, now=now)
    return document


def read_documents(connection: Connection) -> tuple[RuleDocument, ...]:
    """All documents, by kind, name and version."""
    rows = connection.execute(_SQL["read_all"]).fetchall()
    return tuple(RuleDocument(RuleKind(kind), *rest) for kind, *rest in rows if kind in set(RuleKind))


def in_force(documents: Iterable[RuleDocument], kind: RuleKind, name: str, on: date) -> RuleDocument | None:
    """The document that counts on a day: of those whose day has come the one of the latest day, then version."""
    begun = [each for each in documents if each.kind is kind and each.name == name and each.effective_on <= on]
    return max(begun, key=lambda each: (each.effective_on, each.version), default=None)


def read_notice(connection: Connection, key: str) -> bytes:
    """One document as it is told to other nodes; b'' for one that is not there."""
    kind, name, version = key.split("/")
    row = connection.execute(_SQL["read_one"], {"kind": kind, "name": name, "version": int(version)}).fetchone()
    return b"" if row is None else msgspec.json.encode(RuleDocument(RuleKind(row[0]), *row[1:]))


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Take up a document that the ministry has published; again changes nothing. Raises NoticeRefused."""
    if sender != "00":
        raise NoticeRefused("代码表和限值只由部级节点发布")
    try:
        document = msgspec.json.decode(content, type=RuleDocument)
    except msgspec.DecodeError as fault:
        raise NoticeRefused("代码表或限值的格式不对") from fault
    if document.key != key or len(document.content) > _MOST_CHARACTERS:
        raise NoticeRefused("代码表或限值的编号或长度不对")
    connection.execute(_SQL["insert"], msgspec.structs.asdict(document))
