"""Whatever shows something of a car's file writes the look down, with its purpose, before it shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from playwright.sync_api import BrowserContext, Page

from chedang.fiction.vehicles import make_vin
from tests.pages.conftest import Site, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import bind_car, new_owner

NewContext = Callable[..., BrowserContext]


def _looks(site: Site, car: Car) -> int:
    (count,) = site.province.connection.execute(
        "select count(*) from access_audit_event where vin = %s and purpose <> ''", (car.vin,)
    ).fetchone() or (0,)
    site.province.connection.commit()
    return int(count)


def _assert_written_down(site: Site, car: Car, page: Page, path: str) -> None:
    before = _looks(site, car)
    answer = page.request.get(path)
    assert answer.status == 200, path
    assert _looks(site, car) > before, path


def test_an_owner_s_pages_and_files_are_looks(site: Site, new_context: NewContext, sign_in) -> None:
    car = Car("浙A66L66", make_vin(Random("every look")))
    site.province.upload("west lake", car, TODAY - timedelta(days=9), "88000", number="LOOK-1")
    site.province.connection.commit()
    owner = new_owner(site, new_context, car)
    page, own = owner.page, f"/my/{owner.car_ids[0]}/"
    exported = page.request.get(f"{own}export.json").json()
    record = next(each for each in exported["records"] if each["settlement_list_number"] == "LOOK-1")
    paths = ["/my/", own, f"{own}?show=doubtful", f"{own}service", f"{own}next-service.ics"]
    paths += [f"{own}export.{form}" for form in ("json", "csv")] + [f"{own}export-lubelogger.csv"]
    paths += [f"{own}records/{record['record_id']}/{deed}" for deed in ("review", "mistake", "complaint")]
    for path in paths:
        _assert_written_down(site, car, page, path)

    page.goto(f"{own}records/{record['record_id']}/mistake")
    follow(page.get_by_role("button", name="里程不对", exact=True))
    number = page.url.rstrip("/").rpartition("/")[2]
    county = sign_in(new_context().new_page(), "demo-county")
    shop = sign_in(new_context().new_page(), "demo-shop")
    _assert_written_down(site, car, county, f"/regulator/cases/{number}")
    _assert_written_down(site, car, shop, f"/shop/cases/{number}")

    page.goto(f"{own}certificates")
    follow(page.get_by_role("main").get_by_role("button").first)
    for ending in ("", ".pdf", ".json"):
        _assert_written_down(site, car, page, page.url.partition("?")[0].rstrip("/") + ending)
    assert "LOOK-1" not in new_context().new_page().request.get(page.url).text()


def test_a_company_s_list_of_cars_is_a_look_at_each(site: Site, new_context: NewContext) -> None:
    owner = new_owner(site, new_context)
    car = site.province.taxi
    page = owner.page
    page.goto("/companies/")
    page.get_by_label("单位名称").fill("虚构出租车有限公司")
    follow(page.get_by_role("button", name="新建"))
    bind_car(site, owner.username, car)
    page.reload()
    follow(page.get_by_role("button", name="归到单位"))
    fleet = page.url
    for path in (fleet, f"{fleet}cars.csv"):
        _assert_written_down(site, car, page, path)
