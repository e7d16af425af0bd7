"""A ministry on the other end of the line: contact, a dead letter, a refusal and a comparison that found something."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import psycopg

from chedang.exchange import comparisons, dead_letters, events, peers
from chedang.exchange.applying import Verdict
from chedang.exchange.comparing_model import Difference, DifferenceKind, Direction, Found, Report
from chedang.exchange.events import EventKind
from chedang.exchange.model import DeadReason, ExchangeRefused, Outcome, RefusalCode
from chedang.records.model import RowKey

NOW = datetime.now(UTC)
DAY = date(2026, 11, 20)
RECORD_ID = uuid4()


def join_ministry(connection: psycopg.Connection[Any], vin: str) -> None:
    """Join the province of ``connection`` with a ministry that has had trouble; ``vin`` is the vehicle concerned."""
    peers.join(connection, "00", address="http://127.0.0.1:9", now=NOW)
    peers.note_contact(connection, "00", now=NOW)
    verdict = Verdict(Outcome.DEAD, DeadReason.NOT_YOURS, "企业由另一节点登记", "record", vin.encode())
    dead_letters.put(connection, "00", [(4, verdict)], epoch=1, sequence=7, now=NOW)
    events.set_alarm(connection, EventKind.DEAD_LETTERS, "00", holds=True, detail="1 项", now=NOW)
    refused = ExchangeRefused(RefusalCode.OUT_OF_ORDER, "应为第7份")
    events.write_refusal(connection, EventKind.REFUSED, "00", refused, now=NOW)
    key = RowKey(vin, RECORD_ID.bytes, 2)
    difference = Difference(key, "active", DAY, "330106", DifferenceKind.MISSING_THERE)
    report = Report(
        direction=Direction.OUT,
        from_on=DAY,
        until_on=DAY,
        started_at=NOW,
        ended_at=NOW,
        ours=12,
        theirs=11,
        difference_count=1,
        repaired_count=0,
        differences=[Found(difference)],
    )
    comparisons.keep_report(connection, "00", report)
    connection.commit()
