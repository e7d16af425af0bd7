"""The short way of an ordinary upload: from the bytes of a whole request to its operation, past the HTTP machinery.

Software in the field sends the same request head over and over: only the body differs. A head that came before is
known by its bytes; it was taken apart by a real HTTP parser when it came first, and only plain ones are remembered.
Whatever is not known goes the ordinary way, so nothing is decided here that the parser did not decide. At full load
the ordinary way costs three times as much as judging the record (ADR 0011).
"""

from __future__ import annotations

import httptools
import msgspec

from chedang.gate.dialects import Call, DialectApplication, Routes

_LONGEST_HEAD = 1024
_LONGEST_BODY = 64 * 1024
_MOST_HEADS = 4096
_HEAD_END = b"\r\n\r\n"


class Head(msgspec.Struct, frozen=True, gc=False):
    """What a known request head means."""

    call: Call
    content_type: str
    length: int
    """Bytes of the whole request."""
    body_at: int
    client: str
    """Its ``User-Agent``."""


class ShortWay:
    """Heads that have come before. One per gate; its connections share it."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._heads: dict[bytes, Head] = {}

    def find(self, data: bytes) -> Head | None:
        """The meaning of the head that ``data`` begins with; ``None`` sends it the ordinary way."""
        end = data.find(_HEAD_END, 0, _LONGEST_HEAD)
        if end < 0 or not data.startswith(b"POST "):
            return None
        head = data[:end]
        known = self._heads.get(head)
        if known is None:
            self._learn(head)
        return known

    def _learn(self, head: bytes) -> None:
        """Remember a plain head for the next time."""
        request = _Parsed()
        parser = httptools.HttpRequestParser(request)
        try:
            parser.feed_data(head + _HEAD_END)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return
        if not request.is_plain or not parser.should_keep_alive() or parser.get_http_version() != "1.1":
            return
        application = self._routes.find(request.path, request.headers)
        length = int(dict(request.headers)[b"content-length"])
        if isinstance(application, DialectApplication) and length <= _LONGEST_BODY:
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            content_type, client = (
                dict(request.headers).get(name, b"").decode("latin-1") for name in (b"content-type", b"user-agent")
            )
            body_at = len(head) + len(_HEAD_END)
            self._heads[head] = Head(application.call, content_type, body_at + length, body_at, client)


_ALONE = (b"content-length", b"host")
_UNUSUAL = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"content-encoding"})


class _Parsed:
    """What the parser finds in a head."""

    def __init__(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self._url = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    @property
    def path(self) -> str:
        return self._url.decode("ascii")

    @property
    def is_plain(self) -> bool:
        """One length, one host, no query, nothing that changes how the body travels."""
        names = [name for name, _ in self.headers]
        return (
            all(names.count(name) == 1 for name in _ALONE)
            and dict(self.headers)[b"content-length"].isdigit()
            and _UNUSUAL.isdisjoint(names)
            and self._url.isascii()
            and not any(character in self._url for character in b"?%#")
        )
