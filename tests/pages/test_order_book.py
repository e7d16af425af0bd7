"""The order book in a browser: two items from 开单 to paper, two clerks, second presses, 反结算, a technician."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.vehicles.follow import follow as follow_records
from tests.pages.conftest import Site, fill_in_sign_in, follow, say_why
from tests.pages.filled_province import Car
from tests.pages.owners import new_account, new_owner
from tests.pages.test_pages_for_everybody import _assert_good

Contexts = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}
SHOP = "order book"
CANARIES = ("7193.17", "10789.76", "6151.31", "20332.88", "壹万")


@pytest.fixture(scope="module", autouse=True)
def shop(site: Site) -> str:
    """A shop of its own; gives its code."""
    if SHOP not in site.province.shops:
        site.province.add_shop(SHOP, 61, division_code="330106", is_approved=True)
    return site.province.shops[SHOP]


@pytest.fixture
def clerk_of(site: Site, shop: str, new_context: Contexts) -> Callable[..., Page]:
    """A person of the shop, signed in in a browser of their own."""

    def enter(name: str, post: str = "clerk", **options: object) -> Page:
        username = new_account(site, "shop", company_code=shop, display_name=name, shop_post=post)
        page = new_context(**options).new_page()
        fill_in_sign_in(page, username, site.logins["demo-owner"].password)
        page.wait_for_load_state()
        return page

    return enter


def car(name: str, plate_number: str) -> Car:
    return Car(plate_number, make_vin(Random(f"order book {name}")))


def open_order(page: Page, which: Car, *, press: str = "保存", technician: str = "") -> None:
    """A clerk types two items and a part."""
    page.goto("/shop/orders/new")
    page.get_by_label("车牌号码").fill(which.plate_number)
    page.get_by_label("车架号（VIN）").fill(which.vin)
    page.get_by_label("送修里程（千米）").fill("４５，２１０")
    page.get_by_label("故障描述").fill("制动时有异响")
    page.get_by_label("机动车所有人").fill("张某某")
    page.get_by_label("联系电话").fill("142 0000 6602")
    items = page.get_by_role("group", name="维修项目")
    for place, (name, hours, price) in enumerate((("更换前制动片", "1.5", "7193.17"), ("检查制动液", "0.5", "０"))):
        if place:
            items.get_by_role("button", name="再加一个项目").click()
        row = items.locator("[data-row]").nth(place)
        row.get_by_label("维修项目").fill(name)
        row.get_by_label("维修项目").press("Tab")  # what the shop usually needs for it comes by itself
        row.get_by_label("工时 小时").fill(hours)
        row.get_by_label("工时单价").fill(price)
        row.get_by_label("技师").fill(technician)
    part = page.get_by_role("group", name="配件和材料").locator("[data-row]").first
    part.get_by_label("名称").fill("前制动片")
    part.get_by_label("名称").press("Tab")
    part.get_by_label("配件编码").fill("D-1234")
    part.get_by_label("数量").fill("2")
    part.get_by_label("单价").fill("￥6,151.31")
    part.get_by_label("配件属性").select_option("副厂")
    page.get_by_label("旧件处理").select_option("shop")
    follow(page.get_by_role("button", name=press, exact=True))


def records_of(site: Site, shop: str, which: Car) -> list[tuple[str, str]]:
    """Numbers and states of the newest versions of a car's records in the shop."""
    rows = site.province.connection.execute(
        "select distinct on (record_id) settlement_list_number, state from record_version "
        "where vin = %s and company_code = %s order by record_id, version desc",
        (which.vin, shop),
    ).fetchall()
    site.province.connection.commit()
    return sorted(rows)


def test_two_items_from_opening_to_paper_and_no_price_leaves_the_shop(
    site: Site, shop: str, clerk_of: Callable[..., Page], new_context: Contexts
) -> None:
    # given a clerk with a car at the counter
    page, which = clerk_of("文员甲"), car("first", "浙A6B611")
    open_order(page, which, press="保存，去结算")
    # when everything is looked at once more, and settle is pressed twice
    expect(page.get_by_role("heading", name="核对无误就结算")).to_be_visible()
    expect(page.get_by_text("¥ 23,092.38").first).to_be_visible()
    _assert_good(page)
    address = page.url
    fields = {
        "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").last.input_value(),
        "revision": page.locator("[name=revision]").input_value(),
    }
    follow(page.get_by_role("button", name="结算", exact=True))
    again = page.request.post(address, form=fields, headers={"Referer": address})
    assert again.status == 200
    page.reload()
    # then one record is in the archive, and the page says so
    expect(page.get_by_text("已上传").first).to_be_visible()
    _assert_good(page)
    ((number, state),) = records_of(site, shop, which)
    assert state == "active"
    # and both papers say what was done, for how much, and the code that binds the car
    link = page.get_by_role("link", name="结算清单（PDF）").get_attribute("href")
    content = page.request.get(f"{site.address}{link}").body()
    paper = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(content)).pages)
    follow(page.get_by_role("link", name="网页打印"))
    _assert_good(page)
    web = page.get_by_role("article").inner_text()
    said = ("机动车维修费用结算清单", number, "张某某", "14200006602", which.vin, "10,789.76", "12,302.62", "副厂")
    for text in (*said, "贰万叁仟零玖拾贰元叁角捌分", "2,000 千米或者 10 天", "新能源专用部件", "旧件处理", "自备"):
        assert text in web.replace("\n", ""), text
        assert text in paper.replace("\n", ""), text
    # and what the owner and officers read and take away has no price
    while follow_records(site.province.connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    site.province.connection.commit()
    owner = new_owner(site, new_context, which)
    (car_id,) = owner.car_ids
    texts = [
        owner.page.request.get(f"{site.address}/my/{car_id}/{end}").text() for end in ("", "export.json", "export.csv")
    ]
    officer = new_context().new_page()
    fill_in_sign_in(officer, new_account(site, "regulator", division_code="330100"), site.logins["demo-owner"].password)
    officer.goto("/vehicle/")
    officer.get_by_label("车牌号码").fill(which.plate_number)
    officer.locator("[name=vin_tail]").fill(which.vin_tail)
    say_why(officer)
    follow(officer.get_by_role("main").locator("form .btn").first)
    texts.append(officer.content())
    for text in texts:
        assert "更换前制动片" in text
        assert [
            canary for canary in (*CANARIES, "7,193", "10,789", "23,092", "张某某", "14200006602") if canary in text
        ] == []


def test_two_clerks_on_one_order_lose_nothing(clerk_of: Callable[..., Page]) -> None:
    # given two clerks with one order open
    first, second = clerk_of("文员甲"), clerk_of("文员乙", viewport=PHONE)
    open_order(first, car("shared", "浙A6B622"))
    second.goto(first.url)
    # when both change it, the first before the second
    first.get_by_label("送修里程（千米）").fill("45300")
    first.get_by_label("优惠（元）").fill("20")
    follow(first.get_by_role("button", name="保存", exact=True))
    second.get_by_label("故障描述").fill("制动时有异响，方向跑偏")
    second.get_by_role("group", name="维修项目").locator("[data-row]").first.get_by_label("备注").fill("客户在等")
    follow(second.get_by_role("button", name="保存", exact=True))
    # then the second sees what the first changed, beside everything typed
    expect(second.get_by_role("alert")).to_contain_text("文员甲")
    expect(second.get_by_role("row", name="优惠（元）")).to_contain_text("20")
    expect(second.get_by_label("故障描述")).to_have_value("制动时有异响，方向跑偏")
    expect(second.get_by_label("送修里程（千米）")).to_have_value("45300")
    _assert_good(second)
    # and saving once more keeps both
    follow(second.get_by_role("button", name="保存", exact=True))
    expect(second.get_by_role("status")).to_contain_text("已保存")
    expect(second.get_by_label("优惠（元）")).to_have_value("20")
    expect(second.get_by_role("group", name="维修项目").get_by_label("备注").first).to_have_value("客户在等")


def test_a_settled_order_is_taken_back_with_a_reason_and_settled_anew(
    site: Site, shop: str, clerk_of: Callable[..., Page]
) -> None:
    page, which = clerk_of("文员甲"), car("again", "浙A6B633")
    open_order(page, which, press="保存，去结算")
    follow(page.get_by_role("button", name="结算", exact=True))
    page.get_by_text("反结算（要改已结算的内容）").click()
    page.get_by_label("原因").fill("漏了一项")
    follow(page.get_by_role("button", name="反结算", exact=True))
    expect(page.get_by_text("记录已作废")).to_be_visible()
    assert [state for _number, state in records_of(site, shop, which)] == ["void"]
    follow(page.get_by_role("button", name="保存，去结算"))
    follow(page.get_by_role("button", name="结算", exact=True))
    assert [state for _number, state in records_of(site, shop, which)] == ["void", "active"]


def test_a_technician_sees_own_items_without_price_and_customer(clerk_of: Callable[..., Page]) -> None:
    clerk, technician = clerk_of("文员甲"), clerk_of("孙师傅", "technician", viewport=PHONE)
    open_order(clerk, car("dispatched", "浙A6B644"), press="保存并派工", technician="孙师傅")
    technician.goto("/shop/my-jobs/")
    expect(technician.get_by_role("heading", name="还有 2 个项目要做")).to_be_visible()
    _assert_good(technician)
    seen = technician.content()
    assert [text for text in ("7193", "6151", "张某某", "14200006602") if text in seen] == []
    follow(technician.get_by_role("button", name="开工 更换前制动片"))
    follow(technician.get_by_role("button", name="完工 更换前制动片"))
    expect(technician.get_by_role("heading", name="还有 1 个项目要做")).to_be_visible()
    for closed in ("/shop/orders/", clerk.url):
        answer = technician.goto(closed)
        assert answer is not None
        assert answer.status == 403
    clerk.reload()
    expect(clerk.get_by_text("完工").first).to_be_visible()


def test_whatever_is_typed_stays_without_a_script_too(clerk_of: Callable[..., Page]) -> None:
    page = clerk_of("文员甲", java_script_enabled=False)
    page.goto("/shop/orders/new")
    page.get_by_label("车牌号码").fill("浙A6B655")
    page.get_by_role("group", name="维修项目").get_by_label("维修项目").fill("换机油")
    follow(page.get_by_role("button", name="再加一个项目"))
    expect(page.get_by_label("车牌号码")).to_have_value("浙A6B655")
    expect(page.get_by_role("group", name="维修项目").get_by_label("维修项目")).to_have_count(2)
    follow(page.get_by_role("button", name="保存，去结算"))
    expect(page.get_by_role("alert")).to_contain_text("车架号（VIN）：还没有填。")
    follow(page.get_by_role("link", name="回到工单修改").first)
    expect(page.get_by_label("车架号（VIN）")).to_be_visible()
    expect(page.get_by_text("还没有填。").first).to_be_visible()
