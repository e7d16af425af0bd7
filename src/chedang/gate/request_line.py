"""Request lines as old clients write them.

One city's clients put a whole repair record into the query string: some as raw JSON with blanks and Chinese characters
in the encoding of their machine, some percent-encoded and longer than 64 KiB. The parser underneath answers 400 to
either. So a query that is not plain is taken out of the request line before the parser sees it, and handed to the
application byte for byte; the parser keeps its strictness for everything else.
"""

from __future__ import annotations

import re
from typing import Any, Final

from chedang.gate.wire import OnePieceProtocol

MAX_QUERY_BYTES: Final = 256 * 1024
"""Longest query string that is taken; the application answers a longer one, whose rest was thrown away."""

_KEPT_BYTES: Final = MAX_QUERY_BYTES + 8 * 1024
# Beyond it nobody means well: the connection ends without an answer in the vocabulary.
_MAX_DISCARDED_BYTES: Final = 64 * 1024 * 1024
_MAX_HEAD_BYTES: Final = 256 * 1024

# What the parser takes as it is: printable ASCII without "#", which would cut the query off.
_PLAIN_LINE: Final = re.compile(rb"[A-Z]+ [!-\"$-~]{1,8192} HTTP/1\.[01]\r?\n")
# The query of any other line reaches to the last blank: a raw one has blanks of its own.
_LINE: Final = re.compile(rb"([A-Z]+) ([!-\"$->@-~]{1,4096})\?(.*?)(?: (HTTP/1\.[01])\r?)?", re.DOTALL)


class TolerantProtocol(OnePieceProtocol):
    """uvicorn's protocol for clients that were never told what may stand in a request line."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._is_between_requests = True
        self._is_in_head = False
        self._head_bytes = 0
        self._line = bytearray()
        self._discarded_bytes = 0
        self._query: bytes | None = None

    @property
    def is_between_requests(self) -> bool:
        """Has the parser neither begun a request nor part of its line?"""
        return self._is_between_requests and not self._line

    def data_received(self, data: bytes) -> None:
        """Feed the parser. A request line that came whole and plain, which is nearly every one, goes as it is."""
        if self._is_between_requests and (self._line or not _PLAIN_LINE.match(data)):
            self._unset_keepalive_if_required()
            data = self._take_line(data)
            if not data:
                return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > _MAX_HEAD_BYTES:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_between_requests = False
        self._is_in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._is_in_head = False
        if self._query is not None:
            # The request runs from the next turn of the event loop, so it finds its query here.
            self.scope["query_string"] = self._query
            self._query = None

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_between_requests = True

    def _take_line(self, data: bytes) -> bytes:
        """Collect one request line. What the parser may see, once the line is whole; nothing before."""
        if not self._line:
            data = data.lstrip(b"\r\n")  # some clients end a body with an empty line that they do not count
            if data and not 65 <= data[0] <= 90:  # no method: nothing to wait for
                return data
        searched = len(self._line)
        self._line += data
        end = self._line.find(b"\n", searched)
        if end == -1:
            self._discard()
            return b""
        line, rest = bytes(self._line[:end]), bytes(self._line[end + 1 :])
        self._line.clear()
        was_cut, self._discarded_bytes = self._discarded_bytes > 0, 0
        return self._without_query(line, was_cut) + rest

    def _discard(self) -> None:
        excess = len(self._line) - _KEPT_BYTES
        if excess > 0:
            del self._line[_KEPT_BYTES:]
            self._discarded_bytes += excess
            if self._discarded_bytes > _MAX_DISCARDED_BYTES:
                self._refuse(b"414 URI Too Long")

    def _without_query(self, line: bytes, was_cut: bool) -> bytes:
        """The line for the parser; the query is kept for the application. Nonsense stays as it is."""
        found = _LINE.fullmatch(line)
        if found is None:
            return line + b"\n"
        method, path, query, version = found.groups()
        if version is None and not was_cut:
            return line + b"\n"
        self._query = query
        # Where the version was thrown away the connection ends after the answer, which no client minds.
        return b"%s %s %s\r\n" % (method, path, version or b"HTTP/1.0")

    def _refuse(self, status: bytes) -> None:
        self._line.clear()
        self.transport.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % status)
        self.transport.close()
