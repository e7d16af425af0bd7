"""Frozen months without the work of counting them: measures as a test says them, kept as the node keeps its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chedang.quality.statistics_model import Tally
from chedang.supervision import snapshots
from chedang.supervision.assessment_freezing import fix_weights
from chedang.supervision.assessment_months import last_day
from chedang.supervision.assessment_sheet import Version, load_versions
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, ExchangeMeasures, Measures, add_up
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind
from chedang.terms.dates import SHANGHAI

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
FROZEN_AT = datetime(2026, 11, 1, 6, 30, tzinfo=SHANGHAI)


def area(code: str, *, filed: int = 10, connected: int = 8, on_time: int = 900, **desk: Any) -> AreaMeasures:
    """A division with a thousand records, or none where nobody is connected."""
    tally = Tally(1010, 1000, 1000, on_time, 0, 980, 970, 30) if connected else Tally()
    given = {"cases_due": 4, "cases_closed_in_time": 3, "ratings": 10, "rating_sum": Decimal(40)} | desk
    return AreaMeasures(code=code, classes={"02": ClassMeasures(filed, connected, connected, tally)}, **given)


def measures(
    scope: str,
    areas: Sequence[AreaMeasures],
    month: date = OCTOBER,
    exchange: dict[str, ExchangeMeasures] | None = None,
) -> Measures:
    """A division and its parts; the desk's part of the whole is that of the first."""
    first = areas[0]
    whole = AreaMeasures(
        code=scope,
        classes={"02": add_up(each.total() for each in areas)},
        cases_due=first.cases_due,
        cases_closed_in_time=first.cases_closed_in_time,
        ratings=first.ratings,
        rating_sum=first.rating_sum,
        owner_looks=40,
    )
    return Measures(
        scope=scope,
        first_on=month,
        last_on=last_day(month),
        whole=whole,
        areas=tuple(areas),
        months=(),
        vendors=(),
        makers=(),
        exchange=exchange or {},
    )


def keep(
    found: Measures, *, now: datetime = FROZEN_AT, origin: str = "", versions: Sequence[Version] | None = None
) -> Snapshot:
    """Freeze it, with its weights."""
    kept = snapshots.keep(SnapshotKind.MONTH, found, by=None, now=now, origin=origin)
    fix_weights(kept, versions or load_versions(), now=now)
    return kept
