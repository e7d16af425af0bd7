"""People of a shop: let in, signed in by phone, out with one click; and a shop's first sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.enterprises import actions, secrets
from chedang.platform.database import connect
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.owners import new_account
from tests.pages.phone import come_from, sign_in_by_phone
from tests.pages.test_pages_for_everybody import _assert_good

NARROW = {"viewport": {"width": 320, "height": 640}}
OWN = "a-good-one-for-tests"
_numbers = count(1)


def new_phone() -> str:
    return f"1420033{next(_numbers):04}"


@pytest.fixture(scope="module")
def shop(site: Site) -> str:
    """A shop of these tests alone."""
    site.province.add_shop("staff", 61, division_code="330106", is_approved=True)
    return site.province.shops["staff"]


@pytest.fixture
def manager(site: Site, shop: str, new_context: Callable[..., BrowserContext]) -> Page:
    """The shop's manager, at the register."""
    page = new_context(**NARROW).new_page()
    enter(page, site, new_account(site, role="shop", company_code=shop, display_name="店长"))
    page.goto("/shop/staff/")
    return page


def enter(page: Page, site: Site, username: str) -> None:
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()


def add_person(page: Page, name: str) -> None:
    page.goto("/shop/staff/add")
    page.get_by_label("姓名").fill(name)
    follow(page.get_by_role("button", name="加入名册"))


def open_account(page: Page, *, post: str, number: str = "", username: str = "") -> None:
    page.get_by_text("开通账户", exact=True).first.click()
    page.locator("#account_post").select_option(post)
    page.locator("#account_number").fill(number)
    page.locator("#account_username").fill(username)
    follow(page.get_by_role("button", name="开通账户"))


def shop_code(page: Page, number: str) -> str:
    """The newest code of this phone; ``page`` stays where it is."""
    found = re.search(rf"{number}</strong>.*?验证码 (\d{{6}})", page.request.get("/outbox/").text(), re.DOTALL)
    assert found is not None
    return found[1]


def sign_in_as_staff(page: Page, number: str) -> None:
    come_from(page, f"203.0.113.{int(number[-3:])}")
    page.goto("/sign-in")
    follow(page.get_by_role("link", name="维修企业人员用手机验证码登录"))
    page.get_by_label("手机号码").fill(number)
    follow(page.get_by_role("button", name="获取验证码"))
    page.get_by_label("6 位验证码").fill(shop_code(page, number))
    follow(page.get_by_role("main").get_by_role("button", name="登录"))


def test_a_clerk_is_let_in_by_phone_and_is_out_with_one_click(
    manager: Page, new_context: Callable[..., BrowserContext]
) -> None:
    number = new_phone()
    add_person(manager, "李文员")
    open_account(manager, post="clerk", number=number)
    _assert_good(manager)
    clerk = new_context().new_page()
    sign_in_as_staff(clerk, number)
    expect(clerk).to_have_url(re.compile("/shop/$"))
    clerk.goto("/shop/staff/")
    expect(clerk.get_by_text("李文员", exact=True)).to_be_visible()
    expect(clerk.get_by_role("link", name="添加人员")).to_have_count(0)
    manager.goto("/shop/staff/")
    _assert_good(manager)
    follow(manager.get_by_role("link", name="李文员 离职"))
    _assert_good(manager)
    follow(manager.get_by_role("button", name="确认离职"))
    expect(manager.get_by_role("status")).to_contain_text("李文员 已离职")
    clerk.reload()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("登录")
    manager.goto("/shop/staff/?show=left")
    follow(manager.get_by_role("link", name="李文员"))
    follow(manager.get_by_role("button", name="办理返岗"))
    expect(manager.get_by_text("没有账户，不能登录。")).to_be_visible()


def test_a_one_time_password_is_shown_once_and_changed_first(
    manager: Page, new_context: Callable[..., BrowserContext]
) -> None:
    add_person(manager, "王技师")
    open_account(manager, post="technician", username="wang.jishi")
    password = manager.locator("#password").inner_text()
    _assert_good(manager)
    follow(manager.get_by_role("link", name="已经记下"))
    assert password not in manager.content()
    technician = new_context(**NARROW, java_script_enabled=False).new_page()
    fill_in_sign_in(technician, "wang.jishi", password)
    expect(technician.get_by_role("heading", level=1)).to_have_text("请先换成自己的密码")
    technician.goto("/shop/my-jobs/")
    expect(technician.get_by_role("heading", level=1)).to_have_text("请先换成自己的密码")
    technician.get_by_label("新密码", exact=True).fill(OWN)
    technician.get_by_label("再填一次新密码").fill(OWN)
    technician.get_by_role("button", name="换成新密码").click()
    expect(technician).to_have_url(re.compile("/shop/my-jobs/$"))
    answer = technician.goto("/shop/staff/")
    assert answer is not None
    assert answer.status == 403
    expect(technician.get_by_text("不对您的岗位开放，请找本店负责人")).to_be_visible()


def test_one_phone_is_an_owner_s_and_two_shops_people_s(
    site: Site, shop: str, manager: Page, new_context: Callable[..., BrowserContext]
) -> None:
    number = new_phone()
    owner = new_context().new_page()
    sign_in_by_phone(owner, site, number)
    expect(owner).to_have_url(re.compile("/my/$"))
    add_person(manager, "赵兼职")
    open_account(manager, post="clerk", number=number)
    site.province.connection.execute("update access_allowance set began_at = began_at - interval '1 hour'")
    site.province.connection.commit()
    person = new_context().new_page()
    site.province.add_shop("staff too", 62, division_code="330106", is_approved=True)
    other_manager = new_context().new_page()
    other_account = new_account(site, role="shop", company_code=site.province.shops["staff too"])
    enter(other_manager, site, other_account)
    add_person(other_manager, "赵兼职")
    open_account(other_manager, post="manager", number=number)
    sign_in_as_staff(person, number)
    expect(person.get_by_role("heading", level=1)).to_have_text("登录哪一家企业？")
    _assert_good(person)
    follow(person.get_by_role("button", name=f"登录 {site.province.names['staff']}"))
    person.goto("/shop/staff/")
    expect(person.get_by_text("赵兼职", exact=True)).to_be_visible()
    expect(person.get_by_role("link", name="添加人员")).to_have_count(0)
    owner.goto("/my/")
    expect(owner).to_have_url(re.compile("/my/$"))


def test_a_phone_that_no_shop_has_gets_the_same_answer_until_its_code(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    page = new_context(**NARROW).new_page()
    sign_in_as_staff(page, new_phone())
    expect(page.get_by_role("alert")).to_contain_text("没有企业把这个手机号码登记为自己的人员")


def test_certificates_are_masked_and_remind(manager: Page) -> None:
    add_person(manager, "孙电工")
    manager.get_by_text("登记证书", exact=True).first.click()
    manager.locator("#certificate_kind").select_option("electrician")
    manager.locator("#certificate_number").fill("ZQXJ-1234-5678")
    manager.locator("#certificate_valid_until_on").fill("2020-01-31")
    follow(manager.get_by_role("button", name="登记证书"))
    shown = manager.get_by_role("region", name="证书")
    expect(shown).to_contain_text("****5678")
    expect(shown).to_contain_text("已过期")
    assert "ZQXJ" not in manager.content()
    _assert_good(manager)


def test_the_last_manager_cannot_leave_the_shop_alone(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    site.province.add_shop("staff alone", 63, division_code="330106", is_approved=True)
    page = new_context().new_page()
    enter(page, site, new_account(site, role="shop", company_code=site.province.shops["staff alone"],
                                  display_name="独店长"))  # fmt: skip
    page.goto("/shop/staff/")
    follow(page.get_by_role("link", name="独店长 离职"))
    follow(page.get_by_role("button", name="确认离职"))
    expect(page.get_by_role("status")).to_contain_text("唯一能登录的负责人")


def test_a_shop_s_first_sign_in_and_the_officer_s_code_after_it(
    site: Site, page: Page, sign_in: Callable[[Page, str], Page], new_context: Callable[..., BrowserContext]
) -> None:
    site.province.add_shop("staff first", 64, division_code="330106", is_approved=True)
    code = site.province.shops["staff first"]
    with connect(site.database_url) as connection:
        actions.change_password(connection, code, "upload-password-1", now=datetime.now(UTC), ends_tokens=False)
    come_from(page, "203.0.113.201")
    first_step(page, code, "not-this-one")
    expect(page.get_by_role("alert")).to_contain_text("没有通过")
    _assert_good(page)
    first_step(page, code, "upload-password-1")
    _assert_good(page)
    second_step(page, "周老板", "zhou.laoban")
    expect(page).to_have_url(re.compile("/shop/$"))

    stranger = new_context(**NARROW).new_page()
    come_from(stranger, "203.0.113.202")
    first_step(stranger, code, "upload-password-1")
    expect(stranger.get_by_role("alert")).to_contain_text("贵企业已有负责人账户")

    officer = sign_in(new_context().new_page(), "demo-county")
    officer.goto(f"/regulator/enterprises/{code}")
    follow(officer.get_by_role("link", name="人员、证书和负责人账户"))
    _assert_good(officer)
    officer.get_by_text("重设负责人账户").click()
    follow(officer.get_by_role("button", name="生成首次登录码"))
    shown = officer.locator("#code").inner_text()
    _assert_good(officer)
    first_step(stranger, code, shown)
    number = new_phone()
    stranger.get_by_label("您的姓名").first.fill("周老板")
    stranger.get_by_label("手机号码").fill(number)
    follow(stranger.get_by_role("button", name="获取验证码"))
    stranger.get_by_label("6 位验证码").fill(shop_code(stranger, number))
    follow(stranger.get_by_role("main").get_by_role("button", name="登录"))
    expect(stranger).to_have_url(re.compile("/shop/$"))


def first_step(page: Page, code: str, secret: str) -> None:
    page.goto("/shops/first-sign-in")
    page.get_by_label("维修企业编码").fill(code)
    page.get_by_label("上传密码，或首次登录码").fill(secret)
    follow(page.get_by_role("button", name="下一步"))


def second_step(page: Page, name: str, username: str) -> None:
    page.get_by_label("您的姓名").last.fill(name)
    page.get_by_label("账户名").fill(username)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("再填一次新密码").fill(OWN)
    follow(page.get_by_role("button", name="开通账户"))


def test_a_secret_made_by_who_leaves_is_ended_when_ticked(site: Site, shop: str, manager: Page) -> None:
    leaver = new_account(site, role="shop", company_code=shop, display_name="吴店长")
    with connect(site.database_url) as connection:
        kept, ended = (
            secrets.make(connection, shop, by=leaver, now=datetime.now(UTC)).kept.secret_id for _ in range(2)
        )
    manager.reload()
    follow(manager.get_by_role("link", name="吴店长 离职"))
    manager.get_by_label(f"停用 cd_{ended}").check()
    _assert_good(manager)
    follow(manager.get_by_role("button", name="确认离职"))
    with connect(site.database_url) as connection:
        assert secrets.find(connection, ended) is None
        assert secrets.find(connection, kept) is not None
