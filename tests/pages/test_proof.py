"""Share codes and certificates: what the owner does, what the person sees who was given one, what a stranger learns."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, expect

from tests.pages.conftest import Site, follow
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import Owner, bind_car
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]


@pytest.fixture(autouse=True)
def fresh_allowances(site: Site) -> Iterator[None]:
    """All visitors of these tests have one address; what one test tried must not stop the next."""
    yield
    site.province.connection.execute("delete from access_allowance where kind like 'share:%' or kind like 'cert%'")
    site.province.connection.commit()


@pytest.fixture
def bind(site: Site, new_context: NewContext, sign_in: Callable[[Page, str], Page]) -> Iterator[Callable[..., Owner]]:
    """Binds a car to the demonstration's owner, whose session is there already; unbinds it after the test."""

    def bind_to_owner(car: Car, **options: Any) -> Owner:
        page = sign_in(new_context(**options).new_page(), "demo-owner")
        return Owner(page, "demo-owner", (bind_car(site, "demo-owner", car),))

    yield bind_to_owner
    site.province.connection.execute(
        "update owners_binding set ended_at = now(), ended_why = 'tests' where ended_at is null "
        "and user_id = (select id from access_user where username = 'demo-owner')"
    )
    site.province.connection.commit()


@pytest.fixture
def owner(site: Site, bind: Callable[..., Owner]) -> Owner:
    return bind(site.province.family_car)


def make_code(owner: Owner, *, scope: str = "buyer", views: int = 5, note: str = "") -> str:
    """Open a share code the way an owner does; gives the code."""
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/shares")
    page.get_by_label("给对方看什么").select_option(scope)
    page.get_by_label("最多看几次").fill(str(views))
    page.get_by_label("备注").fill(note)
    follow(page.get_by_role("button", name="开出分享码"))
    if scope == "full":
        expect(page.get_by_role("heading", name="确认分享全部内容")).to_be_visible()
        follow(page.get_by_role("button", name="确认，分享全部内容"))
    expect(page.get_by_role("img", name="分享链接的二维码")).to_be_visible()
    code = page.locator("#share-code-text").inner_text()
    assert page.locator("#share-link").inner_text().endswith(f"/s/{code}")
    return code


def take_view(page: Page, code: str) -> None:
    page.goto(f"/s/{code}")
    follow(page.get_by_role("button", name="查看", exact=True))


def test_a_code_shows_the_buyers_view_counts_each_look_and_ends_when_it_is_taken_back(
    site: Site, owner: Owner, new_context: NewContext
) -> None:
    car = site.province.family_car
    code = make_code(owner, views=3, note="给看车的人")
    visitor = new_context().new_page()
    # A preview of the link uses up nothing.
    assert visitor.request.head(f"/s/{code}").status == 200
    assert visitor.request.get(f"/s/{code}").status == 200
    visitor.goto("/s/")
    visitor.get_by_label("分享码").fill(code.lower().replace("-", " "))
    follow(visitor.get_by_role("button", name="下一步"))
    follow(visitor.get_by_role("button", name="查看", exact=True))
    expect(visitor.get_by_role("heading", name="里程合理")).to_be_visible()
    text = visitor.get_by_role("main").inner_text()
    assert car.vin_tail in text
    for hidden in (car.vin, car.plate_number, site.province.names["west lake"], site.province.names["ningbo"]):
        assert hidden not in visitor.content()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="分享的维修档案")).to_be_visible()
    signed_in = new_context().new_page()
    take_view(signed_in, code)
    owner.page.goto(f"/my/{owner.car_ids[0]}/shares")
    expect(owner.page.get_by_text("看过 2 次，最多 3 次，还剩 1 次。")).to_be_visible()
    owner.page.get_by_text("看过的记录").click()
    expect(owner.page.get_by_role("cell", name="访客")).to_have_count(2)
    follow(owner.page.get_by_role("button", name=re.compile("^收回")))
    expect(owner.page.get_by_text("分享码已收回，谁也打不开了。")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="打不开这个分享码")).to_be_visible()
    owner.page.goto(f"/my/{owner.car_ids[0]}/looks")
    expect(owner.page.get_by_text("凭车主给的分享码查看").first).to_be_visible()


def test_a_button_pressed_twice_makes_one_code_and_going_back_allows_another(owner: Owner) -> None:
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/shares")
    page.get_by_role("button", name="开出分享码").dblclick()
    expect(page.get_by_role("img", name="分享链接的二维码")).to_be_visible()
    page.goto(f"/my/{owner.car_ids[0]}/shares")
    taking_back = page.get_by_role("button", name=re.compile("^收回"))
    expect(taking_back).to_have_count(1)
    make_code(owner)
    page.go_back()
    expect(page.get_by_role("button", name="开出分享码")).to_be_enabled()
    make_code(owner)
    page.goto(f"/my/{owner.car_ids[0]}/shares")
    for left in (2, 1, 0):
        follow(taking_back.first)
        expect(taking_back).to_have_count(left)


def test_all_codes_that_open_nothing_give_the_same_bytes(site: Site, owner: Owner, new_context: NewContext) -> None:
    used = make_code(owner, views=1)
    take_view(new_context().new_page(), used)
    expired = make_code(owner)
    site.province.connection.execute(
        "update owners_share set expires_at = now() where id = (select max(id) from owners_share)"
    )
    site.province.connection.commit()
    revoked = make_code(owner)
    owner.page.goto(f"/my/{owner.car_ids[0]}/shares")
    follow(owner.page.get_by_role("button", name=re.compile("^收回")))
    ended = make_code(owner)
    site.province.connection.execute(
        "update owners_binding set ended_at = now(), ended_why = 'transfer' where public_id = %s", owner.car_ids
    )
    site.province.connection.commit()
    stranger = new_context().request
    answers = [
        stranger.get(f"/s/{code}", headers={"Accept-Encoding": "identity"})
        for code in (used, expired, revoked, ended, "7K2M-9QXD-3FHT-4WZA", "x", "%E5%95%8A", "-" * 300)
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body() for answer in answers}) == 1
    assert len({tuple(sorted(told(answer).items())) for answer in answers}) == 1


def told(answer: APIResponse) -> dict[str, str]:
    """Headers but for the time."""
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_everything_is_shared_only_after_a_second_question(site: Site, owner: Owner, new_context: NewContext) -> None:
    owner.page.goto(f"/my/{owner.car_ids[0]}/shares")
    owner.page.get_by_label("最多看几次").fill("101")
    follow(owner.page.get_by_role("button", name="开出分享码"))
    expect(owner.page.get_by_role("alert")).to_contain_text("请填 1 到 100 之间的次数。")
    code = make_code(owner, scope="full")
    visitor = new_context().new_page()
    take_view(visitor, code)
    text = visitor.get_by_role("main").inner_text()
    assert site.province.family_car.vin in text
    assert site.province.names["west lake"] in text
    verdict = make_code(owner, scope="verdict")
    take_view(visitor, verdict)
    expect(visitor.get_by_role("heading", name="里程合理")).to_be_visible()
    assert visitor.get_by_role("listitem").count() == 0
    assert site.province.family_car.vin_tail not in visitor.get_by_role("main").inner_text()


def issue(owner: Owner, view: str = "buyer") -> str:
    """Have a certificate issued; gives its number."""
    page = owner.page
    page.goto(f"/my/{owner.car_ids[0]}/certificates")
    page.get_by_label("证明里写什么").select_option(view)
    follow(page.get_by_role("button", name="开出证明"))
    expect(page.get_by_role("heading", name="证明的内容")).to_be_visible()
    return page.url.rpartition("/")[2]


def test_a_certificate_says_the_same_in_every_form_and_stands_until_a_record_is_corrected(
    site: Site, bind: Callable[..., Owner], new_context: NewContext
) -> None:
    car = site.province.taxi
    owner = bind(car)
    number = issue(owner)
    page = owner.page
    digest = re.sub(r"\s", "", page.locator("#digest").inner_text())
    written = page.request.get(f"/certificates/{number}.json")
    assert hashlib.sha256(written.body()).hexdigest() == digest
    assert json.loads(written.body())["number"] == number
    papers = [page.request.get(f"/certificates/{number}.pdf").body() for _ in range(2)]
    assert papers[0].startswith(b"%PDF")
    assert papers[0] == papers[1]

    stranger = new_context().new_page()
    stranger.goto("/certificates/")
    stranger.get_by_label("证明编号").fill(number.lower())
    follow(stranger.get_by_role("button", name="核对"))
    expect(stranger.get_by_role("heading", name="有效")).to_be_visible()
    assert car.vin_tail not in stranger.content()
    assert stranger.request.get(f"/certificates/{number}.pdf", max_redirects=0).status == 302
    stranger.get_by_label("摘要的前 8 位").fill("00000000")
    follow(stranger.get_by_role("button", name="查看内容"))
    expect(stranger.get_by_text("摘要对不上")).to_be_visible()
    stranger.goto(f"/certificates/{number}?digest={digest[:8]}")
    assert car.vin_tail not in stranger.content()
    follow(stranger.get_by_role("button", name="查看内容"))
    expect(stranger.get_by_text(car.vin_tail).first).to_be_visible()
    assert stranger.request.get(f"/certificates/{number}.pdf").body() == papers[0]
    assert stranger.request.get(f"/certificates/{number}.json").body() == written.body()

    settled_on = TODAY - timedelta(days=12)
    number_of_visit = f"west lake-{settled_on:%Y%m%d}-{10_000 + 1_500 * 59}"
    site.province.upload(
        "west lake", car, settled_on, str(10_000 + 1_500 * 59),
        number=number_of_visit, fault_description="更正后的故障描述",
    )  # fmt: skip
    site.province.connection.commit()
    stranger.goto(f"/certificates/{number}")
    expect(stranger.get_by_role("heading", name="已有更正，请看新的")).to_be_visible()
    expect(stranger.get_by_text("其中有维修记录后来更正过。")).to_be_visible()
    assert "更正后的故障描述" not in stranger.content()


def test_a_certificate_is_taken_back_by_its_owner_or_by_an_officer_of_the_province(
    site: Site, owner: Owner, new_context: NewContext, sign_in: Callable[[Page, str], Page]
) -> None:
    number, other = issue(owner, "owner"), issue(owner)
    page = owner.page
    page.goto(f"/certificates/{number}")
    assert site.province.family_car.vin in page.content()
    page.get_by_text("收回这张证明").click()
    follow(page.get_by_role("button", name="确认收回"))
    expect(page.get_by_role("heading", name="已收回")).to_be_visible()
    stranger = new_context().new_page()
    stranger.goto(f"/certificates/{number}")
    expect(stranger.get_by_role("heading", name="已收回")).to_be_visible()
    expect(stranger.get_by_role("button", name="查看内容")).to_have_count(0)

    officer = sign_in(new_context().new_page(), "demo-province")
    officer.goto(f"/certificates/{other}")
    officer.get_by_text("收回这张证明").click()
    follow(officer.get_by_role("button", name="确认收回"))
    expect(officer.get_by_role("alert")).to_contain_text("请写明收回的原因。")
    officer.get_by_label("收回的原因").fill("其中的记录是伪造的")
    follow(officer.get_by_role("button", name="确认收回"))
    stranger.goto(f"/certificates/{other}")
    expect(stranger.get_by_text("其中的记录是伪造的")).to_be_visible()
    page.goto(f"/my/{owner.car_ids[0]}/certificates")
    expect(page.get_by_text("已收回")).to_have_count(2)


def test_a_number_that_nobody_has_is_unknown_and_a_slip_is_told(page: Page) -> None:
    page.goto("/certificates/")
    page.get_by_label("证明编号").fill("33-2611-7K2M-9QXA")
    follow(page.get_by_role("button", name="核对"))
    expect(page.get_by_role("alert")).to_contain_text("这个编号抄错了")
    assert page.goto("/certificates/33-2611-7K2M-9QXA").status == 404  # type: ignore[union-attr]  # a page answers
    expect(page.get_by_role("heading", name="没有这张证明")).to_be_visible()


def test_one_address_that_guesses_is_stopped(page: Page) -> None:
    statuses = [page.request.get(f"/s/guess{number}").status for number in range(62)]
    assert statuses == [404] * 60 + [429] * 2
    page.goto("/s/7K2M-9QXD-3FHT-4WZA")
    expect(page.get_by_role("heading", name="试得太多了，请稍后再试")).to_be_visible()


def test_these_pages_are_good_on_a_phone_in_the_largest_type(
    site: Site, bind: Callable[..., Owner], new_context: NewContext
) -> None:
    owner = bind(site.province.family_car, viewport=PHONE)
    visitor = new_context(viewport=PHONE).new_page()
    for page in (owner.page, visitor):
        page.goto("/")
        page.get_by_role("button", name="长辈版").click()
        page.wait_for_selector("html.large")
    page = owner.page
    code = make_code(owner, scope="full")
    _assert_good(page)
    for path in ("/s/", f"/s/{code}", "/s/x"):
        visitor.goto(path)
        _assert_good(visitor)
    take_view(visitor, code)
    _assert_good(visitor)
    page.goto(f"/my/{owner.car_ids[0]}/shares")
    page.get_by_text("看过的记录").click()
    _assert_good(page)
    number = issue(owner, "owner")
    _assert_good(page)
    page.goto(f"/my/{owner.car_ids[0]}/certificates")
    _assert_good(page)
    for path in ("/certificates/", f"/certificates/{number}", "/certificates/33"):
        visitor.goto(path)
        _assert_good(visitor)
