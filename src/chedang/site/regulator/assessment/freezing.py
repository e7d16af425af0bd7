"""This node freezes months, by the clock or by hand, hands them up, and takes up what provinces sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import structlog
from django.db import DataError, IntegrityError

from chedang.access.models import User
from chedang.exchange import documents
from chedang.quality import statistics
from chedang.records.store import Connection
from chedang.site.archive.connections import archive
from chedang.site.regulator.assessment.seeing import own_division, versions
from chedang.site.settings import NODE
from chedang.supervision import assessment_freezing, snapshot_travel
from chedang.supervision.assessment_months import before, last_day, name_of, newest_over
from chedang.supervision.assessment_sheet import SheetFault
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind
from chedang.supervision.snapshot_travel import NotUsable
from chedang.terms.dates import day_in_china

_MONTHS_BY_HAND: Final = 12
"""How far back a month may be frozen by hand."""
_log = structlog.get_logger(__name__)


class NotCounted(Exception):
    """The statistics do not reach the end of the month yet."""


def months_open(now: datetime) -> list[date]:
    """Months that are over and not frozen, newest first."""
    months, month = [], newest_over(now)
    for _each in range(_MONTHS_BY_HAND):
        months.append(month)
        month = before(month)
    return [month for month in months if not assessment_freezing.is_frozen(own_division(), month)]


def freeze(month: date, *, by: User | None, now: datetime) -> bool:
    """Freeze a month of the node's own division and hand it up; False when there was nothing to measure.

    Raises SheetFault, NotCounted.
    """
    with archive() as connection:
        _check_reach(connection, month)
        frozen = assessment_freezing.freeze_month(
            connection,
            own_division(),
            month,
            versions=versions(),
            exchange=assessment_freezing.lines(connection, NODE.node.code, now=now),
            by=by,
            now=now,
        )
        if frozen is not None:
            hand_over(connection, now)
    return frozen is not None


def freeze_due(now: datetime) -> None:
    """Freeze the month before, from six o'clock of the first day on; hand up what was frozen and could not be."""
    month = newest_over(now)
    if assessment_freezing.is_frozen(own_division(), month):
        with archive() as connection:
            hand_over(connection, now)
        return
    try:
        if freeze(month, by=None, now=now):
            _log.info("froze a month", month=name_of(month))
    except NotCounted:
        _log.info("the statistics do not reach the end of the month yet", month=name_of(month))
    except SheetFault as fault:
        _log.error("the weights cannot be used", month=name_of(month), fault=str(fault))


def hand_over(connection: Connection, now: datetime) -> None:
    """Have every frozen month of this province told upwards that has not been."""
    if NODE.node.level == "ministry":
        return
    told = set(documents.own_keys(connection))
    own = Snapshot.objects.filter(origin="", kind=str(SnapshotKind.MONTH), division_code=own_division(), edition=1)
    for snapshot in own.order_by("last_on"):
        if snapshot_travel.key_of(snapshot) not in told:
            with connection.transaction():
                snapshot_travel.hand_over(connection, snapshot, now=now)


def take_up_sent(now: datetime) -> None:
    """Keep what provinces sent. What cannot be read waits and says why; a later release may be able to."""
    if NODE.node.level != "ministry":
        return
    with archive() as connection:
        for document in documents.read_waiting(connection):
            try:
                snapshot = snapshot_travel.take_up(document)
                if snapshot.kind == SnapshotKind.MONTH:
                    assessment_freezing.fix_weights(snapshot, versions(), now=now)
            except (NotUsable, SheetFault) as fault:
                documents.note_fault(connection, document, str(fault))
                _log.warning("frozen figures cannot be taken up", province=document.node_code, key=document.key)
            except (ValueError, TypeError, LookupError, ArithmeticError, IntegrityError, DataError) as fault:
                # Nobody foresaw it, and those behind it must not wait for whoever does.
                documents.note_fault(connection, document, f"不能采用（{type(fault).__name__}）")
                _log.error("frozen figures cannot be taken up", key=document.key, fault=type(fault).__name__)
            else:
                documents.note_taken(connection, document, now=now)


def _check_reach(connection: Connection, month: date) -> None:
    reached_at = statistics.as_of(connection)
    if reached_at is None or day_in_china(reached_at) <= last_day(month):
        raise NotCounted
