"""The file of one's own car: the answer first, who looked, what one takes along, and what others see by consent."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.intake.service import new_version
from chedang.records.limits import load_limits
from chedang.records.model import RecordState, RecordText
from chedang.records.rules import judge
from chedang.records.store import append
from tests.pages.conftest import Site, follow
from tests.pages.filled_province import TODAY, Car, Province, at
from tests.pages.owners import bind_car, new_account, new_owner
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], Page]
LookUp = Callable[[Page, str, str], Page]

UNREPAIRED = Car("浙C5M555", make_vin(Random("unrepaired car")))
MISTYPED = Car("浙C7M777", make_vin(Random("mistyped car")))


def _actions(site: Site, vin: str) -> list[tuple[str, str]]:
    """What was written down about looks at a vehicle: action and purpose, oldest first."""
    rows = site.province.connection.execute(
        "select action, purpose from access_audit_event where vin = %s order by id", (vin,)
    ).fetchall()
    site.province.connection.commit()
    return rows


def _download(page: Page, link: str) -> bytes:
    with page.expect_download() as downloading:
        page.get_by_role("link", name=link).click()
    return downloading.value.path().read_bytes()


def test_an_owner_reads_the_last_visit_the_verdict_and_every_record(site: Site, new_context: NewContext) -> None:
    car = site.province.family_car
    owner = new_owner(site, new_context, car)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/")

    expect(page.get_by_role("heading", level=1)).to_contain_text("更换机油、更换机油滤清器等 3 项")
    expect(page.get_by_role("heading", name="里程合理")).to_be_visible()
    expect(page.locator(".head-row .plate")).to_have_text("浙A·12345")
    dates = [time.get_attribute("datetime") for time in page.locator("li.record time").all()]
    assert len(dates) == 7
    assert dates == sorted(dates, key=str, reverse=True)
    newest = page.locator("li.record").first
    expect(newest).to_contain_text("48,210 千米")
    expect(newest).to_contain_text("杭州青禾汽车销售服务有限公司 · 一类")
    expect(newest.get_by_role("row", name="机油滤清器 04152-YZZA1 1")).to_be_visible()
    expect(newest).to_contain_text(re.compile("来源：本地上传，.*收到 · 记录代号 [2-9A-Z]{4}"))
    newest.get_by_text("已更正 1 次").click()
    expect(newest.locator("ins")).to_contain_text("检查制动系统 0.6")
    expect(page.locator("li.record.doubtful")).to_contain_text("像是金额")
    assert _actions(site, car.vin)[-1] == ("vehicle:read_file", "own_vehicle")

    assert car.vin not in page.content()
    assert car.vin[-6:] not in page.content()
    page.get_by_role("button", name="显示完整车架号").click()
    expect(page.locator("#vin")).to_contain_text(car.vin)
    assert _actions(site, car.vin)[-1] == ("vehicle:show_vin", "own_vehicle")

    plain = new_context(java_script_enabled=False).new_page()
    plain.context.add_cookies(page.context.cookies())  # type: ignore[arg-type] # what one gives the other takes
    plain.goto(f"/my/{owner.car_ids[0]}/")
    plain.get_by_role("button", name="显示完整车架号").click()
    expect(plain.locator("#vin")).to_contain_text(car.vin)
    expect(plain.get_by_role("heading", level=1)).to_contain_text("上次维修")


def test_records_that_do_not_fit_are_one_click_from_the_verdict(site: Site, new_context: NewContext) -> None:
    owner = new_owner(site, new_context, site.province.electric_car)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/")

    verdict = page.locator("section.verdict")
    expect(verdict.get_by_role("heading", name="里程不合逻辑")).to_be_visible()
    expect(verdict).to_contain_text("读数变小，前后都有读数佐证")
    link = verdict.get_by_role("link", name="38,000 千米")
    link.click()
    expect(page.locator("li.record:target")).to_contain_text("38,000 千米")
    expect(page.get_by_role("img", name="里程随时间的变化")).to_be_visible()
    page.wait_for_function("document.querySelector('.chart img').naturalWidth > 0")
    page.get_by_text("5 次读数的表").click()
    expect(page.get_by_role("row", name="71,000 有疑问")).to_be_visible()


def test_an_unchanged_chart_is_not_drawn_again(site: Site, new_context: NewContext) -> None:
    owner = new_owner(site, new_context, site.province.electric_car)
    address = f"/my/{owner.car_ids[0]}/mileage.svg"
    first = owner.page.request.get(address)
    assert first.headers["content-type"].startswith("image/svg+xml")
    again = owner.page.request.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304
    assert again.body() == b""


def _void_a_record(province: Province, car: Car) -> None:
    """A shop's record of the car that has been voided since: the VIN was somebody else's."""
    text = RecordText(
        province.names["ningbo"], car.vin, car.plate_number, "20260901", "100", "20260901", "保养", "VOID-1"
    )
    judgement = judge(text, limits=load_limits(), registered_name=text.company_name, received_at=at(TODAY))
    version = new_version(judgement, province.shops["ningbo"], "lcippro", at(TODAY))
    append(province.connection, [version])
    append(
        province.connection,
        [msgspec.structs.replace(version, state=RecordState.VOID, reason="车架号抄错", is_deliberate=True)],
    )
    province.connection.commit()


def test_a_car_without_records_says_why_and_what_next(site: Site, new_context: NewContext) -> None:
    _void_a_record(site.province, MISTYPED)
    owner = new_owner(site, new_context, UNREPAIRED, site.province.new_car, MISTYPED)
    page = owner.page
    reasons = (
        ("这辆车还没有维修记录", "还没有维修企业上传过这个车架号的记录"),
        ("这辆车的记录暂时不能显示", "还没有审核通过的维修企业"),
        ("这辆车还没有维修记录", "记录已作废，或者改归了另一个车架号"),
    )
    for car_id, (title, reason) in zip(owner.car_ids, reasons, strict=True):
        page.goto(f"/my/{car_id}/")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_role("main")).to_contain_text(reason)
        assert page.get_by_role("main").get_by_role("link", name="看我的车").is_visible()


def test_an_officers_look_shows_at_once_with_authority_time_and_purpose(
    site: Site, new_context: NewContext, sign_in: SignIn, look_up: LookUp
) -> None:
    car = site.province.taxi
    owner = new_owner(site, new_context, car)
    officer = sign_in(new_context().new_page(), "demo-county")
    look_up(officer, car.plate_number, car.vin_tail)

    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/")
    fact = page.locator("dt", has_text="最近谁看过").locator("xpath=following-sibling::dd")
    expect(fact).to_contain_text("浙江省杭州市西湖区道路运输管理机构")
    follow(fact.get_by_role("link"))
    looks = page.locator("ul.entries").first.locator("li")
    expect(looks.nth(0)).to_contain_text("浙江省杭州市西湖区道路运输管理机构")
    expect(looks.nth(0)).to_contain_text("查看车辆档案")
    expect(looks.nth(0)).to_contain_text("目的：监督检查")
    expect(looks.nth(1)).to_contain_text("查询车辆")
    page.get_by_text("您自己的").click()
    expect(page.locator("details.card li").first).to_contain_text("查看车辆档案")


def test_looks_from_before_organisations_were_written_down_and_of_visitors_are_named(
    site: Site, new_context: NewContext
) -> None:
    car = Car("浙C6M666", make_vin(Random("looked at")))
    owner = new_owner(site, new_context, car)
    stranger = new_account(site)
    event = (
        "insert into access_audit_event (at, actor_id, role, action, purpose, vin, object_id, object_digest,"
        " organisation) select now(), {actor}, %s, %s, %s, %s, '', '', '' {source}"
    )
    of_account = event.format(actor="id", source="from access_user where username = %s")
    of_visitor = event.format(actor="null::bigint", source="")
    connection = site.province.connection
    connection.execute(of_account, ("regulator", "vehicle:read_file", "supervision", car.vin, "demo-province"))
    connection.execute(of_account, ("owner", "vehicle:read_file", "by_consent", car.vin, stranger))
    connection.execute(of_visitor, ("", "share:read", "shared", car.vin))
    connection.execute(of_account, ("owner", "binding:ask", "own_vehicle", car.vin, stranger))
    connection.commit()

    owner.page.goto(f"/my/{owner.car_ids[0]}/looks")
    who = owner.page.locator("ul.entries").first.get_by_role("heading").all_text_contents()
    assert who == ["申请绑定这辆车的人", "凭分享码的访客", "经车主同意的人", "浙江省道路运输管理机构"]


def test_a_file_is_taken_along_without_prices_and_each_time_is_written_down(
    site: Site, new_context: NewContext
) -> None:
    car = site.province.family_car
    owner = new_owner(site, new_context, car)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/")
    follow(page.get_by_role("link", name="导出"))

    exported = json.loads(_download(page, "下载完整数据"))
    assert exported["format"] == "chedang-vehicle-file/1"
    assert exported["vehicle"]["vin"] == car.vin
    assert len(exported["records"]) == 7
    table = list(csv.reader(io.StringIO(_download(page, "下载表格").decode("utf-8-sig"))))
    assert {row[9] for row in table[1:]} >= {"JS-48210"}
    lubelogger = list(csv.DictReader(io.StringIO(_download(page, "下载 LubeLogger 文件").decode())))
    assert lubelogger[0]["Odometer"] == "48210"
    assert {row["Cost"] for row in lubelogger} == {"0"}
    assert _actions(site, car.vin)[-3:] == [("vehicle:export", "own_vehicle")] * 3


def _let_see(site: Site, new_context: NewContext, car: Car, scope: str) -> tuple[Page, str]:
    """Somebody who sees a car by its owner's consent."""
    guest = new_owner(site, new_context)
    until = datetime.now(UTC) + timedelta(days=1)
    return guest.page, bind_car(
        site, guest.username, car, kind="consent", proof="consent", scope=scope, expires_at=until
    )


def test_by_consent_one_sees_what_the_owner_agreed_to_and_no_more(site: Site, new_context: NewContext) -> None:
    car, names = site.province.family_car, site.province.names
    buyer, car_id = _let_see(site, new_context, car, "buyer")
    buyer.goto(f"/my/{car_id}/")
    expect(buyer.locator("li.record")).to_have_count(7)
    expect(buyer.locator("li.record").first).to_contain_text("浙江的维修企业（名称不显示）")
    expect(buyer.locator("li.record").first.locator("time")).to_have_text(re.compile("^[0-9]{4}年[0-9]{1,2}月$"))
    exported = buyer.request.get(f"/my/{car_id}/export.json").text()
    for content in (buyer.content(), exported, buyer.request.get(f"/my/{car_id}/export.csv").text()):
        for hidden in (car.vin, "12345", *names.values(), "JS-48210", f"{TODAY - timedelta(days=20)}"):
            assert hidden not in content
    assert buyer.request.post(f"/my/{car_id}/vin").status == 403
    expect(buyer.get_by_role("link", name="谁看过")).to_have_count(0)
    assert buyer.request.get(f"/my/{car_id}/looks").status == 403
    assert _actions(site, car.vin)[-1] == ("vehicle:export", "by_consent")

    viewer, car_id = _let_see(site, new_context, car, "verdict")
    viewer.goto(f"/my/{car_id}/")
    expect(viewer.get_by_role("heading", level=1)).to_have_text("共 7 条维修记录")
    expect(viewer.get_by_role("heading", name="里程合理")).to_be_visible()
    expect(viewer.locator("li.record")).to_have_count(0)
    assert viewer.request.get(f"/my/{car_id}/mileage.svg").status == 404


def test_a_new_owner_sees_earlier_visits_without_their_shops(site: Site, new_context: NewContext) -> None:
    car = site.province.electric_car
    owner = new_owner(site, new_context)
    handed_over_on = TODAY - timedelta(days=250)
    car_id = bind_car(site, owner.username, car, shops_hidden_before_on=handed_over_on)
    owner.page.goto(f"/my/{car_id}/")

    shops = owner.page.locator("li.record .part-shop").all_text_contents()
    assert [site.province.names["ningbo"] in shop for shop in shops] == [True, True, False, False, False]
    exported = json.loads(owner.page.request.get(f"/my/{car_id}/export.json").text())
    assert [record["shop"]["is_hidden"] for record in exported["records"]] == [False, False, True, True, True]


def test_another_owners_car_is_no_car_of_mine(site: Site, new_context: NewContext) -> None:
    theirs = new_owner(site, new_context, site.province.taxi)
    page = new_owner(site, new_context).page
    for path in ("", "looks", "export", "export.json", "export.csv", "export-lubelogger.csv", "mileage.svg"):
        assert page.request.get(f"/my/{theirs.car_ids[0]}/{path}").status == 404, path
    assert page.goto("/vehicle/").status == 403  # type: ignore[union-attr] # an answer always comes


def test_the_print_is_black_on_white_in_the_order_of_the_settlement_list(site: Site, new_context: NewContext) -> None:
    owner = new_owner(site, new_context, site.province.family_car)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="长辈版")).to_be_hidden()
    expect(page.get_by_role("link", name="导出")).to_be_hidden()
    expect(page.locator(".on-paper", has_text="查阅编号")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    record = page.locator("li.record").nth(1)
    blocks = [".part-number", ".part-vehicle", ".part-shop", "table >> nth=0", "table >> nth=1"]
    boxes = [record.locator(block).bounding_box() for block in blocks]
    tops = [box["y"] for box in boxes if box is not None and box["height"] > 0]
    assert len(tops) == len(blocks)
    assert tops == sorted(tops)


@pytest.mark.parametrize("size", ["normal", "large"])
def test_the_pages_of_a_car_are_good_on_a_phone(site: Site, new_context: NewContext, size: str) -> None:
    province: Province = site.province
    options: dict[str, Any] = {"viewport": PHONE}
    owner = new_owner(site, new_context, province.family_car, province.electric_car, UNREPAIRED, **options)
    page = owner.page
    if size == "large":
        page.get_by_role("button", name="长辈版").click()
        page.wait_for_selector("html.large")
    for car_id in owner.car_ids:
        page.goto(f"/my/{car_id}/")
        for summary in page.locator("summary").all():
            if summary.locator("xpath=..").get_attribute("open") is None:
                summary.click()
        _assert_good(page)
    for path in ("looks", "export"):
        page.goto(f"/my/{owner.car_ids[0]}/{path}")
        _assert_good(page)
