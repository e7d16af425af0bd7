"""反馈 and 投诉: two taps from a record; shop, county and city answer, or the clock goes on without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.records.store import read_company_records
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import Owner, new_account, new_owner
from tests.pages.test_pages_for_everybody import PHONE, _assert_good
from tests.unit.platform.test_images import photo

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], Page]


@pytest.fixture
def car(site: Site) -> Car:
    """A car with one visit to the shop "west lake", ten days ago."""
    made = Car("浙A7C101", make_vin(Random(datetime.now(UTC).timestamp())))
    site.province.upload("west lake", made, TODAY - timedelta(days=10), "10000", number=f"CASE-{made.vin_tail}")
    site.province.connection.commit()
    return made


@pytest.fixture
def shop(new_context: NewContext, sign_in: SignIn) -> Page:
    return sign_in(new_context().new_page(), "demo-shop")


@pytest.fixture
def county(new_context: NewContext, sign_in: SignIn) -> Page:
    return sign_in(new_context().new_page(), "demo-county")


def record_of(site: Site, car: Car) -> Any:
    records = read_company_records(site.province.connection, site.province.shops["west lake"], limit=50)
    site.province.connection.commit()
    return next(record for record in records if record.settlement_list_number == f"CASE-{car.vin_tail}")


def report(site: Site, owner: Owner, car: Car, choice: str = "里程不对", *, value: str = "") -> str:
    """Report a mistake from the record; returns the case's number."""
    owner.page.goto(f"/my/{owner.car_ids[0]}/records/{record_of(site, car).record_id}/mistake")
    if value:
        card = owner.page.locator("form.mistake").filter(has=owner.page.get_by_role("button", name=choice))
        card.locator("summary").click()
        card.get_by_label(re.compile("正确的")).fill(value)
    follow(owner.page.get_by_role("button", name=choice, exact=True))
    return number_on(owner.page)


def number_on(page: Page) -> str:
    found = re.search(r"33-[FT][0-9]{4}-[0-9]{6}", page.locator("main").inner_text())
    assert found is not None
    return found.group()


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_two_taps_report_a_mistake_and_the_shop_puts_it_right(
    site: Site, car: Car, new_context: NewContext, shop: Page
) -> None:
    # Given an owner without JavaScript on a small phone, on the file of the car
    owner = new_owner(site, new_context, car, java_script_enabled=False, viewport=PHONE)
    owner.page.goto(f"/my/{owner.car_ids[0]}/")
    # When the link and then a choice are tapped
    follow(owner.page.get_by_role("link", name="这条不对？").first)
    expect(heading(owner.page)).to_have_text("这条记录哪里不对")
    _assert_small(owner.page)
    follow(owner.page.get_by_role("button", name="里程不对", exact=True))
    # Then it is sent, with a number and who has it until when
    number = number_on(owner.page)
    expect(heading(owner.page)).to_have_text("等维修企业答复")
    expect(owner.page.get_by_text(re.compile("维修企业须在.*24:00 前办理，还有 5 个工作日")).first).to_be_visible()
    _assert_small(owner.page)
    # And the shop finds it first in its list, corrects the mileage, and the case says so
    shop.goto("/shop/")
    follow(shop.get_by_role("link", name="1 件反馈或投诉等本店答复"))
    _assert_good(shop)
    shop.goto(f"/shop/cases/{number}")
    expect(shop.get_by_text("车主", exact=False).first).to_be_visible()
    assert owner.username not in shop.content()
    _assert_good(shop)
    shop.get_by_label("送修里程（千米）").fill("12000")
    follow(shop.get_by_role("button", name="更正", exact=True))
    expect(shop.get_by_text("请写明更正的依据。").first).to_be_visible()
    shop.get_by_label("送修里程（千米）").fill("12000")
    shop.get_by_label("更正的依据").fill("按仪表照片更正")
    follow(shop.get_by_role("button", name="更正", exact=True))
    record = record_of(site, car)
    assert (record.version, record.text.mileage) == (2, "12000")
    assert record.reason == f"{number}：按仪表照片更正"
    owner.page.goto(f"/my/cases/{number}")
    expect(heading(owner.page)).to_have_text("已更正，请车主确认")
    follow(owner.page.get_by_role("link", name="看我的车"))
    expect(owner.page.get_by_text("12,000 千米").first).to_be_visible()
    owner.page.goto(f"/my/cases/{number}")
    follow(owner.page.get_by_role("button", name="认可，办结"))
    expect(heading(owner.page)).to_have_text("已办结")
    owner.page.goto("/my/cases")
    expect(heading(owner.page)).to_have_text("我的 1 件反馈与投诉")
    _assert_small(owner.page)


def _assert_small(page: Page) -> None:
    """Without JavaScript axe cannot run; nothing may be wider than the phone."""
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= PHONE["width"]


def test_a_photo_is_cleaned_sealed_and_every_look_told_and_what_is_none_is_refused(
    site: Site, car: Car, new_context: NewContext, shop: Page
) -> None:
    owner = new_owner(site, new_context, car)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/records/{record_of(site, car).record_id}/mistake")
    _assert_good(page)
    card = page.locator("form.mistake").filter(has=page.get_by_role("button", name="日期不对"))
    card.locator("summary").click()
    _assert_good(page)
    card.get_by_label("照片（可不填）").set_input_files(
        {"name": "receipt.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7 no photo"}
    )
    follow(page.get_by_role("button", name="日期不对", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("不是能读的照片")
    card.locator("summary").click()
    card.get_by_label("正确的结算日期").fill("2026-11-02")
    card.get_by_label("照片（可不填）").set_input_files(
        {"name": "receipt.png", "mimeType": "image/png", "buffer": photo(exif=True)}
    )
    follow(page.get_by_role("button", name="日期不对", exact=True))
    number = number_on(page)
    kept = list((Path(site.data_dir) / "case-photos").iterdir())
    assert kept
    assert not any(b"JFIF" in path.read_bytes() for path in kept)
    # The shop looks, and the owner sees that it did
    shop.goto(f"/shop/cases/{number}")
    expect(shop.get_by_label("结算日期")).to_have_value("20261102")
    answer = shop.request.get(f"/shop/cases/{number}/photos/1")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.body().startswith(b"\xff\xd8")
    assert b"a maker" not in answer.body()
    assert shop.request.get(f"/shop/cases/{number}/photos/2").status == 404
    looks = site.province.connection.execute(
        "select organisation from access_audit_event where action = 'correction:read_evidence' and vin = %s", [car.vin]
    ).fetchall()
    site.province.connection.commit()
    assert looks == [(site.province.names["west lake"],)]
    # The owner adds words; a second report of the same leads to the first
    page.locator("summary").click()
    page.get_by_label("补充说明").fill("仪表照片在车上")
    follow(page.get_by_role("button", name="补充", exact=True))
    expect(page.get_by_text("仪表照片在车上")).to_be_visible()
    _assert_good(page)
    page.goto(f"/my/{owner.car_ids[0]}/records/{record_of(site, car).record_id}/mistake")
    follow(page.get_by_role("button", name="日期不对", exact=True))
    expect(page.get_by_role("alert")).to_contain_text(number)
    # Nobody floods a shop with reports
    site.province.connection.execute("update access_allowance set taken = 10 where kind = 'correction:account'")
    site.province.connection.commit()
    follow(page.get_by_role("button", name="其他", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("今天提交的已经够多")


def test_a_silent_shop_leaves_the_case_to_the_county_which_refuses_with_a_reason(
    site: Site, car: Car, new_context: NewContext, shop: Page, county: Page
) -> None:
    owner = new_owner(site, new_context, car)
    number = report(site, owner, car, value="12000")
    # While the shop has it no officer can decide
    county.goto(f"/regulator/cases/{number}")
    expect(county.get_by_role("button", name="不予更正，说明理由")).to_have_count(0)
    # When the shop has let its five working days pass
    site.province.connection.execute(
        "update reviews_case set due_at = %s where number = %s", [datetime.now(UTC) - timedelta(seconds=2), number]
    )
    site.province.connection.commit()
    owner.page.reload()
    expect(heading(owner.page)).to_have_text("县级道路运输管理机构正在核对")
    shop.goto(f"/shop/cases/{number}")
    expect(shop.get_by_role("button", name="不改，说明理由")).to_have_count(0)
    county.goto("/regulator/cases/")
    _assert_good(county)
    follow(county.locator("li", has_text=number).get_by_role("link"))
    _assert_good(county)
    follow(county.get_by_role("button", name="不予更正，说明理由"))
    expect(county.get_by_role("alert")).to_contain_text("请写明理由")
    county.get_by_label("理由", exact=True).fill("工单与记录一致")
    follow(county.get_by_role("button", name="不予更正，说明理由"))
    expect(heading(county)).to_have_text("反馈：里程不对")
    # Then the owner reads why, and goes on to the city
    owner.page.reload()
    expect(heading(owner.page)).to_have_text("不予更正")
    expect(owner.page.get_by_text("工单与记录一致")).to_be_visible()
    owner.page.get_by_label("不认可的，说说为什么（可不填）").fill("有新证据")
    follow(owner.page.get_by_role("button", name=re.compile("再次提出")))
    expect(heading(owner.page)).to_have_text("市级道路运输管理机构正在核对")
    # The shop's lateness is public, and the numbers are those of the officer's lists
    owner.page.goto("/corrections/")
    expect(owner.page.get_by_text(site.province.names["west lake"])).to_be_visible()
    _assert_good(owner.page)
    county.goto("/corrections/")
    row = county.locator("tbody tr", has_text="西湖区")
    for place, show in enumerate(("opened", "decided", "in_time", "overdue_corrections")):
        told = row.locator("td").nth(place).inner_text()
        answer = county.request.get(f"/regulator/cases/?show={show}&division=330106").text()
        assert f" {told} 件</h1>" in answer
    with urlopen(f"{site.address}/corrections/figures.csv") as file:  # noqa: S310 - our own process
        lines = file.read().decode("utf-8-sig").splitlines()
    assert any(line.startswith("330106,") for line in lines[1:])
    # An officer of the city corrects it in the authority's name
    city = _signed_in(site, new_context, new_account(site, "regulator", division_code="330100"))
    city.goto(f"/regulator/cases/{number}")
    expect(city.get_by_label("送修里程（千米）")).to_have_value("12000")
    city.get_by_label("更正的依据").fill("核对检测记录")
    follow(city.get_by_role("button", name="更正", exact=True))
    record = record_of(site, car)
    assert (record.text.mileage, record.actor) == ("12000", "浙江省杭州市道路运输管理机构")


def _signed_in(site: Site, new_context: NewContext, username: str) -> Page:
    page = new_context().new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def test_nobody_else_sees_a_case(site: Site, car: Car, new_context: NewContext, county: Page) -> None:
    owner, stranger = new_owner(site, new_context, car), new_owner(site, new_context)
    number = report(site, owner, car, "其他")
    elsewhere = _signed_in(site, new_context, new_account(site, "regulator", division_code="330212"))
    other_shop = _signed_in(site, new_context, new_account(site, "shop", company_code=site.province.shops["ningbo"]))
    answers = [
        stranger.page.request.get(f"/my/cases/{number}"),
        stranger.page.request.get(f"/my/cases/{number}/photos/1"),
        stranger.page.request.get(f"/my/{owner.car_ids[0]}/missing"),
        elsewhere.request.get(f"/regulator/cases/{number}"),
        elsewhere.request.get(f"/regulator/cases/{number}/photos/1"),
        elsewhere.request.get(f"/regulator/cases/{number}/12328"),
        elsewhere.request.get(f"/regulator/cases/{number}/12328.json"),
        other_shop.request.get(f"/shop/cases/{number}"),
        other_shop.request.get(f"/shop/cases/{number}/photos/1"),
        county.request.get(f"/regulator/cases/{number}/12328"),  # a report is no complaint
    ]
    assert [answer.status for answer in answers] == [404] * len(answers)
    assert number not in elsewhere.request.get("/regulator/cases/?show=all").text()
    assert number not in other_shop.request.get("/shop/cases/?show=all").text()


def test_a_missing_visit_is_reported_and_settled_by_the_record_that_appears(
    site: Site, car: Car, new_context: NewContext
) -> None:
    owner = new_owner(site, new_context, car, viewport=PHONE)
    page, on = owner.page, TODAY - timedelta(days=4)
    page.goto(f"/my/{owner.car_ids[0]}/missing")
    _assert_good(page)
    page.get_by_label("企业名称").fill("没有这样的企业")
    follow(page.get_by_role("button", name="找企业"))
    expect(page.get_by_text("没有找到这家企业")).to_be_visible()
    page.get_by_label("企业名称").fill(site.province.names["west lake"][:4])
    follow(page.get_by_role("button", name="找企业"))
    follow(page.get_by_role("link", name=site.province.names["west lake"]))
    _assert_good(page)
    follow(page.get_by_role("button", name="提交"))
    expect(page.get_by_role("alert")).to_contain_text("请填写日期")
    page.get_by_label("哪天结算的").fill(on.isoformat())
    follow(page.get_by_role("button", name="提交"))
    number = number_on(page)
    site.province.upload("west lake", car, on, "10300", number=f"LATE-{car.vin_tail}", received_at=datetime.now(UTC))
    site.province.connection.commit()
    page.reload()
    expect(heading(page)).to_have_text("已更正，请车主确认")
    expect(page.get_by_text("档案里出现了更正后的记录")).to_be_visible()
    page.goto(f"/my/cases/{number}")
    _assert_good(page)


def test_a_complaint_goes_its_whole_way_and_each_sees_only_what_concerns_them(
    site: Site, car: Car, new_context: NewContext, shop: Page, county: Page
) -> None:
    owner = new_owner(site, new_context, car, viewport=PHONE)
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/records/{record_of(site, car).record_id}/complaint")
    _assert_good(page)
    follow(page.get_by_role("button", name="提交投诉"))
    expect(page.get_by_role("alert")).to_contain_text("请写明发生了什么")
    page.get_by_label("投诉什么").select_option(label="维修质量")
    page.get_by_label("发生了什么").fill("更换后仍漏油")
    page.get_by_label("希望怎样解决").fill("免费返工")
    page.get_by_label("联系电话（可不填）").fill("14200001234")
    follow(page.get_by_role("button", name="提交投诉"))
    number = number_on(page)
    assert "-T" in number
    # The shop knows nothing of it until it is forwarded
    assert shop.request.get(f"/shop/cases/{number}").status == 404
    county.goto(f"/regulator/cases/{number}")
    expect(county.get_by_text("14200001234")).to_be_visible()
    _assert_good(county)
    follow(county.get_by_role("button", name="不予受理，说明理由"))
    expect(county.get_by_role("alert")).to_contain_text("请写明理由")
    follow(county.get_by_role("button", name="受理投诉"))
    follow(county.get_by_role("button", name="转企业答复"))
    shop.goto(f"/shop/cases/{number}")
    expect(shop.get_by_text("142****1234")).to_be_visible()
    assert "14200001234" not in shop.content()
    _assert_good(shop)
    shop.get_by_label("理由").fill("已约车主返工")
    follow(shop.get_by_role("button", name="答复", exact=True))
    county.reload()
    county.get_by_label("理由", exact=True).fill("双方同意免费返工")
    follow(county.get_by_role("button", name=re.compile("记下调解结果")))
    page.reload()
    expect(heading(page)).to_have_text("已调解，请车主说明是否解决")
    _assert_good(page)
    page.get_by_label("对办理过程满意吗").select_option(label="满意")
    follow(page.get_by_role("button", name="已经解决"))
    county.reload()
    expect(county.get_by_text("车主满意程度：4")).to_be_visible()
    follow(county.get_by_role("button", name="办结投诉"))
    page.reload()
    expect(heading(page)).to_have_text("已办结")
    _assert_goes_to_the_hotline(page, county, number)


def _assert_goes_to_the_hotline(page: Page, county: Page, number: str) -> None:
    """Re-opened, which can be done once, and this time given to 12328."""
    follow(page.get_by_role("button", name=re.compile("再次提出")))
    county.reload()
    follow(county.get_by_role("link", name="看转办单"))
    expect(county.get_by_text("更换后仍漏油")).to_be_visible()
    _assert_good(county)
    sheet = county.request.get(f"/regulator/cases/{number}/12328.json").json()
    assert (sheet["number"], sheet["contact"], sheet["demand"]) == (number, "14200001234", "免费返工")
    county.goto(f"/regulator/cases/{number}")
    county.get_by_label("12328 的编号（可不填）").fill("ZJ-12328-77")
    follow(county.get_by_role("button", name="已转 12328"))
    page.reload()
    expect(heading(page)).to_have_text("已转 12328")
    expect(page.get_by_text("12328 的编号：ZJ-12328-77")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("再次提出"))).to_have_count(0)
