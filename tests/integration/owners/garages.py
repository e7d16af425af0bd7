"""A fictional province with a few cars, and people who want to bind them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from tests.pages.filled_province import TODAY, Car, Province

from chedang.fiction.vehicles import make_vin
from chedang.owners import claim_index
from chedang.owners.claim_codes import KEY_PURPOSE, claim_code
from chedang.owners.claims import Asked, ClaimDesk
from chedang.owners.facts import Facts
from chedang.platform.keys import node_key
from chedang.platform.sealing import Digester
from chedang.records.store import Connection, read_file
from chedang.vehicles.follow import follow

_numbers = count(1)
LAST_VISIT_ON = TODAY - timedelta(days=20)
LAST_NUMBER, LAST_MILEAGE = "XH-7Q4K9D", "48210"


def now() -> datetime:
    """Noon of this day: no test runs over midnight."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)


class Town:
    """One approved shop, one car with three visits, and the desk of its province."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self.province = Province(psycopg.connect(url))
        self.connection: Connection = self.province.connection
        self.desk = ClaimDesk(self.lend, node_key(data_dir, KEY_PURPOSE), Digester(data_dir, "binding"), "33")
        self.province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        self.car = self.new_car("first car")

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def lend(self) -> Iterator[Connection]:
        with self.connection.transaction():
            yield self.connection
        self.connection.commit()

    def new_car(self, name: str, plate_number: str = "浙A12345") -> Car:
        """A car with three visits, the last one with number, mileage and day of settlement that are known here."""
        car = Car(plate_number, make_vin(Random(name)))
        self.province.upload("west lake", car, TODAY - timedelta(days=400), "21000")
        self.province.upload("west lake", car, TODAY - timedelta(days=200), "36000")
        self.visit(car, LAST_VISIT_ON, LAST_MILEAGE, number=f"{name}-{LAST_NUMBER}")
        return car

    def visit(self, car: Car, on: date, mileage: str, **elements: Any) -> None:
        """One more visit, and the worker has followed."""
        self.province.upload("west lake", car, on, mileage, **elements)
        self.follow()

    def follow(self) -> None:
        self.connection.commit()
        while follow(self.connection, clock=now, node_code="33"):
            pass
        while claim_index.follow(self.connection, self.desk.code_key, clock=now):
            pass
        self.connection.commit()

    def code_of(self, car: Car) -> str:
        """What the shop printed on the list of the car's last visit."""

        visits = [version for version in read_file(self.connection, car.vin) if version.state == "active"]
        self.connection.commit()
        last = max(visits, key=lambda version: version.settled_on or date.min)
        return claim_code(self.desk.code_key, last.record_id.hex)


def new_person(role: str = "owner", **fields: Any) -> Any:
    """An account. Only where Django works on a database."""
    from chedang.access.models import User

    username = f"{role}-{next(_numbers)}"
    return User.objects.create(username=username, display_name="某人", role=role, password="!", **fields)


def asked(car: Car, **facts: Any) -> Asked:
    """Plate and end of the VIN, with the right number and mileage unless other facts are given."""
    told = facts or {"number": LAST_NUMBER[-6:], "mileage_km": Decimal(LAST_MILEAGE)}
    return Asked(car.plate_number, car.vin_tail, Facts(**told))
