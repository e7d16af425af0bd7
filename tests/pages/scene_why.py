"""Of the scene: figures of shops as the worker counts them, with others of the city to compare with, and a badge."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from chedang.fiction.vehicles import make_vin
from chedang.quality.counting import count_due
from chedang.records.model import ProjectText
from chedang.site.shop.why.jobs import judge_badges
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_why(stage: Stage) -> None:
    """Six more shops in the city of "west lake"; a pump that came back; one shop with the badge."""
    province = stage.province
    for number in range(6):
        name = f"scene compared {number}"
        province.add_shop(name, 5 + number, division_code="330105", is_approved=True)
        car = Car(f"浙A9W9{number:02}", make_vin(Random(name)))
        for visit in range(5):
            on = TODAY - timedelta(days=3 + visit * 25)
            items = (ProjectText("更换机油", f"0.{3 + number}"),)
            province.upload(name, car, on, str(40_000 - visit * 100), number=f"W{number}-{visit}", projects=items)
    stage.ids["trusted_shop"] = province.shops["scene compared 0"]
    pump_car = Car("浙A9W999", make_vin(Random("scene pump")))
    for days in (40, 34):
        items = (ProjectText("更换水泵", "2"),)
        on = TODAY - timedelta(days=days)
        province.upload("west lake", pump_car, on, str(60_000 - days), number=f"PUMP-{days}", projects=items)
    province.connection.commit()
    count_due(province.connection, now=NOW, seconds=60)
    judge_badges(NOW)
