"""Lists for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chedang.site.public import lists
from chedang.site.public.listing import PublicList


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


class Row(dict[str, Any]):
    """A row that counts how many there are."""

    alive, most_alive = 0, 0

    def __init__(self, **members: Any) -> None:
        super().__init__(members)
        Row.alive += 1
        Row.most_alive = max(Row.most_alive, Row.alive)

    def __del__(self) -> None:
        Row.alive -= 1


def test_a_list_is_written_row_by_row_as_json_and_csv() -> None:
    def rows() -> Iterator[Row]:
        for number in range(100):
            yield Row(name=f'=“{number}"', day=date(2026, 11, 23), share=Decimal("89.1"), has=None)

    shown = PublicList("shops", ("名称", "日期", "比例", "有"), rows, "shops")
    told = json.loads(shown.as_json().content)
    assert told["shops"][2] == {"name": '=“2"', "day": "2026-11-23", "share": "89.1", "has": None}
    assert (set(told), len(told["shops"])) == ({"day", "shops"}, 100)
    assert shown.as_csv().content.decode("utf-8-sig").splitlines()[1] == '"\'=“0""",2026-11-23,89.1,'
    assert Row.most_alive <= 2
    assert PublicList("shops", (), list, "shops").as_json().content.endswith(b'"shops": []}')
