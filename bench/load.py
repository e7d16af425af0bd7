"""A load generator that costs little: raw sockets and epoll, requests prepared beforehand, loopback only.

Each connection sends a request, waits for the whole answer, and sends the next: a closed loop, as real clients are.
"""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator

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


class WithToken(msgspec.Struct, frozen=True):
    """A record under a token of its own: the token is asked for first, and put where ``TOKEN`` stands."""

    ask: bytes
    record: bytes


TOKEN = b"@" * 32
Request = bytes | WithToken
_TOKEN_KEY = b'"access_token":"'


class _Connection:
    __slots__ = ("due_at", "next_step", "received", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""
        self.due_at = 0.0
        self.next_step = b""

    def begin(self, request: Request, due_at: float) -> None:
        """Send a request that should have been sent at ``due_at``."""
        self.due_at = due_at
        if isinstance(request, WithToken):
            self.next_step = request.record
            request = request.ask
        self.socket.sendall(request)

    def goes_on(self) -> bool:
        """Was that the answer to the first of two steps? Then send the second."""
        if not self.next_step:
            return False
        at = self.received.index(_TOKEN_KEY) + len(_TOKEN_KEY)
        record = self.next_step.replace(TOKEN, self.received[at : at + len(TOKEN)])
        self.next_step = self.received = b""
        self.socket.sendall(record)
        return True


def run(port: int, requests: Iterator[Request], *, connections: int, seconds: float, success: bytes) -> Report:
    """Send ``requests`` over ``connections`` until time or requests run out, then let every answer come in."""
    opened = _open(port, connections)
    started = time.perf_counter()
    for one in opened.values():
        one.begin(next(requests), time.perf_counter())
    ends_at = started + seconds

    def next_request(now: float) -> tuple[Request, float] | None:
        request = next(requests, None) if now < ends_at else None
        return None if request is None else (request, now)

    return _drive(opened, len(opened), next_request, started, success)


def run_at(port: int, requests: Iterator[Request], *, per_second: float, seconds: float, success: bytes) -> Report:
    """Send a request every 1/``per_second``, answered or not, over 64 connections: latency counts from when a request
    was due, so that a server that falls behind cannot hide it."""
    opened = _open(port, 64)
    # In turn: a server closes a connection that stands idle for some seconds.
    idle = deque(opened.values())
    poll = _poll(opened)
    report = Report(0.0, 0, 0, [])
    started = time.perf_counter()
    sent = 0
    while True:
        now = time.perf_counter()
        due = min(int((now - started) * per_second), int(seconds * per_second))
        while sent < due and idle:
            idle.popleft().begin(next(requests), started + sent / per_second)
            sent += 1
        if sent >= int(seconds * per_second) and len(idle) == len(opened):
            break
        for number, _event in poll.poll(0.0005):
            one = opened[number]
            if _answered(one, report, success):
                idle.append(one)
    report.seconds = time.perf_counter() - started
    _close(opened)
    return report


def _drive(
    opened: dict[int, _Connection],
    busy: int,
    next_request: Callable[[float], tuple[Request, float] | None],
    started: float,
    success: bytes,
) -> Report:
    poll = _poll(opened)
    report = Report(0.0, 0, 0, [])
    while busy:
        for number, _event in poll.poll():
            one = opened[number]
            if not _answered(one, report, success):
                continue
            following = next_request(time.perf_counter())
            if following is None:
                busy -= 1
            else:
                one.begin(*following)
    report.seconds = time.perf_counter() - started
    _close(opened)
    return report


def _answered(one: _Connection, report: Report, success: bytes) -> bool:
    """Read what came; true when the whole request is answered, which the report then counts."""
    piece = one.socket.recv(65536)
    if not piece:
        raise ConnectionError("the server closed a connection under load")
    one.received += piece
    if not _is_whole(one.received) or one.goes_on():
        return False
    report.latencies.append(time.perf_counter() - one.due_at)
    if success in one.received:
        report.accepted += 1
    else:
        report.refused += 1
    one.received = b""
    return True


def _open(port: int, connections: int) -> dict[int, _Connection]:
    return {one.socket.fileno(): one for one in (_Connection(port) for _ in range(connections))}


def _poll(opened: dict[int, _Connection]) -> select.epoll:
    poll = select.epoll()
    for number in opened:
        poll.register(number, select.EPOLLIN)
    return poll


def _close(opened: dict[int, _Connection]) -> None:
    for one in opened.values():
        one.socket.close()


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
