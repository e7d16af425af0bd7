"""What every page must be, measured in the browser: as lists of faults, so that one run tells of all pages."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.pages.look import Look
from tests.pages.scene import Scene

PHONE: Final = {"width": 320, "height": 640}
_AXE: Final = Axe()
_DATA: Final = re.compile(
    r"浙[A-Z]·?[0-9A-Z]{5,6}|[\u3400-\u9fff]+有限公司|更换\S+|浙江(省\S*)?|[\u3400-\u9fff]+虚构路 ?\d+ ?号|本周|部级"
    r"|滚蛋|西湖汽修|青禾(、青禾电动)?|车辆识别代号|工时|结算清单编号|维修项目|车架号|送修里程|配件名称|配件数量|无|未上牌"
)
"""What stays Chinese in every language: plates, names and addresses of shops, jobs and authorities, what people
typed or are to type, and the elements of a record under the names that the standard gives them."""
_WITHOUT_SWITCHES: Final = {"shared-expired"}
"""The same bytes for every code that opens nothing: no form with a token of the visitor's stands there."""

_BUILD: Final = """() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const far = (value) => value && !value.startsWith('data:') && !value.startsWith('#')
      && !/^(tel|mailto):/.test(value) && new URL(value, location).origin !== location.origin;
  const loading = 'script,img,iframe,source,video,audio,embed,link,form,object';
  const loads = [...document.querySelectorAll(loading)].flatMap(
      (e) => ['src', 'href', 'action', 'data'].map((name) => e.getAttribute(name)));
  const css = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).map((rule) => rule.cssText).join('\\n');
  const inCss = [...css.matchAll(/url\\(["']?([^"')]+)/g)].map((found) => found[1]);
  const handlers = [...document.querySelectorAll('*')].filter(
      (e) => [...e.attributes].some((a) => a.name.startsWith('on')));
  return {
    width: document.documentElement.scrollWidth,
    headings: document.querySelectorAll('h1').length,
    lang: document.documentElement.lang,
    title: document.title,
    inline: document.querySelectorAll('script:not([src]),style,[style]:not(svg *)').length + handlers.length,
    far: [...loads, ...inCss].filter(far),
    switches: document.querySelectorAll('button[name=size],button[name=language]').length,
    foot: document.querySelector('footer')?.textContent || '',
  };
}"""
_SIZES: Final = """() => {
  const seen = (e) => e.checkVisibility() && !e.closest('.sr,.skip,[aria-hidden=true],.on-paper,.on-paper-inline');
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} ${e.textContent.trim().slice(0, 20)}`;
  const px = (e) => parseFloat(getComputedStyle(e).fontSize);
  const faults = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() && !e.closest('svg,script') && seen(e) && px(e) < 18) small.add(e);
  }
  for (const e of small) faults.push(`${px(e)} px: ${name(e)}`);
  for (const e of document.querySelectorAll('h1')) if (px(e) < 30) faults.push(`${px(e)} px: ${name(e)}`);
  const targets = 'button,a.btn,summary,.tabs a,.nav a,.foot a,.brand,select,textarea,'
      + 'input:not([type=hidden],[type=checkbox],[type=radio])';
  for (const e of document.querySelectorAll(targets)) {
    const height = e.getBoundingClientRect().height;
    if (seen(e) && height < 59.5) faults.push(`${height} px high: ${name(e)}`);
  }
  for (const e of document.querySelectorAll('[type=checkbox],[type=radio]')) {
    const label = e.labels[0];
    if (seen(e) && (!label || label.getBoundingClientRect().height < 59.5)) faults.push(`low: ${e.name}`);
  }
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) faults.push(`${width} px wide`);
  return faults;
}"""


_READY: Final = """() => {
  for (const form of document.forms) form.noValidate = true;
  for (const details of document.querySelectorAll('details')) details.open = true;
}"""


def go(page: Page, look: Look, scene: Scene, *, is_there: bool = False) -> Response:
    """Let ``page`` show a look; gives the answer that it came with.

    ``is_there``: it shows already what stands there before ``press``.
    """
    answer = None if is_there and look.press else page.goto(look.path(scene))
    if look.press:
        page.evaluate(_READY)
        for name, value in look.typed:
            field = page.locator(f"main [name={name}]").first
            if field.get_attribute("type") == "hidden":  # as an older page had it
                field.evaluate("(field, value) => { field.value = value; }", value)
            elif field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        if look.file:
            chosen = {"name": "table.csv", "mimeType": "text/csv", "buffer": look.file.encode()}
            page.locator("main input[type=file]").first.set_input_files(chosen)  # type: ignore[arg-type]  # a file in memory
        with page.expect_navigation() as reached:
            page.locator(look.press).first.click()
        answer = reached.value
    assert answer is not None
    return answer


_SERIOUS: Final = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false});
  return found.violations.filter((each) => ['serious', 'critical'].includes(each.impact))
      .map((each) => `${each.id}: ${each.nodes.map((node) => node.html)}`);
}"""


def axe_faults(page: Page) -> list[str]:
    """What axe calls serious or critical. Only that leaves the browser: all that is well is much longer."""
    page.evaluate(_AXE.axe_script)
    return list(page.evaluate(_SERIOUS))


def faults_of(page: Page, look: Look, answer: Response, *, with_axe: bool) -> tuple[str, list[str]]:
    """Title and faults of the page that is shown, with everything on it unfolded."""
    built: dict[str, Any] = page.evaluate(_BUILD)
    faults = axe_faults(page) if with_axe else []
    wanted = {
        "status": (answer.status, look.status),
        "h1": (built["headings"], 1),
        "lang": (built["lang"], "zh-hans"),
        "inline scripts and styles": (built["inline"], 0),
        "addresses elsewhere": (built["far"], []),
        "switches": (built["switches"], 0 if look.title in _WITHOUT_SWITCHES else 2),
        "12328": ("12328" in built["foot"], True),
    }
    faults += [f"{what}: {is_}, not {should}" for what, (is_, should) in wanted.items() if is_ != should]
    viewport = page.viewport_size
    if viewport is not None and built["width"] > viewport["width"]:
        faults.append(f"{built['width']} px wide")
    return built["title"], faults


def size_faults(page: Page) -> list[str]:
    """What is too small in 长辈版: text under 18 px, a heading under 30, a target under 60 high."""
    page.evaluate("document.documentElement.classList.add('large')")
    return list(page.evaluate(_SIZES))


class Hosts:
    """Watches what a page of a browser loads; keeps what is not of the site."""

    def __init__(self, page: Page, address: str) -> None:
        self._elsewhere: list[str] = []
        self._host = urlsplit(address).netloc
        page.on("request", lambda request: self._note(request.url))

    def take(self) -> list[str]:
        """What came from elsewhere since the last time."""
        found, self._elsewhere = self._elsewhere, []
        return found

    def _note(self, url: str) -> None:
        if urlsplit(url).netloc not in {self._host, ""}:
            self._elsewhere.append(url)


_WORDS: Final = """(html) => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  // A title cannot mark a name in it: what the page marks as Chinese may stand there too.
  for (const e of page.querySelectorAll('[lang^=zh]')) {
    const name = e.textContent.trim();
    if (name) page.title = page.title.replaceAll(name, '');
  }
  for (const e of page.querySelectorAll('[lang^=zh],.who,.plate,.trail,option')) e.remove();
  const interface_words = 'title,nav,h1,h2,h3,button,label,legend,th,dt,caption,summary,.btn,.tag,footer,.hint';
  return [page.documentElement.lang !== 'en' ? page.documentElement.lang : '',
      ...[...page.querySelectorAll(interface_words)].map((e) => e.textContent),
      ...[...page.querySelectorAll('[aria-label],[alt]')].map((e) => e.ariaLabel || e.getAttribute('alt'))];
}"""
_CHINESE: Final = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff（）·、，。]*")


def chinese_words(page: Page, html: str) -> list[str]:
    """Chinese that is left among the words of the interface of an English page."""
    texts: list[str] = page.evaluate(_WORDS, html)
    return sorted({found for text in texts for found in _CHINESE.findall(_DATA.sub("", text))})
