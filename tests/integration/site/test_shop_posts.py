"""Every page of a shop by post: who may open what. A new page under /shop/ is held to it without being entered here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from chedang.access.model import ShopPost
from chedang.access.models import User
from chedang.site import urls

SHOP = "330106000000001"
CLERK, TECHNICIAN = ShopPost.CLERK, ShopPost.TECHNICIAN
OPEN_TO = {
    "shop-files": CLERK,
    "shop-file": CLERK,
    "shop-file-answer": CLERK,
    "shop-file-template": CLERK,
    "shop-secrets": None,
    "shop-secret-end": None,
    "shop-claim": CLERK,
    "shop-cases": CLERK,
    "shop-case": CLERK,
    "shop-case-photo": CLERK,
    "shop-reviews": CLERK,
    "shop-review": CLERK,
    "shop-review-reply": CLERK,
    "shop-review-appeal": CLERK,
    "shop-staff": CLERK,
    "shop-staff-add": None,
    "shop-person": None,
    "shop-person-account": None,
    "shop-person-certificates": None,
    "shop-person-certificate-end": None,
    "shop-person-leave": None,
    "shop-person-return": None,
}
"""The post besides the manager for whom a page is open."""
OPENS_ITSELF = {"shop-draft-save": frozenset({ShopPost.MANAGER, CLERK})}
"""Pages that answer a script whose session may have ended, and ask for the post after that."""
_PARTS = {"uuid": "6c1a9104-49eb-5f65-8904-a6435b0fd4de", "int": "7"}


def _patterns(found: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in found:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _patterns(each.url_patterns, route)
        else:
            yield route, each


def _path(route: str) -> str:
    """An address of this route; what stands there does not matter to who is kept out."""
    route = re.sub(r"\(\?P<\w+>([^)|]+)[^)]*\)", r"\1", route.replace("^", "").replace("$", "").replace("\\", ""))
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda part: _PARTS.get(part[1] or "", "2026"), route)


PAGES = {
    pattern.name or route: (_path(route), pattern.callback)
    for route, pattern in _patterns(urls.urlpatterns)
    if route.startswith("shop/")
}


def posts_of(name: str) -> frozenset[ShopPost] | None:
    """For whom a page is open; ``None`` for one that does not say."""
    return OPENS_ITSELF.get(name) or getattr(PAGES[name][1], "shop_posts", None)


@pytest.fixture
def clients(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[ShopPost, Client]:
    """A clerk and a technician of a shop, signed in."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    made = {}
    for post in (CLERK, TECHNICIAN):
        user = User(username=post, display_name="某人", role="shop", company_code=SHOP, shop_post=post, password="!")
        user.save()
        made[post] = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
        made[post].force_login(user)
    return made


def test_every_page_of_a_shop_says_for_which_posts_it_is() -> None:
    assert [name for name in PAGES if posts_of(name) is None] == []


def test_pages_are_open_to_the_posts_they_were_made_for() -> None:
    for name, post in OPEN_TO.items():
        expected = {ShopPost.MANAGER} | ({post} if post else set())
        assert posts_of(name) == expected, name


def test_managers_may_open_everything() -> None:
    assert all(ShopPost.MANAGER in (posts_of(name) or ()) for name in PAGES)


def test_whoever_has_another_post_is_told_so_on_every_page(clients: dict[ShopPost, Client]) -> None:
    for name, (path, _) in PAGES.items():
        for post, client in clients.items():
            if post in (posts_of(name) or ()):
                continue
            answers = [client.get(path), client.post(path)]
            told = [answer for answer in answers if answer.status_code == 403]
            assert told, (name, post)
            assert all("不对您的岗位开放" in answer.content.decode() for answer in told), (name, post)
            assert {answer.status_code for answer in answers} <= {403, 405}, (name, post)


def test_a_technician_begins_with_the_own_jobs(clients: dict[ShopPost, Client]) -> None:
    assert clients[TECHNICIAN].get("/home")["Location"] == "/shop/my-jobs/"
    assert clients[CLERK].get("/home")["Location"] == "/shop/"
