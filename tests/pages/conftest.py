"""A real site process over a filled database, and a real browser."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, sync_playwright

from chedang.platform.database import connect
from chedang.site.accounts import DemoLogin, ensure_demo_logins
from tests.conftest import free_port, load_tools
from tests.pages.filled_province import Province, fill

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser and comes last, but for its longest file: that goes before the
    integration tests, so that no worker is left with it at the end.
    """
    here = Path(__file__).parent
    own = [item for item in items if item.path.is_relative_to(here)]
    for item in own:
        item.add_marker(pytest.mark.pages)
    others = [item for item in items if not item.path.is_relative_to(here)]
    longest = [item for item in own if item.path.name == "test_pages_for_everybody.py"]
    later = next((n for n, item in enumerate(others) if "integration" in item.path.parts), len(others))
    rest = [item for item in own if item.path.name != "test_pages_for_everybody.py"]
    items[:] = [*others[:later], *longest, *others[later:], *rest]


@dataclass(frozen=True)
class Site:
    """A running site, what stands in its database, and how to get in."""

    address: str
    database_url: str
    province: Province
    data_dir: str
    logins: dict[str, DemoLogin]
    """By account name."""
    gate_port: int
    """Where the site looks for the node's gate; nothing listens there unless a test starts one."""


@pytest.fixture(scope="package")
def site_database(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """One migrated database for all page tests."""
    with make_database() as url:
        yield url


@pytest.fixture(scope="package")
def standing_site(site_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """``python -m chedang.site`` on a port of its own."""
    port, other_port = free_port(), free_port()
    own = {
        "CHEDANG_DATABASE_URL": site_database,
        "CHEDANG_DATA_DIR": str(tmp_path_factory.mktemp("site-data")),
        "CHEDANG_SITE_PORT": str(port),
        "CHEDANG_GATE_PORT": str(other_port),
        "CHEDANG_TRUSTED_PROXIES": "127.0.0.1",  # so that people come from addresses of their own
    }
    province = fill(site_database)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in own.items():
            patch.setenv(variable, value)
        logins = ensure_demo_logins(site_database, province.shops["west lake"])
    let_officials_in(site_database)
    with running_site(own) as address:
        data_dir = own["CHEDANG_DATA_DIR"]
        by_name = {login.username: login for login in logins}
        yield Site(address, site_database, province, data_dir, by_name, other_port)
    province.connection.close()


def let_officials_in(database_url: str) -> None:
    """Let every new session of an official count as one whose 动态口令 was shown: a page less for every sign-in.

    Accounts named ``coded-…`` are left out: with these the tests of the second factor go through the real page.
    """
    with connect(database_url, autocommit=True) as connection:
        connection.execute(
            "create function tests_verify_session() returns trigger language plpgsql as $$ begin "
            "new.verified_at = (select now() from access_user where id = new.user_id and username not like 'coded-%'); "
            "return new; end $$"
        )
        connection.execute(
            "create trigger tests_verify_session before insert on access_open_session "
            "for each row execute function tests_verify_session()"
        )


@pytest.fixture(scope="module")
def site(standing_site: Site) -> Site:
    """The site as each file meets it: nothing on a desk that another file laid there. Files run in any order."""
    connection = standing_site.province.connection
    names = connection.execute(
        "select string_agg(quote_ident(tablename), ', ') from pg_tables where schemaname = 'public' "
        "and (split_part(tablename, '_', 1) in "
        "('owners', 'reviews', 'filing', 'workshop', 'supervision', 'emission', 'watch') "
        "or tablename = 'access_allowance')"
    ).fetchone()
    assert names is not None
    connection.execute(f"truncate {names[0]} cascade")
    connection.commit()
    return standing_site


@contextmanager
def running_site(own: Mapping[str, str]) -> Iterator[str]:
    """``python -m chedang.site`` with these settings for the length of a block; gives its address."""
    process = subprocess.Popen([sys.executable, "-m", "chedang.site"], env={**os.environ, **own})
    address = f"http://127.0.0.1:{own['CHEDANG_SITE_PORT']}"
    try:
        _wait_until_ready(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    for _attempt in range(300):
        assert process.poll() is None, "the site ended while it was starting"
        try:
            with urlopen(f"{address}/readyz", timeout=5) as answer:  # noqa: S310 - our own process
                if answer.status == 200:
                    return
        except OSError:  # also a machine so busy that the answer takes too long
            time.sleep(0.1)
    pytest.fail("the site did not become ready")


@pytest.fixture(scope="package")
def playwright(standing_site: Site) -> Iterator[Playwright]:
    """Starts after the site: its event loop would forbid Django's models in this thread."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without its windows where that is installed, or the one CHEDANG_CHROMIUM names."""
    path = load_tools().BROWSER.find()
    if path is None:
        pytest.fail(load_tools().BROWSER.missing, pytrace=False)
    running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield running
    running.close()


@pytest.fixture
def new_context(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of different people; options are those of ``Browser.new_context``."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"locale": "zh-CN", "base_url": site.address, "viewport": {"width": 1280, "height": 900}}
        contexts.append(browser.new_context(**settings | options))  # type: ignore[arg-type]  # options by name
        contexts[-1].set_default_timeout(15_000)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A visitor's page on a wide screen."""
    return new_context().new_page()


def follow(link: Locator) -> None:
    """Click what leads to another page, and be there: what follows could else meet this page, or none at all."""
    with link.page.expect_navigation():
        link.click()


def say_why(page: Page) -> None:
    """What an official must say before a vehicle's file opens."""
    page.get_by_label("查看目的").select_option("supervision")
    page.get_by_label("事由").fill("日常抽查")


def fill_in_sign_in(page: Page, username: str, password: str) -> None:
    """Sign in the way a person does."""
    page.goto("/sign-in")
    page.get_by_label("账户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()


@pytest.fixture(scope="package")
def sessions(browser: Browser, standing_site: Site) -> dict[str, list[Any]]:
    """Cookies of every demonstration account, signed in once: passwords are slow to check on purpose."""
    cookies = {}
    for username, login in standing_site.logins.items():
        context = browser.new_context(locale="zh-CN", base_url=standing_site.address)
        page = context.new_page()
        fill_in_sign_in(page, username, login.password)
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        cookies[username] = list(context.cookies())
        context.close()
    return cookies


@pytest.fixture
def sign_in(site: Site, sessions: dict[str, list[Any]]) -> Callable[[Page, str], Page]:
    """Let a page be that of a demonstration account, at the first page of its role."""

    def sign_in_as(page: Page, username: str) -> Page:
        page.context.add_cookies(sessions[username])
        page.goto(site.logins[username].url_path)
        return page

    return sign_in_as


@pytest.fixture
def look_up(site: Site) -> Callable[[Page, str, str], Page]:
    """Look a vehicle up with what a person types."""

    def look_up_vehicle(page: Page, plate: str, vin_tail: str) -> Page:
        page.goto("/vehicle/")
        page.get_by_label("车牌号码").fill(plate)
        page.get_by_label("车架号后 6 位").fill(vin_tail)
        say_why(page)
        follow(page.get_by_role("button", name="查档案"))
        return page

    return look_up_vehicle
