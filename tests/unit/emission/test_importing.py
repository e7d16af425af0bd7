"""What the lines of a table of failed tests are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chedang.emission.importing import _take

NOW = datetime(2026, 9, 20, tzinfo=UTC)


def test_a_line_that_is_wrong_is_told_by_the_headings_of_its_table_in_their_order() -> None:
    cells = {
        "station_code": "I-1",
        "report_number": "=1+1",
        "vin": "123",
        "plate_number": "浙A12345",
        "tested_on": "2026-09-14",
        "failed_items": "CO",
        "deadline_on": "2026-10-14",
    }
    nothing_is_asked: Any = None
    line = _take(nothing_is_asked, 2, cells, "330000", NOW)
    assert line.outcome == "refused"
    assert [str(each) for each in line.said] == [
        "检验报告编号：应为4 至 40 位字母、数字或连字符",
        "车架号：应为17 位车架号，不含字母 I、O、Q",
    ]
