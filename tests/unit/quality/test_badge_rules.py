"""可信维修企业 by its formula: at the limit it is earned, beyond it is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chedang.quality.badge_rules import Asked, Badge, Standing, judge
from chedang.quality.model import ShopFigures, UploadFigures
from chedang.quality.parameters import load_parameters

TODAY = date(2026, 11, 20)
NUMBERS = load_parameters().badge
UPLOADS = UploadFigures(
    received=1000,
    on_time=950,
    dated=1000,
    standing=1000,
    doubtful=20,
    faulty_at_first=40,
    mended=20,
    months=12,
    last_on=TODAY - timedelta(days=30),
)
FIGURES = ShopFigures(
    company_code="330106000000001",
    city_code="3301",
    counted_on=TODAY,
    counted_at=datetime(2026, 11, 20, tzinfo=UTC),
    jobs=1000,
    judged=1000,
    reworked=30,
    reworks=(),
    uploads=UPLOADS,
    first_on=TODAY - timedelta(days=90),
)
STANDING = Standing(is_approved=True, overdue_duties=0, overdue_corrections=0)


def verdict(uploads: dict[str, Any] | None = None, standing: dict[str, Any] | None = None, **figures: Any) -> Badge:
    of_uploads = msgspec.structs.replace(UPLOADS, **uploads or {})
    changed = msgspec.structs.replace(FIGURES, uploads=of_uploads, **figures)
    return judge(changed, msgspec.structs.replace(STANDING, **standing or {}), NUMBERS, today=TODAY)


def test_at_every_limit_it_is_earned() -> None:
    assert verdict().is_earned
    assert [condition.asked for condition in verdict().conditions] == list(Asked)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"standing": {"is_approved": False}}, Asked.APPROVED),
        ({"standing": {"overdue_duties": 1}}, Asked.DUTIES),
        ({"standing": {"overdue_corrections": 1}}, Asked.CORRECTIONS),
        ({"first_on": TODAY - timedelta(days=89)}, Asked.CONNECTED),
        ({"first_on": None}, Asked.CONNECTED),
        ({"uploads": {"last_on": TODAY - timedelta(days=31)}}, Asked.ACTIVE),
        # 94.96 % reads 95.0 % and is not 95 %
        ({"uploads": {"on_time": 9496, "dated": 10_000}}, Asked.ON_TIME),
        ({"uploads": {"on_time": 0, "dated": 0}}, Asked.ON_TIME),
        ({"uploads": {"doubtful": 21}}, Asked.DOUBTFUL),
        ({"reworked": 31}, Asked.REWORK),
        ({"reworked": 0, "judged": 0}, Asked.REWORK),
    ],
)
def test_one_step_beyond_a_limit_it_is_lost_for_that_alone(changes: dict[str, Any], missing: Asked) -> None:
    badge = verdict(**changes)
    assert not badge.is_earned
    assert [condition.asked for condition in badge.lacking] == [missing]
