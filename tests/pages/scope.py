"""``python -m tests.pages.scope``: ask for every address of the site as everybody, and tell who saw what is not theirs.

The scene comes as JSON on standard input, its database and keys by the environment. Ends with the numbers of cases on
the last line. A page that is added later is held to it without being entered; one with an object behind it has to be
entered in ``scope_rules``, and that it is missing there is a fault.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
import psycopg

from tests.pages.rummage import read_form
from tests.pages.scene import Scene
from tests.pages.scope_marks import divisions_in, plant
from tests.pages.scope_rules import (
    COUNTY,
    EVERYBODY,
    LISTS_WITH_PARTS,
    OBJECTS,
    ONLY_OF_THE_MINISTRY,
    OPEN_TO,
    OWN_TO_THE_PERSON,
    PUBLIC,
)

DIVISIONS: Final = ("330106", "330105", "330110", "330111", "330212", "330100", "330200", "330000", "320000", "000000")
"""A county, its neighbours, one elsewhere, their prefectures and province, another province, the ministry."""
_FILLING: Final = {
    "uuid": "00000000-0000-0000-0000-000000000007",
    "int": "987654",
    "month": "2026-10",
    "ending": "csv",
    "table": "coverage",
    "app_label": "access",
    "content_type_id": "1",
}
_UNKNOWN: Final = "999999999999999"
_NOWHERE: Final = {"scope": "999999", "division": "999999", "show": "all"}
_TOKEN: Final = re.compile(rb'(csrfmiddlewaretoken" value="|hx-headers=\'[^\']*)[^"\']*')
_CHANGING: Final = frozenset({"sign-out", "logout", "switch-size", "switch-language"})
"""Open to everybody; after these somebody is nobody, or sees pages in another way."""
_MOVES: Final = frozenset({"django_session", "access_open_session", "access_audit_event", "access_audit_seal_mark"})
"""Tables that change by looking."""


class Route(NamedTuple):
    """One address of the site."""

    name: str
    pattern: str
    page: Any

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Converter ('' for none) and name of what stands in the address."""
        found = re.findall(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>", self.pattern)
        return [(converter, name or group) for converter, name, group in found]

    def path(self, *values: str) -> str:
        """The address with these parts; what is not given is filled in."""
        given = list(values)
        text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", self.pattern)
        text = re.sub(r"[$^]", "", text).replace("\\", "")

        def fill(part: re.Match[str]) -> str:
            if given:
                return given.pop(0)
            return _FILLING.get(part[2]) or _FILLING.get(part[1] or "", _UNKNOWN)

        return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, text)

    @property
    def open_to(self) -> frozenset[str] | None:
        """Who may open it; ``None`` when no rule says."""
        if self.name in PUBLIC:
            return EVERYBODY
        return next((people for start, people in OPEN_TO if self.pattern.lstrip("^").startswith(start)), None)


def routes() -> list[Route]:
    """All addresses of the site."""
    from chedang.site import urls

    return list(_walk(urls.urlpatterns, ""))


def _walk(patterns: list[Any], before: str) -> Iterator[Route]:
    from django.urls import URLResolver

    for each in patterns:
        pattern = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, pattern)
        else:
            yield Route(each.name or pattern, pattern, each.callback)


def _prefix(division: str) -> str:
    from chedang.access.rules import division_prefix

    return division_prefix(division)


def _sees(officer: str, division: str) -> bool:
    return division.startswith(_prefix(officer)) and len(_prefix(division)) >= len(_prefix(officer))


class Scope:
    """All requests, and what came of them. Django is set up."""

    def __init__(self, scene: Scene, url: str) -> None:
        from django.test import Client

        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.ids = dict(scene.ids)
        self.routes = routes()
        self.officers = [each for each in self.routes if each.pattern.lstrip("^").startswith("regulator/")]
        self.connection = psycopg.connect(url)
        self.clients: dict[str, Client] = {}
        for account in (*sorted(EVERYBODY), "city", "province", "asked for a code", "without a device"):
            self.clients[account] = Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")
            for name, value in scene.cookies[account].items():
                self.clients[account].cookies[name] = value
        self.users = {account: self._user_of(account) for account in EVERYBODY - {""}}
        self._enter_officers()
        self._find_files()
        self.marks = plant(self.connection)

    def _user_of(self, account: str) -> Any:
        from chedang.access.models import User

        return User.objects.get(pk=self.clients[account].session["_auth_user_id"])

    def _enter_officers(self) -> None:
        from chedang.access.models import User
        from tests.pages.stage import sign_in

        for division in DIVISIONS:
            user = User.objects.create(
                username=f"of-{division}", display_name="某人", role="regulator", division_code=division, password="!"
            )
            self.clients[division] = sign_in(user)
            self.clients[division].raise_request_exception = False

    def _find_files(self) -> None:
        """Numbers that the scene does not tell."""
        for key, statement, *named in (
            ("attachment", "select file_id from filing_attachment"),
            ("credit_photo", "select file_id from supervision_credit_evidence"),
            ("credit_file", "select file_id from supervision_credit_objection_file"),
            ("inspection_photo", "select file_id from filing_inspection_photo join filing_inspection on"
             " inspection_id = filing_inspection.id where public_id = %s", self.ids["inspection"]),
            ("announcement_paper", "select file_id from supervision_announcement_paper join supervision_announcement"
             " on announcement_id = supervision_announcement.id where public_id = %s", self.ids["announcement_draft"]),
            ("grant", "select id from workshop_number_grant order by id desc"),
            ("drawn_look", "select id from access_drawn_look"),
        ):  # fmt: skip
            found = self.connection.execute(statement, named).fetchone()
            assert found is not None, key
            self.ids[key] = str(found[0])

    def ask(self, account: str, method: str, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        """One request; a server error is a fault."""
        self.counts[account or "a stranger"] += 1
        answer = getattr(self.clients[account], method)(path, data or {}, **headers)
        if answer.status_code >= 500:
            self.faults.append(f"{account or 'a stranger'}: {method} {path}: {answer.status_code}")
        return answer

    # ---- who may open what

    def try_roles(self) -> None:
        """Every address as everybody; closed ones say so, to strangers by the way to sign in."""
        for route in self.routes:
            if route.open_to is None:
                self.faults.append(f"no rule says who may open {route.name} ({route.pattern})")
            elif route.name not in _CHANGING:
                for account in ("",) if route.open_to == EVERYBODY else sorted(EVERYBODY):
                    self._try_role(route, account, is_open=account in route.open_to)

    def _try_role(self, route: Route, account: str, *, is_open: bool) -> None:
        status, place = self._knock(route, account) if account and not is_open else self._open(route, account)
        is_admin_site = route.pattern.startswith("admin/")
        is_led_away = status == 302 and ("sign-in" in place or is_admin_site) and "next=" in place
        is_closed = is_led_away or status == (401 if route.name == "shop-draft-save" and not account else 403)
        if is_closed == is_open:
            # Which posts, test_shop_posts tells; what an administrator may do besides, Django's own permissions.
            if not (status == 403 and (account in {"clerk", "technician"} or is_admin_site)):
                self.faults.append(f"{account or 'a stranger'}: {route.name}: {status}, {is_open=}")
        elif is_led_away and account and not is_admin_site:
            self.faults.append(f"{account}: {route.name}: {status}, led to where one has signed in")

    def _open(self, route: Route, account: str) -> tuple[int, str]:
        answer = self.ask(account, "get", route.path())
        if answer.status_code == 405:
            answer = self.ask(account, "post", route.path())
        return answer.status_code, answer.headers.get("Location", "")

    def _knock(self, route: Route, account: str) -> tuple[int, str]:
        """The page alone, asked by somebody who has to be sent away: no page is drawn that says so."""
        from django.core.exceptions import PermissionDenied
        from django.http import Http404
        from django.test import RequestFactory
        from django.urls import resolve

        self.counts[account or "a stranger"] += 1
        match = resolve(route.path())
        for method in ("get", "post"):
            request = getattr(RequestFactory(), method)(route.path())
            request.user, request.resolver_match = self.users[account], match
            request._dont_enforce_csrf_checks = True
            try:
                answer = match.func(request, *match.args, **match.kwargs)
            except PermissionDenied:
                return 403, ""
            except Http404:
                return 404, ""
            if answer.status_code != 405:
                return answer.status_code, answer.headers.get("Location", "")
        return 405, ""

    def try_without_code(self) -> None:
        """A session whose 动态口令 was not shown opens nothing of officers."""
        for route in self.officers:
            for account in ("asked for a code", "without a device"):
                answer = self.ask(account, "get", route.path())
                if answer.status_code != 302 or "/account/second-factor" not in answer["Location"]:
                    self.faults.append(f"{account}: {route.name}: {answer.status_code}")

    # ---- objects of other divisions

    def try_objects(self) -> None:
        """Officers' objects: their own open them, to others they are not to be told from unknown ones."""
        found: list[tuple[Route, dict[str, str]]] = []
        for route in self.officers:
            if route.name in OBJECTS:
                found.append((route, self._open_own(route)))
            elif route.name in ONLY_OF_THE_MINISTRY:
                self._is_missing(route, COUNTY)
            elif route.parts and route.name not in LISTS_WITH_PARTS and route.name not in OWN_TO_THE_PERSON:
                self.faults.append(f"no object is entered for {route.name} ({route.pattern})")
        before = self._rows()
        for route, fields in found:
            self._try_foreign(route, fields)
        self._compare_rows(before)

    def _open_own(self, route: Route) -> dict[str, str]:
        """What the page's forms send, as its own officer sees them, and one who answers for the country."""
        division, parts = OBJECTS[route.name]
        page, fields = route.path(*(self.ids.get(part, part) for part in parts)), {"deed": "x"}
        is_of_one_authority = route.name.startswith(("officer-report", "officer-announcement"))
        for officer in (division,) if is_of_one_authority else (division, "000000"):
            answer = self.ask(officer, "get", page)
            if answer.status_code not in {200, 405}:
                self.faults.append(f"{officer} does not see {page}: {answer.status_code}")
            if answer.status_code == 200 and not answer.streaming and b"<form" in answer.content:
                fields |= _fields_of(answer.content.decode(errors="replace"))
        return fields

    def _try_foreign(self, route: Route, fields: dict[str, str]) -> None:
        division, parts = OBJECTS[route.name]
        values = [self.ids.get(part, part) for part in parts]
        hidden = 1 if parts[0] == "month" else 0
        unknown = [_unlike(value) if place == hidden else value for place, value in enumerate(values)]
        for officer in ("330106", "330105", "330200", "320000"):
            if not _sees(officer, division):
                for method in ("get", "post"):
                    data = fields if method == "post" else None
                    self._compare(officer, method, route.path(*values), route.path(*unknown), data)

    def _compare(self, who: str, method: str, page: str, unknown: str, data: dict[str, str] | None = None) -> None:
        seen, other = (self.ask(who, method, path, data) for path in (page, unknown))
        same = _plain(seen.content, page) == _plain(other.content, unknown)
        if seen.status_code != other.status_code or seen.status_code not in {404, 405} or not same:
            self.faults.append(f"{who}: {method} {page}: {seen.status_code}, unknown: {other.status_code}, {same=}")

    def _is_missing(self, route: Route, officer: str) -> None:
        """Nothing stands there."""
        for method in ("get", "post"):
            if (status := self.ask(officer, method, route.path()).status_code) not in {404, 405}:
                self.faults.append(f"{officer}: {method} {route.name}: {status}")

    def try_own_files(self) -> None:
        """A file is its officer's alone: a colleague of the same division and a superior find none."""
        for name, parts in OWN_TO_THE_PERSON.items():
            route = next(each for each in self.officers if each.name == name)
            value = self.ids[parts[0]]
            if self.ask("province", "get", route.path(value)).status_code != 200:
                self.faults.append(f"{name}: the officer's own file is not there")
            for other in ("330000", "000000", "county"):
                self._compare(other, "get", route.path(value), route.path(_unlike(value)))

    # ---- lists, figures, files

    def try_lists(self) -> None:
        """Every page without an object, plain and asked for what is another's: nothing foreign stands in the answer."""
        shown: dict[str, set[str]] = {}
        for route in self.officers:
            values = LISTS_WITH_PARTS.get(route.name, ((),) if not route.parts else ())
            for parts in values:
                path = route.path(*(self.ids.get(part, part) for part in parts))
                for officer in ("330106", "330105", "330200", "000000"):
                    answer = self.ask(officer, "get", path)
                    shown.setdefault(officer, set()).update(self._look(officer, path, answer))
                answers = []
                for query in self._foreign_queries():
                    answer = self.ask("330105", "get", path, query)
                    self._look("330105", path, answer, query)
                    answers.append(answer.status_code)
                unknown = self.ask("330105", "get", path, _NOWHERE).status_code
                if answers[0] != unknown:  # sums name nobody: that there is an answer is the leak
                    self.faults.append(f"330105: {path} of {COUNTY}: {answers[0]}, of an unknown division: {unknown}")
        for officer in ("330106", "330105", "000000"):
            if not any(_sees(officer, division) for division in shown[officer]):
                self.faults.append(f"{officer} sees nothing of the own division: the marks prove nothing")

    def _look(self, officer: str, path: str, answer: Any, typed: dict[str, str] | None = None) -> set[str]:
        content = answer.content if not answer.streaming else b"".join(answer.streaming_content)
        found = divisions_in(content, self.marks, (typed or {}).values())
        if foreign := sorted(division for division in found if not _sees(officer, division)):
            self.faults.append(f"{officer}: {path} {typed or ''} shows {foreign}")
        return found

    def _foreign_queries(self) -> list[dict[str, str]]:
        """What a person changes in an address."""
        ids = self.ids
        return [
            {"scope": COUNTY, "division": COUNTY, "show": "all"},
            {
                "shop": ids["shop"],
                "duty": ids["duty_not_done"],
                "handover": ids["hand_over"],
                "inspection": ids["inspection_done"],
                "notice": ids["notice_sent"],
                "draft": ids["notice_draft"],
                "code": ids["duty_answered"],
                "id": ids["inspection"],
                "look": ids["drawn_look"],
                "person": f"of-{COUNTY}",
                "object": ids["shop"],
                "who": "all",
                "show": "all",
                "name": "汽车",
            },
        ]

    def try_exports(self) -> None:
        """Every registered table, written as the worker writes it: asked for plainly, and for what is another's."""
        from chedang.access.models import User
        from chedang.site.regulator.statistics.exports import registered

        for key, export in registered().items():
            for division in ("330106", "330105", "000000"):
                officer = User.objects.get(username=f"of-{division}")
                self._write(key, export, officer, {"scope": ""}, "xlsx")
                self._write(key, export, officer, {"scope": ""}, "csv")
            neighbour = User.objects.get(username="of-330105")
            is_written = [
                self._write(key, export, neighbour, query, "csv") for query in (*self._foreign_queries(), _NOWHERE)
            ]
            if is_written[0] != is_written[-1]:
                self.faults.append(f"330105: the table {key} of {COUNTY} is told from one of an unknown division")

    def _write(self, key: str, export: Any, officer: Any, wish: dict[str, str], ending: str) -> bool:
        """Write a table and look at it; false when it is refused."""
        from django.http import Http404

        from chedang.site.regulator.statistics.exports import ExportRefused
        from chedang.site.regulator.statistics.keeping import ExportState
        from chedang.site.regulator.statistics.making import write_table

        division = officer.division_code
        self.counts[division] += 1
        try:
            params = dict(export.check(officer, wish))
        except (Http404, ExportRefused):
            return False
        state = ExportState(key, key, params, ending, "zh-hans", datetime.now(UTC))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "table"
            write_table(export, officer, state, path)
            found = divisions_in(path.read_bytes(), self.marks, wish.values())
        if foreign := sorted(each for each in found if not _sees(division, each)):
            self.faults.append(f"{division}: the table {key}.{ending} shows {foreign} for {wish}")
        return True

    # ---- deeds

    def try_deeds(self) -> None:
        """Forms of the county, filled in as its officer would, sent by others: nothing of the county changes."""
        before = self._rows()
        for route in self.officers:
            if route.parts:
                continue
            query = {"shop": self.ids["shop"], "duty": self.ids["duty_not_done"], "concern": "silent", "who": "all"}
            page = self.ask("330106", "get", route.path(), query)
            fields = query | (_fields_of(page.content.decode(errors="replace")) if page.status_code == 200 else {})
            fields |= {"scope": COUNTY, "division_code": COUNTY, "company_code": self.ids["shop"]}
            for officer in ("330105", "320000"):
                for data in (fields | {"who": "all"}, fields | {"who": "", "deed": "letter"}):
                    answer = self.ask(officer, "post", route.path(), data)
                    self._look(officer, route.path(), answer, data)
        self._compare_rows(before)

    def _rows(self) -> dict[str, set[str]]:
        tables = self.connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        found = {}
        for (table,) in tables:
            if table not in _MOVES:
                rows = self.connection.execute(f'select t::text from "{table}" t')  # noqa: S608 - ours
                found[str(table)] = {str(row) for (row,) in rows}
        self.connection.commit()
        return found

    def _compare_rows(self, before: dict[str, set[str]]) -> None:
        marks = {mark: division for mark, division in self.marks.items() if _sees(COUNTY, division)}
        for table, rows in self._rows().items():
            if gone := before[table] - rows:
                self.faults.append(f"{table}: {len(gone)} rows were changed by others: {min(gone)[:200]}")
            foreign = [row for row in rows - before[table] if any(mark in row for mark in marks)]
            if foreign:
                self.faults.append(f"{table}: others made {len(foreign)} rows of the county: {foreign[0][:200]}")

    # ---- sessions that stay open

    def try_changed_accounts(self) -> None:
        """Who moves to another division sees the new one's at once; who is switched off sees nothing."""
        from chedang.access.models import User

        client, page = "330110", f"/regulator/enterprises/{self.ids['filing_shop']}"
        tags = {"HTTP_IF_NONE_MATCH": self.ask(client, "get", "/regulator/charts/coverage.svg").headers["ETag"]}
        same = self.ask(client, "get", "/regulator/charts/coverage.svg", **tags).status_code
        statuses = [same, self.ask(client, "get", page).status_code]
        User.objects.filter(username="of-330110").update(division_code="330105")
        statuses.append(self.ask(client, "get", "/regulator/charts/coverage.svg?scope=330110", **tags).status_code)
        statuses += [self.ask(client, "get", page).status_code, self.ask(client, "get", "/regulator/").status_code]
        User.objects.filter(username="of-330110").update(is_active=False)
        statuses.append(self.ask(client, "get", "/regulator/").status_code)
        if statuses != [304, 200, 404, 404, 200, 302]:
            self.faults.append(f"an officer who moved and was switched off: {statuses}")


def _unlike(value: str) -> str:
    """An id of the same shape that nothing has."""
    if re.fullmatch(r"[0-9a-f-]{36}", value):
        return "00000000-0000-4000-8000-000000000009"
    if value.isdigit():
        return "9" * len(value) if len(value) > 5 else "987654"
    return re.sub(r"[0-9A-Za-z]", "9", value)


def _plain(content: bytes, path: str) -> bytes:
    return _TOKEN.sub(b"", content).replace(path.encode(), b"PATH").replace(quote(path, safe="").encode(), b"PATH")


def _fields_of(html: str) -> dict[str, str]:
    """What the forms of a page send when somebody fills them in."""
    fields: dict[str, str] = {}
    for inside in re.findall(r"<form\b[^>]*method=\"post\"[^>]*>(.*?)</form>", html, re.DOTALL):
        typed, kept, buttons = read_form(inside)
        fields |= dict.fromkeys(typed, "2026") | kept
        for button in buttons[:1]:
            fields |= button
    return fields


def main() -> None:
    """Read the scene, ask for everything, tell."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    from chedang.site.settings import NODE

    assert NODE.database_url is not None
    scope = Scope(msgspec.json.decode(sys.stdin.buffer.read(), type=Scene), NODE.database_url)
    for step in (
        scope.try_roles,
        scope.try_without_code,
        scope.try_objects,
        scope.try_own_files,
        scope.try_lists,
        scope.try_exports,
        scope.try_deeds,
        scope.try_changed_accounts,
    ):
        step()
    sys.stdout.write("\n".join([*scope.faults, msgspec.json.encode(scope.counts, order="sorted").decode()]))


if __name__ == "__main__":
    main()
