"""A load generator that costs little: raw sockets and epoll, requests prepared beforehand, loopback only.

Each connection sends a request, waits for the whole answer, and sends the next: a closed loop, as real clients are.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator

import msgspec


class Report(msgspec.Struct):
    """What came back. ``seconds`` is the length of the run, ``latencies`` one entry per answer."""

    seconds: float
    accepted: int
    refused: int
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds

    def percentile(self, share: float) -> float:
        """Latency in seconds below which ``share`` of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


class _Connection:
    __slots__ = ("received", "sent_at", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)


def run(port: int, requests: Iterator[bytes], *, connections: int, seconds: float, success: bytes) -> Report:
    """Send ``requests`` over ``connections`` until time or requests run out, then let every answer come in."""
    poll = select.epoll()
    opened = {one.socket.fileno(): one for one in (_Connection(port) for _ in range(connections))}
    report = Report(0.0, 0, 0, [])
    started = time.perf_counter()
    busy = 0
    for one in opened.values():
        poll.register(one.socket.fileno(), select.EPOLLIN)
        one.send(next(requests))
        busy += 1
    ends_at = started + seconds
    while busy:
        for number, _event in poll.poll():
            one = opened[number]
            piece = one.socket.recv(65536)
            if not piece:
                raise ConnectionError("the server closed a connection under load")
            one.received += piece
            if not _is_whole(one.received):
                continue
            now = time.perf_counter()
            report.latencies.append(now - one.sent_at)
            if success in one.received:
                report.accepted += 1
            else:
                report.refused += 1
            one.received = b""
            request = next(requests, None) if now < ends_at else None
            if request is None:
                busy -= 1
            else:
                one.send(request)
    report.seconds = time.perf_counter() - started
    for one in opened.values():
        one.socket.close()
    return report


def _is_whole(answer: bytes) -> bool:
    head, separator, body = answer.partition(b"\r\n\r\n")
    if not separator:
        return False
    at = head.lower().index(b"content-length:") + len(b"content-length:")
    return len(body) >= int(head[at:].split(b"\r\n", 1)[0])


def post(path: str, body: bytes) -> bytes:
    """One whole HTTP/1.1 request."""
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        path.encode(),
        len(body),
        body,
    )
