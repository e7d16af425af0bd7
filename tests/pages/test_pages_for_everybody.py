"""Every page of the catalogue: sound for axe, on the smallest phone, in larger type, in English, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import free_port
from tests.pages.conftest import running_site
from tests.pages.every_page import LOOKS, Look
from tests.pages.scene import Scene, make_scene
from tests.pages.soundness import PHONE, Hosts, axe_faults, faults_of, go, size_faults

__all__ = ["PHONE", "_assert_good"]


def _assert_good(page: Page) -> None:
    """Nothing serious for axe, nothing to scroll sideways."""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{page.url} is {width} px wide"  # type: ignore[index]
    assert axe_faults(page) == [], page.url


@dataclass(frozen=True)
class Shown:
    """A running site with one of everything."""

    address: str
    scene: Scene


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
        yield {node: Shown(addresses[node], made[node].result()) for node in settings}


@pytest.fixture
def visit(browser: Browser, shown: dict[str, Shown]) -> Iterator[Callable[..., Page]]:
    """A phone of somebody of the scene; one and the same for each account."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def visit_as(node: str, account: str, **options: object) -> Page:
        site = shown[node]
        if (node, account) not in contexts:
            phone = {"viewport": PHONE, "locale": "zh-CN", "base_url": site.address}
            context = browser.new_context(**phone | options)  # type: ignore[arg-type]
            context.set_default_timeout(15_000)
            kept = site.scene.cookies[account].items()
            context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in kept])
            contexts[node, account] = context
            context.new_page()
        return contexts[node, account].pages[0]

    yield visit_as
    for context in contexts.values():
        context.close()


def looks_of(group: str) -> list[Look]:
    """All looks in four heaps: a failure tells sooner whose pages are meant."""
    groups = {
        "": "open", "shop": "shops", "idle shop": "shops", "county": "officers", "city": "officers",
        "province": "officers", "idle officer": "officers", "ministry": "officers",
    }  # fmt: skip
    return [look for look in LOOKS if groups.get(look.account, "owners") == group]


@pytest.mark.parametrize("group", ["open", "owners", "shops", "officers"])
def test_every_page_is_sound(group: str, shown: dict[str, Shown], visit: Callable[..., Page]) -> None:
    faults: list[str] = []
    names_by_title: dict[str, set[str]] = {}
    for look in looks_of(group):
        page = visit(look.node, look.account)
        hosts = Hosts(page, shown[look.node].address)
        answer = go(page, look, shown[look.node].scene)
        title, found = faults_of(page, look, answer)
        found += [f"loads {url}" for url in hosts.elsewhere] + size_faults(page)
        faults += [f"{look.title}: {fault}" for fault in found]
        if look.status == 200:
            names_by_title.setdefault(title, set()).add(look.name)
    assert not faults, "\n".join(faults)
    assert [title for title, names in names_by_title.items() if len(names) > 1] == []
