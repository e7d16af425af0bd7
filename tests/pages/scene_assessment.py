"""Of the scene: a month of 运行考核 that the province froze, and one before it, with what changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chedang.supervision.assessment_months import before, name_of, newest_over
from chedang.supervision.measure_model import canonical, digest_of
from chedang.supervision.models.assessment import AssessmentCorrection
from tests.integration.supervision.frozen_months import area, keep, measures
from tests.pages.stage import NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_assessment(stage: Stage) -> None:
    """浙江's prefectures and 杭州's counties in the two newest months that are over."""
    month = newest_over(NOW)
    stage.ids |= {"month": name_of(month), "month_before": name_of(before(month))}
    was = [area("330100", connected=5), area("330200"), area("330300", filed=0, connected=0)]
    frozen = keep(measures("330000", was, before(month)), now=NOW - timedelta(days=40))
    later = canonical(measures("330000", [area("330100", connected=5, on_time=930), *was[1:]], before(month)))
    AssessmentCorrection.objects.create(
        snapshot=frozen, content=later, digest=digest_of(later), measured_at=NOW - timedelta(days=9)
    )
    now = [area("330100", connected=7), area("330200", connected=6), area("330300", connected=6)]
    keep(measures("330000", now, month), now=NOW - timedelta(days=9))
    keep(measures("330100", [area("330106"), area("330110", connected=3)], month), now=NOW - timedelta(days=9))
