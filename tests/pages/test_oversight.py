"""An official signs in with a code; 安全管理员, superiors and 安全审计员 do their work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow, say_why
from tests.pages.owners import new_account

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], Page]


def _code(secret: str, steps: int = 0) -> str:
    generator = pyotp.TOTP(secret)
    return generator.at(datetime.now(UTC), counter_offset=steps)


def _fill(page: Page, code: str) -> None:
    page.get_by_label("动态口令").fill(code)
    page.get_by_role("main").locator("form .btn").click()


def test_an_official_enrols_signs_in_loses_the_phone_and_begins_anew(
    site: Site, new_context: NewContext, sign_in: SignIn
) -> None:
    username = f"coded-{new_account(site, 'regulator', division_code='330106')}"
    site.province.connection.execute(
        "update access_user set username = %s where username = %s", (username, username.removeprefix("coded-"))
    )
    site.province.connection.commit()
    password = site.logins["demo-owner"].password
    page = new_context().new_page()
    page.goto("/regulator/records?show=doubts")
    page.get_by_label("账户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("填写启用码")
    number = site.province.connection.execute("select id from access_user where username = %s", (username,)).fetchone()
    assert number is not None
    security = sign_in(new_context().new_page(), "demo-security")
    security.goto(f"/security/accounts/{number[0]}")
    follow(security.get_by_role("button", name="显示启用码"))
    page.get_by_label("启用码").fill(security.get_by_role("main").locator(".mono").inner_text())
    follow(page.get_by_role("button", name="继续"))
    expect(page.get_by_role("heading", level=1)).to_have_text("启用动态口令")
    expect(page.get_by_role("img", name="用手机的动态口令应用扫描")).to_be_visible()
    page.get_by_text("扫描不了，手工输入密钥").click()
    secret = page.locator("details .mono").inner_text().replace(" ", "")
    _fill(page, "000000")
    expect(page.get_by_role("alert")).to_contain_text("动态口令不对")
    _fill(page, _code(secret))
    expect(page.get_by_role("heading", level=1)).to_have_text("请保存备用码")
    codes = page.locator("ol .mono").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="我已保存，继续").click()
    expect(page).to_have_url("/regulator/")

    again = new_context().new_page()
    again.goto("/regulator/records?show=doubts")
    again.get_by_label("账户名").fill(username)
    again.get_by_label("密码").fill(password)
    again.get_by_role("main").get_by_role("button", name="登录").click()
    expect(again.get_by_role("heading", level=1)).to_have_text("填写动态口令")
    assert again.request.get("/regulator/", max_redirects=0).status == 302
    _fill(again, _code(secret, -1))  # that of the step before the one that was taken
    expect(again.get_by_role("alert")).to_contain_text("已经用过")
    _fill(again, codes[0])
    expect(again).to_have_url("/regulator/records?show=doubts")

    security.goto(f"/security/accounts/{number[0]}")
    follow(security.get_by_role("button", name="重置动态口令"))
    expect(security.get_by_role("status")).to_contain_text("动态口令已重置")
    again.goto("/regulator/")
    expect(again.get_by_role("heading", level=1)).to_have_text("登录")


def test_security_confirms_and_the_auditor_finds_who_did_it(
    site: Site, new_context: NewContext, sign_in: SignIn
) -> None:
    username = new_account(site, "regulator", division_code="330106", awaits_confirmation=True, display_name="待确认")
    refused = new_context().new_page()
    fill_in_sign_in(refused, username, site.logins["demo-owner"].password)
    expect(refused.get_by_role("alert")).to_contain_text("还要等安全管理员确认")

    security = sign_in(new_context().new_page(), "demo-security")
    expect(security.get_by_role("heading", level=1)).to_contain_text("个账户等待确认")
    follow(security.get_by_role("link", name="待确认"))
    security.get_by_label("管辖行政区划代码").fill("999999")
    follow(security.get_by_role("button", name="更改"))
    expect(security.get_by_role("alert")).to_contain_text("没有这个行政区划代码")
    follow(security.get_by_role("button", name="确认", exact=True))
    expect(security.get_by_role("main")).to_contain_text("可以登录")
    fill_in_sign_in(refused, username, site.logins["demo-owner"].password)
    expect(refused).to_have_url("/regulator/")

    auditor = sign_in(new_context().new_page(), "demo-auditor")
    auditor.goto("/audit/?person=demo-security&action=account:change")
    first = auditor.locator("ol.entries > li").first
    expect(first).to_contain_text("变更账户")
    expect(first.get_by_role("row", name="awaits_confirmation")).to_contain_text("TrueFalse")
    table = auditor.request.get("/audit/?person=demo-security&action=account:change&format=csv").text()
    assert "awaits_confirmation=True" in table
    auditor.goto("/audit/?action=audit:read")
    expect(auditor.locator("ol.entries > li").first).to_contain_text("查看审计记录")
    auditor.goto("/audit/?division=12345")
    expect(auditor.get_by_role("alert")).to_contain_text("六位数字")


def test_a_look_is_drawn_and_checked_and_the_owner_sees_its_purpose(
    site: Site, new_context: NewContext, sign_in: SignIn
) -> None:
    county = new_context().new_page()
    username = new_account(site, "regulator", division_code="330106", display_name="查阅人")
    fill_in_sign_in(county, username, site.logins["demo-owner"].password)
    car = site.province.family_car
    county.goto("/vehicle/")
    county.get_by_label("车牌号码").fill(car.plate_number)
    county.get_by_label("车架号后 6 位").fill(car.vin_tail)
    follow(county.get_by_role("button", name="查档案"))
    expect(county.get_by_role("alert")).to_contain_text("请选择查看目的")
    say_why(county)
    county.get_by_label("查看目的").select_option("owners_request")
    county.get_by_label("事由").fill("33-F2611-000001")
    follow(county.get_by_role("button", name="查档案"))
    site.province.connection.execute(
        "insert into access_drawn_look (event_id, drawn_on, outcome, note) select max(id), now()::date, '', '' from"
        " access_audit_event where action = 'vehicle:read_file' and reason = '33-F2611-000001'"
    )
    site.province.connection.commit()

    superior = sign_in(new_context().new_page(), "demo-province")
    superior.goto("/regulator/oversight/")
    drawn = superior.locator("ol.entries > li", has_text="33-F2611-000001").first
    expect(drawn).to_contain_text("办理车主的申请、反馈或投诉")
    assert car.vin not in superior.content()
    follow(superior.get_by_role("button", name="有疑问").first)
    expect(superior.get_by_role("alert")).to_contain_text("请写明疑问是什么")
    superior.get_by_label("说明（有疑问时必填）").first.fill("这个编号不在本县")
    follow(superior.get_by_role("button", name="有疑问").first)
    expect(superior.get_by_role("status")).to_contain_text("核对结果已记下")
    superior.get_by_text("最近核对过的").click()
    expect(superior.get_by_role("main")).to_contain_text("这个编号不在本县")
    expect(superior.get_by_role("row", name="查阅人")).to_contain_text("330106")
    superior.get_by_role("row", name="查阅人").get_by_role("link").click()
    expect(superior.get_by_role("heading", level=1)).to_contain_text("管理人员的操作")
    expect(superior.locator("ol.entries")).to_contain_text("查看车辆档案")
    assert username in superior.request.get(f"/regulator/oversight/acts?person={username}&format=csv").text()
    assert "没有这样的操作" in county.request.get("/regulator/oversight/acts?person=demo-province").text()
