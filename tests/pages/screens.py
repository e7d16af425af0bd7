"""``python -m tests.pages.screens``: pictures of every page at 320 and 1280 px, with a table, in docs/screens.

States of a page beyond its first are taken at 320 px only.

Starts an embedded PostgreSQL and the sites of a province and of the ministry on free ports of 127.0.0.1, fills them
with the scene, and stops them. Times and identifiers differ from run to run.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import django
import psycopg
from django.urls import get_resolver
from PIL import Image, ImageColor
from playwright.sync_api import Browser, Page, sync_playwright

from chedang.platform.postgres import Cluster
from tests.conftest import free_port, load_tools, migrate
from tests.pages.conftest import FLAGS, running_site
from tests.pages.every_page import LOOKS
from tests.pages.look import Look
from tests.pages.scene import Scene, make_scene
from tests.pages.soundness import go

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
WIDTHS: Final = {320: 640, 1280: 900}
_NODES: Final = {"province": "33", "ministry": "00"}
_HIGHEST_PX: Final = 2_400
_COLOURS: Final = (
    *("#17212b", "#475460", "#6b7884", "#d3dae0", "#ffffff", "#f3f5f7", "#0d4c97", "#0b3f78", "#e7eff8"),
    *("#0a673a", "#e5f2ea", "#855000", "#fcf1dc", "#9f1f1c", "#fae8e7", "#ebeef1", "#14488f", "#a9dfc0", "#f2b824"),
)
"""Of chedang.css. A palette made from each picture would lose what is rare: the colours of states and plates."""
_WHO: Final = {
    "": "anybody",
    "shop": "shop",
    "idle shop": "shop without anything",
    "county": "county officer",
    "city": "city officer",
    "province": "province officer",
    "ministry": "ministry officer",
    "idle officer": "officer without anything",
    "relative": "owner's relative, by consent",
    "manager": "company's manager",
    "buyer": "another owner",
    "asker": "owner who asks for a car",
    "newcomer": "owner without anything",
    "guesser": "owner who tried too often",
    "waits for code": "anybody, with a code under way",
    "clerk": "shop's clerk",
    "with one-time password": "shop's clerk with a one-time password",
    "knows two shops": "somebody whose phone two shops know",
    "waits for shop's code": "somebody of a shop, with a code under way",
    "proved a shop": "who has proved to act for a shop",
}


def main() -> int:
    """Make all pictures; returns the exit status."""
    browser_path = load_tools().BROWSER.find()
    if browser_path is None:
        sys.stderr.write(f"{load_tools().BROWSER.missing}\n")
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    with running_scenes() as scenes, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=[*FLAGS, "--lang=zh-CN"])
        for width, height in WIDTHS.items():
            _take_all(browser, scenes, {"width": width, "height": height})
        browser.close()
    (FOLDER / "README.md").write_text(_table(), encoding="utf-8")
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    sys.stdout.write(f"{len(list(FOLDER.glob('*.png')))} pictures, {size / 1e6:.1f} MB, in {FOLDER}\n")
    return 0


@contextmanager
def running_scenes() -> Iterator[dict[str, tuple[str, Scene]]]:
    """Address and scene of a province and of the ministry, for the length of a block."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as threads:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chedang-screens-")))
        home.chmod(0o755)
        server = stack.enter_context(Cluster(home / "server"))
        own = {node: _settings(server.url, home, node) for node in _NODES}
        for settings in own.values():
            migrate(settings["CHEDANG_DATABASE_URL"])
        made = {node: threads.submit(make_scene, settings) for node, settings in own.items()}
        addresses = {node: stack.enter_context(running_site(settings)) for node, settings in own.items()}
        yield {node: (addresses[node], made[node].result()) for node in _NODES}


def _settings(server_url: str, home: Path, node: str) -> dict[str, str]:
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"create database {node}")
    (home / node).mkdir()
    return {
        "CHEDANG_NODE": _NODES[node],
        "CHEDANG_DATABASE_URL": urlsplit(server_url)._replace(path=f"/{node}").geturl(),
        "CHEDANG_DATA_DIR": str(home / node),
        "CHEDANG_SITE_PORT": str(free_port()),
        "CHEDANG_GATE_PORT": str(free_port()),
    }


def _take_all(browser: Browser, scenes: dict[str, tuple[str, Scene]], viewport: Any) -> None:
    for node, (address, scene) in scenes.items():
        for account, cookies in scene.cookies.items():
            context = browser.new_context(locale="zh-CN", base_url=address, viewport=viewport)
            context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
            page = context.new_page()
            for look in LOOKS:
                if (look.node, look.account) == (node, account) and viewport["width"] in _widths(look):
                    go(page, look, scene)
                    _path(look, viewport["width"]).write_bytes(_small(_picture(page)))
            context.close()


def _widths(look: Look) -> tuple[int, ...]:
    first = next(each for each in LOOKS if (each.node, each.name) == (look.node, look.name))
    return tuple(WIDTHS) if look == first else (min(WIDTHS),)


def _picture(page: Page) -> bytes:
    page.mouse.move(0, 0)
    width = page.evaluate("innerWidth")
    height = min(page.evaluate("document.documentElement.scrollHeight"), _HIGHEST_PX)
    return page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})


def _small(png: bytes) -> bytes:
    """The same picture in the few colours that pages are made of, with the shades between each and white."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    written = io.BytesIO()
    picture.quantize(palette=_palette(), dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


@cache
def _palette() -> Image.Image:
    colours = [ImageColor.getrgb(colour)[:3] for colour in _COLOURS]
    mixed = [tuple((part + 255) // 2 for part in colour) for colour in colours if sum(colour) < 600]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in (*colours, *mixed) for part in colour])
    return palette


def _path(look: Look, width: int) -> Path:
    node = "" if look.node == "province" else f"{look.node}-"
    return FOLDER / f"{node}{look.title.replace(chr(39), '')}-{width}.png"


def _table() -> str:
    lines = [
        "# Every page",
        "",
        "Made by `make screens` from the fictional province and ministry of the tests: no real person, vehicle, shop. "
        "Pages are as wide as a small phone (320 px) and, in their first state, as a desk's screen (1280 px); "
        "very long ones are cut off.",
        "",
        "| Page | Address | Who sees it | 320 px | 1280 px |",
        "|---|---|---|---|---|",
    ]
    for look in LOOKS:
        name = look.title if look.node == "province" else f"{look.title} ({look.node})"
        taken = _widths(look)
        pictures = " | ".join(f"[{width}]({_path(look, width).name})" if width in taken else "–" for width in WIDTHS)
        who = _WHO.get(look.account, look.account)
        lines.append(f"| {name} | `{_pattern(look)}` | {who} | {pictures} |")
    return "\n".join(lines) + "\n"


def _pattern(look: Look) -> str:
    """The address as the site knows it: ``/my/<car_id>/``."""
    if not look.name:
        return "/…"
    (pattern, parts), *_rest = get_resolver().reverse_dict.getlist(look.name)[0][0]
    return f"/{pattern}" % {part: f"<{part}>" for part in parts}


if __name__ == "__main__":
    sys.exit(main())
