"""Notices: what nodes tell each other besides records, by kind. Each kind is read and taken up by its own package.

A notice tells what is true when it is sent, whole, so a repeated, late or skipped one does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

import msgspec

from chedang.enterprises import channels, known, makers
from chedang.exchange import documents
from chedang.platform import rulebook
from chedang.records.store import Connection
from chedang.vehicles import registrations


class NoticeRef(msgspec.Struct, frozen=True, array_like=True):
    """What is to be told: its content is read when the message is made."""

    kind: str
    key: str


class ApplyNotice(Protocol):
    """Takes a notice up, in the caller's transaction. Raises chedang.platform.announcements.NoticeRefused.

    ``content`` is JSON, b'' for "gone".
    """

    def __call__(self, connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None: ...


class NoticeKind(msgspec.Struct, frozen=True):
    """How one kind is read and taken up, and which way it goes."""

    read: Callable[[Connection, str], bytes]
    apply: ApplyNotice
    goes_up: bool
    """A province tells the ministry."""
    goes_down: bool
    """The ministry tells provinces."""
    told_at: Callable[[Connection, str], datetime | None] | None = None
    """When what stands here of a key arrived, of kinds in which the last one told stands; it is the ``now`` of apply.
    Of the others what is told says itself which is newer."""

    def is_for(self, *, at_ministry: bool) -> bool:
        """Does the ministry, or a province, listen to this kind?"""
        return self.goes_up if at_ministry else self.goes_down


NOTICES: Final[Mapping[str, NoticeKind]] = {
    "enterprise": NoticeKind(
        known.read_notice, known.apply_notice, goes_up=True, goes_down=True, told_at=known.told_at
    ),
    "registration": NoticeKind(registrations.read_notice, registrations.apply_notice, goes_up=True, goes_down=False),
    "channel": NoticeKind(channels.read_notice, channels.apply_notice, goes_up=True, goes_down=True),
    "maker": NoticeKind(makers.read_notice, makers.apply_notice, goes_up=False, goes_down=True, told_at=makers.told_at),
    "rules": NoticeKind(rulebook.read_notice, rulebook.apply_notice, goes_up=False, goes_down=True),
    documents.NOTICE_KIND: NoticeKind(documents.read_notice, documents.apply_notice, goes_up=True, goes_down=False),
}
"""Name of a kind, as it is announced → what to do."""
