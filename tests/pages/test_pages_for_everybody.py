"""Every page of the catalogue: sound for axe, on the smallest phone, in larger type, in English, without scripts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

import chedang.site
from tests.conftest import free_port
from tests.pages.conftest import follow, running_site
from tests.pages.every_page import LOOKS
from tests.pages.look import Look
from tests.pages.phone import read_code
from tests.pages.scene import Scene, make_scene
from tests.pages.soundness import PHONE, Hosts, axe_faults, chinese_words, faults_of, go, size_faults

__all__ = ["PHONE", "_assert_good"]


_SEEN: set[str] = set()
"""Titles of pages that axe has seen in this process: it takes longer than all else, and says the same again."""


def _assert_good(page: Page) -> None:
    """Nothing to scroll sideways, nothing serious for axe the first time that a page of this title is seen."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"  # type: ignore[index]  # set by every context
    if page.title() not in _SEEN:
        assert axe_faults(page) == [], page.url
        _SEEN.add(page.title())


@dataclass(frozen=True)
class Shown:
    """A running site with one of everything."""

    address: str
    scene: Scene
    settings: dict[str, str]
    """Of the node, as its environment."""


@pytest.fixture(scope="module")
def shown(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Shown]]:
    """A province and the ministry, of this file alone: what stands there would be in the way of other files."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        settings = {}
        for node, code in (("province", "33"), ("ministry", "00")):
            settings[node] = {
                "CHEDANG_NODE": code,
                "CHEDANG_DATABASE_URL": stack.enter_context(make_database()),
                "CHEDANG_DATA_DIR": str(tmp_path_factory.mktemp(node)),
                "CHEDANG_SITE_PORT": str(free_port()),
                "CHEDANG_GATE_PORT": str(free_port()),
                "CHEDANG_TRUSTED_PROXIES": "127.0.0.1",
            }
        made = {node: threads.submit(make_scene, own) for node, own in settings.items()}
        addresses = {node: stack.enter_context(running_site(own)) for node, own in settings.items()}
        yield {node: Shown(addresses[node], made[node].result(), settings[node]) for node in settings}


@pytest.fixture
def visit(browser: Browser, shown: dict[str, Shown]) -> Iterator[Callable[..., Page]]:
    """A phone of somebody of the scene; one and the same for each account."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def visit_as(node: str, account: str, **options: object) -> Page:
        site = shown[node]
        if (node, account) not in contexts:
            phone = {"viewport": PHONE, "locale": "zh-CN", "base_url": site.address}
            context = browser.new_context(**phone | options)  # type: ignore[arg-type]  # options by name
            context.set_default_timeout(15_000)
            kept = site.scene.cookies[account].items()
            context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in kept])
            contexts[node, account] = context
            context.new_page()
        return contexts[node, account].pages[0]

    yield visit_as
    for context in contexts.values():
        context.close()


def looks_of(group: str, half: int | None = None) -> list[Look]:
    """All looks in four heaps, the large ones in halves: a failure tells sooner whose pages are meant."""
    groups = {
        "": "open", "shop": "shops", "idle shop": "shops", "clerk": "shops", "with one-time password": "shops",
        "knows two shops": "shops", "waits for shop's code": "shops", "proved a shop": "shops",
        "inspected manager": "shops", "ended manager": "shops",
        "credit proposed": "shops", "credit objected": "shops", "credit colleague": "officers",
        "filer": "shops", "refused filer": "shops", "waiting filer": "shops", "late filer": "shops",
        "county": "officers", "city": "officers", "inspector": "officers", "police": "officers",
        "province": "officers", "idle officer": "officers", "ministry": "officers",
        "security": "officers", "auditor": "officers", "without a device": "officers", "asked for a code": "officers",
        "handed a code": "officers",
    }  # fmt: skip
    found = [look for look in LOOKS if groups.get(look.account, "owners") == group]
    middle = len(found) // 2
    return found[:middle] if half == 1 else found[middle:] if half == 2 else found


SAME_PAGE = {"take-over-code": "take-over", "shop-draft": "shop-new"}
"""Reached by two addresses; every other page has a title of its own."""


HEAPS = [("open", None), ("shops", 2), ("shops", 1), ("owners", 1), ("owners", 2), ("officers", 1), ("officers", 2)]
"""Those first in which somebody's code by SMS waits: it is good for minutes."""


@pytest.fixture(scope="module")
def names_by_title() -> dict[tuple[str, str], set[str]]:
    """By heap and title, of all looks so far: for one sort of people each page has a title of its own."""
    return {}


@pytest.mark.parametrize(("group", "half"), HEAPS)
def test_every_page_is_sound(
    group: str,
    half: int | None,
    shown: dict[str, Shown],
    visit: Callable[..., Page],
    names_by_title: dict[tuple[str, str], set[str]],
) -> None:
    faults: list[str] = []
    seen: set[tuple[str, int]] = set()
    hosts: dict[Page, Hosts] = {}
    before: dict[Page, str] = {}
    for look in looks_of(group, half):
        page, site = visit(look.node, look.account), shown[look.node]
        if page not in hosts:
            hosts[page] = Hosts(page, site.address)
        is_there = before.pop(page, "") == look.path(site.scene)
        try:
            answer = go(page, look, site.scene, is_there=is_there)
        except PlaywrightError as fault:
            faults.append(f"{look.title}: {fault.message.splitlines()[0]}")
            continue
        # Axe sees each page and each kind of refusal on it; further states are made of the same parts.
        title, found = faults_of(page, look, answer, with_axe=(look.name, look.status) not in seen)
        seen.add((look.name, look.status))
        found += [f"loads {url}" for url in hosts[page].take()] + size_faults(page)
        faults += [f"{look.title}: {fault}" for fault in found]
        if not look.press:
            before[page] = look.path(site.scene)
        if look.status == 200:
            names_by_title.setdefault((group, title), set()).add(SAME_PAGE.get(look.name, look.name))
    assert not faults, "\n".join(faults)
    assert [(title, names) for title, names in names_by_title.items() if len(names) > 1] == []


ON_A_DESK = (
    "start",
    "my-car",
    "fleet",
    "shop-home",
    "regulator-home",
    "vehicle-file",
    "officer-case",
    "correction-figures",
    "shop-order-wrong",
    "shop-draft",
    "shop-credit-year",
    "shop-why",
    "officer-duty",
    "officer-filings",
)


def test_pages_are_sound_on_a_wide_screen(shown: dict[str, Shown], visit: Callable[..., Page]) -> None:
    chosen = [look for look in LOOKS if look.title in ON_A_DESK]
    assert len(chosen) == len(ON_A_DESK)
    for look in chosen:
        page = visit(look.node, look.account, viewport={"width": 1280, "height": 900})
        go(page, look, shown[look.node].scene)
        _assert_good(page)


def test_every_page_speaks_english_too(shown: dict[str, Shown], visit: Callable[..., Page]) -> None:
    faults: list[str] = []
    for look in {(look.node, look.name): look for look in reversed(LOOKS) if not look.press}.values():
        page = visit(look.node, look.account)
        page.context.add_cookies([{"name": "django_language", "value": "en", "url": shown[look.node].address}])
        answer = page.request.get(look.path(shown[look.node].scene))
        faults += [f"{look.title}: {text}" for text in chinese_words(page, answer.text())]
    assert not faults, "\n".join(faults)


WITHOUT_SCRIPTS = (
    *("start", "garage", "bind-wrong", "my-car", "car-shares-made", "car-transfer-made", "review-write-wrong"),
    *("report-mistake", "complain-wrong", "shop-search", "vehicle-file", "officer-case", "shop-files"),
    *("shop-apply-wrong", "shop-staff-add-wrong", "shop-draft-wrong", "shop-order-conflict", "shop-order-settle"),
    *("shop-connect-try-wrong", "shop-day-differences", "shop-credit-year-wrong", "shop-duty-wrong"),
    *("officer-notice-new-wrong", "officer-duty-wrong", "officer-filing-wrong", "shop-certificate-new-wrong"),
)


def test_pages_work_without_scripts(shown: dict[str, Shown], visit: Callable[..., Page]) -> None:
    with_scripts: dict[str, str] = {}
    chosen = [look for look in LOOKS if look.title in WITHOUT_SCRIPTS]
    assert len(chosen) == len(WITHOUT_SCRIPTS)
    for look in chosen:
        page = visit(look.node, look.account, java_script_enabled=False)
        answer = go(page, look, shown[look.node].scene)
        assert answer.status == look.status, look.title
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= PHONE["width"], look.title
        with_scripts[look.title] = page.get_by_role("heading", level=1).inner_text()
    assert all(with_scripts.values())
    # And the whole VIN, which a script fetches elsewhere, comes with a page of its own.
    county = visit("province", "county")
    county.goto(f"/vehicle/{shown['province'].scene.ids['file']}")
    county.get_by_role("button", name="显示完整车架号").click()
    assert county.locator("#vin").inner_text().find("•") < 0


WECHAT = (
    "Mozilla/5.0 (Linux; Android 13; PGT-AN00 Build/HONOR; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F30) "
    "WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)


def test_in_wechats_browser_a_scan_leads_to_the_file_of_the_car(shown: dict[str, Shown], browser: Browser) -> None:
    site = shown["province"]
    options = {"user_agent": WECHAT, "viewport": PHONE, "locale": "zh-CN", "is_mobile": True, "has_touch": True}
    context = browser.new_context(base_url=site.address, **options)  # type: ignore[arg-type]  # options by name
    context.set_default_timeout(15_000)
    context.set_extra_http_headers({"X-Forwarded-For": "198.51.100.77"})
    phone = context.new_page()
    downloads: list[str] = []
    phone.on("download", lambda download: downloads.append(download.url))
    # A scan opens the claim page: sign in, and come back to the car.
    phone.goto(f"/c/{site.scene.ids['wechat_code']}")
    assert axe_faults(phone) == []
    phone.get_by_label("手机号码").fill("14200009020")
    follow(phone.get_by_role("button", name="获取验证码"))
    phone.get_by_label("6 位验证码").fill(read_code(phone, "14200009020"))
    follow(phone.get_by_role("main").get_by_role("button", name="登录"))
    assert phone.url.endswith(f"/c/{site.scene.ids['wechat_code']}")
    follow(phone.get_by_role("main").get_by_role("button").first)
    assert re.search(r"/my/[0-9a-z]{12}/$", phone.url)
    assert axe_faults(phone) == []
    # Nothing is downloaded, no app is asked for, and the account says from where one signed in.
    assert "App" not in phone.get_by_role("main").inner_text()
    phone.goto("/account/")
    assert "微信" in phone.get_by_role("main").inner_text()
    assert downloads == []
    context.close()


LOADING = re.compile(
    r"""(?:\b(?:src|srcset|poster|data)\s*=|<link\b[^>]*\bhref\s*=|\baction\s*=|\burl\(|@import|\bfetch\(|\bimport\b.*\bfrom)"""
    r"""\s*['"(]?\s*(?:https?:)?//""",
    re.IGNORECASE,
)


def test_no_page_or_static_file_loads_anything_from_elsewhere() -> None:
    root = Path(chedang.site.__file__).parent
    files = [path for ending in ("html", "css", "js", "svg") for path in root.rglob(f"*.{ending}")]
    assert len(files) > 100
    found = [path.name for path in files if LOADING.search(path.read_text(encoding="utf-8"))]
    assert found == []
    assert LOADING.search('<script src="https://a.example/x.js">')
    assert LOADING.search("background: url(//a.example/x.png)")


def test_everybody_sees_what_is_theirs_and_officials_their_division_and_below(
    shown: dict[str, Shown], record_property: Callable[[str, object], None]
) -> None:
    """All addresses × everybody, officers' objects, lists, tables and deeds × divisions. See ``scope``."""
    site = shown["province"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.pages.scope"],
        env={**os.environ, **site.settings},
        input=msgspec.json.encode(site.scene),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    *faults, told = done.stdout.decode().split("\n")
    cases: dict[str, int] = msgspec.json.decode(told)
    record_property("cases", cases)
    sys.stdout.write(f"{sum(cases.values())} cases, by who asked: {cases}\n")
    assert not faults, "\n".join(faults)
    assert sum(cases.values()) > 4_000


def test_nonsense_is_refused_and_nobody_sees_what_is_anothers(shown: dict[str, Shown]) -> None:
    """Last in this file: what it does to the scene nobody else should look at."""
    site = shown["province"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.pages.rummage"],
        env={**os.environ, **site.settings},
        input=msgspec.json.encode(site.scene),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    *faults, count = done.stdout.decode().split("\n")
    assert not faults, "\n".join(faults)
    assert int(count) > 1_000
