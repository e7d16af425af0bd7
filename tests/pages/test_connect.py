"""对接软件: what the software needs, a test call, what it was refused, and whether a day is complete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
import psycopg
from playwright.sync_api import BrowserContext, Page, expect

from chedang.enterprises import secrets
from chedang.fiction.vehicles import make_vin
from chedang.intake import named_days, refusals, software
from chedang.intake.named_days import NamedBy
from chedang.intake.native.reconciling import NamedRecord, Statement, compare
from chedang.intake.refusals import NotedFinding, NotedRefusal
from chedang.intake.software import Sighting
from chedang.platform.database import connect
from chedang.records.model import Level
from chedang.terms.dates import SHANGHAI
from tests.contract.conftest import start_gate, wait_until_ready
from tests.pages.conftest import Site, fill_in_sign_in
from tests.pages.filled_province import Car
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import _assert_good

CAR = Car("浙A7C777", make_vin(Random("connected car")))
REFUSED = NotedRefusal(
    "",
    True,
    "lcippro",
    "lcipprocarfixrecordadd",
    "NOT_ACCEPTABLE",
    200,
    '{"code":"-1","status":"参数无效：/basicInfo/vin：车架号有 16 位，应为 17 位。请按提示改正后重新上传"}',
    (NotedFinding("VIN_LENGTH", Level.ERROR, "/basicInfo/vin"),),
    "Repair-5.2",
    datetime.now(UTC),
)


def own_shop(site: Site, name: str, number: int) -> str:
    """A shop that only one test knows; gives its code."""
    if name not in site.province.shops:
        site.province.add_shop(name, number, division_code="330106", is_approved=True)
    return site.province.shops[name]


def enter(site: Site, new_context: Callable[..., BrowserContext], company_code: str, post: str = "manager") -> Page:
    """Somebody of the shop, on a phone."""
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    username = new_account(site, role="shop", company_code=company_code, shop_post=post)
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_url("**/shop/**")
    return page


def counts(site: Site) -> dict[str, int]:
    """Rows of records, ordinary and of the sandbox."""
    with psycopg.connect(site.database_url) as connection:
        return {
            schema: connection.execute(f"select count(*) from {schema}.record_version").fetchone()[0]  # type: ignore[index]  # noqa: S608
            for schema in ("public", "sandbox")
        }


def test_a_shop_sees_what_its_software_needs_was_refused_and_is_called(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    code = own_shop(site, "connected", 7701)
    now = datetime.now(UTC)
    manager = enter(site, new_context, code)
    manager.goto("/shop/connect/")
    expect(manager.get_by_text("还没有软件上传过")).to_be_visible()
    expect(manager.get_by_text(code)).to_be_visible()
    expect(manager.get_by_text("/restservices/lcipprodatarest")).to_be_visible()
    manager.get_by_role("button", name="记下").click()
    expect(manager.get_by_role("alert")).to_contain_text("请写软件名称或厂商")
    manager.get_by_label("软件名称或厂商").fill("青禾修车宝")
    manager.get_by_label("版本").fill("5.2")
    manager.get_by_role("button", name="记下").click()
    expect(manager.get_by_text("本店说明：青禾修车宝，版本 5.2")).to_be_visible()

    site.province.upload("connected", CAR, now.astimezone(SHANGHAI).date(), "48210", received_at=now)
    with connect(site.database_url) as connection:
        mine = msgspec.structs.replace(REFUSED, company_code=code)
        stranger = msgspec.structs.replace(mine, is_proven=False, kind="WRONG_PASSWORD", findings=(), answer="{}")
        refusals.keep(connection, [mine, mine, stranger])
        software.note(connection, [Sighting(code, "lcippro", "Repair-5.2", now)])
    manager.reload()
    state = manager.get_by_role("region", name="现在怎样")
    expect(state).to_contain_text("青禾修车宝 5.2 · 省级接口")
    expect(state).to_contain_text("最近一次：今天")
    expect(manager.get_by_role("row", name="Repair-5.2")).to_contain_text("省级接口")
    _assert_good(manager)

    manager.get_by_role("link", name="软件最近收到 2 种错误").click()
    expect(manager.get_by_role("heading", name="软件最近收到 1 种错误")).to_be_visible()
    expect(manager.get_by_text("共 2 次")).to_be_visible()
    expect(manager.get_by_text("车架号", exact=True)).to_be_visible()
    manager.get_by_text("软件收到的原文").first.click()
    expect(manager.get_by_text(mine.answer)).to_be_visible()
    expect(manager.get_by_role("region", name="没有通过验证的调用")).to_contain_text("密码错误")
    _assert_good(manager)

    clerk = enter(site, new_context, code, post="clerk")
    clerk.goto("/shop/connect/")
    expect(clerk.get_by_text("密钥由本店负责人管理")).to_be_visible()
    expect(clerk.get_by_role("button", name="生成接口密钥")).to_have_count(0)
    clerk.goto("/shop/connect/errors")
    expect(clerk.get_by_text("共 2 次")).to_be_visible()
    other = own_shop(site, "other connected", 7702)
    stranger_page = enter(site, new_context, other)
    stranger_page.goto("/shop/connect/errors")
    expect(stranger_page.get_by_role("heading", name="软件最近没有收到错误")).to_be_visible()


def test_a_real_call_reaches_the_sandbox_and_nothing_else(
    site: Site, new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    code = own_shop(site, "trying", 7703)
    page = enter(site, new_context, code)
    page.goto("/shop/connect/try")
    page.get_by_role("button", name="发送").click()
    expect(page.get_by_role("alert")).to_contain_text("上传接口现在没有应答")
    _assert_good(page)

    before = counts(site)
    gate = start_gate(site.database_url, tmp_path, site.gate_port)
    try:
        wait_until_ready(site.gate_port, gate, tmp_path / "gate.log")
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("status")).to_contain_text("收下了，没有发现问题")
        expect(page.get_by_text("应答：HTTP 201")).to_be_visible()
        expect(page.get_by_role("row", name="outcome")).to_contain_text("created 新收下")
        page.get_by_text("发送的和收到的原文").click()
        expect(page.get_by_text("Bearer cd_00000000_***")).to_be_visible()
        _assert_good(page)

        body = page.get_by_label("要发送的报文")
        body.fill(body.input_value().replace("LXXAA11A3R1000017", "LXXAA11A3R100001"))
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("status")).to_contain_text("规则发现了问题")
        expect(page.get_by_text("车架号：车架号有 16 位")).to_be_visible()

        with connect(site.database_url) as connection:
            real = secrets.make(connection, code, by="test", now=datetime.now(UTC)).text
        page.get_by_text("用自己在沙箱注册的企业").click()
        page.get_by_label("沙箱密钥").fill(real)
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("alert")).to_contain_text("这是正式的接口密钥，没有发送")
        assert real not in page.content()

        page.get_by_role("link", name="省级接口").click()
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("status")).to_contain_text("收下了，没有发现问题")
        expect(page.get_by_role("row", name="status").last).to_contain_text("新增成功")
        assert "sandbox-demo-1" not in page.content()
        page.get_by_label("要发送的报文").fill('{"access_token": "{access_token}", "basicInfo": {')
        page.get_by_role("button", name="发送").click()
        expect(page.get_by_role("status")).to_contain_text("没有收下")
        expect(page.get_by_text("结果代码：参数格式不对")).to_be_visible()
    finally:
        gate.terminate()
        gate.wait()
    after = counts(site)
    assert after["public"] == before["public"]
    assert after["sandbox"] > before["sandbox"]


def test_a_day_is_compared_with_a_list_and_its_differences_are_fetched(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    code = own_shop(site, "reconciling", 7704)
    now = datetime.now(UTC)
    today = now.astimezone(SHANGHAI).date()
    for number in ("DZ-1", "DZ-2"):
        site.province.upload("reconciling", CAR, today, f"482{number[-1]}0", number=number, received_at=now)
    page = enter(site, new_context, code, post="clerk")
    page.goto("/shop/connect/days/")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("收到 2 条，还没有对账")
    page.get_by_role("button", name="对账").click()
    expect(page.get_by_role("alert")).to_contain_text("没有读到编号")
    page.get_by_label("结算清单编号").fill("结算清单编号,车牌\nDZ-1,x\nDZ-9\n")
    page.get_by_role("button", name="对账").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("还有 1 条没有收到")
    result = page.get_by_role("region", name="对账结果")
    expect(result).to_contain_text("报了 2 条，当时这里有 2 条")
    expect(result.get_by_role("link", name="DZ-2")).to_be_visible()
    expect(result.get_by_text("DZ-9")).to_be_visible()
    _assert_good(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载差异表格").click()
    table = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line.split(",")[0] for line in table.splitlines()] == ["结算清单编号", "DZ-9", "DZ-2"]

    with connect(site.database_url) as connection:
        statement = Statement((NamedRecord("DZ-1"), NamedRecord("DZ-2")))
        named_days.keep(
            connection, code, compare(connection, code, today, statement), named_by=NamedBy.SOFTWARE, now=now
        )
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("没有漏传")
    expect(page.get_by_text("软件在")).to_be_visible()
    page.goto("/shop/connect/days/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("对上了")
    expect(page.get_by_role("row").nth(2)).to_contain_text("没有对账")
    _assert_good(page)
    tomorrow = (today + timedelta(days=1)).isoformat()
    for wrong in ("never", "1999-12-31", tomorrow):
        assert page.goto(f"/shop/connect/days/{wrong}").status == 404  # type: ignore[union-attr]  # a page was loaded
