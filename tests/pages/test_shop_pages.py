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
    shop.goto("/shop/records/?show=doubtful")
    entry = shop.get_by_role("listitem").filter(has_text="-61000").first
    expect(entry).to_contain_text("✕ 有错误")
    expect(entry).to_contain_text("车架号第 9 位校验码")
    expect(entry).to_contain_text("请按行驶证逐位核对")
    expect(entry).to_contain_text("第 1 行配件的数量是 0")


def test_records_in_no_vehicle_s_file_are_listed_with_the_reason(shop: Page) -> None:
    follow(shop.get_by_role("link", name="条记录没有归入车辆档案"))
    entries = shop.locator("ol.entries > li")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("– 未归入车辆档案")
    expect(entries).to_contain_text("占位内容")


def test_the_number_in_a_title_is_that_of_its_list(shop: Page) -> None:
    for show in ("all", "doubtful", "held"):
        shop.goto(f"/shop/records/?show={show}")
        title = shop.get_by_role("heading", level=1).inner_text()
        seen = shop.locator("ol.entries > li").count()
        while shop.get_by_role("link", name="更早的记录").count():
            follow(shop.get_by_role("link", name="更早的记录"))
            seen += shop.locator("ol.entries > li").count()
        assert seen == int("".join(character for character in title if character.isdigit()))


def test_a_shop_sees_nothing_of_any_other_shop(shop: Page, site: Site) -> None:
    shop.goto("/shop/records/?show=doubtful")
    assert "ningbo" not in shop.content()
    assert "LXX1234" not in shop.content()
    row = site.province.connection.execute(
        "select record_id from record_version where company_code = %s limit 1", (site.province.shops["ningbo"],)
    ).fetchone()
    assert row is not None
    for page in ("", "/correct", "/void", "/explain?code=VIN_LENGTH"):
        answer = shop.goto(f"/shop/records/{row[0]}{page}")
        assert answer is not None
        assert answer.status == 404
