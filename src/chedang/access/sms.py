"""短信: how a text reaches a phone. A port with two ways: a page that shows it (demonstration), or a gateway.

What the gateway receives is described in docs/how-to/send-sms.md.
"""

from __future__ import annotations

import hmac
import json
import time
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from uuid import uuid4

import httpx
import structlog

from chedang.access import phones
from chedang.access.models import OutboxMessage, User
from chedang.platform.clock import system_clock
from chedang.platform.sealing import Sealer
from chedang.platform.settings import Settings
from chedang.terms import phone

SIGNATURE: Final = "【车档】"
"""短信签名: begins every text, so that its reader knows the sender."""
OUTBOX_LASTS: Final = timedelta(hours=24)

_OUTBOX_PURPOSE: Final = "sms-outbox"
_TIMEOUT_SECONDS: Final = 5.0

_log = structlog.get_logger(__name__)


class NotSent(Exception):
    """The text was handed to nobody; it may be asked for again later."""


class SmsSender(Protocol):
    """Hands one text over."""

    def send(self, number: str, text: str) -> None:
        """Hand ``text`` over for a normalised mobile ``number``. Raises NotSent."""


class Message(NamedTuple):
    """One text of the outbox page."""

    number: str
    text: str
    written_at: datetime


class OutboxSender:
    """Shows texts on a page. For fictional people only: ``platform.settings`` keeps it from others."""

    def __init__(self, data_dir: Path) -> None:
        self._sealer = Sealer(data_dir, _OUTBOX_PURPOSE)

    def send(self, number: str, text: str) -> None:
        """Keep it for the page, sealed."""
        content = json.dumps([number, text]).encode()
        sealed = self._sealer.seal(content, _OUTBOX_PURPOSE)
        OutboxMessage.objects.create(content_sealed=sealed, written_at=system_clock())

    def last(self, count: int) -> list[Message]:
        """The newest texts, newest first."""
        return [self._open(row) for row in OutboxMessage.objects.order_by("-written_at", "-pk")[:count]]

    def _open(self, row: OutboxMessage) -> Message:
        number, text = json.loads(self._sealer.open(bytes(row.content_sealed), _OUTBOX_PURPOSE))
        return Message(number, text, row.written_at)


class HttpSender:
    """Posts each text to the operator's gateway as signed JSON, once: a second code is cheaper than two the same."""

    def __init__(self, url: str, key: bytes, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        self._key = key
        self._transport = transport

    def send(self, number: str, text: str) -> None:
        """Post it; any answer but 2xx within five seconds is NotSent."""
        identifier = uuid4().hex
        body = json.dumps({"id": identifier, "phone": phone.international(number), "text": text}).encode()
        try:
            with httpx.Client(timeout=_TIMEOUT_SECONDS, transport=self._transport) as client:
                answer = client.post(self._url, content=body, headers=self._headers(body))
        except httpx.HTTPError as fault:
            _log.warning("the SMS gateway was not reached", message_id=identifier, fault=type(fault).__name__)
            raise NotSent from None
        if not answer.is_success:
            _log.warning("the SMS gateway refused", message_id=identifier, status=answer.status_code)
            raise NotSent

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature = hmac.new(self._key, timestamp.encode() + b"\n" + body, sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Chedang-Timestamp": timestamp,
            "X-Chedang-Signature": f"v1={signature}",
        }


def sender() -> SmsSender | None:
    """The way this node sends, ``None`` when it sends nothing. Raises OSError for a key that cannot be read."""
    settings = Settings.from_environment()
    if settings.sms == "outbox":
        return OutboxSender(settings.data_dir)
    if settings.sms == "http" and settings.sms_key_file is not None:
        return HttpSender(settings.sms_url, settings.sms_key_file.read_bytes().strip())
    return None


def send_text(number: str, text: str) -> None:
    """Send ``text`` with the signature before it to a normalised number. Raises NotSent."""
    way = sender()
    if way is None:
        raise NotSent
    way.send(number, SIGNATURE + text)


def notify(user: User, text: str) -> bool:
    """Send an owner an SMS, without the signature, which is added; whether it was handed over.

    ``text`` tells neither VIN nor plate: an SMS lies open on a screen. Not inside a transaction: a gateway may take
    five seconds. False for an account without a phone, a node that sends nothing, a gateway that is away.
    """
    number = phones.number_of(user)
    if not number:
        return False
    try:
        send_text(number, text)
    except NotSent:
        _log.warning("an owner was not told by SMS", user_id=user.pk)
        return False
    return True


def forget_old(now: datetime) -> int:
    """Remove texts of the outbox that are older than a day; gives how many."""
    return OutboxMessage.objects.filter(written_at__lt=now - OUTBOX_LASTS).delete()[0]
