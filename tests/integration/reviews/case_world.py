"""A shop, a car with one visit, its owner, and officers of three levels in a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from tests.pages.filled_province import Car, Province

from chedang.access.models import User
from chedang.intake.corrections import RecordChanges
from chedang.records import store as records
from chedang.records.limits import load_limits
from chedang.records.model import StoredVersion
from chedang.reviews import cases, corrections
from chedang.reviews.case_model import Party, Topic
from chedang.reviews.cases import Actor
from chedang.reviews.corrections import Amending, Said
from chedang.reviews.evidence import Evidence
from chedang.reviews.model import Visit
from chedang.reviews.models.cases import Case
from chedang.terms.dates import SHANGHAI

VISIT_ON = date(2026, 11, 2)
SUBMITTED = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)  # a Friday
SHOP_DUE = datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)
COUNTY_DUE = datetime(2026, 12, 5, 0, 0, tzinfo=SHANGHAI)
CITY_DUE = datetime(2026, 12, 12, 0, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)


def make_user(role: str, name: str, **columns: Any) -> User:
    return User.objects.create(username=name, display_name=name, role=role, password="!", **columns)


@dataclass
class World:
    """What the tests act in. ``connection`` is that of the archive."""

    province: Province
    car: Car
    evidence: Evidence
    owner: User

    @classmethod
    def make(cls, url: str, data_dir: Path) -> World:
        province = Province(psycopg.connect(url))
        province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        world = cls(province, province.family_car, Evidence(data_dir), make_user("owner", "an owner"))
        world.upload("10000")
        return world

    @property
    def connection(self) -> psycopg.Connection[Any]:
        return self.province.connection

    @property
    def shop_code(self) -> str:
        return self.province.shops["west lake"]

    @property
    def shop(self) -> Actor:
        return Actor(Party.SHOP, None, self.province.names["west lake"])

    county = Actor(Party.COUNTY, None, "西湖区道路运输管理机构")
    city = Actor(Party.CITY, None, "杭州市道路运输管理机构")

    @property
    def me(self) -> Actor:
        return Actor(Party.OWNER, self.owner)

    def upload(self, mileage: str, *, at: datetime = SUBMITTED - timedelta(days=10), **elements: Any) -> None:
        """What the shop's software sends for the one visit, or another."""
        number = elements.pop("number", "JS-1")
        on = elements.pop("on", VISIT_ON)
        self.province.upload("west lake", self.car, on, mileage, number=number, received_at=at, **elements)
        self.connection.commit()

    def record(self) -> StoredVersion:
        """The visit as the archive has it now."""
        found = records.read_company_records(self.connection, self.shop_code)
        self.connection.commit()
        return next(each for each in found if each.settlement_list_number == "JS-1")

    def visit(self, division_code: str = "330106") -> Visit:
        record = self.record()
        return Visit(record.vin, record.record_id, record.version, self.shop_code, division_code, record.settled_on)

    def report(
        self, topic: Topic = Topic.MILEAGE, *, now: datetime = SUBMITTED, photos: tuple[bytes, ...] = (), **said: str
    ) -> Case:
        return corrections.report_mistake(
            self.owner,
            self.visit(),
            Said(topic, **said),
            photos,
            evidence=self.evidence,
            plate_number=self.car.plate_number,
            node_code="33",
            now=now,
        )

    def amend(self, case: Case, actor: Actor, *, now: datetime, is_void: bool = False, **changes: Any) -> Case:
        amending = Amending(RecordChanges(**changes), "核对工单后更正", self.province.names["west lake"], is_void)
        return corrections.amend(self.connection, case.number, actor, amending, limits=load_limits(), now=now)

    def look(self, case: Case, now: datetime) -> Case:
        """The case as somebody who opens its page sees it."""
        seen = corrections.refresh(self.connection, case.number, now=now)
        self.connection.commit()
        return seen

    def history(self, case: Case) -> list[tuple[str, str, datetime]]:
        return [(step.deed, step.party, step.at) for step in case.steps.all()]

    def notes(self) -> dict[UUID, Any]:
        return cases.open_cases(self.car.vin)

    def close(self) -> None:
        self.connection.close()
