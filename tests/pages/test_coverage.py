"""统计 in a browser: from the province down to a county's shops, sorted rates, and a file that matches the page."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
from playwright.sync_api import BrowserContext, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.counting import count_statistics
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import _assert_good

PHONE = {"width": 320, "height": 640}


def test_an_officer_goes_down_to_a_county_and_takes_the_figures_away(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    # given counted figures, and an officer of the province on a small phone
    count_statistics(site.database_url)
    page = new_context(viewport=PHONE).new_page()
    name = new_account(site, "regulator", division_code="330000")
    fill_in_sign_in(page, name, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    # when they open the coverage, each class stands against its target, with the formula beside it
    page.goto("/regulator/coverage")
    expect(page.get_by_role("heading", name="覆盖率：浙江省")).to_be_visible()
    expect(page.get_by_text("已对接企业数 ÷ 备案且在营业的企业数", exact=False)).to_have_count(1)
    whole = page.locator("#areas-table tbody tr").filter(has_text="杭州市").locator("td").all_inner_texts()
    drawn = page.request.get(page.locator("img[src*='trend.svg']").get_attribute("src") or "")
    assert drawn.ok
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    _assert_good(page)
    # and go down, the prefecture's only county has the same figures
    follow(page.get_by_role("link", name="杭州市", exact=True))
    counties = page.locator("#areas-table tbody tr")
    summed = sum(int(each) for each in counties.locator("td:nth-child(11)").all_inner_texts())
    assert summed == int(whole[9])
    # the way up stands above the heading; nothing lies above the province
    expect(page.locator(".trail a")).to_have_count(2)
    # when they look at the rates by class, sorted
    page.goto("/regulator/rates?by=category&period=30_days")
    follow(page.locator("#parts-table").get_by_role("link", name="收到记录"))
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("收到记录")
    received = [int(text) for text in page.locator("#parts-table tbody td:nth-child(5)").all_inner_texts()]
    assert received == sorted(received, reverse=True)
    _assert_good(page)
    # then the file has what the page shows
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))["数据"]
    column = [cell.value for cell in sheet[1]].index("收到记录") + 1
    assert [sheet.cell(row, column).value for row in range(2, sheet.max_row + 1)] == received
    # nonsense is told, and what was chosen stays
    page.goto("/regulator/rates?period=own&from=x&to=y")
    expect(page.get_by_role("alert")).to_contain_text("日期请按 2026-11-01 的样子填写")


def test_a_long_table_is_made_in_the_background(site: Site, new_context: Callable[..., BrowserContext]) -> None:
    # given an officer with scripts
    page = new_context().new_page()
    name = new_account(site, "regulator", division_code="330100")
    fill_in_sign_in(page, name, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    # when they ask for the list of shops, the page watches until it is there
    page.goto("/regulator/exports/")
    page.get_by_label("表").select_option("shops")
    follow(page.get_by_role("main").get_by_role("button", name="导出"))
    expect(page.get_by_role("heading", name="企业上传情况已经做好")).to_be_visible(timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))["数据"]
    codes = [sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1)]
    assert site.province.shops["west lake"] in codes
    assert site.province.shops["ningbo"] not in codes
    # and the live board says how much came in, in a sentence
    page.goto("/regulator/live")
    expect(page.locator("#summary")).to_contain_text("近一小时收到")
    _assert_good(page)
