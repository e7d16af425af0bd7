"""What a wire vocabulary (报文方言) is to the rest of the house: its operations, and how it answers.

A dialect is one module under ``dialects``; it is pure and knows no database and no framework. ``dialects.DIALECTS``
lists them, which is all the wiring there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from chedang.intake.outcomes import Outcome

JSON_UTF8 = "application/json;charset=UTF-8"


class Wire(msgspec.Struct, frozen=True):
    """One HTTP request as it came: nothing decoded."""

    body: bytes
    query: bytes = b""
    """The query string, percent-encoded or raw."""
    content_type: str = ""
    path: str = ""
    """The path within the family, without its base: ``/repairRecord/insert``."""
    client: str = ""
    """The name that the programme gives itself: the header ``User-Agent``."""


class Answer(msgspec.Struct, frozen=True):
    """What goes back. The status is the refusal's own where this says 200."""

    body: bytes
    content_type: str = JSON_UTF8


class Operation(msgspec.Struct, frozen=True):
    """One call of a vocabulary."""

    name: str
    path: str
    """Below the family's base, with a slash in front."""
    parse: Callable[[Wire], Any]
    """Bytes to a request of ``outcomes`` or of a flow. Raises Refused for what can never be used, only for that."""


class Dialect(msgspec.Struct, frozen=True):
    """One vocabulary. ``bases`` are the path prefixes it is served under unless a node says otherwise."""

    name: str
    bases: tuple[str, ...]
    operations: tuple[Operation, ...]
    answer: Callable[[str, Any, Outcome], Answer]
    """(name of the operation, request or ``None`` when it could not be read, outcome) to bytes."""
