"""合格证 in a browser: a shop asks for numbers, the county gives them, a paper is issued, checked and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.records.model import ProjectText
from chedang.vehicles import follow as vehicles
from tests.pages.conftest import Site, fill_in_sign_in, follow, say_why
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import new_account

Contexts = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}


def enter(site: Site, new_context: Contexts, role: str, **columns: str) -> Page:
    """Somebody with an account of their own, signed in on a small phone."""
    page = new_context(viewport=PHONE).new_page()
    fill_in_sign_in(page, new_account(site, role, **columns), site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def follow_feed(site: Site) -> None:
    """Build the files of what was uploaded."""
    while vehicles.follow(site.province.connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    site.province.connection.commit()


def issue_first(site: Site, new_context: Contexts) -> tuple[Page, Car]:
    """From no number to a paper: the shop asks, the county gives, the shop issues. The shop's page and the car."""
    # given a shop with a record of 二级维护 and no number
    province = site.province
    province.add_shop("paper shop", 31, division_code="330109", is_approved=True)
    car = Car("浙A7P771", make_vin(Random("completion page")))
    item = (ProjectText("二级维护", "6"),)
    province.upload("paper shop", car, TODAY - timedelta(days=2), "61000", number="PAPER-1", projects=item)
    province.connection.commit()
    shop = enter(site, new_context, "shop", company_code=province.shops["paper shop"])
    shop.goto("/shop/certificates/")
    expect(shop.get_by_role("heading", name="有 1 条记录要签发合格证")).to_be_visible()
    follow(shop.get_by_role("link", name="PAPER-1"))
    expect(shop.get_by_role("heading", name="没有可用的编号")).to_be_visible()
    follow(shop.get_by_role("link", name="先申领编号"))
    # when it asks, with a slip first, and the county gives
    shop.get_by_label("要几个编号").fill("一百")
    follow(shop.get_by_role("button", name="申领"))
    expect(shop.get_by_role("alert")).to_contain_text("请填一个整数")
    shop.get_by_label("要几个编号").fill("12")
    follow(shop.get_by_role("button", name="申领"))
    expect(shop.get_by_role("cell", name="待发放")).to_be_visible()
    elsewhere = enter(site, new_context, "regulator", division_code="330212")
    elsewhere.goto("/regulator/certificates/")
    expect(elsewhere.get_by_role("heading", name="没有等待发放的合格证编号")).to_be_visible()
    county = enter(site, new_context, "regulator", division_code="330109")
    county.goto("/regulator/certificates/")
    follow(county.get_by_role("button", name="发放 12 个"))
    expect(county.get_by_role("status")).to_contain_text("已发放 12 个编号")
    # then the paper is issued with what the record says
    shop.goto("/shop/certificates/")
    follow(shop.get_by_role("link", name="PAPER-1"))
    expect(shop.get_by_role("radio", name="二级维护")).to_be_checked()
    shop.get_by_label("质量保证天数").fill("3")
    follow(shop.get_by_role("button", name="签发"))
    expect(shop.get_by_role("alert")).to_contain_text("请填质量检验员的姓名")
    shop.get_by_label("质量检验员").fill("何检验")
    follow(shop.get_by_role("button", name="签发"))
    expect(shop.get_by_role("alert")).to_contain_text("低于规定的最低标准")
    shop.get_by_label("质量保证天数").fill("30")
    follow(shop.get_by_role("button", name="签发"))
    return shop, car


def test_a_paper_is_issued_with_a_number_of_the_county_checked_by_its_holder_and_cancelled(
    site: Site, new_context: Contexts
) -> None:
    province = site.province
    shop, car = issue_first(site, new_context)
    number = shop.get_by_role("heading", level=1).inner_text().removeprefix("合格证 ")
    assert shop.request.get(f"/shop/certificates/{number}.pdf").headers["content-type"] == "application/pdf"
    # the officer finds its number in the file of the car
    county = enter(site, new_context, "regulator", division_code="330109")
    follow_feed(site)
    county.goto("/vehicle/")
    county.get_by_label("车牌号码").fill(car.plate_number)
    county.get_by_label("车架号后 6 位").fill(car.vin_tail)
    say_why(county)
    follow(county.get_by_role("button", name="查档案"))
    expect(county.get_by_role("link", name=number)).to_be_visible()
    # whoever has the number alone learns that it stands, and not of which car
    digest = province.connection.execute(
        "select digest from workshop_completion_certificate where number = %s", (number,)
    ).fetchone()
    province.connection.commit()
    assert digest is not None
    visitor = new_context(viewport=PHONE).new_page()
    visitor.goto(f"/certificates/completion/{number}")
    expect(visitor.get_by_role("heading", name="有效")).to_be_visible()
    assert car.vin not in visitor.content()
    visitor.get_by_label("摘要的前 8 位").fill("00000000")
    follow(visitor.get_by_role("button", name="核对"))
    expect(visitor.get_by_role("alert")).to_contain_text("摘要不符")
    visitor.get_by_label("摘要的前 8 位").fill(digest[0][:8])
    follow(visitor.get_by_role("button", name="核对"))
    expect(visitor.get_by_text(car.vin)).to_be_visible()
    # and cancelled, everybody sees that
    follow(shop.get_by_role("button", name="作废这张合格证"))
    expect(shop.get_by_role("alert")).to_contain_text("请写明原因")
    shop.get_by_label("原因").fill("里程打错")
    follow(shop.get_by_role("button", name="作废这张合格证"))
    visitor.goto(f"/certificates/completion/{number}")
    expect(visitor.get_by_role("heading", name="已作废")).to_be_visible()
