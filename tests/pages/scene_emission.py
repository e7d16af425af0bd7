"""Of the scene: stations, tickets in several states, and a watched car with an alert."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from chedang.emission import stations, tickets
from chedang.emission.model import FailedTest, TestStation
from chedang.fiction.vehicles import make_vin
from chedang.site.settings import NODE
from chedang.terms.dates import day_in_china
from chedang.watch import listing
from chedang.watch.model import NewEntry, Wanted
from chedang.watch.store import WatchKeys
from tests.pages.filled_province import Car
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_STATION = "I-330106-01"
_TODAY = day_in_china(NOW)


def make_emission(stage: Stage) -> None:
    """The county's station fails three cars, of which one is repaired and one is an officer's question."""
    connection, shop = stage.province.connection, stage.province.shops["west lake"]
    tested_on = _TODAY - timedelta(days=9)
    listed_on = tested_on - timedelta(days=99)
    station = TestStation(_STATION, "西湖检测站", "330106", False, listed_on, None)
    stations.keep(connection, station, by="tests", now=NOW)
    stations.make_key(connection, _STATION, by="tests", now=NOW)
    stations.list_shop(connection, shop, listed_on, by="tests", now=NOW)
    for place, name in enumerate(("open", "repaired", "undecided")):
        car = Car(f"浙A6Q70{place}", make_vin(Random(f"scene emission {name}")))
        number = f"SCENE-{name}"
        if name == "repaired":
            stage.province.upload("west lake", car, _TODAY, "9000", number=number, parts=())
        if name == "undecided":
            stage.province.upload("west lake", car, _TODAY, "9000", number=number, plate_number="浙B00009")
        test = FailedTest(
            station_code=_STATION,
            report_number=f"33010601260914083000{place:04}",
            vin=car.vin,
            plate_number=car.plate_number,
            tested_on=tested_on,
            failed_items=("一氧化碳", "碳氢化合物"),
            deadline_on=tested_on if name == "open" else _TODAY,
        )
        ticket, _ = tickets.take_failed_test(connection, test, None, now=NOW - DAY)
        stage.ids[f"ticket_{name}"] = ticket.code
    connection.commit()
    stage.ids["test_station"] = _STATION
    _watch(stage)


def _watch(stage: Stage) -> None:
    """The province's police look for the electric car."""
    wanted = Wanted(vin=stage.province.electric_car.vin, plate_number="", case_number="A3301-SCENE")
    new = NewEntry(wanted=wanted, since_on=_TODAY)
    connection = stage.province.connection
    code, _ = listing.add(connection, WatchKeys(NODE.data_dir), new, "330000", by="tests", now=NOW)
    connection.commit()
    stage.ids["watch_entry"] = code
