"""What can wait for the archive, and how it may stand. Pure."""

from __future__ import annotations

from enum import StrEnum


class SendingKind(StrEnum):
    UPLOAD = "upload"
    VOID = "void"


class SendingState(StrEnum):
    WAITING = "waiting"
    """Not yet in the archive; the worker tries every minute."""
    SENT = "sent"
    """In the archive."""
    REFUSED = "refused"
    """A person has to mend something first."""
