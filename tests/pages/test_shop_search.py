"""Finding a shop: by place, class, brand and what owners say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.enterprises.profile_model import ShopProfile
from chedang.enterprises.profiles import keep_profile
from tests.pages.conftest import Site, follow
from tests.pages.test_pages_for_everybody import _assert_good

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def told(site: Site) -> Site:
    """The shop at West Lake alone has told where it lies and what it repairs."""
    province = site.province
    province.connection.execute("delete from shop_profile")
    profile = ShopProfile(
        company_code=province.shops["west lake"],
        latitude=Decimal("30.27000"),
        longitude=Decimal("120.15000"),
        brands=("云驰",),
        repairs_nev=True,
        opening_hours="每天 8:30–18:00",
        credit_grade="AAA",
        credit_year=2025,
    )
    keep_profile(province.connection, profile, by="tests", now=datetime.now(UTC))
    province.connection.commit()
    return site


def _names(page: Page) -> list[str]:
    return page.get_by_role("main").get_by_role("list").last.get_by_role("heading").all_inner_texts()


ALL = re.compile(r"^找到维修企业 \d+ 家$")
"""Other files have added shops of their own."""


def test_a_visitor_finds_shops_by_county_brand_and_grade(page: Page, told: Site) -> None:
    page.goto("/shops/")
    expect(page.get_by_role("heading", level=1)).to_have_text(ALL)
    expect(page.get_by_role("main")).to_contain_text("排列与付费无关")
    page.get_by_text("筛选").click()
    page.get_by_label("品牌").select_option("云驰")
    page.get_by_label("质量信誉等级").select_option("AA 及以上")
    page.get_by_label("能修新能源汽车").check()
    follow(page.get_by_role("button", name="查找"))
    expect(page.get_by_role("heading", level=1)).to_have_text("找到维修企业 1 家")
    assert _names(page) == [told.province.names["west lake"]]
    expect(page.get_by_role("main")).to_contain_text("2025 年质量信誉 AAA")
    page.get_by_text("筛选").click()
    page.get_by_label("区县").select_option("宁波市全部")
    follow(page.get_by_role("button", name="查找"))
    expect(page.get_by_role("heading", name="没有符合的企业")).to_be_visible()
    follow(page.get_by_role("link", name="看全部企业"))
    expect(page.get_by_role("heading", level=1)).to_have_text(ALL)


def test_the_browser_s_position_orders_by_distance_and_stands_in_no_address(
    new_context: NewContext, told: Site
) -> None:
    here = {"latitude": 30.2512, "longitude": 120.1634}
    page = new_context(geolocation=here, permissions=["geolocation"]).new_page()
    page.goto("/shops/")
    follow(page.get_by_role("button", name="找我附近的"))
    expect(page.get_by_role("main")).to_contain_text("近的在前")
    assert _names(page) == [f"{told.province.names['west lake']}\n2.5 千米"]
    assert "30.25" not in page.url
    page.get_by_text("筛选").click()
    page.get_by_label("类别").select_option("三类")
    follow(page.get_by_role("button", name="查找"))
    expect(page.get_by_role("main")).to_contain_text("30 千米以内没有")
    assert "30.25" not in page.url


def test_a_refused_position_and_nonsense_leave_a_way_on(new_context: NewContext, told: Site) -> None:
    page = new_context(permissions=[]).new_page()
    page.goto("/shops/")
    page.get_by_role("button", name="找我附近的").click()
    expect(page.get_by_role("status").filter(has_text="请在下面选区县")).to_be_visible()
    answer = page.goto("/shops/?division=abc&grade=%27&page=-3&latitude=NaN&longitude=1")
    assert answer is not None
    assert answer.status == 422
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_list_is_good_on_a_phone_and_needs_no_script(new_context: NewContext, told: Site) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto("/shops/")
    _assert_good(page)
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/shops/?category=01")
    expect(page.get_by_role("button", name="找我附近的")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_contain_text("找到维修企业")
