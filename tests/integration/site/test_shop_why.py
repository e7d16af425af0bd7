"""The worker's rounds over shops' figures and badges, and a shop's own data taken away."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zipfile import ZipFile

import msgspec
import psycopg
import pytest
from tests.pages.filled_province import Car, Province

from chedang.access.models import User
from chedang.fiction.vehicles import make_vin
from chedang.platform.zips import zip_pieces
from chedang.quality import store
from chedang.records.model import PartText, ProjectText
from chedang.site.shop.why import jobs, takeaway
from chedang.supervision import credit
from chedang.supervision.credit_sheet import load_sheet
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=SHANGHAI)
CAR = Car("浙A5W901", make_vin(Random("why, taken away")))


@pytest.fixture
def province(django_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Province]:
    """Two shops with records of half a year; pages and jobs meet this database."""
    with psycopg.connect(django_database) as connection:
        made = Province(connection)
        made.add_shop("own", 0, division_code="330106", is_approved=True)
        made.add_shop("other", 1, division_code="330106", is_approved=False)

        @contextmanager
        def lend() -> Iterator[psycopg.Connection[Any]]:
            with psycopg.connect(django_database) as lent:
                yield lent

        for module in (jobs, takeaway):
            monkeypatch.setattr(module, "archive", lend)
        yield made


def repair(province: Province, shop: str, number: str, days_ago: int, **elements: Any) -> None:
    on = (NOW - timedelta(days=days_ago)).date()
    at = datetime(on.year, on.month, on.day, 12, tzinfo=SHANGHAI)
    province.upload(shop, CAR, on, str(90_000 - days_ago * 10), number=number, received_at=at, **elements)


def badge_of(province: Province, shop: str) -> store.KeptBadge | None:
    return store.read_badge(province.connection, province.shops[shop])


def overdue_duty(province: Province, due_at: datetime) -> None:
    """An order to correct whose limit passed, straight into the table."""
    from chedang.supervision.models.duties import Duty

    officer = User.objects.create(
        username="o", display_name="o", role="regulator", password="!", division_code="330106"
    )
    Duty.objects.create(
        code="7K2M9QXD",
        kind="order",
        state="with_shop",
        company_code=province.shops["own"],
        division_code="330106",
        authority="西湖区",
        basis="upload",
        what="按时上传",
        issued_at=due_at - timedelta(days=20),
        issued_by=officer,
        due_at=due_at,
    )


def test_a_badge_comes_and_goes_by_itself(province: Province) -> None:
    for number in range(12):
        for shop in ("own", "other"):
            repair(province, shop, f"{shop} {number}", 5 + number * 15)
    province.connection.commit()
    jobs.count(NOW)
    own, other = badge_of(province, "own"), badge_of(province, "other")
    assert own is not None
    assert other is not None
    assert (own.is_earned, own.since_on) == (True, date(2026, 11, 21))
    assert [each.asked for each in other.lacking] == ["approved"]
    # within the hour an overdue order takes it away; nothing is counted anew for that
    overdue_duty(province, NOW - timedelta(hours=30))
    jobs.count(NOW + timedelta(minutes=10))
    jobs.judge_badges(NOW + timedelta(hours=1))
    lost = badge_of(province, "own")
    assert lost is not None
    assert [each.asked for each in lost.lacking] == ["duties"]


def test_everything_of_a_shop_is_in_the_archive_and_nothing_of_another(province: Province) -> None:
    number_of_records = takeaway._RECORDS + 5  # more than one page
    for number in range(number_of_records):
        repair(province, "own", f"own {number}", 1 + number % 300)
    repair(province, "own", "own 0", 1, projects=(ProjectText("=更换机油", "0.6"),))
    repair(province, "own", "own 1", 1, parts=(PartText("机油", "=1+1", "4"),))
    repair(province, "other", "foreign", 3)
    province.connection.commit()
    draft = credit.find_or_begin(province.shops["own"], "330106", 2025, now=NOW)
    credit.save(draft.pk, load_sheet(), {"accidents": "0"}, 0, now=NOW)
    sent = b"".join(zip_pieces(takeaway.files_of(province.shops["own"]), made_at=NOW))
    archive = ZipFile(io.BytesIO(sent))
    named = {line.split()[0] for line in takeaway.README.splitlines() if "." in line.split(" ")[0]}
    assert set(archive.namelist()) - {"README.txt"} >= named
    assert "foreign" not in "".join(archive.read(name).decode() for name in archive.namelist())
    lines = archive.read("records.ndjson").decode().splitlines()
    rows = list(csv.reader(io.StringIO(archive.read("records.csv").decode("utf-8-sig"))))
    assert len(lines) == len(rows) - 1 == number_of_records + 2
    versions = [json.loads(line) for line in lines]
    assert {each["version"] for each in versions if each["elements"]["costlistcode"] == "own 0"} == {1, 2}
    assert len({(each["record_id"], each["version"]) for each in versions}) == len(versions)
    assert all(len(row) == len(rows[0]) for row in rows)
    assert any(row[10].startswith("'=更换机油") for row in rows)
    registration = json.loads(archive.read("registration.json"))
    assert registration["registration"]["company_code"] == province.shops["own"]
    assert "password" not in archive.read("registration.json").decode()
    assert json.loads(archive.read("credit.json"))[0]["stated"]["accidents"] == "0"
    assert msgspec.json.decode(archive.read("orders.json")) == []
