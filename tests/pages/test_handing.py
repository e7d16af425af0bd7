"""Letting others see a car, handing it over, and a company's cars."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.vehicles import follow as vehicles
from tests.pages.conftest import Site, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import bind_car, new_owner
from tests.pages.phone import new_number, sign_in_by_phone, username_of
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def person(site: Site, new_context: NewContext) -> Callable[..., tuple[Page, str]]:
    """Somebody with a phone, signed in the real way, and the number."""

    def come(**options: object) -> tuple[Page, str]:
        page, number = new_context(**options).new_page(), new_number()
        sign_in_by_phone(page, site, number)
        return page, number

    return come


def test_a_consent_is_given_seen_and_taken_back(site: Site, new_context: NewContext, person) -> None:
    owner = new_owner(site, new_context, site.province.family_car, viewport=PHONE)
    friend, number = person()
    page, car = owner.page, owner.car_ids[0]
    page.goto(f"/my/{car}/people")
    expect(page.get_by_role("main")).to_contain_text("现在只有您自己能看")
    _assert_good(page)
    page.get_by_label("对方的手机号码").fill("12345")
    follow(page.get_by_role("button", name="同意", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("这不像手机号码")
    page.get_by_label("对方的手机号码").fill(number)
    page.get_by_label("对方能看到什么").select_option("和我看到的一样")
    follow(page.get_by_role("button", name="同意", exact=True))
    expect(page.get_by_role("main")).to_contain_text(f"尾号 {number[-4:]}")

    friend.goto("/home")
    expect(friend.get_by_role("heading", level=1)).to_contain_text("上次维修")
    expect(friend.get_by_role("main")).to_contain_text("车主同意您看这辆车的全部内容")
    expect(friend.get_by_role("link", name="评价这次维修")).to_have_count(0)
    seen_at = friend.url
    assert friend.goto(f"{seen_at}people").status == 403

    page.reload()
    follow(page.get_by_role("button", name=re.compile("收回给")))
    expect(page.get_by_role("status")).to_contain_text("对方现在看不到了")
    assert friend.goto(seen_at).status == 404
    expect(friend.get_by_role("heading", level=1)).to_have_text("这里没有您的车")


def test_whoever_asks_gets_in_with_the_code_that_the_owner_tells(site: Site, person) -> None:
    owner, owners_number = person()
    asker, _number = person(viewport=PHONE, java_script_enabled=False)
    bind_car(site, username_of(site, owners_number), site.province.electric_car)
    asker.goto("/my/others")
    _fill_question(asker, owners_number, "浙A00000")
    expect(asker.get_by_role("heading", level=1)).to_have_text("车主收到的验证码是多少")
    asker.get_by_label("车主收到的验证码").fill("000000")
    follow(asker.get_by_role("button", name="看这辆车"))
    expect(asker.get_by_role("alert")).to_contain_text("验证码不对或已过期")
    asker.goto("/my/others")
    _fill_question(asker, owners_number, site.province.electric_car.plate_number)
    texts = owner.request.get("/outbox/").text()
    code = re.search(rf"{owners_number}</strong>.*?想查看您车辆的维修档案.*?验证码 (\d{{6}})", texts, re.DOTALL)
    assert code is not None
    asker.get_by_label("车主收到的验证码").fill(code[1])
    follow(asker.get_by_role("button", name="看这辆车"))
    expect(asker.get_by_role("heading", name="里程不合逻辑")).to_be_visible()
    owner.goto("/home")
    owner.goto(f"{owner.url}people")
    expect(owner.get_by_role("main")).to_contain_text("朋友")


def _fill_question(page: Page, number: str, plate: str) -> None:
    page.get_by_label("车主的手机号码").fill(number)
    page.get_by_label("车牌号码").fill(plate)
    page.get_by_label("与车主的关系").select_option("朋友")
    follow(page.get_by_role("button", name="请车主同意"))


def test_a_sold_car_goes_with_a_code_and_its_old_links_die(site: Site, new_context: NewContext) -> None:
    seller = new_owner(site, new_context, site.province.family_car)
    buyer = new_owner(site, new_context, viewport=PHONE)
    seller.page.goto(f"/my/{seller.car_ids[0]}/transfer")
    _assert_good(seller.page)
    follow(seller.page.get_by_role("button", name="开出过户码"))
    code = seller.page.locator(".count").inner_text()
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    expect(seller.page.get_by_role("img", name="过户码的二维码")).to_be_visible()

    page = buyer.page
    page.goto("/my/take-over")
    page.get_by_label("过户码").fill("7K2M-9QXD-3FH0")
    follow(page.get_by_role("button", name="接收"))
    expect(page.get_by_role("alert")).to_contain_text("没有数字 0、1")
    page.get_by_label("过户码").fill("7K2M-9QXD-3FHT")
    follow(page.get_by_role("button", name="接收"))
    expect(page.get_by_role("alert")).to_contain_text("过户码不对、已用过")
    _assert_good(page)
    page.goto(f"/t/{code}")
    follow(page.get_by_role("button", name="接收"))
    expect(page.get_by_role("status")).to_contain_text("这辆车现在在您名下")
    expect(page.get_by_role("heading", level=1)).to_contain_text("上次维修")
    assert site.province.names["west lake"] not in page.get_by_role("main").inner_text()
    assert seller.page.goto(f"/my/{seller.car_ids[0]}/").status == 404
    page.goto(f"/t/{code}")
    follow(page.get_by_role("button", name="接收"))
    expect(page.get_by_role("alert")).to_contain_text("过户码不对、已用过")


def test_a_company_proves_its_cars_by_a_list_and_its_people_come_and_go(
    site: Site, new_context: NewContext, person
) -> None:
    manager, _number = person()
    driver, drivers_number = person(viewport=PHONE)
    settled_on = TODAY - timedelta(days=60)
    car, stranger = Car("浙A55K55", make_vin(Random("lorry"))), Car("浙A00000", make_vin(Random("stranger")))
    site.province.upload("ningbo", car, settled_on, "46700")
    while vehicles.follow(site.province.connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    site.province.connection.commit()

    manager.goto("/companies/")
    manager.get_by_label("单位名称").fill("虚构物流有限公司")
    manager.get_by_label("统一社会信用代码").fill("123")
    follow(manager.get_by_role("button", name="新建"))
    expect(manager.get_by_role("alert")).to_contain_text("应为 18 位")
    manager.get_by_label("统一社会信用代码").fill("")
    follow(manager.get_by_role("button", name="新建"))
    expect(manager.get_by_role("heading", level=1)).to_have_text("虚构物流有限公司的车 0 辆")
    manager.set_viewport_size(PHONE)
    _assert_good(manager)

    roster = (
        "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n"
        f"{car.plate_number},{car.vin},,,46700,{settled_on}\n{stranger.plate_number},{stranger.vin},,x,1,\n浙A1,,,,,\n"
    )
    file = {"name": "车辆.csv", "mimeType": "text/csv", "buffer": roster.encode("gb18030")}
    manager.get_by_label("车辆清单").set_input_files(file)  # type: ignore[arg-type]  # a file in memory
    follow(manager.get_by_role("button", name="上传并核实"))
    expect(manager.get_by_role("heading", level=1)).to_have_text("清单 3 行，绑定了 1 辆")
    expect(manager.get_by_role("row", name=re.compile("没有核实"))).to_have_count(1)
    expect(manager.get_by_role("row", name=re.compile("这一行读不懂"))).to_have_count(1)
    _assert_good(manager)
    follow(manager.get_by_role("link", name="看单位的车"))

    manager.get_by_label("手机号码").fill(drivers_number)
    follow(manager.get_by_role("button", name="增加", exact=True))
    driver.goto("/home")
    expect(driver.get_by_role("heading", level=1)).to_contain_text("上次维修")
    assert driver.goto(f"{driver.url}shares").status == 403
    follow(manager.get_by_role("button", name=f"尾号 {drivers_number[-4:]} 离开单位"))
    expect(manager.get_by_role("status")).to_contain_text("看不到本单位的车辆了")
    driver.goto("/my/")
    expect(driver.get_by_role("heading", level=1)).to_have_text("还没有绑定车辆")
