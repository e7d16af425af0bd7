"""A shop's first page and its own records: what is to be done, each number with its list; 更正, 说明, 作废."""

from __future__ import annotations

from collections.abc import Callable
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
def desk(site: Site, shop: str, new_context: Callable[..., BrowserContext]) -> Desk:
    username = new_account(site, role="shop", company_code=shop, display_name="店长")
    page = new_context().new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_url("**/shop/")
    return Desk(page, shop, username)


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


def open_record(page: Page, number: str) -> None:
    """From the list of what is to be mended to one record."""
    page.goto("/shop/records/?show=all")
    follow(page.locator("ol.entries > li").filter(has_text=number).get_by_role("link", name="更正或说明"))


def test_a_mistyped_number_is_corrected_by_what_the_rule_proposes(desk: Desk) -> None:
    page = desk.page
    open_record(page, "HD-3")
    marks = page.get_by_role("region", name="发现的问题")
    expect(marks).to_contain_text("车架号第 9 位校验码")
    expect(marks).to_contain_text("为什么要紧：记录按车架号归入车辆档案")
    expect(marks).to_contain_text("怎么办：")
    follow(marks.get_by_role("link", name="更正"))
    expect(page.get_by_role("heading", level=2, name="要改的内容")).to_be_visible()
    page.get_by_label("更正的原因").fill("核对行驶证后改正")
    follow(page.get_by_role("button", name=SWAPPED_CAR.vin))
    expect(page.get_by_label("车架号")).to_have_value(SWAPPED_CAR.vin)
    expect(page.get_by_label("更正的原因")).to_have_value("核对行驶证后改正")
    follow(page.get_by_role("button", name="下一步：核对"))
    expect(page.get_by_role("main")).to_contain_text("没有发现问题")
    follow(page.get_by_role("button", name="返回修改"))
    expect(page.get_by_label("更正的原因")).to_have_value("核对行驶证后改正")
    follow(page.get_by_role("button", name="下一步：核对"))
    follow(page.get_by_role("button", name="确认更正"))
    expect(page.get_by_role("status")).to_contain_text("已更正")
    history = page.get_by_role("region", name="历史").get_by_role("listitem")
    expect(history.first).to_contain_text("第 2 版")
    expect(history.first).to_contain_text(SWAPPED_CAR.vin)


def test_a_correction_that_makes_it_worse_is_not_stored_and_nothing_typed_is_lost(desk: Desk) -> None:
    page = desk.page
    open_record(page, "HD-4")
    follow(page.get_by_role("region", name="发现的问题").get_by_role("link", name="更正"))
    page.get_by_text("其余内容").click()
    page.get_by_label("送修日期").fill("昨天")
    page.get_by_label("更正的原因").fill("试一试")
    follow(page.get_by_role("button", name="下一步：核对"))
    expect(page.get_by_role("alert")).to_contain_text("送修日期")
    expect(page.get_by_label("送修日期")).to_have_value("昨天")
    expect(page.get_by_label("更正的原因")).to_have_value("试一试")


def test_an_explanation_stands_beside_the_mark_for_owner_and_officer_and_ends_the_task(
    desk: Desk, site: Site, new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], Page]
) -> None:
    page = desk.page
    open_record(page, "HD-4")
    follow(page.get_by_role("link", name="没有错，写说明"))
    page.get_by_label("说明").fill("赠送的机油，数量确实是零，问 14200001234")
    follow(page.get_by_role("button", name="保存说明"))
    said = "赠送的机油，数量确实是零，问 ***"
    expect(page.get_by_role("region", name="发现的问题")).to_contain_text(f"本店说明：{said}")
    page.goto("/shop/records/?show=doubtful")
    expect(page.get_by_role("main")).not_to_contain_text("HD-4")
    page.goto("/shop/records/?show=explained")
    expect(page.locator("ol.entries > li")).to_contain_text(["HD-4"])
    owner = new_owner(site, new_context, CAR)
    expect(owner.page.locator("li.record.doubtful")).to_contain_text([f"维修企业说明：{said}"])
    officer = sign_in(new_context().new_page(), "demo-county")
    officer.goto("/regulator/records?show=doubts&days=30")
    expect(officer.get_by_role("listitem").filter(has_text="HD-4").first).to_contain_text(f"维修企业说明：{said}")


def test_a_void_asks_why_and_can_be_found_by_the_end_of_its_number(desk: Desk) -> None:
    page = desk.page
    page.goto("/shop/records/")
    page.get_by_label("找一条记录").fill("hd-5")
    follow(page.get_by_role("button", name="查找"))
    assert "hd-5" not in page.url
    expect(page.get_by_role("heading", level=1)).to_have_text("找到记录 1 条")
    follow(page.get_by_role("link", name="看这条记录"))
    follow(page.get_by_role("link", name="作废这条记录"))
    follow(page.get_by_role("button", name="确认作废"))
    expect(page.get_by_role("alert")).to_contain_text("请写明作废的原因。")
    page.get_by_label("作废的原因").fill("传了两遍")
    follow(page.get_by_role("button", name="确认作废"))
    expect(page.get_by_role("main")).to_contain_text("这条记录已经作废")
    expect(page.get_by_role("main")).to_contain_text("原因：传了两遍")
    page.goto("/shop/records/?show=void")
    assert rows(page) == 1


def test_a_shop_without_any_record_is_shown_three_ways_to_begin(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    site.province.add_shop("new desk", 62, division_code="330106", is_approved=True)
    username = new_account(site, role="shop", company_code=site.province.shops["new desk"], display_name="店长")
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    expect(page.get_by_role("heading", level=1)).to_have_text("上传第一条维修记录")
    for way in ("在网页上填", "上传表格", "对接维修软件"):
        expect(page.get_by_role("heading", name=way)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    site.province.upload("new desk", CAR, TODAY - timedelta(days=1), "15100", number="ND-1")
    site.province.connection.commit()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("今天没有要办的事")
    expect(page.get_by_role("main")).to_contain_text("✓ 都办好了")
