"""Fault points: the places between two steps of the protocol where a crash could part them (ours).

The code says where it is by calling ``reached``; a test ends the work there and looks whether anything is lost or
doubled. In a node nobody listens.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """What has just been done."""

    # The sender makes a message.
    SOURCE_READ = "source_read"
    MESSAGE_SEALED = "message_sealed"
    MESSAGE_STORED = "message_stored"
    """Not yet committed."""
    MESSAGE_KEPT = "message_kept"
    """Committed."""

    # The line: a province brings a message, or asks for its feed.
    MESSAGE_TAKEN = "message_taken"
    """The oldest message is in hand and not yet on its way."""
    ANSWER_CAME = "answer_came"
    """The acknowledgement of the other side is in hand."""
    FEED_CAME = "feed_came"
    """The answer to ``feed`` is in hand, nothing of it is applied."""

    # The receiver applies a message.
    MESSAGE_OPENED = "message_opened"
    CHANNEL_LOCKED = "channel_locked"
    NOTICES_APPLIED = "notices_applied"
    RECORDS_MERGED = "records_merged"
    LETTERS_WRITTEN = "letters_written"
    CHANNEL_SAVED = "channel_saved"
    """With the acknowledgement; not yet committed."""
    MESSAGE_APPLIED = "message_applied"
    """Committed; the acknowledgement has not left."""

    # The sender takes an acknowledgement.
    ACKNOWLEDGEMENT_OPENED = "acknowledgement_opened"
    REFUSALS_WRITTEN = "refusals_written"
    OUTGOING_DROPPED = "outgoing_dropped"
    """Not yet committed."""
    ACKNOWLEDGED = "acknowledged"
    """Committed."""

    # A province compares with the ministry.
    DIFFERENCES_NOTED = "differences_noted"
    """Committed; nothing is mended."""
    MENDED_THERE = "mended_there"
    """The ministry has answered."""
    MENDED_HERE = "mended_here"
    """Committed; what became of the difference is not written down."""
    COMPARISON_ENDED = "comparison_ended"
    """Committed; the ministry has not been told."""


Reached = Callable[[Step], None]
"""Called at each step; ends the work by raising."""


def nowhere(step: Step) -> None:
    """Nobody listens."""
