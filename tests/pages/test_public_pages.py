"""What anybody may read, and the switches at the top of every page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, follow


def test_the_start_page_says_what_this_is_and_leads_to_signing_in(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("您的车修过什么，在这里看得到")
    page.get_by_role("link", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_a_page_that_does_not_exist_says_so_and_offers_a_way_on(page: Page) -> None:
    answer = page.goto("/nothing-here")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")
    page.get_by_role("link", name="回到首页").click()
    expect(page).to_have_url("/")


def test_the_language_switch_stays_on_the_page_and_is_remembered(page: Page) -> None:
    page.goto("/privacy")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Privacy notice")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("See what has been repaired on your vehicle")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您的车修过什么，在这里看得到")


def test_larger_type_is_remembered_and_makes_text_and_targets_larger(page: Page) -> None:
    page.goto("/sign-in")
    button = page.get_by_role("main").get_by_role("button", name="登录")
    assert _height(button.bounding_box()) < 60
    follow(page.get_by_role("button", name="长辈版"))
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert _height(button.bounding_box()) >= 60
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    follow(page.get_by_role("button", name="标准版"))
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"


def _height(box: object) -> float:
    assert isinstance(box, dict)
    return float(box["height"])


def test_everything_a_page_needs_comes_from_the_site_and_weighs_little(page: Page, site: Site) -> None:
    weights: dict[str, int] = {}
    page.on("response", lambda answer: weights.update({answer.url: len(answer.body())}))
    page.goto("/", wait_until="networkidle")
    assert all(url.startswith(site.address) for url in weights)
    assert sum(weights.values()) < 40_000


def test_pages_carry_the_headers_that_keep_strangers_out(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    headers = answer.headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_form_without_its_token_is_refused_with_a_way_on(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/sign-in")
    page.context.clear_cookies()
    page.get_by_label("账户名").fill("demo-owner")
    page.get_by_label("密码").fill("anything")
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("页面打开得太久了，请重新提交")


def test_the_process_says_that_it_lives_and_is_ready(page: Page) -> None:
    for path in ("/healthz", "/readyz"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        assert answer.json() == {"status": "ok"}
