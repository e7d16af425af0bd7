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
from random import Random
from typing import Any, Final
from uuid import UUID

import msgspec

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

    def ask(self, account: str, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        """One request; a server error is a fault."""
        self.count += 1
        answer = getattr(self.clients[account], method)(path, data or {})
        if answer.status_code >= 500:
            self.faults.append(f"{account or 'a stranger'}: {method} {path} {str(data)[:300]}: {answer.status_code}")
        return answer

    def read_forms(self) -> None:
        """What the forms of all pages ask for."""
        from tests.pages.every_page import looks

        for look in looks():
            if not look.press:
                html = self.ask(look.account, "get", look.path(self.scene)).content.decode()
                for tag in re.findall(r"<(?:input|button|select|textarea|option)[^>]*>", html):
                    found = dict(re.findall(r'(name|value)="([^"]*)"', tag))
                    if "name" in found and found["name"] != "csrfmiddlewaretoken":
                        self.fields.setdefault(look.name, set()).add(found["name"])
                    self.values.setdefault(look.name, set()).add(found.get("value", ""))

    def try_doors(self) -> None:
        """Nobody sees what is another's."""
        from tests.pages.every_page import looks

        for account, others in _STRANGERS.items():
            for look in looks("province", account):
                if look.args and look.name not in _SEEN_BY_ALL:
                    for other in others:
                        status = self.ask(other, "get", look.path(self.scene)).status_code
                        if status not in {403, 404}:
                            self.faults.append(f"{other} sees {look.title} of {account}: {status}")

    def send_nonsense(self) -> None:
        """Garbage and real values, in fields of this page and of others, at addresses with real and made-up parts."""
        from django.urls import get_resolver

        from tests.pages.every_page import ONLY_POST

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
        """A NUL in every field of every form: PostgreSQL's text holds none."""
        from tests.pages.every_page import looks

        for look in looks():
            if not look.press and look.name in self.fields and look.name not in _LAST:
                self.ask(look.account, "post", look.path(self.scene), dict.fromkeys(self.fields[look.name], "a\0"))
                self.ask(look.account, "get", f"{look.path(self.scene)}?page=%00&q=%00")

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
