"""How the node stands towards the others, for officers and administrators; every figure opens its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from chedang.exchange import comparisons
from tests.pages.conftest import Site
from tests.pages.ministry_line import RECORD_ID, join_ministry

SignIn = Callable[[Page, str], Page]


@pytest.fixture(scope="module")
def joined(site: Site) -> Iterator[Site]:
    """The province with a ministry, a dead letter of its, and a comparison that found something."""
    connection = site.province.connection
    join_ministry(connection, site.province.family_car.vin)
    yield site
    for table in ("peer", "dead_letter", "event", "comparison", "difference"):
        connection.execute(f"delete from exchange_{table}")  # noqa: S608 - our own names
    connection.commit()


@pytest.fixture
def officer(joined: Site, page: Page, sign_in: SignIn) -> Page:
    sign_in(page, "demo-province")
    page.get_by_role("link", name="部省联网").click()
    return page


def test_the_first_page_says_what_is_to_be_done(officer: Page) -> None:
    expect(officer.get_by_role("heading", level=1)).to_have_text("部省联网有 1 个告警")
    peer = officer.locator("#peers li")
    expect(peer).to_contain_text("部级（00）")
    expect(peer).to_contain_text("要处理")
    expect(officer.locator("#alarms")).to_contain_text("有不能入库的报文项待处理：1 项")


def test_every_figure_opens_its_list(officer: Page, joined: Site) -> None:
    waiting = int(officer.locator("a.card .count").first.inner_text().split()[0].replace(",", ""))
    officer.locator("#peers").get_by_role("link", name=f"{waiting} 条，最早等了").click()
    expect(officer.locator("tbody > tr")).to_have_count(min(waiting, 200))
    for link, heading in (("送来但没能入库", "没能入库的 1 项"), ("送去但对方没能入库", "对方没能入库的 0 项")):
        officer.goto("/network/")
        officer.get_by_role("link", name=link, exact=False).first.click()
        expect(officer.get_by_role("heading", level=1)).to_have_text(heading)
    officer.goto("/network/dead-letters?peer=00")
    expect(officer.locator(".entries > li")).to_contain_text("企业由另一节点登记")
    officer.goto("/network/")
    officer.locator("#comparisons tbody a").first.click()
    expect(officer.locator(".entries > li")).to_contain_text(RECORD_ID.hex)
    expect(officer.locator(".entries > li")).to_contain_text("部级缺少")


def test_no_page_names_a_vehicle_and_all_are_good_on_a_phone(
    joined: Site, new_context: Callable[..., BrowserContext], sign_in: SignIn
) -> None:
    phone = sign_in(new_context(viewport={"width": 320, "height": 640}).new_page(), "demo-province")
    number = comparisons.newest_comparisons(joined.province.connection, 1)[0].comparison_id
    for path in ("", "dead-letters", "refusals", "waiting/00", f"comparisons/{number}"):
        phone.goto(f"/network/{path}")
        assert joined.province.family_car.vin not in phone.content()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 320, path
        found = Axe().run(phone).response["violations"]
        assert [each["id"] for each in found if each["impact"] in {"serious", "critical"}] == [], path
    assert phone.request.get("/network/comparisons/999999").status == 404


@pytest.mark.parametrize(("username", "status"), [("demo-admin", 200), ("demo-shop", 403), ("demo-owner", 403)])
def test_only_officers_and_administrators_read_it(
    joined: Site, page: Page, sign_in: SignIn, username: str, status: int
) -> None:
    sign_in(page, username)
    assert page.request.get("/network/").status == status


def test_the_page_can_be_read_in_english(officer: Page) -> None:
    officer.get_by_role("button", name="English").click()
    expect(officer.get_by_role("heading", level=1)).to_have_text("The network has 1 alarm")
    expect(officer.locator("#alarms")).to_contain_text("Items that could not be stored wait for a decision: 1 项")
    told = "Refused a message or call of theirs: OUT_OF_ORDER a message was left out（应为第7份）"
    expect(officer.get_by_text(told)).to_be_visible()


def test_a_node_on_its_own_says_so(page: Page, sign_in: SignIn, site: Site) -> None:
    connection = site.province.connection
    connection.execute("delete from exchange_peer")
    connection.commit()
    sign_in(page, "demo-admin")
    page.goto("/network/")
    expect(page.get_by_role("heading", level=1)).to_have_text("本节点没有联网")
