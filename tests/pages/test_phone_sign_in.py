"""Owners sign in with a phone and a code, and keep their account in their own hands."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.pages.conftest import Site, follow
from tests.pages.owners import bind_car
from tests.pages.phone import (
    ask_for_code,
    come_from,
    let_pass,
    new_number,
    read_code,
    sign_in_by_phone,
    username_of,
)
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def give(page: Page, code: str) -> None:
    page.get_by_label("6 位验证码").fill(code)
    follow(page.get_by_role("main").get_by_role("button", name="登录"))


def test_three_pages_and_two_typed_fields_lead_to_ones_only_car(site: Site, new_context: NewContext) -> None:
    number = new_number()
    sign_in_by_phone(new_context().new_page(), site, number)
    car_id = bind_car(site, username_of(site, number), site.province.family_car)
    let_pass(site, "2 minutes")
    page, shown, typed = new_context().new_page(), [], 0

    def count(answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.frame.page == page and answer.status == 200:
            shown.append(answer.url)

    come_from(page, "203.0.113.1")
    page.on("response", count)
    page.goto("/")
    for label, text in (("手机号码", f"+86 {number[:3]} {number[3:7]} {number[7:]}"), ("6 位验证码", "")):
        assert page.locator("input:visible:not([type=checkbox])").count() == 1
        page.get_by_label(label).fill(text or read_code(page, number))
        typed += 1
        follow(page.get_by_role("main").get_by_role("button").first)
    expect(page).to_have_url(f"/my/{car_id}/")
    assert [url.removeprefix(site.address) for url in shown] == ["/", "/sign-in/code", f"/my/{car_id}/"]
    assert typed == 2


def test_a_browser_offers_the_number_and_the_code_by_itself(site: Site, page: Page) -> None:
    come_from(page, "203.0.113.2")
    page.goto("/")
    field = page.get_by_label("手机号码")
    assert [field.get_attribute(name) for name in ("inputmode", "autocomplete")] == ["numeric", "tel"]
    ask_for_code(page, new_number())
    field = page.get_by_label("6 位验证码")
    assert [field.get_attribute(name) for name in ("inputmode", "autocomplete")] == ["numeric", "one-time-code"]


def test_wrong_old_and_too_many_codes_are_answered_with_what_to_do(site: Site, page: Page) -> None:
    number = new_number()
    come_from(page, "203.0.113.3")
    ask_for_code(page, "1420000")
    expect(page.get_by_role("alert")).to_contain_text("应为 11 位数字")
    ask_for_code(page, number)
    code = read_code(page, number)
    give(page, "12345")
    expect(page.get_by_role("alert")).to_contain_text("验证码是 6 位数字")
    give(page, other_than(code))
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    ask_for_code(page, number)
    expect(page.get_by_role("status")).to_contain_text("请 1 分钟后再试")
    for _try in range(4):
        give(page, other_than(code))
    expect(page.get_by_role("alert")).to_contain_text("请重新获取")
    follow(page.get_by_role("link", name="重新获取验证码"))
    expect(page.get_by_label("手机号码")).to_be_visible()
    let_pass(site, "1 minute")
    ask_for_code(page, number)
    code = read_code(page, number)
    let_pass(site, "5 minutes")
    give(page, code)
    expect(page.get_by_role("alert")).to_contain_text("超过了 5 分钟")
    let_pass(site, "1 hour")
    ask_for_code(page, number)
    let_pass(site, "1 minute")
    follow(page.get_by_role("button", name="没有收到，再发一条"))
    expect(page.get_by_role("status")).to_contain_text("请用最新的验证码")
    give(page, read_code(page, number))
    expect(page.get_by_role("navigation")).to_contain_text(f"142****{number[-4:]}")


def test_a_number_with_an_account_and_one_without_get_the_same_answers(site: Site, new_context: NewContext) -> None:
    known, unknown = new_number(), new_number()
    sign_in_by_phone(new_context().new_page(), site, known)
    let_pass(site, "2 minutes")
    answers = []
    for number in (known, unknown):
        page = new_context().new_page()
        come_from(page, f"203.0.113.{number[-2:].lstrip('0')}")
        ask_for_code(page, number)
        give(page, other_than(read_code(page, number)))
        first = page.get_by_role("main").inner_text()
        follow(page.get_by_role("button", name="没有收到，再发一条"))
        answers.append([text.replace(number[-4:], "####") for text in (first, page.get_by_role("main").inner_text())])
    assert answers[0] == answers[1]


def test_a_stranger_who_burns_the_codes_of_a_number_keeps_nobody_out(site: Site, new_context: NewContext) -> None:
    number = new_number()
    known, waiting = new_context().new_page(), new_context().new_page()
    sign_in_by_phone(known, site, number)
    follow(known.get_by_role("banner").get_by_role("button", name="退出"))
    let_pass(site, "2 minutes")
    come_from(waiting, "203.0.113.20")
    ask_for_code(waiting, number)
    code = read_code(waiting, number)
    page = new_context().new_page()
    for stranger in range(30, 40):
        page.context.clear_cookies()
        come_from(page, f"203.0.113.{stranger}")
        site.province.connection.execute("delete from access_allowance where kind = 'sms:phone:minute'")
        site.province.connection.commit()
        ask_for_code(page, number)
        if page.get_by_role("alert").count():
            break
    expect(page.get_by_role("alert")).to_contain_text("分钟后再试")
    give(waiting, code)
    expect(waiting.get_by_role("navigation")).to_contain_text(f"142****{number[-4:]}")
    ask_for_code(known, number)
    give(known, read_code(known, number))
    expect(known.get_by_role("navigation")).to_contain_text(f"142****{number[-4:]}")


def test_the_page_wanted_opens_after_the_code_and_no_other_site(site: Site, new_context: NewContext) -> None:
    for wanted, arrived in (("/account/", "/account/"), ("//evil.example/", "/")):
        page, number = new_context().new_page(), new_number()
        come_from(page, f"203.0.113.{50 + len(wanted)}")
        page.goto("/account/" if wanted == "/account/" else f"/sign-in/phone?next={wanted}")
        page.get_by_label("手机号码").fill(number)
        follow(page.get_by_role("button", name="获取验证码"))
        give(page, read_code(page, number))
        assert page.url.startswith(f"{site.address}{arrived}")


def test_who_sends_a_form_after_the_session_ended_is_told_that_nothing_was_sent(
    site: Site, new_context: NewContext
) -> None:
    context = new_context()
    page, other_tab = context.new_page(), context.new_page()
    sign_in_by_phone(page, site, new_number())
    page.goto("/companies/")
    page.get_by_label("单位名称").fill("西湖物流")
    other_tab.goto("/my/")
    follow(other_tab.get_by_role("button", name="退出"))
    follow(page.get_by_role("button", name="新建"))
    expect(page.get_by_role("status")).to_have_text("登录已经失效，刚才填的内容没有提交。请重新登录后再填一次。")
    expect(page.get_by_label("手机号码")).to_be_visible()


def test_on_ones_own_phone_one_stays_signed_in_for_thirty_days(site: Site, new_context: NewContext) -> None:
    days = []
    for is_own_phone in (True, False):
        page = new_context().new_page()
        sign_in_by_phone(page, site, new_number(), is_own_phone=is_own_phone)
        (cookie,) = (each for each in page.context.cookies() if each["name"].startswith("chedang_session"))
        days.append(round((cookie["expires"] - time.time()) / 86400, 1))
    assert days == [30.0, 0.5]


def test_a_person_sees_and_ends_the_own_sign_ins(site: Site, new_context: NewContext) -> None:
    number = new_number()
    agent = "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.47"
    lost, page = new_context(user_agent=agent).new_page(), new_context().new_page()
    for each in (lost, page):
        sign_in_by_phone(each, site, number)
        let_pass(site, "2 minutes")
    page.goto("/account/")
    entries = page.get_by_role("main").get_by_role("listitem")
    expect(entries).to_have_count(2)
    expect(entries.nth(0)).to_contain_text("这台设备")
    expect(entries.nth(1)).to_contain_text("微信 · Android")
    follow(entries.nth(1).get_by_role("button", name="让这台设备退出"))
    expect(page.get_by_role("status")).to_have_text("已退出 1 台设备。")
    lost.goto("/account/")
    expect(lost.get_by_role("heading", level=1)).to_have_text("车主登录")


def test_another_phone_takes_both_codes_and_an_account_can_be_closed(site: Site, new_context: NewContext) -> None:
    old, new = new_number(), new_number()
    page = new_context().new_page()
    sign_in_by_phone(page, site, old)
    username = username_of(site, old)
    let_pass(site, "2 minutes")
    page.goto("/account/phone")
    page.get_by_label("新手机号码").fill(new)
    follow(page.get_by_role("button", name="获取验证码"))
    page.get_by_label("原手机收到的验证码").fill(read_code(page, old))
    page.get_by_label("新手机收到的验证码").fill(other_than(read_code(page, new)))
    follow(page.get_by_role("button", name="更换"))
    expect(page.get_by_role("alert")).to_contain_text("还可以试 4 次")
    page.get_by_label("原手机收到的验证码").fill(read_code(page, old))
    page.get_by_label("新手机收到的验证码").fill(read_code(page, new))
    follow(page.get_by_role("button", name="更换"))
    expect(page.get_by_role("status")).to_contain_text("手机号码已更换")
    expect(page.get_by_role("main")).to_contain_text(f"142****{new[-4:]}")
    car_id = bind_car(site, username, site.province.taxi)
    page.goto("/account/close")
    expect(page.get_by_role("main")).to_contain_text("还绑定着 1 辆车")
    site.province.connection.execute("update owners_binding set ended_at = now() where public_id = %s", (car_id,))
    site.province.connection.commit()
    page.reload()
    follow(page.get_by_role("button", name="注销账户"))
    expect(page.get_by_role("status")).to_contain_text("账户已注销")
    events = site.province.connection.execute(
        "select action from access_audit_event e join access_user u on u.id = e.actor_id where u.username = %s"
        " order by e.id",
        (username,),
    ).fetchall()
    site.province.connection.commit()
    assert [action for (action,) in events] == ["account:sign_in", "account:change_phone", "account:close"]


def test_everything_works_small_large_and_without_scripts(site: Site, new_context: NewContext) -> None:
    plain = new_context(java_script_enabled=False).new_page()
    sign_in_by_phone(plain, site, new_number())
    expect(plain.get_by_role("navigation")).to_contain_text("142****")
    page, number = new_context(viewport=PHONE).new_page(), new_number()
    come_from(page, "203.0.113.70")
    page.goto("/")
    follow(page.get_by_role("button", name="长辈版"))
    _assert_good(page)
    ask_for_code(page, "")
    _assert_good(page)
    ask_for_code(page, number)
    tall = page.get_by_role("button", name="没有收到，再发一条").bounding_box()
    assert tall is not None
    assert tall["height"] >= 60
    _assert_good(page)
    give(page, read_code(page, number))
    let_pass(site, "2 minutes")
    for path in ("/account/", "/account/close", "/outbox/", "/account/phone"):
        page.goto(path)
        _assert_good(page)
    page.get_by_label("新手机号码").fill(new_number())
    follow(page.get_by_role("button", name="获取验证码"))
    _assert_good(page)
