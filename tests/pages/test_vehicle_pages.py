"""An officer looks a vehicle up and reads its file."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in

SignIn = Callable[[Page, str], Page]
LookUp = Callable[[Page, str, str], Page]
NewContext = Callable[..., BrowserContext]


@pytest.fixture
def officer(page: Page, sign_in: SignIn) -> Page:
    """A county officer's page, signed in."""
    return sign_in(page, "demo-county")


def _actions(site: Site, vin: str) -> list[tuple[str, str]]:
    """What was written down about looks at a vehicle: action and purpose, oldest first."""
    rows = site.province.connection.execute(
        "select action, purpose from access_audit_event where vin = %s order by id", (vin,)
    ).fetchall()
    site.province.connection.commit()
    return rows


def test_plates_are_understood_as_people_type_them(officer: Page, site: Site, look_up: LookUp) -> None:
    look_up(officer, " 浙ａ· １２３４５ ", site.province.family_car.vin_tail.lower())
    expect(officer.get_by_role("heading", level=1)).to_contain_text("上次维修")


def test_the_address_of_a_file_tells_neither_plate_nor_vin(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.family_car
    look_up(officer, car.plate_number, car.vin_tail)
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/vehicle/[0-9]+:[\w-]+:[\w-]+", officer.url)
    assert car.vin_tail not in officer.url


@pytest.mark.parametrize(
    ("plate", "tail", "sentence"),
    [
        ("12345", "123456", "这不像一个车牌号码"),
        ("浙A12345", "12O456", "没有字母 I、O、Q"),
    ],
)
def test_what_cannot_be_searched_for_says_why_and_stays_as_typed(
    officer: Page, look_up: LookUp, plate: str, tail: str, sentence: str
) -> None:
    look_up(officer, plate, tail)
    expect(officer.get_by_role("alert")).to_contain_text(sentence)
    expect(officer.get_by_label("车牌号码")).to_have_value(plate)
    expect(officer.get_by_label("车架号后 6 位")).to_have_value(tail)


def test_a_vehicle_that_is_not_found_says_what_may_be_the_reason(officer: Page, look_up: LookUp) -> None:
    look_up(officer, "浙A00000", "999999")
    expect(officer.get_by_role("alert")).to_contain_text("没有找到这辆车的档案")
    expect(officer.get_by_role("heading", name="为什么找不到")).to_be_visible()
    expect(officer.get_by_label("车牌号码")).to_have_value("浙A00000")


def test_the_file_answers_first_and_lists_records_newest_first(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.family_car
    look_up(officer, car.plate_number, car.vin_tail)
    expect(officer.get_by_role("heading", level=1)).to_contain_text("更换机油、更换机油滤清器等 3 项")
    expect(officer.get_by_role("heading", name="里程合理")).to_be_visible()
    dates = [time.get_attribute("datetime") for time in officer.locator("li.record time").all()]
    assert len(dates) == 7
    assert dates == sorted(dates, key=str, reverse=True)
    newest = officer.locator("li.record").first
    expect(newest).to_contain_text("48,210 千米")
    expect(newest).to_contain_text("杭州青禾汽车销售服务有限公司 · 一类")
    expect(newest.get_by_role("row", name="更换机油 0.5")).to_be_visible()
    expect(newest.get_by_role("row", name="机油滤清器 04152-YZZA1 1")).to_be_visible()
    expect(newest).to_contain_text("来源：本地上传")


def test_a_corrected_record_shows_what_was_changed(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.family_car
    look_up(officer, car.plate_number, car.vin_tail)
    officer.get_by_text("已更正 1 次").click()
    newest = officer.locator("li.record").first
    expect(newest.locator("del")).to_have_text("更换机油 0.5；更换机油滤清器 0.3")
    expect(newest.locator("ins")).to_contain_text("检查制动系统 0.6")


def test_a_doubtful_record_says_in_words_what_does_not_fit(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.family_car
    look_up(officer, car.plate_number, car.vin_tail)
    doubtful = officer.locator("li.record.doubtful")
    expect(doubtful).to_have_count(1)
    expect(doubtful).to_contain_text("! 有疑问")
    expect(doubtful).to_contain_text("像是金额")
    expect(officer.get_by_role("main")).to_contain_text("有疑问不等于记录是假的")


def test_the_number_of_doubtful_records_opens_their_list(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.electric_car
    look_up(officer, car.plate_number, car.vin_tail)
    number = officer.locator("dt", has_text="有疑问的记录").locator("xpath=following-sibling::dd").get_by_role("link")
    expect(number).to_have_text("2 条")
    number.click()
    expect(officer.get_by_role("heading", name="有疑问的记录（2 条）")).to_be_visible()
    expect(officer.locator("li.record")).to_have_count(2)


def test_a_falling_odometer_is_shown_in_words_in_a_chart_and_in_a_table(
    officer: Page, site: Site, look_up: LookUp
) -> None:
    car = site.province.electric_car
    look_up(officer, car.plate_number, car.vin_tail)
    expect(officer.get_by_role("heading", name="里程不合逻辑")).to_be_visible()
    expect(officer.get_by_role("img", name="里程随时间的变化")).to_be_visible()
    expect(officer.get_by_role("main")).to_contain_text("空心点是有疑问的读数")
    officer.get_by_text("5 次读数的表").click()
    expect(officer.get_by_role("row", name="71,000 有疑问")).to_be_visible()


def test_a_long_file_comes_in_pages(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.taxi
    look_up(officer, car.plate_number, car.vin_tail)
    expect(officer.get_by_role("heading", name="维修记录（60 条）")).to_be_visible()
    expect(officer.locator("li.record")).to_have_count(50)
    officer.get_by_role("link", name="更早的记录").click()
    expect(officer.locator("li.record")).to_have_count(10)


def test_records_of_a_shop_under_review_are_held_back_with_a_reason(officer: Page, site: Site, look_up: LookUp) -> None:
    car = site.province.new_car
    look_up(officer, car.plate_number, car.vin_tail)
    expect(officer.get_by_role("heading", level=1)).to_have_text("这辆车的记录暂时不能显示")
    expect(officer.get_by_role("main")).to_contain_text("有 1 条记录来自还没有审核通过的维修企业")


def test_the_vin_is_masked_until_asked_for_and_asking_is_written_down(
    officer: Page, site: Site, look_up: LookUp
) -> None:
    car = site.province.electric_car
    look_up(officer, car.plate_number, car.vin_tail)
    assert car.vin not in officer.content()
    assert car.vin_tail not in officer.content()
    officer.get_by_role("button", name="显示完整车架号").click()
    expect(officer.locator("#vin")).to_contain_text(car.vin)
    assert _actions(site, car.vin)[-3:] == [
        ("vehicle:look_up", "supervision"),
        ("vehicle:read_file", "supervision"),
        ("vehicle:show_vin", "supervision"),
    ]


def test_the_address_of_a_file_opens_nothing_for_anybody_else(
    officer: Page, site: Site, sign_in: SignIn, look_up: LookUp, new_context: NewContext
) -> None:
    car = site.province.family_car
    look_up(officer, car.plate_number, car.vin_tail)
    colleague = sign_in(new_context().new_page(), "demo-province")
    answer = colleague.goto(officer.url)
    assert answer is not None
    assert answer.status == 404
    expect(colleague.get_by_role("heading", level=1)).to_have_text("这个地址已经失效，请重新查询")


def test_without_javascript_everything_works(site: Site, look_up: LookUp, new_context: NewContext) -> None:
    car = site.province.family_car
    page = new_context(java_script_enabled=False).new_page()
    fill_in_sign_in(page, "demo-county", site.logins["demo-county"].password)
    look_up(page, "浙A00000", "999999")
    expect(page.get_by_role("alert")).to_contain_text("没有找到")
    look_up(page, car.plate_number, car.vin_tail)
    page.get_by_role("button", name="显示完整车架号").click()
    expect(page.locator("#vin")).to_contain_text(car.vin)
    expect(page.get_by_role("heading", level=1)).to_contain_text("上次维修")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()


def test_the_keyboard_alone_leads_to_the_file(officer: Page, site: Site) -> None:
    car = site.province.family_car
    officer.goto("/vehicle/")
    officer.keyboard.press("Tab")
    expect(officer.get_by_role("link", name="跳到正文")).to_be_focused()
    officer.keyboard.press("Enter")
    officer.keyboard.press("Tab")
    expect(officer.get_by_label("车牌号码")).to_be_focused()
    officer.keyboard.type(car.plate_number)
    officer.keyboard.press("Tab")
    officer.keyboard.type(car.vin_tail)
    officer.keyboard.press("Tab")
    officer.keyboard.press("ArrowDown")
    officer.keyboard.press("Tab")
    officer.keyboard.type("2611 号抽查")
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", level=1)).to_contain_text("上次维修")


def test_an_account_that_tries_too_many_vehicles_is_stopped(
    site: Site, sign_in: SignIn, look_up: LookUp, new_context: NewContext
) -> None:
    site.province.connection.execute(
        "insert into access_audit_event (at, actor_id, role, action, purpose, vin, object_id, object_digest,"
        " organisation) select now(), id, role, 'vehicle:look_up', 'supervision', '', '', '', ''"
        " from access_user, generate_series(1, 59) where username = 'demo-province'"
    )
    site.province.connection.commit()
    page = sign_in(new_context().new_page(), "demo-province")
    look_up(page, "浙A00000", "999999")
    expect(page.get_by_role("alert")).to_contain_text("没有找到")
    look_up(page, site.province.family_car.plate_number, site.province.family_car.vin_tail)
    expect(page.get_by_role("heading", level=1)).to_have_text("查得太多了，请稍后再查")
