"""The police's pages, and what everybody else gets: the same, byte for byte, whether a car is looked for or not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from chedang.terms.vin import check_character
from chedang.vehicles import follow as vehicles
from chedang.watch.follow import follow
from chedang.watch.store import WatchKeys
from tests.pages.conftest import Site, fill_in_sign_in
from tests.pages.conftest import follow as go
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import bind_car, new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]


def _next_vin(vin: str) -> str:
    """Another vehicle of the same make and year."""
    other = vin[:-1] + str((int(vin[-1]) + 1) % 10)
    return other[:8] + check_character(other) + other[9:]


CAR = Car("浙A6Q771", make_vin(Random("page watch")))
TWIN = Car("浙A6Q772", _next_vin(CAR.vin))
"""Nobody looks for it; all else is done to both."""
CASE = "A330100-2026-77"


def signed_in(site: Site, new_context: NewContext, username: str, **options: Any) -> Page:
    page = new_context(**options).new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


@pytest.fixture
def police(site: Site, new_context: NewContext) -> Page:
    return signed_in(site, new_context, new_account(site, "police", division_code="330100"), viewport=PHONE)


def catch_up(site: Site) -> None:
    connection, clock = site.province.connection, lambda: datetime.now(UTC)
    while vehicles.follow(connection, clock=clock, node_code="33"):
        pass
    while follow(connection, WatchKeys(Path(site.data_dir)), clock=clock):
        pass
    connection.commit()


def test_the_police_watch_and_nobody_else_notices(site: Site, police: Page, new_context: NewContext) -> None:
    # Given two repaired cars of one owner, and what a shop and an officer see
    for car in (CAR, TWIN):
        site.province.upload("west lake", car, TODAY, "9000", number=f"WATCH-{car.plate_number[-1]}")
    catch_up(site)
    owner_name, shop = new_account(site), site.province.shops["west lake"]
    car_ids = {car: bind_car(site, owner_name, car) for car in (CAR, TWIN)}
    owner = signed_in(site, new_context, owner_name)
    others = {
        signed_in(site, new_context, new_account(site, "shop", company_code=shop)): ("/shop/records", "/shop/"),
        signed_in(site, new_context, new_account(site, "regulator", division_code="330000")): (
            "/regulator/",
            "/regulator/records",
        ),
    }

    def seen_by_others() -> list[tuple[int, str]]:
        answers = [page.request.get(path) for page, paths in others.items() for path in paths]
        return [(answer.status, _without_chance(answer.text())) for answer in answers]

    def seen_by_owner(car: Car) -> list[str]:
        texts = [owner.request.get(f"/my/{car_ids[car]}/{page}").text() for page in ("", "looks")]
        return _without_names(_without_chance("".join(texts)), car, car_ids[car]).splitlines()

    before = seen_by_others()
    assert {status for status, _ in before} == {200}
    # When the police put it on the list, what came before is found
    police.goto("/police/add")
    police.get_by_label("车架号").fill("无")
    police.get_by_label("案件编号").fill(CASE)
    go(police.get_by_role("button", name="布控", exact=True))
    expect(police.get_by_role("alert")).to_contain_text("17 位")
    _assert_good(police)
    police.get_by_label("车架号").fill(CAR.vin)
    police.get_by_label("车牌号码").fill(CAR.plate_number)
    go(police.get_by_role("button", name="布控", exact=True))
    expect(police.get_by_role("heading", level=1)).to_have_text(f"案件 {CASE}")
    expect(police.get_by_text(site.province.names["west lake"]).first).to_be_visible()
    _assert_good(police)
    entry_path = police.url.removeprefix(site.address)
    police.goto("/police/")
    expect(police.get_by_role("heading", name="1 条比中待签收")).to_be_visible()
    _assert_good(police)
    go(police.get_by_role("button", name="签收"))
    police.goto("/police/")
    expect(police.get_by_role("heading", name="没有待签收的比中信息")).to_be_visible()
    # Then everybody else sees what they saw, to the byte
    assert seen_by_others() == before
    difference = "\n".join(unified_diff(seen_by_owner(CAR), seen_by_owner(TWIN), n=0))
    assert not difference, difference
    _assert_closed_to_others(site, new_context, [owner, *others], entry_path)
    _import_and_set_a_phone(police)
    # When the case is closed, the owner reads that the police looked
    looks = f"/my/{car_ids[CAR]}/looks"
    assert "公安" not in owner.request.get(looks).text()
    police.goto(entry_path)
    police.get_by_label("撤控的原因").fill("车已找到")
    go(police.get_by_role("button", name="撤控"))
    expect(police.get_by_text("车已找到")).to_be_visible()
    assert "公安机关" in owner.request.get(looks).text()


def _import_and_set_a_phone(police: Page) -> None:
    """A file of which one line is wrong; a phone that is none."""
    police.goto("/police/import")
    rows = f"车架号,车牌号码,案件编号\n,浙B77777,{CASE}\n无,,{CASE}\n".encode()
    police.get_by_label("选择文件").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": rows})
    go(police.get_by_role("button", name="导入"))
    expect(police.get_by_role("status")).to_contain_text("新布控 1 辆，1 行有误")
    _assert_good(police)
    police.goto("/police/")
    police.get_by_label("值班手机").fill("12345")
    go(police.get_by_role("button", name="保存"))
    expect(police.get_by_role("alert")).to_contain_text("11 位手机号码")


def _assert_closed_to_others(site: Site, new_context: NewContext, others: list[Page], entry_path: str) -> None:
    for page in others:
        for path in ("/police/", "/police/add", "/police/import", entry_path):
            assert page.request.get(path).status == 403
    elsewhere = signed_in(site, new_context, new_account(site, "police", division_code="330200"))
    assert elsewhere.request.get(entry_path).status == 404
    assert CASE not in elsewhere.request.get("/police/").text()
    # The police see neither files nor shops
    for path in ("/vehicle/", "/regulator/", "/shop/"):
        assert elsewhere.request.get(path).status == 403


def _without_chance(text: str) -> str:
    """A page without what differs each time it is made: tokens against forgery, and sealed ways to a file."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r'(href|action|value)="[^"]*[A-Za-z0-9_-]{40,}[^"]*"', "", text)


def _without_names(text: str, car: Car, car_id: str) -> str:
    """A page of a car without what names the car, its record, its looks and the minute."""
    for name in (car_id, car.vin, car.vin_tail, f"******{car.vin[-3:]}", car.plate_number[2:]):
        text = text.replace(name, "-")
    text = re.sub(r"(r-|记录代号 |查阅编号 |WATCH-)[0-9A-Z]+", r"\1-", text)
    return re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\d\d:\d\d|\d{5,}", "-", text)
