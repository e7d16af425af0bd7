"""The line over HTTP: one kept connection to the ministry's gate, with bounds on every wait."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import httpx
import msgspec

from chedang.exchange.link import LinkDown
from chedang.exchange.messages import MOST_MESSAGE_BYTES, UNREADABLE
from chedang.exchange.model import ExchangeRefused, RefusalCode

BASE_PATH: Final = "/exchange/v1"
MESSAGE_TYPE: Final = "application/vnd.chedang.exchange"

_CODES: Final = {code.code: code for code in RefusalCode}
# A message of two thousand records is applied in well under a second; a database that hangs is told within the gate's
# own bounds, after which nothing is worth waiting for.
_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=120.0, write=30.0, pool=5.0)
_LONGEST_HINT_SECONDS: Final = 600.0


class Told(msgspec.Struct, frozen=True):
    """A refusal as the gate writes it."""

    code: str
    message: str = ""
    detail: str = ""


_decode_told = msgspec.json.Decoder(Told).decode


class AddressUnusable(ValueError):
    """Not an address of a gate; the text is a Chinese sentence."""


def check_address(address: str) -> str:
    """The base URL without a slash at its end. Raises AddressUnusable."""
    try:
        parts, url = urlsplit(address), httpx.URL(address)
        host = (parts.hostname or "").encode("idna")  # as the system does when it looks the name up
        is_usable = bool(host and parts.port != 0) and not (parts.query or parts.fragment)
    except (httpx.InvalidURL, ValueError):  # a port that is none, brackets that do not close, an impossible name
        is_usable = False
    if not is_usable or url.scheme not in {"http", "https"}:
        raise AddressUnusable(f"“{address}”不是部级上传接口的地址 (not a URL like https://gate.example.org)")
    return address.rstrip("/")


class HttpLink:
    """A :class:`chedang.exchange.link.Link` to one gate. To be used by one thread at a time; close it after use."""

    def __init__(self, address: str) -> None:
        """``address``: base URL of the gate. Raises AddressUnusable."""
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60.0)
        self._client = httpx.Client(base_url=check_address(address) + BASE_PATH, timeout=_TIMEOUT, limits=limits)

    def deliver(self, message: bytes) -> bytes:
        """Bring a message; gives the acknowledgement."""
        return self._ask("POST", "/messages", message, MESSAGE_TYPE)

    def call(self, message: bytes) -> bytes:
        """Bring a call; gives the answer."""
        return self._ask("POST", "/calls", message, MESSAGE_TYPE)

    def identity(self) -> bytes:
        """Ask who is there."""
        return self._ask("GET", "/identity")

    def offer_key(self, offer: bytes) -> bytes:
        """Bring an offer of a key."""
        return self._ask("POST", "/keys", offer, "application/json")

    def close(self) -> None:
        """Let the connection go."""
        self._client.close()

    def __enter__(self) -> HttpLink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> bytes:
        headers = {"content-type": content_type} if content_type else {}
        try:
            with self._client.stream(method, path, content=body, headers=headers) as response:
                content = _read_bounded(response)
        except httpx.HTTPError as fault:
            raise LinkDown(type(fault).__name__) from fault
        if response.status_code == httpx.codes.OK:
            return content
        raise _refusal(response, content)


def _read_bounded(response: httpx.Response) -> bytes:
    """The whole answer. Raises LinkDown for one larger than any message."""
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        # An answer holds a message of the feed, hence is a little larger than that.
        if size > 2 * MOST_MESSAGE_BYTES:
            raise LinkDown("answer too large")
        pieces.append(piece)
    return b"".join(pieces)


def _refusal(response: httpx.Response, content: bytes) -> Exception:
    """What the other side said, if it was the other side: a proxy between may answer too."""
    seconds = _hint(response)
    try:
        told = _decode_told(content)
    except UNREADABLE:
        return LinkDown(f"HTTP {response.status_code}", seconds)
    code = _CODES.get(told.code)
    if code is None:
        return LinkDown(f"HTTP {response.status_code} {told.code[:40]}", seconds)
    return ExchangeRefused(code, told.detail, seconds)


def _hint(response: httpx.Response) -> float | None:
    """``Retry-After`` in seconds; dates are not written by any gate of ours."""
    text = response.headers.get("retry-after", "")
    return min(float(text), _LONGEST_HINT_SECONDS) if text.isascii() and text.isdigit() else None
