"""接口密钥 on the page about a shop's software: made, shown once, ended; by the shop alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from chedang.enterprises import secrets
from chedang.platform.database import connect
from tests.pages.conftest import Site
from tests.pages.test_pages_for_everybody import _assert_good


@pytest.fixture(autouse=True)
def without_secrets(site: Site) -> Iterator[None]:
    """Each test begins and leaves without any."""
    yield
    with connect(site.database_url) as connection:
        connection.execute("delete from api_secret")


@pytest.fixture
def shop(page: Page, sign_in: Callable[[Page, str], Page]) -> Page:
    page.set_viewport_size({"width": 320, "height": 640})
    sign_in(page, "demo-shop").goto("/shop/connect/")
    return page


def make_one(shop: Page) -> str:
    shop.get_by_role("button", name="生成接口密钥").click()
    return shop.locator("#secret").inner_text()


def test_a_secret_is_shown_once_and_never_again(shop: Page, site: Site) -> None:
    secret = make_one(shop)
    assert secrets.public_part(secret) is not None
    _assert_good(shop)
    with connect(site.database_url) as connection:
        kept = secrets.find(connection, secrets.public_part(secret) or "")
    assert kept is not None
    assert kept.fits(secret)
    assert kept.company_code == site.province.shops["west lake"]
    shop.get_by_role("link", name="已经记下").click()
    expect(shop.get_by_role("region", name="接口密钥")).to_contain_text(f"cd_{kept.secret_id}_…")
    assert secret not in shop.content()
    _assert_good(shop)


def test_two_are_the_most_and_an_ended_one_makes_room(shop: Page, site: Site) -> None:
    first = secrets.public_part(make_one(shop))
    shop.goto("/shop/connect/")
    make_one(shop)
    shop.goto("/shop/connect/")
    expect(shop.get_by_role("button", name="生成接口密钥")).to_have_count(0)
    shop.get_by_text(f"停用 cd_{first}").click()
    _assert_good(shop)
    shop.get_by_role("button", name="确认停用").and_(shop.locator(":visible")).click()
    expect(shop.get_by_text("已停用，几秒内失效")).to_be_visible()
    expect(shop.get_by_role("button", name="生成接口密钥")).to_have_count(1)
    with connect(site.database_url) as connection:
        assert secrets.find(connection, first or "") is None
        ended = connection.execute("select ended_by from api_secret where secret_id = %s", [first]).fetchone()
        events = connection.execute(
            "select action from access_audit_event where action like 'secret:%' order by at desc limit 3"
        ).fetchall()
    assert ended == ("demo-shop",)
    assert [action for (action,) in events] == ["secret:end", "secret:make", "secret:make"]


@pytest.mark.parametrize(("days", "sentence"), [(31, None), (14, "还有 14 天到期"), (2, "还有 2 天到期")])
def test_the_page_reminds_of_a_secret_that_will_end(
    page: Page, sign_in: Callable[[Page, str], Page], site: Site, days: int, sentence: str | None
) -> None:
    now = datetime.now(UTC)
    with connect(site.database_url) as connection:
        code = site.province.shops["west lake"]
        secrets.make(connection, code, by="test", now=now, expires_at=now + timedelta(days=days))
    sign_in(page, "demo-shop").goto("/shop/connect/")
    shown = page.get_by_role("region", name="接口密钥")
    if sentence is None:
        expect(shown).not_to_contain_text("天到期，")
    else:
        expect(shown).to_contain_text(sentence)


@pytest.mark.parametrize("username", ["demo-owner", "demo-county", "demo-admin"])
def test_nobody_else_makes_or_ends_a_shop_s_secrets(
    page: Page, sign_in: Callable[[Page, str], Page], site: Site, username: str
) -> None:
    sign_in(page, username)
    page.goto("/sign-in")  # any page with a form of this session
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "chedang_csrf_33")
    for path in ("/shop/connect/keys", "/shop/connect/keys/0123abcd/end"):
        answer = page.request.post(path, headers={"X-CSRFToken": token, "Referer": site.address})
        assert answer.status == 403
    with connect(site.database_url) as connection:
        assert connection.execute("select count(*) from api_secret").fetchone() == (0,)


def test_a_shop_cannot_end_the_secret_of_another(shop: Page, site: Site) -> None:
    with connect(site.database_url) as connection:
        other = secrets.make(connection, site.province.shops["ningbo"], by="test", now=datetime.now(UTC))
    token = shop.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = shop.request.post(
        f"/shop/connect/keys/{other.kept.secret_id}/end",
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": site.address},
    )
    assert "没有这个接口密钥" in answer.text()
    with connect(site.database_url) as connection:
        assert secrets.find(connection, other.kept.secret_id) is not None
