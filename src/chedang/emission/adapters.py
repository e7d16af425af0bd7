"""The environment side: what happens to tickets is posted to the inspection platform, if the node names one.

The official exchange format (数据交换规范, 2020-12-19) was not read (待核): this adapter posts our own JSON, so that
another one can take its place behind :class:`InspectionPlatform`. Nothing else knows how the platform speaks.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol
from uuid import uuid4

import httpx
import msgspec
import structlog

from chedang.emission import store
from chedang.emission.model import StepKind
from chedang.emission.store import Connection
from chedang.platform.clock import Clock, system_clock
from chedang.platform.database import connect, is_unavailable

_TIMEOUT_SECONDS: Final = 10.0
_TOLD_FOR: Final = timedelta(days=30)
"""What is older is not posted any more: a platform named later is not sent the past."""
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=1)
_AT_ONCE: Final = 50
_IDLE_SECONDS: Final = 2.0

_log = structlog.get_logger("emission")


class NotTaken(Exception):
    """The platform did not take the notice; it is to be posted again."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform is told of one report. Holds a VIN: never logged."""

    event: str
    """``permitted`` (可以复检), ``withdrawn`` (the permit no longer stands), ``passed``, ``failed``, ``cancelled``."""
    number: int
    """Grows with every notice of this node; the platform takes a number once."""
    at: datetime
    station_code: str
    report_number: str
    vin: str
    company_code: str | None
    settled_on: date | None
    retest_number: str
    retested_on: date | None


class InspectionPlatform(Protocol):
    """Takes notices."""

    def tell(self, notice: Notice) -> None:
        """Hand one notice over. Raises NotTaken."""


class HttpPlatform:
    """Posts each notice as JSON, signed with a shared key: HMAC-SHA-256 over time, line break and body."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url = url
        self._key = key

    def tell(self, notice: Notice) -> None:
        """Post it; any answer but 2xx within ten seconds is NotTaken."""
        body = msgspec.json.encode(notice)
        try:
            answer = httpx.post(self._url, content=body, headers=self._headers(body), timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as fault:
            raise NotTaken(type(fault).__name__) from None
        if not answer.is_success:
            raise NotTaken(f"status {answer.status_code}")

    def _headers(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(system_clock().timestamp()))
        signature = hmac.new(self._key, timestamp.encode() + b"\n" + body, sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Chedang-Id": uuid4().hex,
            "X-Chedang-Timestamp": timestamp,
            "X-Chedang-Signature": f"v1={signature}",
        }


_EVENTS: Final = {
    StepKind.REPAIRED: "permitted",
    StepKind.REOPENED: "withdrawn",
    StepKind.PASSED: "passed",
    StepKind.FAILED_AGAIN: "failed",
    StepKind.CANCELLED: "cancelled",
}


def post_due(connection: Connection, platform: InspectionPlatform, *, clock: Clock) -> int:
    """Post what the platform was not told yet, in order for each ticket; returns how many it took.

    One that it does not take waits 5 seconds, then twice as long each time, an hour at most, and so do the later ones
    of its ticket. For a connection in autocommit mode: nothing is held while the platform is being talked to, and a
    notice may come twice.
    """
    taken = 0
    now = clock()
    rows = store.next_to_post(connection, since_at=now - _TOLD_FOR, now=now, limit=_AT_ONCE)
    for seq, kind, at, tries, station, report, vin, shop, settled_on, retest_number, retested_on in rows:
        notice = Notice(
            event=_EVENTS[StepKind(kind)],
            number=seq,
            at=at,
            station_code=station,
            report_number=report,
            vin=vin,
            company_code=shop,
            settled_on=settled_on,
            retest_number=retest_number,
            retested_on=retested_on,
        )
        try:
            platform.tell(notice)
        except NotTaken as fault:
            wait = min(_FIRST_WAIT * 2 ** min(tries, 20), _LONGEST_WAIT)
            store.note_not_posted(connection, seq, again_at=clock() + wait)
            _log.warning("the inspection platform did not take a notice", number=seq, tries=tries + 1, fault=str(fault))
        else:
            store.note_posted(connection, seq, now=clock())
            taken += 1
    return taken


def work(
    database_url: str, stop: threading.Event, platform: InspectionPlatform, *, clock: Clock = system_clock
) -> None:
    """Post until ``stop`` is set; a database that is away is asked again."""
    while not stop.is_set():
        try:
            with connect(database_url, name="chedang-inspection", autocommit=True) as connection:
                _post_until(connection, stop, lambda: post_due(connection, platform, clock=clock))
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            stop.wait(_IDLE_SECONDS)


def _post_until(connection: Connection, stop: threading.Event, post: Callable[[], int]) -> None:
    while not stop.is_set():
        if post() == 0 and stop.wait(_IDLE_SECONDS):
            return
