"""An owner binds the car: by the code on the list, by what the paper shows, or with an officer's help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.owners import claim_index
from chedang.owners.claim_codes import KEY_PURPOSE, claim_code
from chedang.platform.clock import system_clock
from chedang.platform.keys import node_key
from chedang.records.store import read_file
from chedang.vehicles.follow import follow as follow_vehicles
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import bind_car, new_account, new_owner
from tests.pages.phone import come_from, new_number, read_code
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

SETTLED_ON = TODAY - timedelta(days=9)
NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_car(site: Site) -> Callable[[str], Car]:
    """Cars with two visits, which the worker has followed."""

    def make(plate_number: str) -> Car:
        car = Car(plate_number, make_vin(Random(plate_number)))
        province = site.province
        province.upload("west lake", car, TODAY - timedelta(days=150), "30100")
        province.upload("west lake", car, SETTLED_ON, "38420", number=f"QT{plate_number[1:]}-7Q4K9D")
        key = node_key(Path(site.data_dir), KEY_PURPOSE)
        while follow_vehicles(province.connection, clock=system_clock, node_code="33"):
            pass
        while claim_index.follow(province.connection, key, clock=system_clock):
            pass
        province.connection.commit()
        return car

    return make


def printed_code(site: Site, car: Car) -> str:
    """The code on the list of the car's last visit."""
    last = max(read_file(site.province.connection, car.vin), key=lambda visit: str(visit.settled_on))
    site.province.connection.commit()
    return claim_code(node_key(Path(site.data_dir), KEY_PURPOSE), last.record_id.hex)


def fill_in_facts(page: Page, car: Car, **facts: str) -> None:
    page.goto("/my/bind")
    page.get_by_label("车牌号码").fill(car.plate_number.lower())
    page.get_by_label("车架号后 6 位").fill(car.vin_tail)
    for label, value in facts.items():
        page.get_by_label(label).fill(value)
    follow(page.get_by_role("button", name="核对并绑定"))


def test_a_scanned_code_leads_over_signing_in_to_the_file(
    site: Site, new_context: NewContext, new_car: Callable[[str], Car]
) -> None:
    car = new_car("浙A3C7Q1")
    code = printed_code(site, car)
    # Given a shop that prints the code
    page = new_context(viewport=PHONE).new_page()
    fill_in_sign_in(page, "demo-shop", site.logins["demo-shop"].password)
    page.wait_for_load_state()
    last = max(read_file(site.province.connection, car.vin), key=lambda visit: str(visit.settled_on))
    site.province.connection.commit()
    page.goto(f"/shop/records/{last.record_id}/claim")
    expect(page.get_by_text(code)).to_be_visible()
    expect(page.get_by_role("img", name="认领码二维码")).to_be_visible()
    _assert_good(page)
    # When a visitor scans it, nothing is told but how to sign in
    visitor = new_context(viewport=PHONE).new_page()
    come_from(visitor, "198.51.100.77")
    visitor.goto(f"/c/{code}")
    expect(visitor.get_by_label("手机号码")).to_be_visible()
    assert visitor.get_by_role("main").locator("input[name=next]").input_value() == f"/c/{code}"
    assert "浙A" not in visitor.get_by_role("main").inner_text()
    _assert_good(visitor)
    # When the owner has typed phone and code, the car can be recognised and is bound with one press
    owner, number = visitor, new_number()
    owner.get_by_label("手机号码").fill(number)
    follow(owner.get_by_role("button", name="获取验证码"))
    owner.get_by_label("6 位验证码").fill(read_code(owner, number))
    follow(owner.get_by_role("main").get_by_role("button", name="登录"))
    expect(owner.get_by_role("heading", name="这是您的车吗")).to_be_visible()
    main = owner.get_by_role("main").inner_text()
    assert "浙A***Q1" in main
    assert car.vin not in main
    assert car.plate_number not in main
    _assert_good(owner)
    follow(owner.get_by_role("button", name="是我的车，绑定"))
    expect(owner.get_by_role("status")).to_contain_text("已绑定")
    expect(owner.get_by_role("heading", level=1)).to_contain_text("上次维修")
    # Then the garage has it, and it can be ended at once
    owner.goto("/my/")
    _assert_good(owner)
    follow(owner.get_by_role("link", name="解除绑定"))
    _assert_good(owner)
    follow(owner.get_by_role("button", name="解除绑定"))
    expect(owner.get_by_role("heading", name="三种办法绑定自己的车")).to_be_visible()
    _assert_good(owner)


def test_two_facts_of_the_paper_bind_and_everything_else_has_one_answer(
    site: Site, new_context: NewContext, new_car: Callable[[str], Car]
) -> None:
    free, others = new_car("浙A3C7Q2"), new_car("浙A3C7Q3")
    bind_car(site, new_account(site), others)
    page = new_owner(site, new_context).page
    follow_to = page.get_by_role("heading", level=1)
    page.goto("/my/bind")
    _assert_good(page)
    # Given wrong facts, another's car with right facts, and no such car: the page says the same
    wrong = {"送修里程": "38421", "结算日期": "2026-01-01"}
    right = {"结算清单编号": "7q4k9d", "送修里程": "38,420"}
    said = []
    for car, facts in ((free, wrong), (others, right), (Car("浙A00007", free.vin), right)):
        fill_in_facts(page, car, **facts)
        expect(follow_to).to_have_text("没有马上绑定")
        said.append(page.get_by_role("main").inner_text())
    assert len(set(said)) == 1
    _assert_good(page)
    # When the facts are right, it is bound
    fill_in_facts(page, free, **right)
    expect(page.get_by_role("status")).to_contain_text("已绑定")
    # What cannot be read is said at its field
    fill_in_facts(page, free, 送修里程="三万")
    expect(page.get_by_role("alert")).to_contain_text("送修里程应为数字")
    follow(page.get_by_role("button", name="用认领码绑定"))
    expect(page.get_by_role("alert")).to_contain_text("请填写认领码")


def test_an_officer_decides_within_two_days_and_the_present_owner_has_a_word(
    site: Site, new_context: NewContext, new_car: Callable[[str], Car], sign_in: Callable[[Page, str], Page], page: Page
) -> None:
    car = new_car("浙A3C7Q4")
    present = new_owner(site, new_context, car).page
    asking = new_owner(site, new_context).page
    # Given a claim code of a car that another has bound
    asking.goto(f"/c/{printed_code(site, car)}")
    follow(asking.get_by_role("button", name="是我的车，绑定"))
    expect(asking.get_by_role("heading", level=1)).to_have_text("要请人工核对")
    _assert_good(asking)
    follow(asking.get_by_role("button", name="请人工核对"))
    expect(asking.get_by_role("heading", name="等待核对")).to_be_visible()
    _assert_good(asking)
    # When the present owner agrees
    present.goto("/my/")
    _assert_good(present)
    follow(present.get_by_role("button", name="同意", exact=True))
    expect(present.get_by_text("您的意见：同意")).to_be_visible()
    # And the officer of the county sees what fits, and decides
    sign_in(page, "demo-county")
    page.goto("/regulator/bindings/")
    _assert_good(page)
    follow(page.get_by_role("link", name="浙A·3C7Q4"))
    expect(page.get_by_text("这辆车已由他人绑定")).to_be_visible()
    expect(page.get_by_text("持有这次维修的认领码")).to_be_visible()
    _assert_good(page)
    follow(page.get_by_role("button", name="不同意"))
    expect(page.get_by_role("alert")).to_contain_text("请选择理由")
    page.get_by_label("理由").select_option(label="现车主同意")
    follow(page.get_by_role("button", name="同意绑定"))
    expect(page.get_by_role("status")).to_contain_text("已同意绑定")
    # Then the car has changed hands
    asking.goto("/my/")
    expect(asking.get_by_role("listitem").filter(has_text="已同意")).to_be_visible()
    expect(asking.get_by_role("heading", level=2, name="上次维修")).to_be_visible()
    present.goto("/my/")
    expect(present.get_by_role("heading", level=1)).to_have_text("还没有绑定车辆")


def test_another_countys_officer_does_not_find_the_request(
    site: Site, new_context: NewContext, new_car: Callable[[str], Car]
) -> None:
    car = new_car("浙A3C7Q5")
    asking = new_owner(site, new_context).page
    fill_in_facts(asking, car, 送修里程="1", 结算日期="2026-01-01")
    follow(asking.get_by_role("button", name="请人工核对"))
    number = site.province.connection.execute("select max(id) from owners_binding_request").fetchone()
    site.province.connection.commit()
    assert number is not None
    officer = new_context().new_page()
    fill_in_sign_in(officer, new_account(site, "regulator", division_code="330212"), site.logins["demo-owner"].password)
    officer.wait_for_load_state()
    answer = officer.goto(f"/regulator/bindings/{number[0]}")
    assert answer is not None
    assert answer.status == 404
    officer.goto("/regulator/bindings/")
    expect(officer.get_by_role("heading", level=1)).to_have_text("没有等待核对的绑定申请")
