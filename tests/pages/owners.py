"""Owners for page tests, put straight into the database: who has bound which car."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.pages.conftest import Site, fill_in_sign_in
from tests.pages.filled_province import Car

_numbers = count(1)


@dataclass(frozen=True)
class Owner:
    """An account of role owner, signed in on ``page``."""

    page: Page
    username: str
    car_ids: tuple[str, ...]
    """Public names of the bindings, in the order of the cars given."""


def new_account(site: Site, role: str = "owner", **columns: Any) -> str:
    """An account with the password of the demonstration's owner; returns its name."""
    username = f"{role}-{next(_numbers)}"
    values = {"username": username, "display_name": "车主", "role": role, "division_code": "", "company_code": ""}
    values |= {"is_active": True, "created_at": datetime.now(UTC)} | columns
    names = list(values)
    site.province.connection.execute(
        f"insert into access_user ({', '.join(names)}, password) "  # noqa: S608 - our own names
        f"select {', '.join(f'%({name})s' for name in names)}, password from access_user where username = 'demo-owner'",
        values,
    )
    site.province.connection.commit()
    return username


def bind_car(
    site: Site, username: str, car: Car, *, kind: str = "own", proof: str = "claim_code", **columns: Any
) -> str:
    """Bind a car to an account; a car has one owner, so an earlier owner's binding ends. Returns its public name."""
    from chedang.platform.chance import new_public_id  # Django is set up by now

    connection = site.province.connection
    public_id = new_public_id()
    if kind == "own":
        connection.execute(
            "update owners_binding set ended_at = now(), ended_why = 'tests' "
            "where vin = %s and kind in ('own', 'company') and ended_at is null",
            (car.vin,),
        )
    values: dict[str, Any] = {
        "public_id": public_id,
        "vin": car.vin,
        "plate_number": car.plate_number,
        "kind": kind,
        "proof": "claim_code",
        "scope": "full",
        "relation": "",
        "bound_at": datetime.now(UTC),
        "ended_why": "",
        "username": username,
    } | columns
    names = [name for name in values if name != "username"]
    connection.execute(
        f"insert into owners_binding ({', '.join(names)}, user_id) "  # noqa: S608 - our own names
        f"select {', '.join(f'%({name})s' for name in names)}, id from access_user where username = %(username)s",
        values,
    )
    connection.commit()
    return public_id


def new_owner(site: Site, new_context: Callable[..., BrowserContext], *cars: Car, **options: Any) -> Owner:
    """A person who has bound these cars, signed in in a browser of their own (``options`` of the browser's context)."""
    username = new_account(site)
    car_ids = tuple(bind_car(site, username, car) for car in cars)
    page = new_context(**options).new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return Owner(page, username, car_ids)
