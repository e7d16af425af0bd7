"""Lists for everybody."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from chedang.site.public import lists


def test_the_figures_beside_a_software_are_those_of_as_many_days_as_the_heading_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    days: list[int] = []

    def figures(_connection: Any, _scope: str, first_on: date, last_on: date, **_by: Any) -> list[Any]:
        days.append((last_on - first_on).days + 1)
        return []

    monkeypatch.setattr(lists, "archive", nullcontext)
    monkeypatch.setattr(lists.statistics, "figures", figures)
    assert lists._figures(date(2026, 11, 23)) == []
    assert days == [90]
    assert any("近90天" in heading for heading in lists._HEADINGS)
