"""The work queue: from signing in to twenty reminders sent, the ladder by hand, and the end when it is put right."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.site.databases import named_database
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]
DIVISION = "330122"  # a county without any other shop
SHOPS = 20
MOST_PAGES = 5
MOST_KEYS = 40
"""Beyond the name and the password."""


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


@pytest.fixture
def shops(site: Site) -> Iterator[list[str]]:
    """Twenty shops of which nothing has come in for 20 days, as the worker counted them."""
    province, codes = site.province, []
    for place in range(SHOPS):
        name = f"silent {place}"
        if name not in province.shops:
            province.add_shop(name, 4000 + place, division_code=DIVISION, is_approved=True)
        codes.append(province.shops[name])
        _see(site, codes[-1], silent_days=31 + place)
    yield codes
    province.connection.execute("delete from counted_shop where division_code = %s", [DIVISION])
    province.connection.commit()


def _see(site: Site, company_code: str, *, silent_days: int) -> None:
    """What the worker has counted of a shop."""
    site.province.connection.execute(
        "insert into counted_shop (company_code, company_name, division_code, category_code, is_filed, is_in_business, "
        "filed_on, vendor, maker_code, first_on, last_on) select company_code, company_name, division_code, "
        "category_code, true, true, %(filed)s, '', '', %(filed)s, %(last)s from enterprise "
        "where company_code = %(code)s "
        "on conflict (company_code) do update set last_on = excluded.last_on, first_on = excluded.first_on, "
        "is_filed = true, filed_on = excluded.filed_on",
        {"code": company_code, "filed": TODAY - timedelta(days=200), "last": TODAY - timedelta(days=silent_days)},
    )
    site.province.connection.commit()


def _signed_in(site: Site, page: Page, role: str, **columns: Any) -> str:
    username = new_account(site, role, **columns)
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return username


def _press(page: Page, keys: list[str], *, opens: bool = False) -> None:
    """Type like somebody without a mouse; the last key may lead to another page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    if opens:
        with page.expect_navigation():
            page.keyboard.press(keys[-1])
    else:
        page.keyboard.press(keys[-1])


def _tab_to(page: Page, target: Any) -> int:
    """Press Tab until ``target`` has the focus; gives how often. From the skip link on, as a person would go."""
    pressed = 0
    page.keyboard.press("Tab")  # 跳到主要内容
    page.keyboard.press("Enter")
    while not target.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
        pressed += 1
        assert pressed < MOST_KEYS, "cannot be reached by keyboard"
    return pressed + 2


def test_from_signing_in_to_twenty_reminders_without_a_mouse_and_none_is_sent_twice(
    site: Site, shops: list[str], page: Page, new_context: NewContext
) -> None:
    # Given twenty silent shops and an officer who has only a keyboard
    opened: list[str] = []
    page.on("framenavigated", lambda frame: opened.append(frame.url))
    begun = datetime.now(UTC)
    _signed_in(site, page, "regulator", division_code=DIVISION)
    expect(heading(page)).to_have_text(re.compile("今天要办 [0-9]+ 件"))
    _assert_good(page)
    # When the first row is opened, all of its list is ticked, looked at and sent
    keys = _tab_to(page, page.locator("a[data-waits]").first) + 1
    waiting = page.locator("a[data-waits]").all_inner_texts()
    assert sum(int(re.sub("[^0-9]", "", text.rsplit("：", 1)[1])) for text in waiting if "未上传" in text) == SHOPS
    _press(page, ["Enter"], opens=True)
    expect(heading(page)).to_have_text(re.compile("未上传，还没提醒：20 家"))
    _assert_good(page)
    keys += _tab_to(page, page.get_by_role("checkbox", name="选中全部 20 家（符合当前条件）")) + 1
    _press(page, ["Space"])
    _press(page, ["Tab", "Enter"], opens=True)
    keys += 2
    expect(heading(page)).to_have_text("提醒 20 家企业")
    expect(page.get_by_text(re.compile("最近一次上传维修电子记录是：从未上传"))).to_be_visible()
    _assert_good(page)
    send = page.get_by_role("button", name="发给 20 家")
    form = page.locator("form", has=send)
    again = {
        field["name"]: field["value"]
        for field in form.evaluate("form => [...new FormData(form)].map(([name, value]) => ({name, value}))")
    } | {"deed": "send"}
    keys += _tab_to(page, send) + 1
    _press(page, ["Enter"], opens=True)
    # Then twenty shops have it, after few pages and few keys
    expect(page.get_by_role("status")).to_contain_text("已提醒 20 家企业")
    seconds = (datetime.now(UTC) - begun).total_seconds()
    pages = len({url.split("#")[0] for url in opened if url != "about:blank"})
    told = f"from signing in to 20 reminders: {pages} pages, {keys} keys, {seconds:.1f} s of the script"
    sys.stdout.write(told)
    assert pages <= MOST_PAGES, told
    assert keys <= 3 * MOST_KEYS, told
    notice = page.url
    # Pressed once more, nothing goes out
    answer = page.request.post("/regulator/remind", form=again, headers={"Referer": page.url})
    assert answer.url == notice
    count = site.province.connection.execute(
        "select count(*), count(distinct company_code) from supervision_recipient where company_code = any(%s)", [shops]
    ).fetchone()
    site.province.connection.commit()
    assert count == (SHOPS, SHOPS)
    # A second officer of the county finds nobody left to remind, and is told why
    page.goto("/regulator/remind?concern=silent&who=all")
    expect(page.get_by_text("20 家在 7 天内提醒过同一事项，这次不发")).to_be_visible()
    expect(heading(page)).to_have_text("提醒 0 家企业")
    # Another county sees none of them
    elsewhere = new_context().new_page()
    _signed_in(site, elsewhere, "regulator", division_code="330212")
    assert elsewhere.request.get(f"/regulator/shops/{shops[0]}").status == 404
    assert elsewhere.request.get(f"/regulator/shops/?scope={DIVISION}").status == 404
    assert site.province.names["silent 0"] not in elsewhere.request.get("/regulator/shops/").text()


def test_an_officer_with_a_phone_goes_up_the_ladder_and_the_reminder_ends_by_itself(
    site: Site, shops: list[str], new_context: NewContext
) -> None:
    # Given an officer with a phone who reminds one shop from its page
    if "ladder" not in site.province.shops:
        site.province.add_shop("ladder", 4100, division_code=DIVISION, is_approved=True)
    shop = site.province.shops["ladder"]
    _see(site, shop, silent_days=20)
    county = new_context(viewport=PHONE).new_page()
    _signed_in(site, county, "regulator", division_code=DIVISION)
    county.goto(f"/regulator/shops/{shop}")
    expect(county.get_by_role("heading", name="! 未上传")).to_be_visible()
    follow(county.get_by_role("link", name="提醒", exact=True))
    county.get_by_text("改文字").click()
    county.get_by_label("正文").fill("{余额}")
    follow(county.get_by_role("button", name="发给 1 家"))
    expect(county.get_by_role("alert")).to_contain_text("“余额”不能自动填写")
    _assert_good(county)
    county.get_by_label("正文").fill("{企业名称}：请上传。")
    follow(county.get_by_role("button", name="发给 1 家"))
    # The shop opens it, and the officer sees when
    county.goto(f"/regulator/shops/{shop}")
    expect(county.get_by_text("还没有打开")).to_be_visible()
    clerk = new_context(viewport=PHONE).new_page()
    _signed_in(site, clerk, "shop", company_code=shop, shop_post="clerk")
    clerk.goto("/shop/notices/")
    follow(clerk.get_by_role("link", name="请及时上传维修电子记录"))
    county.reload()
    expect(county.get_by_text(re.compile("打开，看提醒"))).to_be_visible()
    # When the officer goes up the ladder at once: nobody has left a phone, which is said; a letter is printed
    follow(county.get_by_role("button", name="现在发短信"))
    expect(county.get_by_role("alert")).to_contain_text("没有负责人的手机号码")
    _assert_good(county)
    letter = county.get_by_role("button", name="打印督促函")
    token = county.locator("[name=csrfmiddlewaretoken]").first.input_value()
    name = county.locator("[name=letter]").first.input_value()
    fields = {"csrfmiddlewaretoken": token, "shop": shop, "letter": name, "deed": "letter"}
    expect(letter).to_be_visible()
    for _pressed_twice in range(2):
        pdf = county.request.post("/regulator/reminders/climb", form=fields, headers={"Referer": county.url})
        assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
        assert pdf.url.endswith(f"/regulator/letters/{name}.pdf")
    # An order to correct is written into the case
    follow(county.get_by_role("link", name="责令改正或督办"))
    county.get_by_label("需要改正的内容").fill("补传记录")
    county.get_by_label("依据").select_option(index=1)
    follow(county.get_by_role("button", name="发出", exact=True))
    # Then, as soon as something came in, the case ends with what was seen
    _see(site, shop, silent_days=0)
    _let_the_worker_look(site)
    county.goto(f"/regulator/shops/{shop}")
    expect(county.get_by_text("已自行改正").first).to_be_visible()
    expect(county.locator("ol.line").first.locator("li")).to_have_count(5)
    expect(county.get_by_text("系统").first).to_be_visible()
    _assert_good(county)


def _let_the_worker_look(site: Site) -> None:
    """What the worker does every ten minutes, in a thread that may use Django."""

    def look() -> None:
        with named_database(site.database_url, "default"):
            from chedang.site.regulator.queue.jobs import close_fixed

            close_fixed(datetime.now(UTC))

    with ThreadPoolExecutor(1) as threads:
        threads.submit(look).result()
