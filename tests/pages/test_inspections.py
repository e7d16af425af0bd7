"""An inspection on a phone without a line, a filing that ends, and what the public reads of both."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, follow
from tests.pages.owners import new_account
from tests.pages.test_dialogue import heading, signed_in
from tests.pages.test_pages_for_everybody import PHONE, _assert_good
from tests.unit.platform.test_images import photo

NewContext = Callable[..., BrowserContext]
DIVISION = "330127"  # a county without any other shop
PHOTO = {"name": "a.png", "mimeType": "image/png", "buffer": photo()}


@pytest.fixture
def shop(site: Site) -> str:
    if "inspected" not in site.province.shops:
        site.province.add_shop("inspected", 71, division_code=DIVISION, is_approved=True)
    return site.province.shops["inspected"]


@pytest.fixture
def officers(site: Site) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        new_account(site, "regulator", division_code=DIVISION, display_name=name) for name in ("某甲", "某乙")
    )


@pytest.fixture
def manager(site: Site, shop: str) -> str:
    return new_account(site, "shop", company_code=shop, shop_post="manager", display_name="某丙")


def _plan(page: Page, shop: str) -> None:
    page.goto(f"/regulator/enterprises/{shop}")
    follow(page.get_by_role("link", name="安排现场勘验"))
    page.get_by_label("执法人员二").select_option(label="某甲")
    follow(page.get_by_role("button", name="安排", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("两位不同的人")
    page.get_by_label("勘验原因").select_option(label="投诉")
    page.get_by_label("执法人员二").select_option(label="某乙")
    _assert_good(page)
    follow(page.get_by_role("button", name="安排", exact=True))


def _items(page: Page) -> list[str]:
    return [str(each.get_attribute("data-item")) for each in page.locator("[data-item]").all()]


def _say(page: Page, item: str, word: str, note: str = "") -> None:
    field = page.locator(f"#item-{item}")
    if note:
        field.get_by_label("说明").fill(note)
    field.get_by_label(word, exact=True).check()


def _answers(site: Site) -> list[Any]:
    rows = site.province.connection.execute("select item, verdict, note from filing_inspection_answer order by id")
    found = rows.fetchall()
    site.province.connection.commit()
    return found


def test_what_is_said_without_a_line_arrives_once_and_is_finished_by_two(
    site: Site, shop: str, officers: tuple[str, str], manager: str, new_context: NewContext
) -> None:
    # Given a visit that one of two officers planned, on a phone
    first = signed_in(site, new_context, officers[0], viewport=PHONE)
    _plan(first, shop)
    address = first.url
    _assert_good(first)
    items = _items(first)
    status = first.locator("[data-status]")
    # When the line is gone, answers and a photo stay in the phone
    first.context.set_offline(True)
    _say(first, items[0], "不符合", "缺一名检验员")
    first.locator(f"#photo-{items[0]}").set_input_files(PHOTO)  # type: ignore[arg-type]  # a file by name
    expect(status).to_contain_text("没有网络：2 项存在本机")
    first.get_by_role("button", name="保存").click()
    expect(status).to_contain_text("没有网络：2 项存在本机")
    assert _answers(site) == []
    # Even when the page was closed; and they arrive once, although the first answer to them is lost
    page = _open_again(first)
    assert _answers(site) == [(items[0], "not_met", "缺一名检验员")]
    expect(page.locator(f"#item-{items[0]} [data-photo-list] a")).to_have_count(1)
    # The other officer, without scripts, fills the rest in one form; the first one has to read that before finishing
    second = signed_in(site, new_context, officers[1], viewport=PHONE, java_script_enabled=False)
    second.goto(address)
    for item in items[1:]:
        _say(second, item, "符合")
    follow(second.get_by_role("button", name="办结"))
    expect(second.get_by_role("alert")).to_contain_text("是否在场")
    page.get_by_label("企业负责人在场，拒绝签字").check()
    follow(page.get_by_role("button", name="办结"))
    expect(page.get_by_role("alert")).to_contain_text("另一位执法人员刚刚又记了几项")
    _assert_good(page)
    expect(page.get_by_label("企业负责人在场，拒绝签字")).to_be_checked()
    follow(page.get_by_role("button", name="办结"))
    expect(page.get_by_role("heading", name=re.compile("勘验结果.*有不符合项"))).to_be_visible()
    _assert_good(page)
    assert len(_answers(site)) == len(items)
    paper = page.request.get(f"{address}/record.pdf")
    assert (paper.status, paper.body()[:4]) == (200, b"%PDF")
    follow(page.get_by_role("link", name="责令改正", exact=True).last)
    expect(page.get_by_label("需要改正的内容")).to_have_value(re.compile("1. 不符合：.*（缺一名检验员）"))
    _assert_foreign(site, new_context, address.removeprefix(site.address), shop)
    _read_by_the_shop(site, signed_in(site, new_context, manager, viewport=PHONE))


def _open_again(first: Page) -> Page:
    """The page anew, the line being back; the answer to the first thing sent is lost on its way."""
    context, address = first.context, first.url
    first.close()
    lost: list[str] = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    context.route("**/answer", lose)
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-status]")).to_contain_text("没有网络")
    assert len(lost) == 1
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-status]")).to_have_text("都已保存到系统。")
    return page


def _assert_foreign(site: Site, new_context: NewContext, path: str, shop: str) -> None:
    """Another county knows nothing of it."""
    elsewhere = signed_in(site, new_context, new_account(site, "regulator", division_code="330212"))
    for foreign in (path, f"{path}/record.pdf", f"/regulator/inspections/new?shop={shop}"):
        assert elsewhere.request.get(foreign).status == 404
    assert path not in elsewhere.request.get("/regulator/inspections/?show=done").text()


def _read_by_the_shop(site: Site, own: Page) -> None:
    own.goto("/shop/inspections/")
    _assert_good(own)
    follow(own.get_by_role("link", name=site.province.names["inspected"]))
    expect(own.get_by_text("缺一名检验员").first).to_be_visible()
    _assert_good(own)
    shown = own.request.get(str(own.get_by_role("link", name="照片 1").get_attribute("href")))
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")


def test_lots_are_drawn_and_can_be_drawn_again(
    site: Site, shop: str, officers: tuple[str, str], new_context: NewContext
) -> None:
    page = signed_in(site, new_context, officers[0], viewport=PHONE)
    page.goto("/regulator/inspections/draws/")
    page.get_by_label("抽取家数").fill("3")
    page.get_by_label("勘验日期").fill("2027-01-05")
    _assert_good(page)
    follow(page.get_by_role("button", name="抽取并安排"))
    expect(page.get_by_text("重抽一遍，结果相同")).to_be_visible()
    expect(page.get_by_role("link", name=site.province.names["inspected"])).to_be_visible()
    _assert_good(page)
    page.goto("/regulator/inspections/suggested")
    expect(heading(page)).to_contain_text("建议抽查")
    _assert_good(page)


def test_a_filing_ends_at_the_shops_request_and_is_restored(
    site: Site, shop: str, officers: tuple[str, str], manager: str, new_context: NewContext
) -> None:
    own = signed_in(site, new_context, manager, viewport=PHONE)
    own.goto("/shop/filing/")
    follow(own.get_by_role("link", name="不再经营？注销备案"))
    _assert_good(own)
    own.get_by_label("注销原因").select_option(label="其他")
    follow(own.get_by_role("button", name="申请注销"))
    expect(own.get_by_role("alert")).to_contain_text("请写明原因")
    own.get_by_label("注销原因").select_option(label="不再经营")
    follow(own.get_by_role("button", name="申请注销"))
    expect(own.get_by_role("button", name="撤回申请")).to_be_visible()
    # The officer finds it among the changes, agrees, and the public reads it
    page = signed_in(site, new_context, officers[0], viewport=PHONE)
    page.goto("/regulator/filings/?show=changes")
    expect(heading(page)).to_have_text("等审核的变更申请 1 件")
    follow(page.get_by_role("link", name=site.province.names["inspected"]))
    _assert_good(page)
    follow(page.get_by_role("button", name="注销备案"))
    expect(page.get_by_text("没有收到终止经营以后结算的记录。")).to_be_visible()
    _assert_good(page)
    public = new_context(viewport=PHONE).new_page()
    public.goto(f"/shops/filed?division={DIVISION}&state=cancelled")
    expect(heading(public)).to_have_text("备案企业 1 家")
    _assert_good(public)
    table = public.request.get(f"/shops/filed.csv?division={DIVISION}")
    assert "已注销" in table.text()
    again = public.request.get(
        f"/shops/filed.csv?division={DIVISION}", headers={"If-None-Match": table.headers["etag"]}
    )
    assert again.status == 304
    # It is taken back with a reason, and the list says so
    page.get_by_label("恢复的原因").fill("企业仍在经营")
    follow(page.get_by_role("button", name="恢复备案"))
    expect(page.get_by_role("heading", name="注销备案 已恢复")).to_be_visible()
    (listed,) = public.request.get(f"/shops/filed.json?division={DIVISION}").json()["shops"]
    assert (listed["filing_state"], listed["company_code"]) == ("已备案", shop)
    public.goto("/shops/filed?division=33")
    expect(public.get_by_role("alert")).to_contain_text("请填写六位行政区划代码")
    # A filing that ends soon is reminded of from its list
    site.province.connection.execute(
        "update enterprise set license_end_on = current_date + 20 where company_code = %s", [shop]
    )
    site.province.connection.commit()
    page.goto("/regulator/filings/expiring")
    _assert_good(page)
    follow(page.get_by_role("button", name="提醒选中的企业"))
    expect(page.get_by_label("标题")).to_have_value("请核对备案信息的有效期")
    site.province.connection.execute("update enterprise set license_end_on = null where company_code = %s", [shop])
    site.province.connection.commit()
