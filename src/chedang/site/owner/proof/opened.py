"""What a browser opened a while ago and may go on reading without being counted again: kept in its session."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.http import HttpRequest

_KEY: Final = "proof_opened"
_MOST: Final = 20
"""Kept in one session; the oldest go."""


def remember(request: HttpRequest, what: str, *, until: datetime) -> None:
    """Let this browser read ``what`` until then."""
    opened = dict(request.session.get(_KEY, {})) | {what: until.timestamp()}
    newest = sorted(opened.items(), key=lambda item: item[1])[-_MOST:]
    request.session[_KEY] = dict(newest)


def is_remembered(request: HttpRequest, what: str, *, now: datetime) -> bool:
    """Did this browser open it, not too long ago?"""
    until = request.session.get(_KEY, {}).get(what, 0.0)
    return bool(until > now.timestamp())
