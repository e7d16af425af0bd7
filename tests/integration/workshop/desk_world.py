"""A shop that hands jobs in from its pages, and connections to its archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random
from threading import Thread
from typing import Any

import msgspec
import psycopg
from django.db import connection as django_connection
from tests.pages.filled_province import TODAY, Car, Province

from chedang.access.models import User
from chedang.fiction.vehicles import make_vin
from chedang.records.model import PartText, ProjectText, RecordText, StoredVersion
from chedang.records.store import read_company_records

NOW = datetime.now(UTC)


class Desk:
    """Two shops, and a clerk of the first."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.province = Province(psycopg.connect(url))
        self.province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        self.province.add_shop("ningbo", 1, division_code="330212", is_approved=True)
        self.code = self.province.shops["west lake"]
        self.clerk = self.clerk_of("west lake")
        self.car = Car("浙A6Q606", make_vin(Random("car of the desk")))

    def clerk_of(self, shop: str) -> User:
        return User.objects.create(
            username=shop, display_name="文员", role="shop", password="!", company_code=self.province.shops[shop]
        )

    def job(self, number: str = "JS-1", **elements: Any) -> RecordText:
        """A settled job without a fault."""
        day = f"{TODAY:%Y%m%d}"
        text = RecordText(
            company_name=self.province.names["west lake"],
            vin=self.car.vin,
            plate_number=self.car.plate_number,
            repair_date=day,
            mileage="52000",
            settle_date=day,
            fault_description="保养",
            settlement_list_number=number,
            parts=(PartText("机油滤清器", "04152-YZZA1", "1"),),
            projects=(ProjectText("更换机油", "0.5"),),
        )
        return msgspec.structs.replace(text, **elements)

    @contextmanager
    def lend(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection to the archive of its own, as a pool lends it."""
        with psycopg.connect(self.url) as connection:
            yield connection

    def records(self, shop: str = "west lake") -> list[StoredVersion]:
        with self.lend() as connection:
            return read_company_records(connection, self.province.shops[shop])

    def close(self) -> None:
        self.province.connection.close()


def at_once(*works: Callable[[], object]) -> None:
    """Do these at the same moment, each in a thread with a connection of Django's own."""
    faults: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            django_connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
