"""运行考核 in a browser: a province and a prefecture read the table, drill down, and a month is frozen by hand."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

from playwright.sync_api import BrowserContext, Page, expect

from chedang.quality import tallying
from chedang.site.databases import named_database
from chedang.supervision.assessment_months import name_of, newest_over
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import _assert_good

Contexts = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}


def enter(site: Site, new_context: Contexts, division_code: str, *, scripts: bool = False) -> Page:
    page = new_context(viewport=PHONE, java_script_enabled=scripts).new_page()
    name = new_account(site, "regulator", division_code=division_code)
    fill_in_sign_in(page, name, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def freeze_two_months(site: Site) -> None:
    """浙江 in October and November, and the counties of 杭州."""

    def work() -> None:
        with named_database(site.database_url, "default"):
            from tests.integration.supervision.frozen_months import FROZEN_AT, NOVEMBER, area, keep, measures

            october = [area("330100", connected=5), area("330200"), area("330300", filed=0, connected=0)]
            keep(measures("330000", october))
            keep(measures("330100", [area("330106"), area("330110", connected=3)]))
            november = [area("330100", connected=7), area("330200", connected=6), area("330300", connected=6)]
            keep(measures("330000", november, NOVEMBER), now=FROZEN_AT)
            keep(measures("330100", [area("330106"), area("330110")], NOVEMBER), now=FROZEN_AT)

    with ThreadPoolExecutor(1) as threads:  # the browser's own loop runs in this one
        threads.submit(work).result()


def count_uploads(site: Site) -> None:
    connection = site.province.connection
    tallying.refresh_shops(connection, clock=lambda: datetime.now(UTC))
    while tallying.follow(connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    connection.commit()


def test_a_table_is_read_from_its_rank_down_to_the_shops_behind_it(site: Site, new_context: Contexts) -> None:
    freeze_two_months(site)
    # given the province's officer
    page = enter(site, new_context, "330000", scripts=True)
    page.goto("/regulator/assessment/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2026年11月运行考核：3 个地区")
    _assert_good(page)
    follow(page.get_by_role("link", name="看排名"))
    _assert_good(page)
    rows = page.locator("#table + .scroll tbody tr")
    expect(rows.nth(0)).to_contain_text("杭州市")
    expect(rows.nth(0)).to_contain_text("↑ 1")
    # two with the same points share the second place, and one of them was not scored the month before
    assert [row.split()[:2] for row in rows.all_inner_texts()[1:]] == [["宁波市", "2"], ["温州市", "2"]]
    expect(rows.nth(2).locator("td").nth(2)).to_have_text("–")
    follow(page.get_by_role("columnheader", name="地区").get_by_role("link"))
    assert "sort=code" in page.url
    expect(page.locator("th[aria-sort]")).to_have_text("地区")
    # when it opens one, every step is there, and leads to the list behind it
    follow(page.get_by_role("link", name="杭州市"))
    _assert_good(page)
    expect(page.get_by_role("heading", name="覆盖率：25.00 / 25 分")).to_be_visible()
    expect(page.get_by_role("heading", name="部省交换：不计入（10 分）")).to_be_visible()
    card = page.locator("section", has=page.get_by_role("heading", name="投诉办结"))
    for said in ("分子\n3", "分母\n4", "75.00%", "60% → 100%", "1.88 / 5.00"):
        assert said in card.inner_text()
    score = page.get_by_role("heading", level=1).inner_text()
    told = page.request.get(f"{page.url}/figures.json").json()
    assert f"杭州市 {told['score']} 分，排第 1" in score
    assert told["measures"]["classes"]["02"]["connected"] == 7
    # and goes on to the counties
    follow(page.get_by_role("link", name="下级地区的排名"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 个地区的排名")
    # the file says the same, and that it was taken is written down
    answer = page.request.get("/regulator/assessment/2026-11.csv?scope=330000")
    table = BytesIO(answer.body()).read().decode("utf-8-sig").splitlines()
    assert table[1].startswith(f"1,330100,杭州市,{told['score']},")
    assert page.request.get("/regulator/assessment/2026-11.xlsx").ok
    assert page.request.get("/regulator/assessment/2026-11.svg").headers["content-type"].startswith("image/svg+xml")


def test_a_prefecture_sees_how_the_others_stand_but_not_their_figures(site: Site, new_context: Contexts) -> None:
    freeze_two_months(site)
    page = enter(site, new_context, "330200")
    page.goto("/regulator/assessment/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("在浙江省排第 2")
    follow(page.get_by_role("link", name="看排名"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 个地区中排第 2")
    expect(page.get_by_role("link", name="宁波市", exact=True)).to_have_count(1)
    expect(page.get_by_role("link", name="杭州市")).to_have_count(0)
    for foreign in (
        "2026-11/330100",
        "2026-11/330106",
        "2026-11/330000",
        "2026-11/330000/figures.json",
        "2026-11/990000",
        "2026-11?scope=330100",
        "2026-11.csv?scope=320000",
        "2026-13",
        "2019-01",
        "2026-11/../330100",
    ):
        assert page.request.get(f"/regulator/assessment/{foreign}").status == 404, foreign
    assert page.request.get("/regulator/assessment/2026-11/330200").ok
    # a county has its place among those of its prefecture, and sees the prefecture's
    county = enter(site, new_context, "330110")
    county.goto("/regulator/assessment/2026-10")
    expect(county.get_by_role("heading", level=1)).to_contain_text("2 个地区中排第 2")
    follow(county.get_by_role("navigation", name="看哪一级的排名").get_by_role("link", name="浙江省", exact=True))
    expect(county.get_by_role("heading", level=1)).to_contain_text("3 个地区的排名")
    assert county.request.get("/regulator/assessment/2026-10/330106").status == 404
    assert county.request.get("/regulator/assessment/2026-10/330110").ok


def test_a_month_that_has_none_is_frozen_by_hand_once(site: Site, new_context: Contexts) -> None:
    site.province.connection.execute("truncate supervision_snapshot cascade")
    site.province.connection.commit()
    over = name_of(newest_over(datetime.now(UTC)))
    page = enter(site, new_context, "330000")
    page.goto("/regulator/assessment/")
    expect(page.get_by_role("heading", name="运行考核：还没有固定的月份")).to_be_visible()
    other_tab = page.context.new_page()
    other_tab.goto("/regulator/assessment/")
    page.get_by_label("月份", exact=True).select_option(over)
    count_uploads(site)
    follow(page.get_by_role("button", name="固定这个月"))
    expect(page.get_by_role("status")).to_contain_text("已固定")
    expect(page.get_by_text("由人工固定。")).to_be_visible()
    # from another tab once more: nothing happens
    other_tab.get_by_label("月份", exact=True).select_option(over)
    follow(other_tab.get_by_role("button", name="固定这个月"))
    expect(other_tab.get_by_role("status")).to_contain_text("没有再做什么")
    connection = site.province.connection
    found = connection.execute(
        "select count(*), min(object_id) from access_audit_event"
        " where action = 'assessment:freeze' and object_id like '330000/%'"
    ).fetchone()
    kept = connection.execute("select count(*) from supervision_snapshot where division_code = '330000'").fetchone()
    sent = connection.execute("select key from exchange_document where node_code = ''").fetchall()
    connection.execute("delete from exchange_document")
    connection.commit()
    assert (found, kept) == ((1, f"330000/{over}"), (1,))
    assert [key.startswith(f"month/{over}-") for (key,) in sent] == [True]
    # who does not answer for the node cannot, and is not asked to
    city = enter(site, new_context, "330100")
    city.goto("/regulator/assessment/")
    expect(city.get_by_role("button", name="固定这个月")).to_have_count(0)
