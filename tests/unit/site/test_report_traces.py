"""A figure of a half-year report counted once more: the same row, wherever it stands now."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from chedang.quality.statistics_model import Row, Tally
from chedang.site.regulator.reports.presentation import trace_view
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, Measures, canonical, digest_of
from chedang.supervision.models.reports import HalfYearReport
from chedang.supervision.models.snapshots import Snapshot
from chedang.supervision.report_composing import Composer
from chedang.supervision.report_model import Document, Frozen, LeagueLine
from chedang.supervision.report_template import load_template
from chedang.supervision.reports import Counted


def area(code: str, filed: int) -> AreaMeasures:
    return AreaMeasures(code=code, classes={"01": ClassMeasures(filed)})


BEFORE = Measures(
    scope="330000",
    first_on=date(2026, 7, 1),
    last_on=date(2026, 12, 31),
    whole=area("330000", 10),
    areas=(area("330200", 3), area("330300", 7)),
    months=(),
    vendors=(Row("丙", 1, 1, 1, Tally()),),
    makers=(),
)
NOW = msgspec.structs.replace(
    BEFORE, areas=(area("330100", 5), area("330200", 4)), whole=area("330000", 16), vendors=()
)
LEAGUE = [LeagueLine("330200", 1, Decimal("88.20"), 6), LeagueLine("330300", 2, Decimal("71.05"), 6)]


def traced(ref: str) -> tuple[str, bool]:
    content = canonical(BEFORE)
    league = msgspec.to_builtins(LEAGUE)
    kept = Snapshot(content=content, digest=digest_of(content), made_at=datetime(2026, 12, 30, tzinfo=UTC))
    report = HalfYearReport(snapshot=kept, year=2026, half=2, division_code="330000", league=league, names={})
    frozen = Frozen("00112233445566ff", kept.digest, 1, date(2026, 12, 30))
    composer = Composer(load_template(), content, frozen, league=LEAGUE, names={})
    document: Document = composer.compose({}, authority="某机关")
    again = Counted(NOW, [LeagueLine("330100", 1, Decimal("90.00"), 6), LEAGUE[0]], {})
    trace = trace_view(report, document, document.figures()[ref], again)
    return trace.now_words, trace.is_same


@pytest.mark.parametrize(
    ("ref", "words", "is_same"),
    [
        ("text.filed", "16 家", False),
        ("coverage_by_area.0.filed", "4 家", False),  # 330200 stands second by now
        ("coverage_by_area.1.filed", "–", False),  # 330300 has no shop any more
        ("vendors.0.connected", "–", False),
        ("league.0.score", "88.20（第 1 名）", True),
        ("league.1.score", "–", False),
    ],
)
def test_a_figure_is_compared_with_that_of_its_own_row(ref: str, words: str, *, is_same: bool) -> None:
    assert traced(ref) == (words, is_same)
