"""里程曲线: one self-contained picture that says in words what it shows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID
from xml.etree import ElementTree

import pytest

from chedang.records.limits import load_limits
from chedang.vehicles.chart import mileage_chart
from chedang.vehicles.model import OdometerReading, OdometerVerdict
from chedang.vehicles.odometer import judge_odometer

SVG = "{http://www.w3.org/2000/svg}"


def verdict_on(*thousands_km: int, days_apart: int = 300) -> OdometerVerdict:
    readings = [
        OdometerReading(UUID(int=place), date(2020, 1, 1) + timedelta(days=days_apart * place), Decimal(km * 1000))
        for place, km in enumerate(thousands_km)
    ]
    return judge_odometer(readings, load_limits().odometer)


def circles(svg: ElementTree.Element, fill: str) -> int:
    return sum(1 for path in svg.iter(f"{SVG}path") if path.get("fill") == fill and path.get("stroke"))


def test_every_reading_is_a_point_and_a_doubtful_one_is_hollow() -> None:
    svg = ElementTree.fromstring(mileage_chart(verdict_on(10, 20, 90, 30, 40)))  # noqa: S314 - our own text

    assert circles(svg, "#0a4f9e") == 4
    assert circles(svg, "white") == 1


def test_the_line_goes_down_a_fall_but_not_up_to_a_slip() -> None:
    def legs(*thousands_km: int) -> int:
        svg = ElementTree.fromstring(mileage_chart(verdict_on(*thousands_km)))  # noqa: S314 - our own text
        return max(path.get("d", "").count("L") for path in svg.iter(f"{SVG}path") if path.get("stroke") == "#0a4f9e")

    assert legs(50, 90, 30, 35) == 3
    assert legs(50, 90, 30, 305, 35, 40) == 4


def test_the_picture_is_named_and_described_and_scales() -> None:
    verdict = verdict_on(10, 20, 90, 30, 40)
    svg = ElementTree.fromstring(mileage_chart(verdict))  # noqa: S314 - our own text
    named = svg.get("aria-labelledby", "").split()

    assert svg.get("role") == "img"
    assert (svg.get("width"), svg.get("height")) == ("100%", None)
    assert svg.get("viewBox", "").startswith("0 0 ")
    assert [svg.find(f"{SVG}title").get("id"), svg.find(f"{SVG}desc").get("id")] == named
    assert svg.find(f"{SVG}desc").text == verdict.sentence


def test_it_fetches_nothing_and_runs_nothing() -> None:
    verdict = verdict_on(10, 20)
    drawn = mileage_chart(verdict)

    assert "http" not in drawn.replace("http://www.w3.org/", "")
    assert "script" not in drawn
    assert "style=" not in drawn


def test_labels_are_in_the_language_asked_for() -> None:
    verdict = verdict_on(10, 60, 120)

    assert "12万" in mileage_chart(verdict)
    assert "千米" in mileage_chart(verdict)
    english = mileage_chart(verdict, "en")
    assert "120,000" in english
    assert not any("\u4e00" <= character <= "\u9fff" for character in english)


@pytest.mark.parametrize("thousands_km", [(), (10,)])
def test_fewer_than_two_readings_make_no_picture(thousands_km: tuple[int, ...]) -> None:
    assert mileage_chart(verdict_on(*thousands_km)) == ""


def test_two_readings_of_one_day_can_be_drawn() -> None:
    assert "<svg" in mileage_chart(verdict_on(10, 11, days_apart=0))
