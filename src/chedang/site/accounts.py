"""Logins for a demonstration, one per role and, in a shop, per post. Fictional people only, no real records."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from chedang.access.model import OFFICIALS, Role, ShopPost
from chedang.access.rules import NATION
from chedang.enterprises.store import find_by_code
from chedang.platform.clock import system_clock
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
    people = _people(enterprise.company_code, enterprise.division_code)
    return _ensure_all(people, database_url, data_dir or Settings.from_environment().data_dir)


def ensure_ministry_logins(database_url: str, data_dir: Path | None = None) -> list[DemoLogin]:
    """The same for a ministry node, which has no shops and no owners: an officer for the country, an administrator."""
    return _ensure_all(_MINISTRY_PEOPLE, database_url, data_dir or Settings.from_environment().data_dir)


def demo_codes(*, now: datetime) -> list[tuple[str, str]]:
    """Name and present 动态口令 of the demonstration's officials. Only where people are fictional: others have none."""
    from chedang.access import second_factor
    from chedang.access.models import User

    data_dir = Settings.from_environment().data_dir
    names = User.objects.filter(username__in=_OFFICIALS, second_factor__confirmed_at__isnull=False)
    return [
        (name, second_factor.present_code(second_factor.derived_secret(name, data_dir), now=now))
        for name in names.order_by("username").values_list("username", flat=True)
    ]


def _ensure_all(people: Iterable[_Person], database_url: str, data_dir: Path) -> list[DemoLogin]:
    with named_database(database_url, "seeding") as alias:
        key = node_key(data_dir, "demo-logins")
        return [_ensure(person, alias, key, data_dir) for person in people]


def _ensure(person: _Person, alias: str, key: bytes, data_dir: Path) -> DemoLogin:
    from chedang.access import second_factor
    from chedang.access.models import User

    password = _password(person.username, key)
    account, _ = User.objects.using(alias).update_or_create(username=person.username, defaults=_columns(person))
    if not account.check_password(password):
        account.set_password(password)
        account.save()
    if person.role in OFFICIALS:
        second_factor.enrol_fictional(account, data_dir, now=system_clock(), alias=alias)
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
        _Person("demo-city", "市级监管（演示）", Role.REGULATOR, "/regulator/", division_code=f"{county[:4]}00"),
        _Person("demo-county", "县级监管（演示）", Role.REGULATOR, "/regulator/", division_code=county),
        _Person("demo-county-2", "县级监管二（演示）", Role.REGULATOR, "/regulator/", division_code=county),
        _Person("demo-police", "公安机关（演示）", Role.POLICE, "/police/", division_code=province),
        *_THREE,
    )


_THREE = (
    _Person("demo-admin", "系统管理员（演示）", Role.ADMIN, "/admin/"),
    _Person("demo-security", "安全管理员（演示）", Role.SECURITY, "/security/"),
    _Person("demo-auditor", "安全审计员（演示）", Role.AUDITOR, "/audit/"),
)
_MINISTRY_PEOPLE = (
    _Person("demo-ministry", "部级监管（演示）", Role.REGULATOR, "/regulator/", division_code=NATION),
    *_THREE,
)
_OFFICIALS = (
    *("demo-ministry", "demo-province", "demo-city", "demo-county", "demo-county-2", "demo-police"),
    *(person.username for person in _THREE),
)


def _columns(person: _Person) -> dict[str, Any]:
    return {
        "display_name": person.display_name,
        "role": str(person.role),
        "division_code": person.division_code,
        "company_code": person.company_code,
        "shop_post": str(person.post),
        "is_active": True,
        "awaits_confirmation": False,
    }


def _password(username: str, key: bytes) -> str:
    """Fifteen letters and digits that can be read aloud, in three groups."""
    digest = hmac.digest(key, username.encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower().translate(str.maketrans("ilo", "189"))
    return "-".join((letters[0:5], letters[5:10], letters[10:15]))
