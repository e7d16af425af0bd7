"""A month is frozen: measured once, kept with the weights that hold on its last day, and never changed afterwards.

What comes in later shows when the next month is frozen: the month before is measured again then, and the difference is
kept beside it as a correction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from django.db import IntegrityError, transaction

from chedang.access.models import User
from chedang.access.rules import NATION
from chedang.exchange import peers
from chedang.exchange.availability import measured
from chedang.exchange.model import MINISTRY
from chedang.records.store import Connection
from chedang.supervision import snapshots
from chedang.supervision.assessment_months import before, has_parts, last_day
from chedang.supervision.assessment_sheet import SheetFault, Version, in_force
from chedang.supervision.measure_model import ClassMeasures, ExchangeMeasures, canonical, digest_of
from chedang.supervision.measures import Exchange, measure
from chedang.supervision.models.assessment import AssessmentBasis, AssessmentCorrection, AssessmentWeights
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind


def lines(connection: Connection, node_code: str, *, now: datetime) -> Exchange:
    """How the lines of this node are measured: the ministry has one to every province, a province its own."""

    def exchange(first_on: date, last_on: date) -> dict[str, ExchangeMeasures]:
        found = {}
        for peer in peers.read_peers(connection):
            line = measured(connection, peer.node_code, first_on, last_on, until=now)
            code = node_code if peer.node_code == MINISTRY else peer.node_code
            found[code] = ExchangeMeasures(**msgspec.structs.asdict(line))
        return found

    return exchange


def freeze_month(
    connection: Connection,
    scope: str,
    month: date,
    *,
    versions: Sequence[Version],
    exchange: Exchange,
    by: User | None,
    now: datetime,
) -> Snapshot | None:
    """Freeze a month of a division and of each of its parts that has parts; again changes nothing.

    ``month``: its first day. ``None`` for a division without a shop and without a record: there was nothing to measure.
    ``connection`` is the archive's. Raises SheetFault.
    """
    freezing = _Freezing(connection, month, versions, by, now)
    frozen = freezing.freeze(scope, exchange)
    if frozen is not None and scope != NATION:
        for area in snapshots.read(frozen).areas:
            if area.code != scope and has_parts(area.code):
                freezing.freeze(area.code, None)  # the line is the whole node's
    return frozen


def is_frozen(scope: str, month: date) -> bool:
    """Has this node frozen the month, weights and all?"""
    return AssessmentBasis.objects.filter(
        snapshot__origin="",
        snapshot__kind=str(SnapshotKind.MONTH),
        snapshot__division_code=scope,
        snapshot__first_on=month,
    ).exists()


def fix_weights(snapshot: Snapshot, versions: Sequence[Version], *, now: datetime) -> AssessmentBasis:
    """Say by which weights a frozen month is assessed: those in force on its last day. What was said before stands.

    Raises SheetFault, also when a version says something else than when it was first used.
    """
    fixed = AssessmentBasis.objects.filter(snapshot=snapshot).first()
    if fixed is not None:
        return fixed
    version = in_force(versions, snapshot.last_on)
    content = msgspec.json.encode(version, order="deterministic").decode()
    digest = digest_of(content)
    with transaction.atomic():
        weights, _is_new = AssessmentWeights.objects.get_or_create(
            version=version.version,
            defaults={
                "effective_on": version.effective_on,
                "content": content,
                "digest": digest,
                "first_used_at": now,
            },
        )
    if weights.digest != digest:
        raise SheetFault(
            f"权重版本 {version.version} 已经用过，不能再改，请另立一个版本。"
            f"(Version {version.version} has been used and cannot be changed; add a version)"
        )
    try:
        with transaction.atomic():
            return AssessmentBasis.objects.create(snapshot=snapshot, weights=weights, fixed_at=now)
    except IntegrityError:
        return AssessmentBasis.objects.get(snapshot=snapshot)


class _Freezing(msgspec.Struct, frozen=True):
    """One month, and who freezes it."""

    connection: Connection
    month: date
    versions: Sequence[Version]
    by: User | None
    now: datetime

    def freeze(self, scope: str, exchange: Exchange | None) -> Snapshot | None:
        """One division."""
        last_on = last_day(self.month)
        in_force(self.versions, last_on)  # before anything is kept
        frozen = _first_edition(scope, self.month)
        if frozen is None:
            measures = measure(self.connection, scope, self.month, last_on, exchange=exchange)
            if measures.whole.total() == ClassMeasures():
                return None
            frozen = snapshots.keep(SnapshotKind.MONTH, measures, by=self.by, now=self.now)
        fix_weights(frozen, self.versions, now=self.now)
        self._correct(scope, exchange)
        return frozen

    def _correct(self, scope: str, exchange: Exchange | None) -> None:
        """Measure the month before again, once."""
        month = before(self.month)
        frozen = _first_edition(scope, month)
        if frozen is None or AssessmentCorrection.objects.filter(snapshot=frozen).exists():
            return
        measures = measure(self.connection, scope, month, last_day(month), exchange=exchange)
        content = canonical(measures)
        AssessmentCorrection.objects.get_or_create(
            snapshot=frozen,
            defaults={"content": content, "digest": digest_of(content), "measured_at": self.now},
        )


def _first_edition(scope: str, month: date) -> Snapshot | None:
    found = Snapshot.objects.filter(
        origin="", kind=str(SnapshotKind.MONTH), division_code=scope, first_on=month, last_on=last_day(month)
    )
    return found.order_by("edition").first()
