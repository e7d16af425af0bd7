"""What the worker does for the police: tells the duty phone of alerts that nobody signs for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from chedang.access.sms import NotSent, send_text
from chedang.site.archive.connections import archive
from chedang.site.police.pages import watch_keys
from chedang.watch import listing

TEXT: Final = "有一条比中信息待签收。"
"""Nothing of the vehicle, the case or the place: an SMS lies open on a screen."""

_log = structlog.get_logger(__name__)


def escalate(now: datetime) -> None:
    """Send one text to each duty phone where an alert waits too long; one that is not sent goes with the next round."""
    with archive() as connection:
        phones = listing.duty_phones_to_tell(connection, watch_keys(), now=now)
    for number, divisions in phones.items():
        try:
            send_text(number, TEXT)
        except NotSent:
            _log.warning("a duty phone was not told by SMS")
            with archive() as connection:
                listing.note_not_told(connection, divisions, told_at=now)
