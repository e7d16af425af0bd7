"""What a shop's data brings it, in a browser: badge, rework, hours beside the city's, everything to take away."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.quality.counting import count_due
from chedang.records.model import ProjectText
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car, Province
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import _assert_good

Contexts = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}
_TABLES = "shop_figures, shop_hours, city_hours, city_item, city_round, shop_badge"


def repair(
    province: Province, shop: str, car: Car, days_ago: int, *, item: str = "更换机油", hours: str = "0.5"
) -> None:
    on, items = TODAY - timedelta(days=days_ago), (ProjectText(item, hours),)
    number = f"WHY {shop} {days_ago} {item}"
    province.upload(shop, car, on, str(70_000 - days_ago), number=number, projects=items)


@pytest.fixture
def counted(site: Site) -> Iterator[str]:
    """A shop of its own with half a year of records, six others in its city; counted and judged. Gives its code."""
    province = site.province
    if "why shop" not in province.shops:
        for number in range(7):
            name = "why shop" if number == 0 else f"why other {number}"
            province.add_shop(name, 70 + number, division_code="330402", is_approved=True)
            car = Car(f"浙F6W0{number:02}", make_vin(Random(f"why {number}")))
            for visit in range(5):
                repair(province, name, car, 3 + visit * 30, hours="0.8" if number == 0 else f"0.{3 + visit}")
        pump_car = Car("浙F6W099", make_vin(Random("why pump")))
        for days in (60, 55):
            repair(province, "why shop", pump_car, days, item="更换水泵", hours="2")
        province.connection.commit()
    province.connection.execute(f"truncate {_TABLES}")
    count_due(province.connection, now=datetime.now(UTC), seconds=60)
    yield province.shops["why shop"]
    province.connection.execute(f"truncate {_TABLES}")
    province.connection.commit()


def judge_badges(site: Site) -> None:
    """What the worker does every hour; Django's own connection leads elsewhere in this process."""
    from chedang.quality import store
    from chedang.quality.badge_rules import Standing, judge
    from chedang.quality.parameters import load_parameters

    connection, parameters = site.province.connection, load_parameters()
    for page in store.judged_shops(connection):
        for code, figures in store.read_figures(connection, [code for code, _is_approved in page]).items():
            standing = Standing(dict(page)[code], 0, 0)
            badge = judge(figures, standing, parameters.badge, today=TODAY)
            store.save_badge(connection, code, badge, version=parameters.version, now=datetime.now(UTC))
    connection.commit()


def enter(site: Site, new_context: Contexts, code: str, **columns: str) -> Page:
    page = new_context(viewport=PHONE).new_page()
    username = new_account(site, "shop", company_code=code, **columns)
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def test_a_shop_sees_what_its_records_say_and_what_is_missing(site: Site, new_context: Contexts, counted: str) -> None:
    # given a shop with one rework among seven jobs
    judge_badges(site)
    shop = enter(site, new_context, counted)
    shop.goto("/shop/why")
    # then all but that is in order
    expect(shop.get_by_role("heading", name="离“可信维修企业”标识还差 1 项")).to_be_visible()
    expect(shop.get_by_role("listitem").filter(has_text="返修率不超过 3%")).to_contain_text("! 未达到")
    expect(shop.get_by_role("listitem").filter(has_text="按时上传率不低于 95%")).to_contain_text("✓ 达到")
    expect(shop.get_by_text("7 次结算的维修里，1 次之后")).to_be_visible()
    # and its hours stand beside those of six shops, the pump's beside nobody's
    oil = shop.get_by_role("row").filter(has_text="机油")
    expect(oil).to_contain_text("0.8 小时")
    expect(oil).to_contain_text("6 家 30 次")
    expect(oil).to_contain_text("多 0.3 小时")
    shop.get_by_text("1 个项目同城还没有可比的").click()
    expect(shop.get_by_role("row").filter(has_text="水泵")).to_contain_text("2 小时")
    _assert_good(shop)
    # the number opens its list, the list the records
    shop.get_by_text("看是哪些").click()
    follow(shop.get_by_role("link", name="后一次 1"))
    expect(shop.get_by_text("更换水泵").first).to_be_visible()


def test_the_badge_stands_where_owners_look_for_shops_and_goes_when_it_is_lost(
    site: Site, page: Page, counted: str
) -> None:
    judge_badges(site)
    other = site.province.names["why other 1"]
    page.goto(f"/shops/{site.province.shops['why other 1']}/")
    expect(page.get_by_text("✓ 可信维修企业")).to_be_visible()
    follow(page.get_by_role("link", name="标识怎样取得"))
    expect(page.get_by_role("listitem").filter(has_text="联网满 90 天")).to_be_visible()
    _assert_good(page)
    page.goto(f"/shops/?words={other}")
    expect(page.get_by_text("✓ 可信维修企业")).to_be_visible()
    page.goto(f"/shops/{counted}/")
    expect(page.get_by_text("可信维修企业", exact=True)).to_have_count(0)


def test_who_manages_a_shop_takes_everything_away(site: Site, new_context: Contexts, counted: str) -> None:
    manager = enter(site, new_context, counted)
    manager.goto("/shop/export")
    _assert_good(manager)
    with manager.expect_download() as waiting:
        manager.get_by_role("button", name="下载压缩包").click()
    assert waiting.value.suggested_filename == f"chedang-{counted}-{TODAY:%Y%m%d}.zip"
    archive = ZipFile(io.BytesIO(waiting.value.path().read_bytes()))
    assert archive.read("records.ndjson").decode().count("\n") == 7
    event = site.province.connection.execute(
        "select object_id from access_audit_event where action = 'enterprise:export' order by at desc limit 1"
    ).fetchone()
    site.province.connection.commit()
    assert event == (counted,)
    # a clerk does not, and is told whom to ask
    clerk = enter(site, new_context, counted, shop_post="clerk")
    clerk.goto("/shop/export")
    expect(clerk.get_by_text("请找本店负责人")).to_be_visible()
