"""记一单: a clerk with a paper and a phone has a job in the archive in two pages, and nothing typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.records.model import StoredVersion
from chedang.records.store import read_company_records
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]

KNOWN = Car("浙A2J707", make_vin(Random("a car that the quick shop knows")))
STRANGER = Car("浙A3J808", make_vin(Random("a car that the quick shop never saw")))
_BY_IME = 5
"""Keystrokes for one Chinese character of a plate, typed by its sound and chosen (zhe, 1, confirmed)."""


@pytest.fixture(scope="module")
def clerk(site: Site) -> str:
    """Account of a shop of its own that has served one car."""
    site.province.add_shop("quick", 61, division_code="330106", is_approved=True)
    site.province.upload("quick", KNOWN, TODAY - timedelta(days=90), "41000", number="QUICK-1")
    site.province.connection.commit()
    return new_account(site, "shop", company_code=site.province.shops["quick"], shop_post="clerk")


@pytest.fixture
def page_of(site: Site, clerk: str, new_context: NewContext) -> Callable[..., Page]:
    """The clerk, signed in on a phone."""

    def make(**options: object) -> Page:
        page = new_context(viewport=PHONE, **options).new_page()
        enter(page, site, clerk)
        return page

    return make


def enter(page: Page, site: Site, clerk: str) -> None:
    fill_in_sign_in(page, clerk, site.logins["demo-owner"].password)
    page.wait_for_url(lambda url: "/sign-in" not in url)


def records_of(site: Site) -> dict[str, StoredVersion]:
    found = read_company_records(site.province.connection, site.province.shops["quick"])
    site.province.connection.commit()
    return {record.settlement_list_number: record for record in found}


def kept_here(page: Page) -> list[str]:
    """What stands in the browser's own store."""
    found: list[str] = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('chedang-draft:'))")
    return found


def status(page: Page) -> Locator:
    return page.locator("[data-status]")


class Counted:
    """A clerk whose every stroke and tap is counted, free text apart."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0
        self.taps = 0
        self.free = 0

    def type(self, label: str, text: str) -> None:
        self.tap(self.page.get_by_label(label, exact=True))
        for character in text:
            if character.isascii():
                self.page.keyboard.press(character)
                self.strokes += 1
            else:
                self.page.keyboard.insert_text(character)
                self.strokes += _BY_IME

    def write(self, label: str, text: str) -> None:
        self.tap(self.page.get_by_label(label, exact=True))
        self.page.keyboard.insert_text(text)
        self.free += len(text)

    def tap(self, what: Locator) -> None:
        what.click()
        self.taps += 1


def test_a_two_item_job_takes_two_pages_and_sixty_strokes(site: Site, page_of: Callable[..., Page]) -> None:
    # Given a clerk with the paper of a car that was never here
    page = page_of()
    page.goto("/shop/new")
    hand = Counted(page)
    pages = ["/shop/new"]
    # When the job is typed, its two items and its part being tapped
    hand.type("车牌号码", STRANGER.plate_number)
    hand.type("车架号（VIN）", STRANGER.vin)
    hand.type("里程（千米）", "52000")
    expect(page.locator("#id_vin_said")).to_contain_text("校验正确")
    hand.write("故障描述", "保养，换机油")
    for item in ("更换机油", "更换机油滤清器"):
        hand.tap(page.get_by_role("button", name=re.compile(f"^{item} [0-9.]+ h$")))
    hand.tap(page.get_by_role("button", name="机油滤清器 04152-YZZA1"))
    _assert_good(page)
    follow(page.get_by_role("button", name="检查后发送"))
    hand.taps += 1
    pages.append("/check")
    # Then the second page shows it as it will stand, without a doubt
    expect(page.get_by_role("heading", level=1)).to_have_text("检查这一单")
    expect(page.get_by_text("没有发现问题")).to_be_visible()
    for said in (STRANGER.vin, "52,000", "更换机油滤清器", "04152-YZZA1"):
        expect(page.get_by_role("main")).to_contain_text(said)
    _assert_good(page)
    assert kept_here(page) == []
    # When it is sent by a double click, then one record stands, and its receipt can be read over a telephone
    with page.expect_navigation(url=re.compile("/shop/receipts/")):
        page.get_by_role("button", name="确认发送").dblclick()
    hand.taps += 1
    expect(page.get_by_role("heading", level=1)).to_have_text("✓ 已收妥")
    expect(page.locator(".code").first).to_have_text(re.compile(rf"CD\s+{TODAY:%Y}\s+{TODAY:%m%d}\s+0001"))
    expect(page.get_by_role("img", name="认领码二维码")).to_be_visible()
    _assert_good(page)
    number = f"CD{TODAY:%Y%m%d}-0001"
    record = records_of(site)[number]
    assert (record.version, record.dialect, record.findings) == (1, "desk", ())
    assert [(row.name, row.hours) for row in record.text.projects] == [("更换机油", "0.5"), ("更换机油滤清器", "0.3")]
    assert [row.quantity for row in record.text.parts] == ["1"]
    print(f"two items, new car: {hand.strokes} strokes and {hand.taps} taps beyond {hand.free} characters of text")  # noqa: T201 - the figure
    assert len(pages) <= 2
    assert hand.strokes + hand.taps <= 60
    # And whoever missed the answer finds it: the page that was sent, and the list of drafts, lead to the receipt
    receipt = page.url
    page.goto("/shop/drafts/")
    follow(page.get_by_role("link", name=f"结算清单 {number}"))
    assert page.url == receipt


def test_a_car_that_was_here_comes_with_its_vin_and_its_mileage(page_of: Callable[..., Page]) -> None:
    page = page_of()
    page.goto("/shop/new")
    # When the plate is typed, then VIN and last mileage are there
    page.get_by_label("车牌号码").press_sequentially("浙A2J707")
    expect(page.get_by_label("车架号（VIN）")).to_have_value(KNOWN.vin)
    expect(page.locator("#id_mileage_said")).to_contain_text("41,000 千米")
    page.get_by_label("里程（千米）").fill("4100")
    page.get_by_label("故障描述").fill("保养")
    expect(page.locator("#id_mileage_said")).to_contain_text("千米少，请核对里程表")
    # When the VIN is typed instead with a slip, then what it was meant to be is offered, and brings the plate
    page.goto("/shop/new")
    slip = KNOWN.vin[:-1] + ("7" if KNOWN.vin[-1] != "7" else "8")
    page.get_by_label("车架号（VIN）").press_sequentially(slip)
    page.get_by_role("button", name=f"改为 {KNOWN.vin}").click()
    expect(page.get_by_label("车牌号码")).to_have_value("浙A2J707")
    expect(page.get_by_label("车架号（VIN）")).to_have_value(KNOWN.vin)
    page.get_by_label("车架号（VIN）").fill(KNOWN.vin.replace(KNOWN.vin[3], "O", 1))
    page.get_by_label("里程（千米）").click()
    expect(page.locator("#id_vin_said")).to_contain_text("✕")
    # And 昨天 is one tap
    page.get_by_role("button", name="送修日期：昨天").click()
    expect(page.get_by_label("送修日期", exact=True)).to_have_value(f"{TODAY - timedelta(days=1):%Y-%m-%d}")


def test_a_lost_line_loses_nothing(page_of: Callable[..., Page]) -> None:
    # Given a clerk in mid-form, saved so far
    page = page_of()
    page.goto("/shop/new")
    page.get_by_label("车牌号码").fill("浙A4J909")
    expect(status(page)).to_contain_text("已自动保存")
    assert re.search(r"/shop/drafts/[0-9a-f-]{36}$", page.url)
    assert kept_here(page) == []
    # When the line goes away, then what is typed stays in the browser and is saved once the line is back
    page.context.set_offline(True)
    page.get_by_label("里程（千米）").fill("7100")
    page.get_by_role("button", name="再加一个项目").click()
    page.locator("#id_items-1-name").fill("检查底盘")
    expect(status(page)).to_contain_text("已存在本机，联网后自动保存")
    page.get_by_role("button", name="检查后发送").click()
    expect(page.get_by_label("里程（千米）")).to_have_value("7100")
    assert len(kept_here(page)) == 1
    draft = page.url
    page.goto("about:blank")
    # And were the machine switched off meanwhile: the page that was open brings it back
    page.context.set_offline(False)
    page.goto(draft)
    expect(page.get_by_text("已恢复本机上还没有存到系统的内容")).to_be_visible()
    expect(page.get_by_label("里程（千米）")).to_have_value("7100")
    expect(page.locator("#id_items-1-name")).to_have_value("检查底盘")
    expect(status(page)).to_contain_text("已自动保存")
    assert kept_here(page) == []
    # Or the next job that is begun leads back to it
    page.context.set_offline(True)
    page.get_by_label("里程（千米）").fill("7101")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/shop/new")
    expect(page.get_by_label("里程（千米）")).to_have_value("")
    follow(page.get_by_role("link", name="接着填那一单"))
    assert page.url == draft
    expect(page.get_by_label("里程（千米）")).to_have_value("7101")
    assert kept_here(page) == []


def test_an_ended_session_loses_nothing_and_signing_out_leaves_nothing(
    site: Site, clerk: str, page_of: Callable[..., Page]
) -> None:
    page = page_of()
    page.goto("/shop/new")
    page.get_by_label("车牌号码").fill("浙A4J910")
    expect(status(page)).to_contain_text("已自动保存")
    draft = page.url
    # When the session ends in mid-form, then the clerk is told, and finds all of it after signing in again
    page.context.clear_cookies(name=re.compile("session"))
    page.get_by_label("故障描述").fill("底盘异响")
    expect(status(page)).to_contain_text("登录已经失效")
    follow(page.get_by_role("link", name="重新登录"))
    page.get_by_label("账户名").fill(clerk)
    page.get_by_label("密码").fill(site.logins["demo-owner"].password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(draft)
    expect(page.get_by_label("故障描述")).to_have_value("底盘异响")
    expect(status(page)).to_contain_text("已自动保存")
    # When somebody signs out with something unsaved, then nothing is left on the machine
    page.context.set_offline(True)
    page.get_by_label("里程（千米）").fill("7200")
    expect(status(page)).to_contain_text("已存在本机")
    page.context.set_offline(False)
    page.evaluate("localStorage.setItem('chedang-draft:other:1', '{}')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(re.compile("/$"))
    assert kept_here(page) == []


def test_without_a_script_the_buttons_do_the_same(site: Site, page_of: Callable[..., Page]) -> None:
    # Given a phone without JavaScript
    page = page_of(java_script_enabled=False)
    page.goto("/shop/new")
    # When the car is asked for and items are picked, then the server fills in what it knows
    page.get_by_label("车牌号码").fill("浙A2J707")
    follow(page.get_by_role("button", name="查一下这辆车"))
    expect(page.get_by_label("车架号（VIN）")).to_have_value(KNOWN.vin)
    follow(page.get_by_role("button", name=re.compile("^更换机油 ")))
    expect(page.locator("#id_items-0-hours")).to_have_value("0.5")
    follow(page.get_by_role("button", name="再加一个项目"))
    page.locator("#id_items-1-name").fill("检查制动系统")
    follow(page.get_by_role("button", name="存草稿"))
    # Then the draft is in the list, and is gone on with
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    row = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="删除 浙A2J707")).first
    follow(row.get_by_role("link", name="接着填"))
    draft = page.url
    page.get_by_label("里程（千米）").fill("30000")
    page.get_by_label("故障描述").fill("例行保养")
    follow(page.get_by_role("button", name="检查后发送"))
    # Then what is missing is named, and leads to its field
    expect(page.get_by_role("alert")).to_contain_text("请先改正下面的内容")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "#id_items-1-hours")
    page.locator("#id_items-1-hours").fill("0.6")
    follow(page.get_by_role("button", name="检查后发送"))
    # A reading lower than the last is a doubt: confirmed, it goes
    expect(page.get_by_text("千米少，请核对里程表")).to_be_visible()
    follow(page.get_by_role("button", name="确认发送"))
    expect(page.get_by_role("alert")).to_contain_text("确认无误请打勾")
    page.get_by_label("已核对，确认无误").check()
    follow(page.get_by_role("button", name="确认发送"))
    expect(page.get_by_role("heading", level=1)).to_have_text("✓ 已收妥")
    # A form that was left open and comes again finds it sent
    receipt = page.url
    page.goto(draft)
    assert page.url == receipt
    assert [each.text.mileage for each in records_of(site).values() if each.dialect == "desk"].count("30000") == 1


def test_a_number_that_is_taken_is_refused_and_mended(site: Site, page_of: Callable[..., Page]) -> None:
    page = page_of(java_script_enabled=False)
    page.goto("/shop/new")
    page.get_by_label("车牌号码").fill("浙A2J707")
    page.get_by_label("里程（千米）").fill("43000")
    page.get_by_label("故障描述").fill("保养")
    page.get_by_label("结算清单编号").fill("QUICK-1")
    follow(page.get_by_role("button", name=re.compile("^更换机油 ")))
    follow(page.get_by_role("button", name="检查后发送"))
    follow(page.get_by_role("button", name="确认发送"))
    expect(page.get_by_role("alert")).to_contain_text("这个结算清单编号已用于另一条记录")
    follow(page.get_by_role("link", name="改结算清单编号"))
    page.get_by_label("结算清单编号").fill("QUICK-2")
    follow(page.get_by_role("button", name="检查后发送"))
    follow(page.get_by_role("button", name="确认发送"))
    expect(page.get_by_role("heading", level=1)).to_have_text("✓ 已收妥")
    records = records_of(site)
    assert (records["QUICK-1"].version, records["QUICK-2"].text.mileage) == (1, "43000")


def test_drafts_are_the_shops_own_and_no_technicians(
    site: Site, page_of: Callable[..., Page], new_context: NewContext, sign_in: Callable[[Page, str], Page]
) -> None:
    page = page_of(java_script_enabled=False)
    page.goto("/shop/new")
    page.get_by_label("车牌号码").fill("浙A5J505")
    follow(page.get_by_role("button", name="再加一个项目"))
    draft = page.url
    # Another shop does not find it, nor its receipt
    other = sign_in(new_context().new_page(), "demo-shop")
    record = records_of(site)["QUICK-1"].record_id
    for address in (draft, f"{draft}/check", f"/shop/receipts/{record}"):
        assert (answer := other.goto(address)) is not None
        assert answer.status == 404
    # A technician of the same shop is told who may
    technician = new_context().new_page()
    account = new_account(site, "shop", company_code=site.province.shops["quick"], shop_post="technician")
    enter(technician, site, account)
    assert (answer := technician.goto("/shop/new")) is not None
    assert answer.status == 403
    # And a draft that is not wanted goes
    page.goto("/shop/drafts/")
    follow(page.get_by_role("button", name="删除 浙A5J505"))
    expect(page.get_by_text("草稿已删除")).to_be_visible()
