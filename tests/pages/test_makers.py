"""总部对总部: a maker applies, the ministry decides, everybody reads the list; shop and officer see the channel."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.enterprises import channels, known, maker_store, makers, store
from chedang.enterprises.maker_model import Application, Dealer, DealerLine, Maker, MakerState
from chedang.enterprises.model import Channel
from chedang.platform.database import connect
from chedang.platform.passwords import verify_password
from chedang.site.accounts import DemoLogin, ensure_ministry_logins
from chedang.terms.credit_code import check_character
from chedang.terms.dates import day_in_china
from tests.conftest import free_port
from tests.pages.conftest import Site, _wait_until_ready, fill_in_sign_in, follow, let_officials_in
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NOW = datetime.now(UTC)
TODAY = day_in_china(NOW)
DAY = timedelta(days=1)
DEALER, UNTOLD = "330106000900012", "320102000900034"
MAKER = "310115000900001"
CREDIT_CODE = "91310115MA1K35TQ2"
CREDIT_CODE += check_character(CREDIT_CODE)
PASSWORD = "a-long-password-1"
SignIn = Callable[[Page, str], Page]


class Ministry:
    """A site at node 00, its officer, and the officer's cookies."""

    def __init__(self, address: str, database_url: str, officer: DemoLogin) -> None:
        self.address = address
        self.database_url = database_url
        self.officer = officer
        self.cookies: list[Any] = []


@pytest.fixture(scope="module")
def ministry(
    site: Site,
    make_database: Callable[[], AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
    browser: Any,
) -> Iterator[Ministry]:
    """``python -m chedang.site`` of the ministry, beside the province's."""
    port, other_port = free_port(), free_port()
    data_dir = tmp_path_factory.mktemp("ministry-site")
    with make_database() as url:
        own = {
            "CHEDANG_NODE": "00",
            "CHEDANG_DATABASE_URL": url,
            "CHEDANG_DATA_DIR": str(data_dir),
            "CHEDANG_SITE_PORT": str(port),
            "CHEDANG_GATE_PORT": str(other_port),
        }
        # In a thread: the browser's event loop forbids Django's models in this one.
        with ThreadPoolExecutor(1) as threads:
            officer = threads.submit(ensure_ministry_logins, url, data_dir).result()[0]
        let_officials_in(url)
        shop = {
            "company_code": DEALER,
            "company_name": "青禾西湖店",
            "division_code": "330106",
            "review_state": "approved",
        }
        with connect(url) as connection:
            known.apply_notice(connection, "33", DEALER, msgspec.json.encode(shop), now=NOW)
            connection.commit()
        process = subprocess.Popen([sys.executable, "-m", "chedang.site"], env=os.environ | own)
        running = Ministry(f"http://127.0.0.1:{port}", url, officer)
        _wait_until_ready(running.address, process)
        context = browser.new_context(locale="zh-CN", base_url=running.address)
        page = context.new_page()
        fill_in_sign_in(page, officer.username, officer.password)
        page.wait_for_url(f"{running.address}{officer.url_path}")
        running.cookies = list(context.cookies())
        context.close()
        yield running
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def visitor(ministry: Ministry, new_context: Callable[..., BrowserContext]) -> Page:
    """Anybody, on a phone of the smallest size."""
    return new_context(base_url=ministry.address, viewport=PHONE).new_page()


@pytest.fixture
def officer(ministry: Ministry, new_context: Callable[..., BrowserContext]) -> Page:
    """The ministry's officer, on a phone too."""
    context = new_context(base_url=ministry.address, viewport=PHONE)
    context.add_cookies(ministry.cookies)
    return context.new_page()


@pytest.fixture(autouse=True)
def without_makers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test begins with an empty list."""
    yield
    if "ministry" in request.fixturenames:
        with connect(request.getfixturevalue("ministry").database_url) as connection:
            for table in ("maker", "maker_dealer", "shop_channel", "code_allocation", "enterprise"):
                connection.execute(f"delete from {table}")  # noqa: S608 - names of ours
            connection.commit()


def applied(ministry: Ministry) -> Maker:
    lines = (DealerLine(1, DEALER, "青禾"), DealerLine(2, UNTOLD, "青禾"))
    application = Application("青禾汽车有限公司", CREDIT_CODE, ("青禾",), lines, PASSWORD)
    with connect(ministry.database_url) as connection:
        maker = makers.apply(connection, application, now=NOW)
        connection.commit()
    return maker


def approved(ministry: Ministry) -> Maker:
    maker = applied(ministry)
    with connect(ministry.database_url) as connection:
        makers.approve(connection, maker.maker_code, valid_from=TODAY, valid_until=TODAY + DAY, by="test", now=NOW)
        connection.commit()
    return maker


def test_a_maker_applies_after_mending_what_the_rules_answer_line_by_line(
    ministry: Ministry, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(base_url=ministry.address, viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/makers/apply")
    page.get_by_label("企业名称").fill("青禾汽车有限公司")
    page.get_by_label("统一社会信用代码").fill(CREDIT_CODE)
    page.get_by_label("品牌", exact=True).fill("青禾、青禾电动")
    page.get_by_label("授权经销商", exact=True).fill(f"{DEALER}，青禾\n3301,青禾\n{UNTOLD} 别家")
    page.get_by_label("上传账户的密码").fill(PASSWORD)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("alert")).to_contain_text("有 2 行要改正")
    expect(page.get_by_role("row", name="2 3301,青禾")).to_contain_text("12 到 15 位")
    expect(page.get_by_role("row", name=f"3 {UNTOLD}")).to_contain_text("品牌不在申报的品牌内")
    expect(page.get_by_label("企业名称")).to_have_value("青禾汽车有限公司")
    expect(page.get_by_label("授权经销商", exact=True)).to_have_value(f"{DEALER}，青禾\n3301,青禾\n{UNTOLD} 别家")

    page.get_by_label("授权经销商", exact=True).fill(f"{DEALER}，青禾")
    page.get_by_label("或者上传经销商表").set_input_files(
        {"name": "dealers.xlsx", "mimeType": "application/octet-stream", "buffer": workbook([int(UNTOLD), "青禾电动"])}
    )
    page.get_by_label("上传账户的密码").fill(PASSWORD)
    page.get_by_role("button", name="提交申报").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申报已收到，等待部级审核")
    expect(page.get_by_role("listitem").filter(has_text=UNTOLD)).to_be_visible()
    code = page.locator("#account").inner_text()
    with connect(ministry.database_url) as connection:
        assert {each.company_code: each.brand for each in maker_store.dealers_of(connection, code)} == {
            DEALER: "青禾",
            UNTOLD: "青禾电动",
        }


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_an_errant_application_and_an_unreadable_file_leave_good_pages(visitor: Page) -> None:
    visitor.goto("/makers/apply")
    visitor.get_by_label("或者上传经销商表").set_input_files(
        {"name": "dealers.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK no package"}
    )
    visitor.get_by_label("授权经销商", exact=True).fill("3301,青禾")
    visitor.get_by_role("button", name="提交申报").click()
    expect(visitor.get_by_role("alert")).to_contain_text("文件应为 xlsx 或 csv")
    _assert_good(visitor)
    visitor.get_by_label("或者上传经销商表").set_input_files(
        {"name": "dealers.csv", "mimeType": "text/csv", "buffer": b"330106000000012\n" * 80_000}
    )
    visitor.get_by_role("button", name="提交申报").click()
    expect(visitor.get_by_role("alert")).to_contain_text("文件过大")


def test_as_many_lines_as_a_maker_may_have_dealers_can_be_pasted(visitor: Page) -> None:
    visitor.goto("/makers/apply")
    lines = [f"330106{number:09d}，青禾" for number in range(3_000)]
    form = {
        "csrfmiddlewaretoken": visitor.locator("#main [name=csrfmiddlewaretoken]").input_value(),
        "brands": "青禾",
        "dealers": "\r\n".join([*lines, *["3301，青禾"] * 101]),
    }
    answer = visitor.request.post("/makers/apply", multipart=form, headers={"Referer": visitor.url})
    assert answer.status == 422
    page = answer.text()
    assert "有 101 行要改正" in page
    assert "另有 1 行未列出" in page
    assert page.count("<td>3301，青禾</td>") == 100


def test_the_officer_approves_adds_a_dealer_lets_one_leave_and_ends(ministry: Ministry, officer: Page) -> None:
    maker = applied(ministry)
    officer.goto("/regulator/makers")
    expect(officer.get_by_role("heading", level=1)).to_have_text("1 家汽车生产企业等待审核")
    officer.get_by_role("link", name="青禾汽车有限公司").click()
    expect(officer.get_by_role("row", name="青禾西湖店")).to_be_visible()
    expect(officer.get_by_role("row", name=UNTOLD)).to_contain_text("所在省尚未报送")
    _assert_good(officer)
    officer.get_by_role("button", name="不同意").click()
    expect(officer.get_by_role("alert")).to_contain_text("请写明原因")

    officer.get_by_label("有效期起").fill(TODAY.isoformat())
    officer.get_by_label("有效期止").fill((TODAY - DAY).isoformat())
    officer.get_by_role("button", name="同意", exact=True).click()
    expect(officer.get_by_role("alert")).to_contain_text("有效期止应不早于有效期起")
    officer.get_by_label("有效期止").fill((TODAY + DAY).isoformat())
    officer.get_by_role("button", name="同意", exact=True).click()
    expect(officer.get_by_role("status")).to_contain_text("列入名录")

    officer.get_by_text("增加经销商", exact=True).first.click()
    officer.get_by_label("增加经销商").fill("3301")
    officer.get_by_role("button", name="加入名单").click()
    expect(officer.get_by_role("alert")).to_contain_text("第 1 行")
    officer.get_by_label("增加经销商").fill("330106000900099")
    officer.get_by_role("button", name="加入名单").click()
    expect(officer.get_by_role("status")).to_contain_text("已增加 1 家")
    officer.get_by_text("让一家经销商退出").click()
    officer.get_by_label("退出企业的编码").fill(UNTOLD)
    officer.get_by_role("button", name="记下最后一天").click()
    expect(officer.get_by_role("status")).to_contain_text(UNTOLD)
    officer.get_by_label("意见").fill("不再授权")
    officer.get_by_role("button", name="终止").click()
    expect(officer.get_by_role("status")).to_contain_text("已终止")
    with connect(ministry.database_url) as connection:
        assert channels.channel_of(connection, DEALER, TODAY) is Channel.HEAD_OFFICE
        events = connection.execute("select action from access_audit_event where object_id = %s", [maker.maker_code])
        assert {"maker:approve", "maker:end", "maker:change_dealers"} <= {action for (action,) in events}


def test_the_officers_page_of_a_maker_fits_a_phone_in_english_too(
    ministry: Ministry, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(base_url=ministry.address, viewport=PHONE, locale="en-US")
    context.add_cookies([cookie for cookie in ministry.cookies if cookie["name"] != "django_language"])
    page = context.new_page()
    page.goto(f"/regulator/makers/{applied(ministry).maker_code}")
    expect(page.get_by_role("row", name=UNTOLD)).to_contain_text("not reported by its province yet")
    _assert_good(page)


def test_the_list_is_for_everybody_as_page_json_and_csv(ministry: Ministry, visitor: Page) -> None:
    visitor.goto("/makers/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("名录里还没有汽车生产企业")
    maker = approved(ministry)
    visitor.goto("/makers/")
    expect(visitor.get_by_role("row", name="青禾汽车有限公司")).to_contain_text("2 家")
    _assert_good(visitor)
    visitor.get_by_role("link", name="青禾汽车有限公司").click()
    expect(visitor.get_by_role("row", name="青禾西湖店")).to_contain_text(DEALER)
    _assert_good(visitor)
    listed = visitor.request.get("/makers.json").json()["makers"]
    assert [(each["maker_name"], each["valid_from"], each["dealers"]) for each in listed] == [
        ("青禾汽车有限公司", TODAY.isoformat(), 2)
    ]
    raw = visitor.request.get("/makers.csv").body()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in csv.reader(io.StringIO(raw.decode("utf-8-sig")))] == ["企业名称", "青禾汽车有限公司"]
    assert visitor.request.get(f"/makers/{maker.maker_code}9/").status == 404


def test_a_maker_sees_how_it_stands_with_its_account_alone(ministry: Ministry, visitor: Page) -> None:
    maker = applied(ministry)
    with connect(ministry.database_url) as connection:
        makers.refuse(connection, maker.maker_code, reason="名单不全", by="test", now=NOW)
        connection.commit()
    visitor.goto("/makers/status")
    for password in ("wrong", PASSWORD):
        visitor.get_by_label("上传账户").fill(maker.maker_code)
        visitor.get_by_label("密码").fill(password)
        visitor.get_by_role("button", name="查询", exact=True).click()
        if password == "wrong":
            expect(visitor.get_by_role("alert")).to_contain_text("账户或密码不对")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("申报未获同意")
    expect(visitor.get_by_role("main")).to_contain_text("名单不全")
    expect(visitor.get_by_role("main")).to_contain_text("从来没有获准过的，各店照常自己上传")
    _assert_good(visitor)


def test_one_maker_applies_and_is_listed_another_is_refused_and_is_not(
    ministry: Ministry, visitor: Page, officer: Page
) -> None:
    # Given a list without makers, and two makers that apply on their own pages
    visitor.goto("/makers/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("名录里还没有汽车生产企业")
    codes = {}
    for name, start in (("晨光汽车有限公司", "91310115MA1K35TX3"), ("暮光汽车有限公司", "91310115MA1K35TY4")):
        follow(visitor.get_by_role("link", name="申报总部对总部"))
        visitor.get_by_label("企业名称").fill(name)
        visitor.get_by_label("统一社会信用代码").fill(start + check_character(start))
        visitor.get_by_label("品牌", exact=True).fill("青禾")
        visitor.get_by_label("授权经销商", exact=True).fill(f"{DEALER}，青禾")
        visitor.get_by_label("上传账户的密码").fill(PASSWORD)
        follow(visitor.get_by_role("button", name="提交申报"))
        codes[name] = visitor.locator("#account").inner_text()
        # On the smallest phone too it stands in one line: it is to be copied
        assert visitor.locator("#account").evaluate("element => element.getClientRects().length") == 1
        visitor.goto("/makers/")
    # When the ministry's officer agrees to one until a day and tells the other why not
    officer.goto("/regulator/makers")
    expect(officer.get_by_role("heading", level=1)).to_have_text("2 家汽车生产企业等待审核")
    follow(officer.get_by_role("link", name="晨光汽车有限公司"))
    officer.get_by_label("有效期止").fill((TODAY + DAY).isoformat())
    follow(officer.get_by_role("button", name="同意", exact=True))
    officer.goto("/regulator/makers")
    follow(officer.get_by_role("link", name="暮光汽车有限公司"))
    elsewhere = officer.context.new_page()
    elsewhere.goto(officer.url)
    officer.get_by_label("意见").fill("名单与授权书不符")
    follow(officer.get_by_role("button", name="不同意"))
    expect(officer.get_by_role("status")).to_contain_text("已记为不同意")
    # And whoever has the page from before does not agree to what was refused meanwhile
    follow(elsewhere.get_by_role("button", name="同意", exact=True))
    expect(elsewhere.get_by_role("alert")).to_contain_text("另一位同事刚刚办理过")
    expect(elsewhere.get_by_role("main")).to_contain_text("名单与授权书不符")
    officer.goto("/regulator/makers")
    expect(officer.get_by_role("heading", level=1)).to_have_text("没有等待审核的汽车生产企业")
    # Then everybody reads the one with its days, and the other nowhere
    visitor.reload()
    expect(visitor.get_by_role("row", name="晨光汽车有限公司")).to_contain_text("1 家")
    expect(visitor.get_by_role("main")).not_to_contain_text("暮光汽车有限公司")
    listed = visitor.request.get("/makers.json").json()["makers"]
    assert [(each["maker_name"], each["valid_until"]) for each in listed] == [
        ("晨光汽车有限公司", (TODAY + DAY).isoformat())
    ]
    assert "暮光" not in visitor.request.get("/makers.csv").text()
    statuses = [visitor.request.get(f"/makers/{code}/").status for code in codes.values()]
    assert statuses == [200, 404]


def test_a_lost_upload_password_is_replaced_by_the_officer_and_then_by_the_maker(
    ministry: Ministry, officer: Page, visitor: Page
) -> None:
    maker = approved(ministry)
    officer.goto(f"/regulator/makers/{maker.maker_code}")
    officer.get_by_text("企业忘记了上传密码").click()
    officer.get_by_role("button", name="生成新密码").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("新的上传密码，只显示这一次")
    _assert_good(officer)
    given = officer.locator("#password").inner_text()
    officer.get_by_role("link", name="已经记下").click()
    expect(officer.get_by_role("main")).not_to_contain_text(given)

    visitor.goto("/makers/status")
    visitor.get_by_role("link", name="更换上传密码").click()
    for current, new, complaint in (
        (PASSWORD, "a-long-password-2", "账户或密码不对"),
        (given, "12345678", "密码太简单"),
        (given, "a-long-password-2", ""),
    ):
        visitor.get_by_label("上传账户").fill(maker.maker_code)
        visitor.get_by_label("密码", exact=True).fill(current)
        visitor.get_by_label("新密码").fill(new)
        visitor.get_by_role("button", name="更换密码").click()
        if complaint:
            expect(visitor.get_by_role("alert")).to_contain_text(complaint)
            _assert_good(visitor)
    expect(visitor.get_by_role("status")).to_contain_text("上传密码已更换")
    with connect(ministry.database_url) as connection:
        account = store.find_by_code(connection, maker.maker_code)
        assert account is not None
        assert verify_password(account.password_hash, "a-long-password-2")
        assert account.token_generation == 2  # tokens of both earlier passwords are void
        events = connection.execute(
            "select actor_id is not null from access_audit_event where action = %s and object_id = %s",
            ["maker:reset_password", maker.maker_code],
        )
        assert events.fetchall() == [(True,)]


def test_a_province_neither_takes_applications_nor_decides(page: Page, sign_in: SignIn) -> None:
    assert page.request.get("/makers/apply").status == 404
    assert page.request.get("/makers/").ok
    sign_in(page, "demo-province")
    assert page.request.get("/regulator/makers").status == 404


def listed_maker() -> Maker:
    """A maker of which a province was told."""
    return Maker(
        MAKER, "青禾汽车有限公司", CREDIT_CODE, ("青禾",), MakerState.APPROVED, TODAY - DAY, TODAY + DAY, NOW - DAY
    )


def test_a_shop_in_head_office_mode_is_told_so_and_its_officer_sets_it_back(
    site: Site, page: Page, new_context: Callable[..., BrowserContext], sign_in: SignIn
) -> None:
    code = site.province.shops["west lake"]
    with connect(site.database_url) as connection:
        channels.set_channel(
            connection,
            code,
            Channel.HEAD_OFFICE,
            TODAY - DAY,
            decided_by="00",
            reason="总部对总部：青禾",
            now=NOW - DAY,
        )
        connection.commit()
    try:
        shop = sign_in(new_context(viewport=PHONE).new_page(), "demo-shop")
        expect(shop.get_by_role("region", name="上传方式")).to_contain_text("总部对总部")
        expect(shop.get_by_role("main")).to_contain_text("现在没有人能上传本店的记录")
        _assert_good(shop)
        shop.goto("/shop/files")
        expect(shop.get_by_role("main")).to_contain_text("现在没有人能上传本店的记录")
        expect(shop.get_by_role("button", name="上传")).to_have_count(0)
        with connect(site.database_url) as connection:
            maker_store.save(connection, listed_maker())
            maker_store.save_dealers(connection, MAKER, [Dealer(code, "青禾", TODAY - DAY)])
            connection.execute("update record_version set origin = '00' where company_code = %s", [code])
            connection.commit()
        for path in ("/shop/files", "/shop/"):
            shop.goto(path)
            expect(shop.get_by_role("main")).to_contain_text("起由青禾汽车有限公司统一上传")
            _assert_good(shop)
        shop.goto("/shop/records/")
        expect(shop.get_by_role("listitem").filter(has_text="总部上传（部级转来）").first).to_be_visible()
        officer = sign_in(page, "demo-county")
        officer.goto(f"/regulator/enterprises/{code}")
        officer.get_by_text("改回单店上传", exact=True).click()
        officer.get_by_role("button", name="确认改回单店上传").click()
        expect(officer.get_by_role("alert")).to_contain_text("请写明原因")
        _assert_good(officer)
        officer.get_by_label("改回的原因").fill("总部明天停止上传")
        officer.locator("[name=since_on]").fill((TODAY + DAY).isoformat())
        officer.get_by_role("button", name="确认改回单店上传").click()
        expect(officer.get_by_role("region", name="上传方式")).to_contain_text("起改为单店上传")
        shop.goto("/shop/")
        expect(shop.locator(".verdict")).to_contain_text("起改为单店上传")
        officer.get_by_text("改回单店上传", exact=True).click()
        officer.locator("[name=since_on]").fill(TODAY.isoformat())
        officer.get_by_label("改回的原因").fill("总部已停止上传")
        officer.get_by_role("button", name="确认改回单店上传").click()
        expect(officer.get_by_role("status")).to_contain_text("可以单店上传")
        expect(officer.get_by_role("region", name="上传方式")).to_contain_text("单店上传")
        with connect(site.database_url) as connection:
            assert channels.channel_of(connection, code, TODAY) is Channel.SHOP
            assert channels.list_decisions(connection, code)[-1].decided_by == "33"
    finally:
        with connect(site.database_url) as connection:
            for statement in ("delete from shop_channel", "delete from maker", "delete from maker_dealer"):
                connection.execute(statement)
            connection.execute("update record_version set origin = 'local' where company_code = %s", [code])
            connection.commit()
