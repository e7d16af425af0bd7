"""半年报告 and 公告: from one click to Word; from a draft over a colleague's eyes to everybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

import docx
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.counting import count_statistics
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]
ATOM = "{http://www.w3.org/2005/Atom}"


def signed_in(site: Site, new_context: NewContext, division_code: str) -> Page:
    page = new_context(viewport=PHONE).new_page()
    fill_in_sign_in(
        page, new_account(site, "regulator", division_code=division_code), site.logins["demo-owner"].password
    )
    page.wait_for_load_state()
    return page


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def test_a_half_year_report_in_one_click_whose_texts_stay_when_figures_change(
    site: Site, new_context: NewContext
) -> None:
    # Given an officer of a city whose shops have uploaded
    count_statistics(site.database_url)
    officer = signed_in(site, new_context, "330100")
    officer.goto("/regulator/reports/")
    _assert_good(officer)
    # When the report is begun, it has every chapter, and figures that lead back to their query
    follow(officer.get_by_role("button", name="编报告"))
    expect(officer.get_by_role("heading", name="七、建设运行管理")).to_be_visible()
    _assert_good(officer)
    address = officer.url
    figure = officer.get_by_role("region", name="表 1").get_by_role("link").first
    shown = figure.inner_text()
    follow(figure)
    expect(heading(officer)).to_contain_text(shown)
    _assert_good(officer)
    follow(officer.get_by_role("link", name="再算一遍"))
    expect(officer.get_by_text("与报告相同")).to_be_visible()
    officer.get_by_text("查询 quality/statistics.sql").click()
    expect(officer.get_by_text("from counted_shop as shop")).to_be_visible()
    # When a text is changed, names in braces become figures, and a name that is none is refused
    officer.goto(address)
    follow(officer.get_by_role("link", name="改“（三）经费”的文字"))
    officer.get_by_label("文字").fill("投入 12 万元，覆盖率 {覆盖绿}。")
    follow(officer.get_by_role("button", name="保存"))
    expect(officer.get_by_role("alert")).to_contain_text("覆盖绿")
    officer.get_by_label("文字").fill("投入 12 万元，覆盖率 {覆盖率}。")
    follow(officer.get_by_role("button", name="保存"))
    paragraph = officer.get_by_text("投入 12 万元")
    before = paragraph.inner_text()
    # When more records come in, refreshing changes the figures and leaves the text
    name = "reported late"
    site.province.add_shop(name, 88, division_code="330127", is_approved=True)
    count_statistics(site.database_url)
    follow(officer.get_by_role("button", name="更新数据"))
    expect(officer.get_by_role("status")).to_have_text("数据已更新，文字没有改动。")
    assert paragraph.inner_text() != before
    expect(paragraph).to_contain_text("投入 12 万元，覆盖率")
    # Then two downloads are one and the same Word file, which says what the page says
    first, second = (officer.request.get(f"{address}/word").body() for _ in range(2))
    assert first == second
    text = "\n".join(each.text for each in docx.Document(BytesIO(first)).paragraphs)
    assert paragraph.inner_text().replace("\n", "") in text
    frozen = json.loads(officer.request.get(f"{address}/snapshot").body())
    assert frozen["scope"] == "330100"
    # And another city's officer finds none of it
    elsewhere = signed_in(site, new_context, "330200")
    for rest in ("", "/word", "/snapshot", "/print", "/texts/funds", "/figures/text.coverage"):
        assert elsewhere.request.get(address + rest).status == 404


def test_two_officers_bring_a_report_from_one_click_to_issued(site: Site, new_context: NewContext) -> None:
    # Given two officers of one county and last half-year's report, begun with one click
    count_statistics(site.database_url)
    officer, colleague = (signed_in(site, new_context, "330106") for _ in range(2))
    officer.goto("/regulator/reports/")
    officer.get_by_label("哪个半年").select_option(index=1)
    follow(officer.get_by_role("button", name="编报告"))
    address = officer.url
    # Then it cannot be issued while the template still asks for words
    expect(officer.get_by_text("没有内容的写“无”")).to_be_visible()
    expect(officer.get_by_role("button", name="印发")).to_have_count(0)
    _assert_good(officer)
    # When both write the same text, the second reads what the first wrote
    officer.goto(f"{address}/texts/funds")
    colleague.goto(f"{address}/texts/funds")
    officer.get_by_label("文字").fill("投入 12 万元，覆盖率 {覆盖率}。")
    follow(officer.get_by_role("button", name="保存"))
    colleague.get_by_label("文字").fill("没有投入。")
    follow(colleague.get_by_role("button", name="保存"))
    expect(colleague.get_by_role("alert")).to_contain_text("刚才被别人改过")
    expect(colleague.get_by_text("投入 12 万元，覆盖率 {覆盖率}。")).to_be_visible()
    # And the colleague fills the others while the first looks at the report
    token = colleague.locator("main [name=csrfmiddlewaretoken]").first.input_value()
    officer.goto(address)
    for key in ("organisation", "deployment", "head_office", "sharing", "infrastructure", "standards", "problems"):
        send(colleague, f"{address}/texts/{key}", token, text="无")
    follow(officer.get_by_role("link", name="（五）下一步工作", exact=True))
    officer.get_by_label("文字").fill("继续。")
    follow(officer.get_by_role("button", name="保存"))
    colleague.goto(address)
    officer.goto(f"{address}/texts/problems")
    officer.get_by_label("文字").fill("三类企业覆盖不足。")
    follow(officer.get_by_role("button", name="保存"))
    follow(colleague.get_by_role("button", name="印发"))
    expect(colleague.get_by_role("alert")).to_contain_text("刚才被别人改过，请看过以后再印发")
    follow(colleague.get_by_role("button", name="印发"))
    # Then nobody changes it, and what is downloaded is what was issued
    expect(colleague.get_by_role("status")).to_have_text("报告已印发，不再改动。")
    expect(colleague.get_by_role("main").get_by_role("button")).to_have_count(0)
    assert send(officer, f"{address}/texts/next", token_of(officer), text="再改", revision="1") == 409
    issued = officer.request.get(f"{address}/word").body()
    expect(colleague.get_by_text(sha256(issued).hexdigest())).to_be_visible()
    assert "投入 12 万元，覆盖率" in officer.request.get(f"{address}/print").text()
    # And a figure leads to its list, of the same division, days and class
    filed = colleague.get_by_role("region", name="表 1").get_by_role("row", name="一类").get_by_role("link").first
    count = filed.inner_text().removesuffix(" 家")
    follow(filed)
    follow(colleague.get_by_role("link", name="看现在的名单"))
    share = colleague.get_by_role("row").filter(has_text="覆盖率（对接率）").first
    expect(share.get_by_role("cell").nth(2)).to_have_text(count)
    year, half = heading_of(officer, address)
    asked = dict(parse_qsl(urlsplit(colleague.url).query))
    assert asked["scope"] == "330106"
    assert asked["category"] == "01"
    assert asked["from"] == f"{year}-{'01' if half == '上' else '07'}-01"


def token_of(page: Page) -> str:
    return page.locator("[name=csrfmiddlewaretoken]").first.input_value()


def send(page: Page, address: str, token: str, **form: str) -> int:
    """Send a form as the page of that address would; gives the status of what comes first."""
    given: dict[str, Any] = {"csrfmiddlewaretoken": token, "revision": "0"} | form
    answer = page.request.post(address, form=given, headers={"Referer": address}, max_redirects=0)
    return answer.status


def heading_of(page: Page, address: str) -> tuple[str, str]:
    """Year and half of a report."""
    page.goto(address)
    words = heading(page).inner_text()
    return words[:4], words[5]


def test_an_announcement_is_checked_by_a_colleague_before_everybody_reads_it(
    site: Site, new_context: NewContext
) -> None:
    # Given two officers of one city
    author, colleague = (signed_in(site, new_context, "330100") for _ in range(2))
    author.goto("/regulator/announcements/")
    follow(author.get_by_role("link", name="起草公告"))
    follow(author.get_by_role("button", name="保存草稿"))
    expect(author.get_by_role("alert")).to_contain_text("请填写标题")
    author.get_by_label("标题").fill("关于冬季安全生产的公告")
    author.get_by_label("正文").fill("一、检查举升机。\n\n二、检查电路。")
    follow(author.get_by_role("button", name="保存草稿"))
    author.get_by_label("附件名称").fill("检查表")
    author.get_by_label("PDF 文件").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"}
    )
    follow(author.get_by_role("button", name="加附件"))
    follow(author.get_by_role("button", name="送复核"))
    expect(author.get_by_text("起草人不能复核自己的公告。")).to_be_visible()
    expect(author.get_by_role("button", name="复核通过")).to_have_count(0)
    public_id = author.url.rsplit("/", 1)[-1]
    stranger = new_context(viewport=PHONE).new_page()
    assert stranger.request.get(f"/announcements/{public_id}").status == 404
    # When the colleague agrees and it is published
    colleague.goto("/regulator/announcements/")
    follow(colleague.get_by_role("link", name="关于冬季安全生产的公告"))
    _assert_good(colleague)
    follow(colleague.get_by_role("button", name="复核通过"))
    author.reload()
    follow(author.get_by_role("button", name="发布"))
    # Then everybody reads it, as a page, JSON, CSV and in the feed
    stranger.goto("/announcements/")
    _assert_good(stranger)
    follow(stranger.get_by_role("link", name="关于冬季安全生产的公告"))
    expect(stranger.get_by_text("二、检查电路。")).to_be_visible()
    expect(stranger.get_by_role("link", name="检查表")).to_be_visible()
    _assert_good(stranger)
    titles = [
        each["title"] for each in stranger.request.get("/announcements/announcements.json").json()["announcements"]
    ]
    assert titles == ["关于冬季安全生产的公告"]
    assert "关于冬季安全生产的公告" in stranger.request.get("/announcements/announcements.csv").text()
    feed = ElementTree.fromstring(stranger.request.get("/announcements/feed.xml").text())  # noqa: S314 - our own feed
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == titles
    # And withdrawn, the reason is what is left
    author.reload()
    author.get_by_text("撤下这份公告").click()
    author.get_by_label("撤下的原因").fill("日期写错")
    follow(author.get_by_role("button", name="撤下", exact=True))
    answer = stranger.reload()
    assert answer is not None
    assert answer.status == 410
    expect(stranger.get_by_text("日期写错")).to_be_visible()
    expect(stranger.get_by_text("检查电路")).to_have_count(0)
