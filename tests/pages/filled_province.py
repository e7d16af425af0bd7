"""A small fictional province in a database: shops, their records and one account per role, put in by the packages' own
functions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg

from chedang.enterprises import actions as enterprises
from chedang.fiction.shops import make_shop
from chedang.fiction.vehicles import make_vin
from chedang.fiction.world import make_world
from chedang.intake.service import new_version
from chedang.records.limits import load_limits
from chedang.records.model import PartText, ProjectText, RecordText
from chedang.records.rules import judge
from chedang.records.store import append
from chedang.terms.dates import SHANGHAI
from chedang.vehicles.follow import follow

TODAY = datetime.now(SHANGHAI).date()


@dataclass(frozen=True)
class Car:
    """A vehicle that tests look up."""

    plate_number: str
    vin: str

    @property
    def vin_tail(self) -> str:
        return self.vin[-6:]


@dataclass
class Province:
    """What stands in the database. ``shops`` maps a short name to the company code."""

    connection: psycopg.Connection[Any]
    shops: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    """From which the shops were made."""
    family_car: Car = field(default_factory=lambda: Car("浙A12345", make_vin(Random("family car"))))
    """Seven clean records but one doubtful and one amended; its odometer is reasonable."""
    electric_car: Car = field(default_factory=lambda: Car("浙AD12345", make_vin(Random("electric car"))))
    """Its odometer falls."""
    taxi: Car = field(default_factory=lambda: Car("浙A6T123", make_vin(Random("taxi"))))
    """More records than one page holds."""
    new_car: Car = field(default_factory=lambda: Car("浙B7K777", make_vin(Random("new car"))))
    """Repaired only in a shop that is not approved."""

    def add_shop(self, name: str, number: int, *, division_code: str, is_approved: bool) -> None:
        """Register a fictional shop under a short name; a number that another has makes one of its own all the same."""
        while number in self.numbers:
            number += 1_000
        self.numbers.add(number)
        registration = msgspec.structs.replace(
            make_shop(Random(number), number).registration, division_code=division_code
        )
        code = enterprises.register(
            self.connection, registration, now=at(TODAY - timedelta(days=3))
        ).enterprise.company_code
        if is_approved:
            enterprises.approve(self.connection, code, by="tests", now=at(TODAY))
        self.shops[name], self.names[name] = code, registration.company_name
        self.connection.commit()

    def upload(self, shop: str, car: Car, settled_on: date, mileage: str, **elements: Any) -> None:
        """Store one record the way the gate does; ``elements`` replace those of an oil change."""
        number = elements.pop("number", f"{shop}-{settled_on:%Y%m%d}-{mileage}")
        received_at = elements.pop("received_at", at(settled_on))
        text = RecordText(
            company_name=self.names[shop],
            vin=car.vin,
            plate_number=car.plate_number,
            repair_date=f"{settled_on:%Y%m%d}",
            mileage=mileage,
            settle_date=f"{settled_on:%Y%m%d}",
            fault_description="按期保养，更换机油和机滤",
            settlement_list_number=number,
            parts=(PartText("全合成机油 5W-30", "OIL-5W30-4L", "4"), PartText("机油滤清器", "04152-YZZA1", "1")),
            projects=(ProjectText("更换机油", "0.5"), ProjectText("更换机油滤清器", "0.3")),
        )
        self.store(shop, msgspec.structs.replace(text, **elements), received_at)

    def store(self, shop: str, text: RecordText, received_at: datetime) -> None:
        """Judge and append."""
        judgement = judge(text, limits=load_limits(), registered_name=self.names[shop], received_at=received_at)
        append(self.connection, [new_version(judgement, self.shops[shop], "lcippro", received_at)])


def at(day: date) -> datetime:
    """Six in the evening of a day, or now when that is still to come."""
    return min(datetime.combine(day, time(18, 0), SHANGHAI), datetime.now(UTC))


def fill(database_url: str) -> Province:
    """Put the province into a migrated database. The connection stays open for tests that add to it."""
    province = Province(psycopg.connect(database_url))
    province.add_shop("west lake", 0, division_code="330106", is_approved=True)
    province.add_shop("ningbo", 1, division_code="330212", is_approved=True)
    province.add_shop("waiting", 18, division_code="330106", is_approved=False)
    province.add_shop("waiting elsewhere", 4, division_code="330502", is_approved=False)
    _repair_family_car(province)
    _repair_others(province)
    _upload_faulty(province)
    while follow(province.connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    province.connection.commit()
    return province


def _repair_family_car(province: Province) -> None:
    car = province.family_car
    for number, mileage in enumerate((8_120, 15_040, 22_300, 29_870, 36_400)):
        province.upload("west lake", car, TODAY - timedelta(days=900 - 150 * number), str(mileage))
    doubtful_on = TODAY - timedelta(days=150)
    province.upload(
        "ningbo",
        car,
        doubtful_on,
        "42650",
        fault_description="刹车有异响，更换前制动片",
        projects=(ProjectText("更换前制动片", "380"),),
        parts=(PartText("前制动片", "D1210-8A", "1"),),
    )
    last_on = TODAY - timedelta(days=20)
    province.upload("west lake", car, last_on, "48210", number="JS-48210")
    amended_at = at(last_on) + timedelta(days=1)
    province.upload(
        "west lake",
        car,
        last_on,
        "48210",
        number="JS-48210",
        received_at=amended_at,
        projects=(
            ProjectText("更换机油", "0.5"),
            ProjectText("更换机油滤清器", "0.4"),
            ProjectText("检查制动系统", "0.6"),
        ),
    )


def _repair_others(province: Province) -> None:
    for days_ago, mileage in ((700, 30_000), (500, 52_000), (300, 71_000), (200, 38_000), (60, 45_000)):
        province.upload("ningbo", province.electric_car, TODAY - timedelta(days=days_ago), str(mileage))
    for number in range(60):
        province.upload(
            "west lake", province.taxi, TODAY - timedelta(days=12 * (60 - number)), str(10_000 + 1_500 * number)
        )
    province.upload("waiting", province.new_car, TODAY - timedelta(days=5), "1200")


def _upload_faulty(province: Province) -> None:
    yesterday = TODAY - timedelta(days=1)
    car = Car("浙A88K88", "")
    province.upload("west lake", car, yesterday, "30500", vin="无", fault_description="-")
    wrong = (
        province.family_car.vin[:8] + ("0" if province.family_car.vin[8] != "0" else "1") + province.family_car.vin[9:]
    )
    province.upload("west lake", Car("浙A99M99", wrong), yesterday, "61000", parts=(PartText("机油", "", "0"),))
    province.upload("ningbo", car, yesterday, "80000", vin="LXX1234")
    for job in make_world(7, until=yesterday, shops=1, vehicles=12, years=1).jobs:
        province.store("west lake", job.text, at(date.fromisoformat(_iso(job.text.settle_date))))


def _iso(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:8]}"
