"""Every page: nothing serious for axe, nothing to scroll sideways on a phone, in normal and larger type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.pages.conftest import Site

OPEN_PAGES = ("/", "/privacy", "/sign-in", "/nothing-here")
PAGES_BY_ACCOUNT = {
    "demo-owner": ("/vehicle/", "/regulator/"),
    "demo-shop": ("/shop/", "/shop/?show=fileless", "/shop/files"),
    "demo-county": (
        "/regulator/",
        "/regulator/enterprises",
        "/regulator/enterprises?state=rejected",
        "/regulator/records?show=doubts&days=365",
    ),
}
PHONE = {"width": 320, "height": 640}


def _assert_good(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"  # type: ignore[index]
    found = Axe().run(page).response["violations"]
    serious = [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in found
        if violation["impact"] in {"serious", "critical"}
    ]
    assert serious == [], page.url


@pytest.fixture(params=["normal", "large"])
def phone(request: pytest.FixtureRequest, new_context: Callable[..., BrowserContext]) -> Page:
    """A phone of the smallest size, in normal and in larger type."""
    page = new_context(viewport=PHONE).new_page()
    if request.param == "large":
        page.goto("/")
        page.get_by_role("button", name="长辈版").click()
        page.wait_for_selector("html.large")
    return page


def test_open_pages_are_good_on_a_phone(phone: Page) -> None:
    for path in OPEN_PAGES:
        phone.goto(path)
        _assert_good(phone)


@pytest.mark.parametrize("username", PAGES_BY_ACCOUNT)
def test_pages_of_a_role_are_good_on_a_phone(
    phone: Page, sign_in: Callable[[Page, str], Page], username: str, site: Site
) -> None:
    sign_in(phone, username)
    pages = PAGES_BY_ACCOUNT[username]
    if username == "demo-county":
        pages = (*pages, f"/regulator/enterprises/{site.province.shops['waiting']}")
    for path in pages:
        phone.goto(path)
        _assert_good(phone)


def test_the_file_and_its_forms_are_good_on_a_phone(
    phone: Page, site: Site, sign_in: Callable[[Page, str], Page], look_up: Callable[[Page, str, str], Page]
) -> None:
    sign_in(phone, "demo-county")
    look_up(phone, "", "12")
    _assert_good(phone)
    for car in (site.province.family_car, site.province.electric_car, site.province.new_car):
        look_up(phone, car.plate_number, car.vin_tail)
        for summary in phone.locator("summary").all():
            if summary.locator("xpath=..").get_attribute("open") is None:
                summary.click()
        _assert_good(phone)


def test_pages_are_good_on_a_wide_screen(
    page: Page, site: Site, sign_in: Callable[[Page, str], Page], look_up: Callable[[Page, str, str], Page]
) -> None:
    sign_in(page, "demo-county")
    for path in PAGES_BY_ACCOUNT["demo-county"]:
        page.goto(path)
        _assert_good(page)
    look_up(page, site.province.taxi.plate_number, site.province.taxi.vin_tail)
    _assert_good(page)
