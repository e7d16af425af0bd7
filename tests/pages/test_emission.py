"""The I/M loop on pages: the lists, a file of failed tests, an ambiguous record, the shop's side, the public list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.emission.follow import follow
from chedang.fiction.vehicles import make_vin
from tests.pages.conftest import Site, fill_in_sign_in
from tests.pages.conftest import follow as go
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import bind_car, new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]
CARS = [Car(f"浙A6Q79{n}", make_vin(Random(f"page emission {n}"))) for n in range(3)]
DAY = TODAY - timedelta(days=5)
STATION = "I-330115-01"


def report(number: int) -> str:
    return f"3301150126091408300{number:05}"


def signed_in(site: Site, new_context: NewContext, username: str, **options: Any) -> Page:
    page = new_context(**options).new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


@pytest.fixture
def county(site: Site, new_context: NewContext) -> Page:
    if "emission shop" not in site.province.shops:
        site.province.add_shop("emission shop", 70, division_code="330115", is_approved=True)
    return signed_in(site, new_context, new_account(site, "regulator", division_code="330115"), viewport=PHONE)


def catch_up(site: Site) -> None:
    while follow(site.province.connection, clock=lambda: datetime.now(UTC)):
        pass
    site.province.connection.commit()


def table(*rows: tuple[int, Car, str]) -> bytes:
    heading = "检验机构编号,检验报告编号,车架号,车牌号码,检验日期,不合格项目,维修期限"
    lines = [
        f"{STATION},{report(number)},{car.vin},{plate},{DAY},CO；HC,{TODAY + timedelta(days=20)}"
        for number, car, plate in rows
    ]
    return "\n".join([heading, *lines]).encode("gb18030")


def test_an_officer_lists_stations_imports_tests_and_says_which_record_counts(
    site: Site, county: Page, new_context: NewContext
) -> None:
    shop, name = site.province.shops["emission shop"], site.province.names["emission shop"]
    # Given a station with a key, shown once, and a shop on the list of M-stations
    county.goto("/regulator/emission/stations/")
    county.get_by_label("检验机构编号").fill(STATION)
    county.get_by_label("名称").fill("余杭检测站")
    county.get_by_label("行政区划代码").fill("330106")
    county.get_by_label("列入日期").fill((DAY - timedelta(days=30)).isoformat())
    go(county.get_by_role("button", name="列入"))
    expect(county.get_by_role("alert")).to_contain_text("不在您的辖区")
    _assert_good(county)
    county.get_by_label("行政区划代码").fill("330115")
    go(county.get_by_role("button", name="列入"))
    go(county.get_by_role("button", name="生成密钥"))
    expect(county.locator("code")).to_contain_text("ci_")
    _assert_good(county)
    county.reload()
    county.goto("/regulator/emission/repairers/")
    county.get_by_label("维修企业编码").fill(shop)
    county.get_by_label("列入日期").fill((DAY - timedelta(days=30)).isoformat())
    go(county.get_by_role("button", name="列入"))
    expect(county.get_by_role("link", name=name)).to_be_visible()
    _assert_good(county)
    _import_and_rule(site, county)
    address = county.url
    _assert_foreign(site, new_context, address)
    _assert_owner_reads_it(site, new_context)
    _assert_shop_and_public(site, new_context, shop, name)


def _import_and_rule(site: Site, county: Page) -> None:
    # When a file comes in of which one line is wrong, and records of the shop
    county.goto("/regulator/emission/import")
    rows = table((1, CARS[0], CARS[0].plate_number), (2, CARS[1], CARS[1].plate_number), (3, CARS[2], "?"))
    county.get_by_label("选择文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": rows})
    go(county.get_by_role("button", name="导入"))
    expect(county.get_by_role("status")).to_contain_text("开单 2 份，已有 0 份，1 行有误")
    expect(county.get_by_role("status")).to_contain_text("车牌号码，如 浙A12345")
    _assert_good(county)
    site.province.upload(
        "emission shop", CARS[0], TODAY, "9000", number="right", parts=(), fault_description="尾气超标"
    )
    site.province.upload("emission shop", CARS[1], TODAY, "9000", number="plate", plate_number="浙B00001")
    catch_up(site)
    # Then one is repaired, though doubtful, and of the other the officer says
    county.goto("/regulator/emission/")
    for tab in ("待维修 0", "逾期 0", "待核定 1", "存疑 1", "已维修，可以复检 1"):
        expect(county.get_by_role("link", name=tab, exact=True)).to_be_visible()
    _assert_good(county)
    go(county.get_by_role("link", name="存疑 1", exact=True))
    go(county.get_by_role("link", name=report(1)))
    expect(county.get_by_text("维修记录没有配件")).to_be_visible()
    county.goto("/regulator/emission/?show=undecided")
    go(county.get_by_role("link", name=report(2)))
    expect(county.get_by_text("维修记录的车牌号码与检验时不一致").first).to_be_visible()
    _assert_good(county)
    other = county.context.new_page()
    other.goto(county.url)
    county.get_by_label("理由").fill("新换的号牌，行驶证已核对")
    go(county.get_by_role("button", name="是，采信"))
    expect(county.get_by_text("已维修，可以复检")).to_be_visible()
    other.get_by_label("理由").fill("同时在办")
    with other.expect_navigation() as answered:
        other.get_by_role("button", name="不是").click()
    assert answered.value is not None
    assert answered.value.status == 409
    expect(other.get_by_role("alert")).to_contain_text("刚刚有了变化")


def _assert_foreign(site: Site, new_context: NewContext, address: str) -> None:
    """Another county knows nothing of ticket, station or shop."""
    elsewhere = signed_in(site, new_context, new_account(site, "regulator", division_code="330212"))
    path = address.removeprefix(site.address)
    for foreign in (
        path, f"/regulator/emission/stations/{STATION}",
        f"/regulator/emission/repairers/{site.province.shops['emission shop']}",
    ):  # fmt: skip
        assert elsewhere.request.get(foreign).status == 404
    assert report(1) not in elsewhere.request.get("/regulator/emission/?show=repaired").text()
    assert STATION not in elsewhere.request.get("/regulator/emission/stations/").text()


def _assert_owner_reads_it(site: Site, new_context: NewContext) -> None:
    username = new_account(site)
    car_id = bind_car(site, username, CARS[1])
    owner = signed_in(site, new_context, username)
    assert "排放检验与维护闭环管理" in owner.request.get(f"/my/{car_id}/looks").text()


def _assert_shop_and_public(site: Site, new_context: NewContext, shop: str, name: str) -> None:
    clerk = signed_in(
        site, new_context, new_account(site, "shop", company_code=shop, shop_post="clerk"), viewport=PHONE
    )
    clerk.goto("/shop/emission/")
    expect(clerk.get_by_text("报告编码{24 位数字}")).to_be_visible()
    expect(clerk.get_by_role("cell", name=report(1))).to_be_visible()
    _assert_good(clerk)
    visitor = new_context(viewport=PHONE).new_page()
    visitor.goto("/emission-stations/")
    expect(visitor.get_by_role("cell", name=name)).to_be_visible()
    _assert_good(visitor)
    listed = visitor.request.get("/emission-stations.json").json()["stations"]
    assert name in {each["company_name"] for each in listed}
    assert name in visitor.request.get("/emission-stations.csv").text()
