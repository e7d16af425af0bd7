"""Logins for a demonstration, one per role and, in a shop, per post. Fictional people only, no real records."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chedang.access.model import Role, ShopPost
from chedang.access.rules import NATION
from chedang.enterprises.store import find_by_code
from chedang.platform.database import connect
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.site.databases import named_database


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One login to print. ``url_path`` is where to begin."""

    role: Role
    username: str
    password: str = field(repr=False)
    url_path: str
    post: ShopPost = ShopPost.MANAGER
    """Of a shop's person."""


@dataclass(frozen=True, slots=True)
class _Person:
    username: str
    display_name: str
    role: Role
    url_path: str
    division_code: str = ""
    company_code: str = ""
    post: ShopPost = ShopPost.MANAGER


def ensure_demo_logins(database_url: str, demo_enterprise_code: str, data_dir: Path | None = None) -> list[DemoLogin]:
    """Make sure that the demonstration's accounts exist and that their printed passwords work; safe to repeat.

    ``demo_enterprise_code`` is the enterprise of the shop's login; its county is that of the county officer. The
    passwords come from the node's own key (``data_dir``; None: that of this environment's node): the same at every
    start, different on every node. Raises LookupError for an unknown enterprise.
    """
    with connect(database_url, name="chedang-seeding") as connection:
        enterprise = find_by_code(connection, demo_enterprise_code)
    if enterprise is None:
        raise LookupError(f"no enterprise has the code {demo_enterprise_code}")
    with named_database(database_url, "seeding") as alias:
        key = _key(data_dir)
        return [_ensure(person, alias, key) for person in _people(enterprise.company_code, enterprise.division_code)]


def ensure_ministry_logins(database_url: str, data_dir: Path | None = None) -> list[DemoLogin]:
    """The same for a ministry node, which has no shops and no owners: an officer for the country, an administrator."""
    with named_database(database_url, "seeding") as alias:
        key = _key(data_dir)
        return [_ensure(person, alias, key) for person in _MINISTRY_PEOPLE]


def _key(data_dir: Path | None) -> bytes:
    return node_key(data_dir or Settings.from_environment().data_dir, "demo-logins")


def _ensure(person: _Person, alias: str, key: bytes) -> DemoLogin:
    from chedang.access.models import User

    password = _password(person.username, key)
    account, _ = User.objects.using(alias).update_or_create(username=person.username, defaults=_columns(person))
    if not account.check_password(password):
        account.set_password(password)
        account.save()
    return DemoLogin(person.role, person.username, password, person.url_path, person.post)


def _people(company_code: str, county: str) -> tuple[_Person, ...]:
    province = f"{county[:2]}0000"
    return (
        _Person("demo-owner", "车主（演示）", Role.OWNER, "/my/"),
        _Person("demo-shop", "维修企业（演示）", Role.SHOP, "/shop/", company_code=company_code),
        _Person("demo-clerk", "文员（演示）", Role.SHOP, "/shop/", company_code=company_code, post=ShopPost.CLERK),
        _Person(
            "demo-technician",
            "技师（演示）",
            Role.SHOP,
            "/shop/my-jobs/",
            company_code=company_code,
            post=ShopPost.TECHNICIAN,
        ),
        _Person("demo-province", "省级监管（演示）", Role.REGULATOR, "/regulator/", division_code=province),
        _Person("demo-county", "县级监管（演示）", Role.REGULATOR, "/regulator/", division_code=county),
        _ADMIN,
    )


_ADMIN = _Person("demo-admin", "系统管理员（演示）", Role.ADMIN, "/admin/")
_MINISTRY_PEOPLE = (
    _Person("demo-ministry", "部级监管（演示）", Role.REGULATOR, "/regulator/", division_code=NATION),
    _ADMIN,
)


def _columns(person: _Person) -> dict[str, Any]:
    return {
        "display_name": person.display_name,
        "role": str(person.role),
        "division_code": person.division_code,
        "company_code": person.company_code,
        "shop_post": str(person.post),
        "is_active": True,
    }


def _password(username: str, key: bytes) -> str:
    """Fifteen letters and digits that can be read aloud, in three groups."""
    digest = hmac.digest(key, username.encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower().translate(str.maketrans("ilo", "189"))
    return "-".join((letters[0:5], letters[5:10], letters[10:15]))
