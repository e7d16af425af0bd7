"""Reviews in a browser: an owner writes, the shop answers and appeals, officers decide, everybody reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import Car
from tests.pages.owners import Owner, bind_car, new_account, new_owner
from tests.pages.test_pages_for_everybody import _assert_good

Contexts = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], Page]
PHONE = {"width": 320, "height": 640}


def last_visit(site: Site, car: Car, shop: str = "west lake") -> str:
    """Address part of the newest settled record of a car in a shop."""
    row = site.province.connection.execute(
        "select record_id from record_version where vin = %s and company_code = %s order by settled_on desc limit 1",
        (car.vin, site.province.shops[shop]),
    ).fetchone()
    site.province.connection.commit()
    assert row is not None
    return str(row[0])


@pytest.fixture(autouse=True)
def no_reviews(site: Site) -> None:
    """Each test begins without any."""
    tables = "reviews_appeal, reviews_remark, reviews_review, reviews_shop_sums, access_allowance"
    site.province.connection.execute(f"truncate {tables}")
    site.province.connection.commit()


@pytest.fixture
def owner(site: Site, new_context: Contexts) -> Owner:
    """An owner of the family car on a small phone."""
    return new_owner(site, new_context, site.province.family_car, viewport=PHONE)


def review_page(site: Site, owner: Owner, car: Car, shop: str = "west lake") -> Page:
    owner.page.goto(f"/my/{owner.car_ids[0]}/records/{last_visit(site, car, shop)}/review")
    return owner.page


def write(page: Page, word: str, text: str = "") -> None:
    for question in ("履约", "态度", "质量", "速度", "价格"):
        page.get_by_role("group", name=question).get_by_label(word).check()
    page.get_by_label("说几句（可不填）").fill(text)
    follow(page.get_by_role("button", name="提交评价"))


def as_officer(site: Site, new_context: Contexts, division_code: str) -> Page:
    page = new_context().new_page()
    username = new_account(site, "regulator", division_code=division_code)
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def test_an_owner_reviews_a_visit_on_two_pages_and_the_shop_answers_without_learning_who(
    site: Site, owner: Owner, page: Page, sign_in: SignIn, new_context: Contexts
) -> None:
    # given an owner on the form of a settled visit, who forgets a question
    form = review_page(site, owner, site.province.family_car)
    _assert_good(form)
    follow(form.get_by_role("button", name="提交评价"))
    expect(form.get_by_role("alert").get_by_role("link", name="请给“质量”打分。")).to_be_visible()
    _assert_good(form)
    # when the review is handed in, with a number in its text
    form.get_by_label("价格实惠").check()
    write(form, "较好", "师傅很仔细，打 1420000 8888 找我")
    # then it stands among one's own, the number hidden
    expect(form.get_by_role("heading", name="我写过 1 条评价")).to_be_visible()
    expect(form.get_by_text("师傅很仔细，打 *** 找我")).to_be_visible()
    _assert_good(form)
    # and cannot be written twice
    assert review_page(site, owner, site.province.family_car).get_by_text("这次维修已经评价过").is_visible()
    # the shop sees a pseudonym and a quarter: no day, no plate, no VIN, no name of the account
    sign_in(page, "demo-shop")
    page.goto("/shop/reviews/")
    seen = page.content()
    car = site.province.family_car
    for secret in (car.plate_number, car.vin, car.vin_tail, owner.username, "1420000", "JS-48210", "日评价"):
        assert secret not in seen
    expect(page.get_by_text("季度").first).to_be_visible()
    follow(page.get_by_role("link", name="回复或申诉"))
    # it replies once
    page.get_by_role("main").get_by_label("内容").fill("谢谢，欢迎再来")
    follow(page.get_by_role("button", name="公开回复"))
    expect(page.get_by_role("heading", name="商家回复")).to_be_visible()
    expect(page.get_by_role("button", name="公开回复")).to_have_count(0)
    # everybody reads both on the shop's page, with the reckoning of the score; no contact of the shop
    visitor = new_context(viewport=PHONE).new_page()
    visitor.goto(f"/shops/{site.province.shops['west lake']}/")
    expect(visitor.get_by_text("谢谢，欢迎再来")).to_be_visible()
    expect(visitor.get_by_text("1 条评价，随时间折算成 1.00 条，平均 4.00 分")).to_be_visible()
    expect(visitor.get_by_role("heading", name="系统评分")).to_be_visible()
    assert car.plate_number not in visitor.content()
    row = site.province.connection.execute(
        "select linkman_name, linkman_phone from enterprise where company_code = %s",
        (site.province.shops["west lake"],),
    ).fetchone()
    assert row is not None
    assert not any(value and value in visitor.content() for value in row)
    _assert_good(visitor)
    # the owner adds something, and takes it all back
    mine = owner.page
    mine.goto("/my/reviews")
    follow(mine.get_by_role("link", name="追加评价"))
    _assert_good(mine)
    mine.get_by_role("main").get_by_label("内容").fill("过了一个月仍然很好")
    follow(mine.get_by_role("button", name="提交追加评价"))
    expect(mine.get_by_text("过了一个月仍然很好")).to_be_visible()
    mine.get_by_text("撤回这条评价").click()
    follow(mine.get_by_role("button", name="确认撤回"))
    expect(mine.get_by_role("listitem").get_by_text("已撤回")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="还没有车主评价")).to_be_visible()


def test_an_appeal_is_decided_by_the_shops_county_only(
    site: Site, owner: Owner, page: Page, sign_in: SignIn, new_context: Contexts
) -> None:
    # given a bad review that the shop appeals against, in larger type on a phone
    write(review_page(site, owner, site.province.family_car), "很差", "收了钱没有换机油")
    shop = new_context(viewport=PHONE).new_page()
    sign_in(shop, "demo-shop")
    follow(shop.get_by_role("button", name="长辈版"))
    shop.goto("/shop/reviews/")
    _assert_good(shop)
    follow(shop.get_by_role("link", name="回复或申诉"))
    follow(shop.get_by_role("button", name="提交申诉"))
    expect(shop.get_by_role("alert").get_by_role("link", name="请选择申诉原因。")).to_be_visible()
    _assert_good(shop)
    shop.get_by_label("申诉原因").select_option(label="与事实不符，本店有单据")
    shop.get_by_label("说明和依据").fill("清单上有机油一项")
    follow(shop.get_by_role("button", name="提交申诉"))
    expect(shop.get_by_text("已申诉，县级主管部门应在")).to_be_visible()
    # when an officer of another county looks, there is nothing, and no page
    sign_in(page, "demo-county")
    page.goto("/regulator/reviews/")
    expect(page.get_by_role("heading", name="1 件评价申诉等待决定")).to_be_visible()
    _assert_good(page)
    follow(page.get_by_role("link", name=site.province.names["west lake"]))
    foreign = as_officer(site, new_context, "330212")
    foreign.goto("/regulator/reviews/")
    expect(foreign.get_by_role("heading", name="没有等待决定的评价申诉")).to_be_visible()
    answer = foreign.goto(page.url)
    assert answer is not None
    assert answer.status == 404
    # the shop's own county decides, with a reason
    follow(page.get_by_role("button", name="申诉成立，隐藏评价"))
    expect(page.get_by_role("alert").get_by_role("link", name="请写明理由。")).to_be_visible()
    _assert_good(page)
    page.get_by_label("理由").fill("清单与所说不符")
    follow(page.get_by_role("button", name="申诉成立，隐藏评价"))
    expect(page.get_by_role("heading", name="没有等待决定的评价申诉")).to_be_visible()
    # then it is hidden from everybody, with the reason
    page.goto(f"/shops/{site.province.shops['west lake']}/")
    expect(page.get_by_text("理由：清单与所说不符")).to_be_visible()
    assert "收了钱没有换机油" not in page.content()
    owner.page.goto("/my/reviews")
    expect(owner.page.get_by_text("理由：清单与所说不符")).to_be_visible()


def test_insults_wait_for_an_officer_while_the_marks_count(
    site: Site, owner: Owner, page: Page, sign_in: SignIn
) -> None:
    write(review_page(site, owner, site.province.family_car), "一般", "老板是王 八 蛋")
    expect(owner.page.get_by_text("文字待主管部门核对后显示")).to_be_visible()
    page.goto(f"/shops/{site.province.shops['west lake']}/")
    expect(page.get_by_role("heading", name="车主评价 1 条")).to_be_visible()
    assert "老板是" not in page.content()
    sign_in(page, "demo-county")
    page.goto("/regulator/reviews/?show=texts")
    follow(page.get_by_role("link", name=site.province.names["west lake"]))
    page.get_by_label("理由").fill("含辱骂")
    follow(page.get_by_role("button", name="不予显示"))
    owner.page.reload()
    expect(owner.page.get_by_text("文字不予显示，打分仍然计入。 理由：含辱骂")).to_be_visible()


def test_without_a_car_of_ones_own_nobody_reviews(site: Site, owner: Owner, new_context: Contexts, page: Page) -> None:
    record = last_visit(site, site.province.family_car)
    # another owner with another car, under both cars' addresses
    other = new_owner(site, new_context, site.province.taxi)
    for car_id in (*owner.car_ids, *other.car_ids):
        answer = other.page.goto(f"/my/{car_id}/records/{record}/review")
        assert answer is not None
        assert answer.status == 404
    # somebody who sees the car by consent
    car_id = bind_car(site, other.username, site.province.family_car, kind="consent", proof="consent")
    answer = other.page.goto(f"/my/{car_id}/records/{record}/review")
    assert answer is not None
    assert answer.status == 403
    # a visitor is asked to sign in; the pages of shops and officers are closed to owners
    page.goto(f"/my/{owner.car_ids[0]}/records/{record}/review")
    assert "/sign-in" in page.url
    for path in ("/shop/reviews/", "/regulator/reviews/"):
        answer = owner.page.goto(path)
        assert answer is not None
        assert answer.status == 403


def test_open_pages_about_scores_are_good_and_unapproved_shops_have_none(site: Site, new_context: Contexts) -> None:
    phone = new_context(viewport=PHONE).new_page()
    phone.goto("/shops/score")
    expect(phone.get_by_role("heading", name="口碑评分怎样算")).to_be_visible()
    _assert_good(phone)
    answer = phone.goto(f"/shops/{site.province.shops['waiting']}/")
    assert answer is not None
    assert answer.status == 404
