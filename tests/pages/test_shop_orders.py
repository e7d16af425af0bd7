"""Jobs that wait for their settlement, behind a number on the shop's first page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from chedang.intake import orders
from chedang.intake.orders import OpenOrder
from chedang.platform.database import connect
from chedang.records.model import RecordText
from tests.pages.conftest import Site, follow


@pytest.fixture
def waiting(site: Site) -> Iterator[OpenOrder]:
    """One job of the shop "west lake" and one of another shop."""
    now = datetime.now(UTC)
    text = RecordText(plate_number="浙A12345", settlement_list_number="GD000007")
    mine = OpenOrder(site.province.shops["west lake"], "openapi", "GD000007", text, now - timedelta(days=3), now)
    other = OpenOrder(site.province.shops["ningbo"], "openapi", "GD000008", text, now, now)
    with connect(site.database_url) as connection:
        for each in (mine, other):
            orders.save(connection, each)
    yield mine
    with connect(site.database_url) as connection:
        for each in (mine, other):
            orders.forget(connection, each)


def test_a_shop_sees_its_own_jobs_that_wait_for_their_settlement(
    page: Page, sign_in: Callable[[Page, str], Page], waiting: OpenOrder
) -> None:
    follow(sign_in(page, "demo-shop").get_by_role("link", name="1 张软件工单还没有结算"))
    section = page.get_by_role("region", name="1 张工单还没有结算")
    expect(section.get_by_role("listitem")).to_have_count(1)
    expect(section).to_contain_text(waiting.order_key)
    expect(section).to_contain_text("浙A12345")
    assert "GD000008" not in page.content()


def test_a_shop_without_such_jobs_sees_nothing_of_it(page: Page, sign_in: Callable[[Page, str], Page]) -> None:
    expect(sign_in(page, "demo-shop").get_by_text("张软件工单还没有结算")).to_have_count(0)
