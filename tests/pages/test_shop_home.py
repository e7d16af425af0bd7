"""A shop's first page and its own records: what is to be done, each number with its list; 更正, 说明, 作废."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.records.model import PartText
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import new_account, new_owner

CAR = Car("浙A6H601", make_vin(Random("the car on the first page of a shop")))
SWAPPED_CAR = Car("浙A6H602", make_vin(Random("a car whose number is mistyped")))


@dataclass(frozen=True)
class Desk:
    """The shop "home desk", seen by its manager."""

    page: Page
    code: str
    username: str


def mistyped(vin: str) -> str:
    """Two neighbours swapped, so that the check digit no longer fits."""
    return next(
        changed
        for place in range(9, 16)
        if (changed := vin[:place] + vin[place + 1] + vin[place] + vin[place + 2 :]) != vin
    )


@pytest.fixture(scope="module")
def shop(site: Site) -> str:
    """A shop of this file's own with records that are to be mended."""
    province = site.province
    province.add_shop("home desk", 61, division_code="330106", is_approved=True)
    yesterday = TODAY - timedelta(days=1)
    province.upload("home desk", CAR, yesterday, "15000", number="HD-1")
    province.upload("home desk", CAR, yesterday, "15001", number="HD-2", vin="无", fault_description="异响")
    wrong = mistyped(SWAPPED_CAR.vin)
    province.upload("home desk", SWAPPED_CAR, yesterday, "23000", number="HD-3", vin=wrong)
    province.upload("home desk", CAR, yesterday, "15002", number="HD-4", parts=(PartText("机油", "OIL-1", "0"),))
    province.upload("home desk", CAR, TODAY, "15003", number="HD-5", received_at=datetime.now(UTC))
    province.connection.commit()
    return province.shops["home desk"]


@pytest.fixture
def desk(site: Site, shop: str, new_context: Callable[..., BrowserContext]) -> Iterator[Desk]:
    username = new_account(site, role="shop", company_code=shop, display_name="店长")
    page = new_context().new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_url("**/shop/")
    yield Desk(page, shop, username)


def rows(page: Page) -> int:
    """Records on all pages of a list."""
    seen = page.locator("ol.entries > li").count()
    while page.get_by_role("link", name="更早的记录").count():
        follow(page.get_by_role("link", name="更早的记录"))
        seen += page.locator("ol.entries > li").count()
    return seen


def test_every_number_opens_a_list_of_so_many_rows(desk: Desk) -> None:
    page = desk.page
    expect(page.get_by_role("heading", level=1)).to_have_text("今天有 2 件事要办")
    figures = {}
    for name in ("条记录没有归入车辆档案", "条记录要核对", "今天收到"):
        page.goto("/shop/")
        link = page.get_by_role("main").get_by_role("link", name=name)
        figures[name] = int("".join(character for character in link.inner_text() if character.isdigit()))
        follow(link)
        assert rows(page) == figures[name], name
    assert figures == {"条记录没有归入车辆档案": 1, "条记录要核对": 3, "今天收到": 1}
