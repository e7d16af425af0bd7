"""Charts: what is drawn, and that it says in words what it shows."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest

from chedang.platform.charts import AMBER, BLUE, GREY, Bar, Series, bars, lines

_SVG = "{http://www.w3.org/2000/svg}"
_COLOURS = {BLUE.lower(), AMBER.lower(), GREY.lower(), "#d5dce2", "#d3dae0", "white", "none", "transparent", "#ddd"}


def test_bars_say_their_names_and_values_and_carry_a_description() -> None:
    rows = [
        Bar("西湖区<b>", 89.1, "89.1%", 80.0),
        Bar("西湖区<b>", 23.0, "23.0%", 80.0),
        Bar("余杭区", None, "–"),
    ]
    drawn = bars(rows, title="各区县覆盖率", description="最高 89.1%，最低 23.0%。", maximum=100)
    tree = ElementTree.fromstring(drawn)  # noqa: S314 - our own drawing
    texts = [element.text for element in tree.iter(f"{_SVG}text")]
    assert texts.count("西湖区<b>") == 2, "names may repeat"
    assert {"89.1%", "23.0%", "–"} <= set(texts)
    assert tree.findtext(f"{_SVG}title") == "各区县覆盖率"
    assert tree.findtext(f"{_SVG}desc") == "最高 89.1%，最低 23.0%。"
    assert tree.get("role") == "img"
    assert "aria-roledescription" not in drawn
    assert _colours(drawn) <= _COLOURS


def test_a_chart_without_rows_is_drawn_too() -> None:
    assert bars([], title="无", description="无").startswith("<svg")


def test_lines_are_told_apart_without_colour_and_have_their_targets() -> None:
    series = [
        Series("Class 1", (10.0, 20.0, 30.0), 80.0),
        Series("Class 2", (None, 5.0, 6.0), 70.0),
        Series("Class 3", (1.0, 1.0, 2.0)),
    ]
    drawn = lines(["Sep", "Oct", "Nov"], series, title="Coverage", description="Rising.", unit="%")
    assert {"Class 1", "Class 2", "Class 3", "Sep", "Nov"} <= set(re.findall(r"<text[^>]*>([^<]+)</text>", drawn))
    assert drawn.count('stroke-dasharray="6,3"') >= 1
    assert drawn.count('stroke-dasharray="2,2"') >= 1
    assert _colours(drawn) <= _COLOURS
    with pytest.raises(ValueError, match="at most 3"):
        lines(["Sep"], [*series, Series("Class 4", (1.0,))], title="", description="", unit="%")


def _colours(drawn: str) -> set[str]:
    return {colour.lower() for colour in re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)}


def test_charts_that_are_drawn_at_once_are_those_that_are_drawn_alone() -> None:
    series = [Series("Class 1", (10.0, 20.0, 30.0), 80.0)]
    rows = [Bar("余杭区", 30.0, "30", 80.0), Bar("西湖区", 50.0, "50", 80.0)]

    def draw(number: int) -> str:
        title = f"Chart {number}"
        if number % 2:
            drawn = lines(["Sep", "Oct", "Nov"], series, title=title, description="", unit="%")
        else:
            drawn = bars(rows, title=title, description="", maximum=100)
        return _drawn_under("", drawn)

    alone = draw(0), draw(1)
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(draw, range(2, 34)))
    assert at_once == [alone[number % 2] for number in range(2, 34)]


def _drawn_under(title: str, svg: str) -> str:
    """The drawing without its title and the mark made of both."""
    return re.sub(r"<title[^>]*>[^<]*|chart-[0-9a-f]{12}", title, svg)
