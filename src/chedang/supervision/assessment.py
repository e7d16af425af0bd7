"""运行考核 of a frozen month: the league table of a division's parts, and one division's score, always the same again.

A score is made of the frozen measures and of the weights that were fixed with them. At the ministry what provinces did
at their desks is what they sent by the day that the weights name; shops and records it counts itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from chedang.access.rules import NATION
from chedang.supervision import snapshots
from chedang.supervision.assessment_months import before, closes_at, last_day
from chedang.supervision.assessment_rules import AreaScore, Facts, Place, assess, rank
from chedang.supervision.assessment_sheet import Version
from chedang.supervision.measure_model import AreaMeasures, ExchangeMeasures, Measures, digest_of
from chedang.supervision.models.assessment import AssessmentBasis, AssessmentCorrection
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind

_FIRST_EDITION: Final = 1


class Told(msgspec.Struct, frozen=True):
    """What a province sent of itself, as the ministry keeps it."""

    snapshot_id: str
    arrived_at: datetime
    whole: AreaMeasures
    is_late: bool
    """It came after the day, and counts for nothing."""


class Row(msgspec.Struct, frozen=True):
    """One line of a league table."""

    place: Place
    facts: Facts
    """What was scored."""
    before: Place | None = None
    """The month before."""
    told: Told | None = None
    """At the ministry, of a province."""

    @property
    def code(self) -> str:
        return self.place.score.code

    @property
    def rank(self) -> int | None:
        return self.place.rank

    @property
    def points(self) -> Decimal | None:
        return self.place.score.points

    @property
    def change(self) -> Decimal | None:
        """Points more or fewer than the month before; ``None`` where one of the two is missing."""
        was = self.before.score.points if self.before else None
        return None if was is None or self.points is None else self.points - was

    @property
    def ranks_gained(self) -> int | None:
        """Places nearer to the first than the month before."""
        was = self.before.rank if self.before else None
        return None if was is None or self.rank is None else was - self.rank


class League(msgspec.Struct, frozen=True):
    """The parts of one division in one month, best first."""

    scope: str
    month: date
    """Its first day."""
    version: Version
    snapshot_id: str
    digest: str
    frozen_at: datetime
    is_by_clock: bool
    """False: an officer froze it by hand."""
    closes_at: datetime | None
    """At the ministry: until when what provinces send still counts."""
    rows: tuple[Row, ...]
    whole: AreaScore
    """The division itself, by the same weights."""
    whole_facts: Facts

    def row(self, code: str) -> Row | None:
        """One of the parts."""
        return next((row for row in self.rows if row.code == code), None)


def months(scope: str) -> list[date]:
    """First days of the months of a division that can be assessed, newest first."""
    found = Snapshot.objects.filter(
        kind=str(SnapshotKind.MONTH), division_code=scope, edition=_FIRST_EDITION, origin__in=_origins(scope)
    )
    firsts = found.filter(basis__isnull=False).values_list("first_on", flat=True).distinct()
    return sorted(firsts, reverse=True)


def league(scope: str, month: date) -> League | None:
    """The league table of a division's parts; ``None`` where the month was not frozen.

    Raises snapshots.NotThere when a stored row was tampered with.
    """
    found = _read(scope, month)
    if found is None:
        return None
    earlier = _read(scope, before(month))
    places = {place.score.code: place for place in earlier.places()} if earlier else {}
    return found.league(places)


def own_row(league: League) -> Row:
    """The division of a table itself, without a rank: at this node there is no table above it."""
    return Row(Place(None, league.whole), league.whole_facts)


def correction(scope: str, month: date) -> tuple[League, Measures, Mapping[str, AreaScore], datetime] | None:
    """冻结后变化: the table as it stands, the same month measured later, its scores then, and when that was.

    ``None`` before the next month is frozen.
    """
    found, stands = _read(scope, month), league(scope, month)
    later = AssessmentCorrection.objects.filter(snapshot=found.snapshot).first() if found else None
    if found is None or stands is None or later is None:
        return None
    if digest_of(later.content) != later.digest:
        raise snapshots.NotThere
    measures = msgspec.json.decode(later.content, type=Measures)
    again = _Month(found.snapshot, measures, found.version, found.told)
    return stands, measures, {place.score.code: place.score for place in again.places()}, later.measured_at


class _Month:
    """A frozen month with its weights and, at the ministry, with what provinces sent of it."""

    def __init__(self, snapshot: Snapshot, measures: Measures, version: Version, told: Mapping[str, Told]) -> None:
        self.snapshot = snapshot
        self.measures = measures
        self.version = version
        self.told = told

    def places(self) -> tuple[Place, ...]:
        return rank([assess(self.version, facts) for facts in self._facts()])

    def whole(self) -> AreaScore:
        return assess(self.version, self.whole_facts())

    def whole_facts(self) -> Facts:
        return Facts(self.measures.whole, self._line(self.measures.scope))

    def league(self, earlier: Mapping[str, Place]) -> League:
        facts = {each.area.code: each for each in self._facts()}
        rows = [
            Row(place, facts[code], earlier.get(code), self.told.get(code))
            for place in self.places()
            for code in (place.score.code,)
        ]
        return League(
            scope=self.measures.scope,
            month=self.measures.first_on,
            version=self.version,
            snapshot_id=self.snapshot.public_id,
            digest=self.snapshot.digest,
            frozen_at=self.snapshot.made_at,
            is_by_clock=self.snapshot.made_by_id is None,
            closes_at=self._closes_at() if self._is_nation else None,
            rows=tuple(rows),
            whole=self.whole(),
            whole_facts=self.whole_facts(),
        )

    @property
    def _is_nation(self) -> bool:
        return self.measures.scope == NATION

    def _closes_at(self) -> datetime:
        return closes_at(self.measures.first_on, self.version.sent_by_day)

    def _facts(self) -> Sequence[Facts]:
        return [self._facts_of(area) for area in self.measures.areas]

    def _facts_of(self, area: AreaMeasures) -> Facts:
        line = self._line(area.code)
        if not self._is_nation:
            return Facts(area, line)
        told = self.told.get(area.code)
        if told is None or told.is_late:
            return Facts(area, line, is_sent=False)
        return Facts(msgspec.structs.replace(told.whole, code=area.code, classes=area.classes), line)

    def _line(self, code: str) -> ExchangeMeasures:
        return self.measures.exchange.get(code[:2], ExchangeMeasures())


def _read(scope: str, month: date) -> _Month | None:
    found = (
        Snapshot.objects.filter(
            kind=str(SnapshotKind.MONTH),
            division_code=scope,
            first_on=month,
            last_on=last_day(month),
            edition=_FIRST_EDITION,
            origin__in=_origins(scope),
        )
        .order_by("origin")
        .first()
    )
    basis = AssessmentBasis.objects.select_related("weights").filter(snapshot=found).first() if found else None
    if found is None or basis is None:
        return None
    if digest_of(basis.weights.content) != basis.weights.digest:
        raise snapshots.NotThere
    version = msgspec.json.decode(basis.weights.content, type=Version)
    told = _told(month, closes_at(month, version.sent_by_day)) if scope == NATION else {}
    return _Month(found, snapshots.read(found), version, told)


def _told(month: date, closes: datetime) -> dict[str, Told]:
    """What provinces sent of a month, by their division code."""
    rows = Snapshot.objects.filter(
        kind=str(SnapshotKind.MONTH), first_on=month, last_on=last_day(month), edition=_FIRST_EDITION
    ).exclude(origin="")
    return {
        row.division_code: Told(row.public_id, row.made_at, snapshots.read(row).whole, row.made_at >= closes)
        for row in rows
    }


def _origins(scope: str) -> list[str]:
    """Measured here, or sent by the province itself."""
    return [""] if scope == NATION else ["", scope[:2]]
