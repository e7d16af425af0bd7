"""Signing in and out, and what happens to those who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in

FIRST_PAGES = {
    "demo-owner": "/my/",
    "demo-shop": "/shop/",
    "demo-clerk": "/shop/",
    "demo-province": "/regulator/",
    "demo-county": "/regulator/",
    "demo-admin": "/admin/",
}


@pytest.mark.parametrize(("username", "path"), FIRST_PAGES.items())
def test_everybody_arrives_at_the_first_page_of_the_role(page: Page, site: Site, username: str, path: str) -> None:
    fill_in_sign_in(page, username, site.logins[username].password)
    expect(page).to_have_url(path)


def test_signing_out_closes_the_pages_again(page: Page, site: Site) -> None:
    fill_in_sign_in(page, "demo-owner", site.logins["demo-owner"].password)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    page.goto("/vehicle/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_visitor_is_sent_back_to_the_page_wanted_after_signing_in(page: Page, site: Site) -> None:
    page.goto("/regulator/records?show=fileless")
    page.get_by_label("账户名").fill("demo-county")
    page.get_by_label("密码").fill(site.logins["demo-county"].password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page).to_have_url("/regulator/records?show=fileless")


def test_empty_fields_are_named_in_a_summary_and_beside_the_field(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert").get_by_role("link", name="请填写账户名。")).to_be_visible()
    page.get_by_role("alert").get_by_role("link", name="请填写密码。").click()
    expect(page.get_by_label("密码")).to_be_focused()


def test_after_five_wrong_passwords_the_account_waits_whether_it_exists_or_not(
    new_context: Callable[..., BrowserContext], site: Site
) -> None:
    _add_account_with_the_password_of(site, "demo-owner", "forgetful-owner")
    page = new_context().new_page()
    for username in ("nobody-here", "forgetful-owner"):
        for _attempt in range(5):
            fill_in_sign_in(page, username, "wrong password")
            expect(page.get_by_role("alert")).to_contain_text("账户名或密码不对")
        fill_in_sign_in(page, username, "wrong password")
        expect(page.get_by_role("alert")).to_contain_text("请 1 分钟后再试")
    fill_in_sign_in(page, "forgetful-owner", site.logins["demo-owner"].password)
    expect(page.get_by_role("alert")).to_contain_text("请 1 分钟后再试")


def _add_account_with_the_password_of(site: Site, known: str, username: str) -> None:
    site.province.connection.execute(
        "insert into access_user (username, password, display_name, role, division_code, company_code, is_active,"
        " created_at) select %s, password, display_name, role, division_code, company_code, is_active, created_at"
        " from access_user where username = %s",
        (username, known),
    )
    site.province.connection.commit()


CLOSED = {
    "demo-owner": ("/vehicle/", "/regulator/", "/shop/", "/admin/"),
    "demo-shop": ("/vehicle/", "/regulator/records"),
    "demo-county": ("/shop/", "/admin/"),
    "demo-admin": ("/vehicle/", "/regulator/"),
}


@pytest.mark.parametrize("username", CLOSED)
def test_a_page_of_another_role_says_why_it_stays_closed(
    page: Page, sign_in: Callable[[Page, str], Page], username: str
) -> None:
    sign_in(page, username)
    for path in CLOSED[username]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403
        expect(page.get_by_role("heading", level=1)).to_have_text("您的账户不能看这个页面")
        expect(page.get_by_role("link", name="回到我的首页")).to_be_visible()
