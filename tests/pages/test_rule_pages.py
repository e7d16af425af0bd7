"""规则说明: every code has an anchor and a page of its own, for anybody, and the interface's links lead there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from chedang.records.catalogue import load_catalogue


def test_every_code_has_an_anchor_and_leads_to_its_page(page: Page) -> None:
    page.goto("/findings/")
    expect(page.get_by_role("heading", level=1)).to_have_text("记录会被指出哪些问题")
    anchors = page.locator("main li[id]").evaluate_all("found => found.map(one => one.id)")
    assert anchors == list(load_catalogue())
    page.get_by_role("link", name="VIN_LENGTH", exact=True).click()
    expect(page).to_have_url("/findings/VIN_LENGTH/")


def test_a_code_is_explained_with_an_example_before_and_after(page: Page) -> None:
    page.goto("/findings/VIN_LENGTH/")
    expect(page.get_by_role("heading", level=1)).to_have_text("车架号有 16 位，应为 17 位。")
    main = page.get_by_role("main")
    expect(main.get_by_text("✕ 有错误")).to_be_visible()
    expect(main.get_by_text("请按行驶证核对，补上漏掉的或删去多出的字符。")).to_be_visible()
    expect(main.get_by_role("definition").nth(0)).to_have_text("LXXR9S194MB29290")
    expect(main.get_by_role("definition").nth(1)).to_have_text("LXXR9S194MB292903")
    main.get_by_role("link", name="记录会被指出哪些问题").click()
    expect(page).to_have_url("/findings/")


def test_a_spoilt_spreadsheet_is_shown_as_one(page: Page) -> None:
    page.goto("/findings/FILE_CELL_IS_DATE/")
    table = page.get_by_role("table", name="这样的表格会出现")
    expect(table.get_by_role("columnheader")).to_have_text(["结算清单编号", "配件名称", "配件数量"])
    expect(table.get_by_role("cell")).to_have_text(["JS001", "机油", "2026-03-05"])


def test_every_page_of_a_code_is_there_and_no_other(page: Page) -> None:
    for code in load_catalogue():
        answer = page.request.get(f"/findings/{code}/")
        assert answer.status == 200, code
        assert "{" not in answer.text().replace("{&quot;costlistcode", ""), code
    assert page.request.get("/findings/NO_SUCH_CODE/").status == 404


def test_the_footer_leads_there_and_english_is_english(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="规则说明").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the rules can find in a record")
    page.goto("/findings/FAULT_TOO_LONG/")
    expect(page.get_by_role("main")).to_contain_text("Keep it shorter; what was received has not been changed.")


def test_a_shop_reaches_the_example_from_its_own_record(page: Page, sign_in: Callable[[Page, str], Page]) -> None:
    sign_in(page, "demo-shop").goto("/shop/records/?show=doubtful")
    link = page.get_by_role("main").get_by_role("link", name="例子").first
    address = link.get_attribute("href") or ""
    link.click()
    expect(page).to_have_url(address)
    expect(page.get_by_role("heading", name="怎么办")).to_be_visible()
