"""A shop's own page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Site, follow


@pytest.fixture
def shop(page: Page, sign_in: Callable[[Page, str], Page]) -> Page:
    """The page of the shop "west lake", signed in."""
    return sign_in(page, "demo-shop")


def test_a_shop_sees_how_its_registration_stands(shop: Page, site: Site) -> None:
    facts = shop.get_by_role("main").locator("dl")
    expect(facts).to_contain_text("✓ 审核成功")
    expect(facts).to_contain_text(site.province.shops["west lake"])
    expect(facts).to_contain_text("浙江省杭州市西湖区")


def test_faults_are_told_field_by_field_with_what_to_do(shop: Page) -> None:
    shop.get_by_role("link", name="要核对").click()
    entry = shop.get_by_role("listitem").filter(has_text="-61000").first
    expect(entry).to_contain_text("✕ 有错误")
    expect(entry).to_contain_text("车架号第 9 位校验码")
    expect(entry).to_contain_text("请按行驶证逐位核对")
    expect(entry).to_contain_text("第 1 行配件的数量是 0")


def test_records_in_no_vehicle_s_file_are_listed_with_the_reason(shop: Page) -> None:
    shop.get_by_role("link", name="未归入车辆档案").click()
    entries = shop.locator("ol.entries > li")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("– 未归入车辆档案")
    expect(entries).to_contain_text("占位内容")


def test_the_numbers_on_the_filters_are_those_of_their_lists(shop: Page) -> None:
    for name in ("全部", "要核对", "未归入车辆档案"):
        link = shop.get_by_role("navigation", name="筛选记录").get_by_role("link", name=name)
        count = int("".join(character for character in link.inner_text() if character.isdigit()))
        follow(link)
        seen = shop.locator("ol.entries > li").count()
        while shop.get_by_role("link", name="更早的记录").count():
            follow(shop.get_by_role("link", name="更早的记录"))
            seen += shop.locator("ol.entries > li").count()
        assert seen == count


def test_a_shop_sees_nothing_of_any_other_shop(shop: Page) -> None:
    shop.goto("/shop/?show=faulty")
    assert "ningbo" not in shop.content()
    assert "LXX1234" not in shop.content()
