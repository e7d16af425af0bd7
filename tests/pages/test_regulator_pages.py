"""An officer's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site

SignIn = Callable[[Page, str], Page]


@pytest.fixture
def county(page: Page, sign_in: SignIn) -> Page:
    """The officer of 西湖区, signed in."""
    return sign_in(page, "demo-county")


@pytest.fixture
def province(new_context: Callable[..., BrowserContext], sign_in: SignIn) -> Page:
    """The officer of 浙江省, signed in."""
    return sign_in(new_context().new_page(), "demo-province")


def test_every_number_of_the_first_page_opens_a_list_of_that_length(province: Page) -> None:
    links = province.locator("a.card, a[data-waits]")
    for place in range(links.count()):
        province.goto("/regulator/")
        count = links.nth(place).locator(".count, .figure").inner_text().split()[0]
        links.nth(place).click()
        if count != "0":  # an empty list says so in words
            expect(province.get_by_role("heading", level=1)).to_contain_text(f" {count} ")
        rows = province.locator("ol.entries > li, tbody > tr")
        assert rows.count() == int(count)


def test_a_county_officer_sees_only_the_county(county: Page, province: Page, site: Site) -> None:
    county.goto("/regulator/records?show=fileless&days=365")
    expect(county.locator("ol.entries > li")).to_have_count(1)
    assert site.province.names["ningbo"] not in county.content()
    province.goto("/regulator/records?show=fileless&days=365")
    expect(province.locator("ol.entries > li")).to_have_count(2)
    expect(province.get_by_role("link", name=site.province.names["ningbo"])).to_be_visible()


def test_an_enterprise_of_another_county_is_not_there(county: Page, site: Site) -> None:
    for path in ("waiting elsewhere", "ningbo"):
        answer = county.goto(f"/regulator/enterprises/{site.province.shops[path]}")
        assert answer is not None
        assert answer.status == 404


def test_a_doubtful_record_names_enterprise_field_and_reason(county: Page, site: Site) -> None:
    county.goto("/regulator/records?show=errors&days=7")
    entry = county.locator("ol.entries > li").first
    expect(entry.get_by_role("link", name=site.province.names["west lake"])).to_be_visible()
    expect(entry).to_contain_text("车架号第 9 位校验码")


def test_a_rejection_needs_a_reason_and_an_approval_opens_the_records(
    county: Page,
    site: Site,
    look_up: Callable[[Page, str, str], Page],
) -> None:
    name, code = site.province.names["waiting"], site.province.shops["waiting"]
    county.goto("/regulator/enterprises")
    county.get_by_role("link", name=name).click()
    county.get_by_role("button", name="审核不通过").click()
    expect(county.get_by_role("alert")).to_contain_text("请写明不通过的原因")

    county.get_by_label("审核意见").fill("许可证号与名称不符")
    county.get_by_role("button", name="审核不通过").click()
    expect(county.get_by_role("status")).to_contain_text("审核不通过，企业会看到原因")

    county.goto(f"/regulator/enterprises/{code}")
    expect(county.get_by_role("main")).to_contain_text("许可证号与名称不符")
    county.get_by_role("button", name="审核通过").click()
    expect(county.get_by_role("status")).to_contain_text("已审核通过")

    car = site.province.new_car
    look_up(county, car.plate_number, car.vin_tail)
    expect(county.get_by_role("heading", level=1)).to_contain_text("上次维修")
    events = site.province.connection.execute(
        "select action, purpose from access_audit_event where object_id = %s order by id desc limit 4", (code,)
    ).fetchall()
    assert events == [(f"enterprise:{action}", "supervision") for action in ("approve", "read", "reject", "read")]
    _put_back(site, code)


def _put_back(site: Site, code: str) -> None:
    """The other tests expect this enterprise to wait."""
    site.province.connection.execute("update enterprise set review_state = 'pending' where company_code = %s", (code,))
    site.province.connection.commit()


def test_an_empty_list_says_why_and_leads_on(county: Page) -> None:
    county.goto("/regulator/enterprises?state=rejected")
    expect(county.get_by_role("main")).to_contain_text("辖区内没有这个状态的企业")
    county.get_by_role("link", name="回到今天要办").click()
    expect(county).to_have_url("/regulator/")


def test_the_headline_counts_all_that_waits(county: Page) -> None:
    county.goto("/regulator/")
    rows = county.locator("a[data-waits]")
    counts = [int(rows.nth(place).get_attribute("data-waits") or "0") for place in range(rows.count())]
    assert 0 not in counts
    idle = county.get_by_text("没有等着的：").get_by_role("link").count()
    assert len(counts) + idle == 11
    wanted = f"今天要办 {sum(counts)} 件" if sum(counts) else "今天没有要办的"
    expect(county.get_by_role("heading", level=1)).to_have_text(wanted)
