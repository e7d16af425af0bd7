"""When a certificate is to be renewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedang.filing.staff_model import stage_of

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("days", "stage"), [(-400, 0), (-1, 0), (0, 3), (3, 3), (4, 14), (14, 14), (15, 30), (30, 30), (31, None)]
)
def test_a_certificate_is_shown_in_stages_before_it_ends(days: int, stage: int | None) -> None:
    assert stage_of(TODAY + timedelta(days=days), TODAY) == stage


def test_a_certificate_without_an_end_reminds_of_none() -> None:
    assert stage_of(None, TODAY) is None
