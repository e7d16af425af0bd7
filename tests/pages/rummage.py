"""``python -m tests.pages.rummage [seed]``: send nonsense to every address as everybody, and tell what went wrong.

The scene comes as JSON on standard input, its database and keys by the environment. Ends with a count of requests on
the last line. What it does to the scene nobody else should look at.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterator
from html import unescape
from random import Random
from typing import Any, Final
from urllib.parse import unquote, urlencode, urljoin
from uuid import UUID

import msgspec

from tests.pages.every_page import EVERYBODYS_OWN, ONLY_POST, looks
from tests.pages.look import Look
from tests.pages.scene import Scene

_PEOPLE: Final = ("", "owner", "newcomer", "manager", "shop", "county")
_GARBAGE: Final = (
    *(
        "",
        " ",
        "0",
        "-1",
        "99999999999999999999",
        "1e999",
        "NaN",
        "2026-13-45",
        "9999-12-31",
        "0001-01-01",
        "on",
        "true",
    ),
    *("a\x00b", "\u202e", "𠮷" * 40, "字" * 3000, "' or 1=1 --", "<script>", "{{7*7}}", "../../etc/passwd", "%s%n"),
    *("14200009001", "浙A12345", "2222-2222-2222", "http://example.invalid/", "٣", "½"),
)
_NOT_DONE: Final = frozenset({302, 400, 403, 404, 405})
_LAST: Final = ("account-close", "sign-out")
"""After these somebody is nobody."""
_SEEN_BY_ALL: Final = frozenset(
    {"certificate", "claim", "shared", "take-over-code", "network-waiting", "network-comparison"}
)
"""Open to whoever knows the address; take-over is by code; the line between nodes is every officer's."""
_STRANGERS: Final = {
    "owner": ("newcomer", "shop", "county"),
    "shop": ("idle shop", "owner"),
    "county": ("idle officer", "shop"),
}
"""Who must not see whose objects."""
_NEEDS_GATE: Final = "shop-connect-try"
"""Carries what is typed to the node's gate, which does not run here: the page says so, with 503."""


_FORM: Final = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def read_form(html: str) -> tuple[list[str], dict[str, str], list[dict[str, str]]]:
    """Names of what is typed into a form, what it sends else, and its buttons."""
    typed, kept, buttons = [], {}, []
    for kind, tag in re.findall(r"<(input|button|select|textarea)\b([^>]*)>", html):
        found = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        name, value = found.get("name", ""), unescape(found.get("value", ""))
        if not name or name == "csrfmiddlewaretoken":
            continue
        if kind == "button":
            buttons.append({name: value})
        elif found.get("type") in {"hidden", "radio", "checkbox", "date"}:
            kept[name] = value
        elif found.get("type") != "file" and kind != "select":
            typed.append(name)
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        values = [value for value in re.findall(r'<option value="([^"]*)"', options) if value]
        if values:
            kept[name] = unescape(values[0])
    return typed, kept, buttons


def _target(page: str, attributes: str) -> str:
    """Where a form on ``page`` is sent."""
    action = re.search(r'action="([^"]*)"', attributes)
    return urljoin(page, unescape(action[1]) if action else "")


def _name_of(path: str) -> str:
    from django.urls import Resolver404, resolve

    try:
        return resolve(unquote(path.partition("?")[0])).url_name or ""
    except Resolver404:
        return ""


class Rummage:
    """All requests, and what came of them. Django is set up."""

    def __init__(self, scene: Scene, seed: int) -> None:
        from django.test import Client

        self.scene = scene
        self.random = Random(seed)
        self.faults: list[str] = []
        self.count = 0
        self.clients: dict[str, Client] = {}
        for account, cookies in scene.cookies.items():
            self.clients[account] = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
            for name, value in cookies.items():
                self.clients[account].cookies[name] = value
        self.fields: dict[str, set[str]] = {}
        self.values: dict[str, set[str]] = {}
        self.forms: list[tuple[str, str, tuple[str, str]]] = []
        """Who sees it, on which page, its attributes and what is in it."""
        self.takes_files: set[str] = set()
        """Names of the addresses that forms with files go to: those are sent in another way."""

    def ask(self, account: str, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """One request, as browsers send it; a server error is a fault."""
        self.count += 1
        client = self.clients[account]
        if method == "get":
            answer = client.get(path, data or {})
        elif _name_of(path) in self.takes_files:
            answer = client.post(path, data or {})
        else:
            answer = client.post(path, urlencode(data or {}), content_type="application/x-www-form-urlencoded")
        is_without_gate = answer.status_code == 503 and _name_of(path) == _NEEDS_GATE
        if answer.status_code >= 500 and not is_without_gate:
            self.faults.append(f"{account or 'a stranger'}: {method} {path} {str(data)[:300]}: {answer.status_code}")
        return answer

    def read_forms(self) -> None:
        """What the forms of all pages ask for."""
        for look in looks():
            if not look.press:
                html = self._text(look.account, look)
                self.forms += [(look.account, look.path(self.scene), form) for form in _FORM.findall(html)]
                self.takes_files |= {
                    _name_of(_target(look.path(self.scene), form[0]))
                    for form in _FORM.findall(html)
                    if "multipart" in form[0]
                }
                for tag in re.findall(r"<(?:input|button|select|textarea|option)[^>]*>", html):
                    found = dict(re.findall(r'(name|value)="([^"]*)"', tag))
                    if "name" in found and found["name"] != "csrfmiddlewaretoken":
                        self.fields.setdefault(look.name, set()).add(found["name"])
                    self.values.setdefault(look.name, set()).add(found.get("value", ""))

    def try_doors(self) -> None:
        """Nobody sees what is another's."""
        seen_by_its_own = set()
        for account, others in _STRANGERS.items():
            for look in looks("province", account):
                if not look.args or look.name in _SEEN_BY_ALL:
                    continue
                mark = EVERYBODYS_OWN.get(look.name)
                if mark and mark in self._text(account, look):
                    seen_by_its_own.add(look.name)
                for other in others:
                    status = self.ask(other, "get", look.path(self.scene)).status_code
                    is_own = status in {200, 302, 422} and mark is not None and mark not in self._text(other, look)
                    if status not in {403, 404} and not is_own:
                        self.faults.append(f"{other} sees {look.title} of {account}: {status}")
        self.faults += [f"{name}: nothing of one's own is shown" for name in EVERYBODYS_OWN.keys() - seen_by_its_own]

    def _text(self, account: str, look: Look) -> str:
        return str(self.ask(account, "get", look.path(self.scene)).content.decode())

    def send_nonsense(self) -> None:
        """Garbage and real values, in fields of this page and of others, at addresses with real and made-up parts."""
        from django.urls import get_resolver

        names = [name for name in get_resolver().reverse_dict if isinstance(name, str)]
        every_field = sorted(set().union(*self.fields.values()) | {"deed", "next", "page", "show", "confirmed"})
        for name in sorted(names, key=lambda name: (name in _LAST, name)):
            for account in _PEOPLE:
                path = self._address(name)
                self.ask(account, "post", path, self._nonsense(name, every_field))
                if name in ONLY_POST and (status := self.ask(account, "get", path).status_code) not in _NOT_DONE:
                    self.faults.append(f"{account}: get {path}: {status}")

    def _nonsense(self, name: str, every_field: list[str]) -> dict[str, Any]:
        own = sorted(self.fields.get(name, ()))
        chosen = own + self.random.sample(every_field, 6 if own else 20)
        values = [*_GARBAGE, *sorted(self.values.get(name, ())), *self.scene.ids.values()]
        return {field: self.random.choice(values) for field in chosen}

    def send_nul(self) -> None:
        """A NUL in every field of every form, and in all that is typed beside each button of it.

        PostgreSQL's text holds none.
        """
        for look in looks():
            if not look.press and look.name in self.fields and look.name not in _LAST:
                path = look.path(self.scene)
                self.ask(look.account, "post", path, dict.fromkeys(self.fields[look.name], "a\0"))
                self.ask(look.account, "get", f"{path}{'&' if '?' in path else '?'}page=%00&q=%00")
        sent = set()
        for account, page, (attributes, inside) in self.forms:
            path = _target(page, attributes)
            typed, kept, buttons = read_form(inside)
            if typed and 'method="post"' in attributes and _name_of(path) not in _LAST:
                for button in buttons or [{}]:
                    alike = (account, _name_of(path), *typed, *button.items())
                    if alike not in sent:  # the same form of another object teaches nothing
                        self.ask(account, "post", path, kept | dict.fromkeys(typed, "a\0") | button)
                    sent.add(alike)

    def _address(self, name: str) -> str:
        from django.urls import NoReverseMatch, reverse

        for _try in range(200):
            try:
                return reverse(name, args=list(self._parts(name)))
            except NoReverseMatch:
                continue
        raise AssertionError(f"no address fits {name}")

    def _parts(self, name: str) -> Iterator[object]:
        from django.urls import get_resolver

        found = get_resolver().reverse_dict.getlist(name)[0]
        converters, (_pattern, parts) = found[3], found[0][0]
        texts = [*self.scene.ids.values(), "2222222222ab", "字", "a\x00b", "%", "33-F2611-000001"]
        for part in parts:
            kind = type(converters.get(part)).__name__
            if part == "ending":
                yield self.random.choice(["pdf", "json", "xlsx", "csv"])
            elif part == "month":
                yield self.random.choice(["2026-10", "2026-13", "0000-00", "9999-99"])
            elif kind == "UUIDConverter":
                records = [value for value in self.scene.ids.values() if re.fullmatch(r"[0-9a-f-]{36}", value)]
                yield UUID(self.random.choice([*records, str(UUID(int=5))]))
            elif kind == "IntConverter":
                yield self.random.choice([0, 1, 2, 7, 2**31, 2**63, 10**25])
            else:
                yield self.random.choice(texts)


def main() -> None:
    """Read the scene, rummage, tell."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rummage = Rummage(msgspec.json.decode(sys.stdin.buffer.read(), type=Scene), seed)
    rummage.read_forms()
    rummage.try_doors()
    rummage.send_nul()
    rummage.send_nonsense()
    sys.stdout.write("\n".join([*rummage.faults, str(rummage.count)]))


if __name__ == "__main__":
    main()
