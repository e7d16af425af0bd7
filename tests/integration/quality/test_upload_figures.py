"""Counting what a shop uploaded within a period, by hand and by the statement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import psycopg
from tests.pages.filled_province import Car, Province

from chedang.fiction.vehicles import make_vin
from chedang.quality.model import UploadFigures, percent
from chedang.quality.uploads import upload_figures
from chedang.records.model import ProjectText
from chedang.terms.dates import SHANGHAI

CAR = Car("浙A5Q111", make_vin(Random("upload figures")))
OTHER_VIN = make_vin(Random("upload figures, the right one"))
FIRST_ON, LAST_ON = date(2026, 1, 1), date(2026, 12, 31)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, 0, tzinfo=SHANGHAI)


def test_a_record_counts_once_however_often_it_came(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        province = Province(connection)
        province.add_shop("own", 0, division_code="330106", is_approved=True)
        province.add_shop("other", 1, division_code="330106", is_approved=True)

        def upload(
            number: str, settled_on: date, received_at: datetime, km: str, car: Car = CAR, **more: object
        ) -> None:
            province.upload("own", car, settled_on, km, number=number, received_at=received_at, **more)

        march, april = date(2026, 3, 10), date(2026, 4, 1)
        # on time: at noon of the next day; another two minutes before the next day ends
        upload("N1", march, noon(march + timedelta(days=1)), "1000")
        upload("N2", march, datetime(2026, 3, 11, 23, 58, tzinfo=SHANGHAI), "1001")
        # late by two minutes, and moved to another VIN later: one record, still late
        upload("N3", march, datetime(2026, 3, 12, 0, 1, tzinfo=SHANGHAI), "1002")
        upload("N3", march, noon(april), "1002", Car(CAR.plate_number, OTHER_VIN))
        # doubtful at first, mended in the next version: hours that look like an amount
        upload("N4", april, noon(april), "1003", projects=(ProjectText("更换机油", "380"),))
        upload("N4", april, noon(april), "1003", projects=(ProjectText("更换机油", "0.5"),))
        # doubtful and left so, and without a day: nothing can be said of its time
        upload("N5", april, noon(april), "1004", projects=(ProjectText("更换机油", "380"),), settle_date="")
        # outside of the year, and of another shop
        upload("N6", date(2025, 12, 31), datetime(2025, 12, 31, 23, 59, tzinfo=SHANGHAI), "990")
        province.upload("other", CAR, march, "1005", number="N1", received_at=noon(march))
        found = upload_figures(connection, province.shops["own"], FIRST_ON, LAST_ON)
        assert found == UploadFigures(
            received=5,
            on_time=3,
            dated=4,
            standing=5,
            doubtful=1,
            faulty_at_first=2,
            mended=1,
            months=2,
            last_on=april,
        )
        assert found.on_time_percent == Decimal(75)
        assert (found.doubtful_percent, found.mended_percent) == (Decimal(20), Decimal(50))
        nothing = upload_figures(connection, province.shops["own"], date(2024, 1, 1), date(2024, 12, 31))
        assert (nothing.received, nothing.on_time_percent, nothing.last_on) == (0, None, None)


def test_shares_are_rounded_half_up_to_one_place() -> None:
    assert percent(1, 3) == Decimal("33.3")
    assert percent(1, 16) == Decimal("6.3")
    assert percent(0, 0) is None
