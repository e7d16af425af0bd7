"""Shops under supervision: who is silent, falling or careless. Count, list, tally and reminder share one condition.

Read from what the worker counted, never from records. ``sql/shops.sql`` holds the statements; all begin with the same
``supervised``, so that a number and the list behind it cannot differ.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection

from chedang.access.rules import division_prefix
from chedang.platform.database import load_queries
from chedang.quality.expectation import load_expectation_parameters
from chedang.quality.statistics_model import Upload
from chedang.supervision.duty_rules import latest_missed
from chedang.supervision.reminding_model import Concern, Rung, load_reminder_parameters
from chedang.terms.dates import day_in_china

SQL: Final = load_queries("chedang.supervision", "shops.sql")
_FIRST: Final = "-infinity"
REMINDED: Final = ("", "no", "yes", "unread", "letter")
"""By open reminder: whatever, none, one, one whose notice nobody opened, one of these for which a letter is due."""
LICENSES: Final = ("past", "soon", "later")
"""By 有效期止: passed, ends within the shorter time, within the longer one."""


class ShopQuery(msgspec.Struct, frozen=True):
    """Which shops are meant: filed and in business, within a scope, and all that is said here."""

    scope: str
    """Division code of the officer, or one below."""
    concern: Concern | None = None
    over_days: int | None = None
    """Silent for more than so many days."""
    upto_days: int | None = None
    """Silent for no more than so many."""
    upload: Upload = Upload.ALL
    category: str | None = None
    vendor: str | None = None
    maker: str | None = None
    name: str = ""
    """Part of the name, or the code."""
    license: str | None = None
    """One of :data:`LICENSES`; shops of this node only."""
    reminded: str = ""
    """One of :data:`REMINDED`."""
    codes: tuple[str, ...] | None = None
    """Of these only, whatever else; ``None``: all."""


class SupervisedShop(msgspec.Struct, frozen=True):
    """One shop, what is wrong with its uploads, and its open reminder of that."""

    company_code: str
    company_name: str
    division_code: str
    category_code: str
    vendor: str
    maker_code: str
    filed_on: date | None
    first_on: date | None
    last_on: date | None
    silent_days: int | None
    weeks: int | None
    observed: int | None
    expected: float | None
    lower_bound: int | None
    standing: int | None
    faulty: int | None
    doubtful: int | None
    concern: Concern | None
    """The one asked for, else the most urgent."""
    reminder_id: int | None
    rung: Rung | None
    reminded_at: datetime | None
    duty_id: int | None
    read_at: datetime | None
    is_sms_lost: bool
    """The SMS of the reminder could not be sent, and no letter was printed since."""

    @property
    def key(self) -> str:
        """Where a page of a list ends: what ``after`` takes."""
        return f"{self.last_on or ''}_{self.company_code}"


class ConcernCount(msgspec.Struct, frozen=True):
    """One row of the work queue."""

    concern: Concern
    over_days: int | None
    """Of SILENT: more than so many days …"""
    upto_days: int | None
    """… and no more than so many."""
    shops: int
    waiting: int
    """Of these, without an open reminder."""
    longest_days: int | None
    """Of those waiting: silent, or filed, for so many days."""


def count(wanted: ShopQuery, *, now: datetime) -> int:
    """How many."""
    with connection.cursor() as cursor:
        cursor.execute(on_wanted("count"), parameters(wanted, now))
        return int(cursor.fetchone()[0])


def list_shops(wanted: ShopQuery, *, now: datetime, limit: int, after: str = "") -> list[SupervisedShop]:
    """Never connected first, then the longest silent; ``after`` is the ``key`` of the last row seen."""
    on, _, code = after.partition("_")
    given = {"after_on": _day(on) or _FIRST, "after_code": code, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(on_wanted("listed"), parameters(wanted, now) | given)
        return [_shop(row) for row in cursor.fetchall()]


def tally(scope: str, *, now: datetime) -> list[ConcernCount]:
    """The work queue's rows about shops, the most urgent first; those of no shop are left out."""
    bands, today = load_reminder_parameters().silent_days, day_in_china(now)
    with connection.cursor() as cursor:
        cursor.execute(_on_supervised("tally"), parameters(ShopQuery(scope), now) | {"bands": list(bands)})
        rows = cursor.fetchall()
    found = []
    for name, band, shops, waiting, silent_days, filed_on in rows:
        concern = Concern(name)
        longest = silent_days if concern is Concern.SILENT else None
        if concern is Concern.UNCONNECTED and filed_on is not None:
            longest = (today - filed_on).days
        over = bands[band - 1] if concern is Concern.SILENT else None
        upto = bands[band] if concern is Concern.SILENT and band < len(bands) else None
        found.append(ConcernCount(concern, over, upto, shops, waiting, longest))
    order = list(Concern)
    return sorted(found, key=lambda each: (order.index(each.concern), -(each.over_days or 0)))


class LicenseCounts(msgspec.Struct, frozen=True):
    """有效期止 of shops of this node."""

    past: int
    soon: int
    later: int
    first_on: date | None


def count_licenses(scope: str, *, now: datetime) -> LicenseCounts:
    """How many have ended or end soon; each is that of the list with this ``license``."""
    today, (soon, later) = day_in_china(now), load_reminder_parameters().license_days
    given = {"soon": today + timedelta(days=soon), "later": today + timedelta(days=later)}
    with connection.cursor() as cursor:
        cursor.execute(_on_supervised("licenses"), parameters(ShopQuery(scope), now) | given)
        return LicenseCounts(*cursor.fetchone())


def choices(scope: str, *, now: datetime) -> tuple[list[str], list[str]]:
    """维修软件 and makers' codes that shops of the division have, for the filters."""
    with connection.cursor() as cursor:
        cursor.execute(_on_supervised("choices"), parameters(ShopQuery(scope), now))
        rows = cursor.fetchall()
    return sorted({vendor for vendor, _maker in rows if vendor}), sorted({maker for _vendor, maker in rows if maker})


def on_wanted(name: str) -> str:
    """The statement of this name over the shops that a :class:`ShopQuery` means; wants :func:`parameters`."""
    parts = f"supervised as (\n{SQL['supervised']}\n), wanted as materialized (\n{SQL['wanted']}\n)"
    return f"with {parts}\n{SQL[name]}"


def parameters(wanted: ShopQuery, now: datetime) -> dict[str, Any]:
    """What the statements are given, by name."""
    limits, reminding = load_expectation_parameters().shares, load_reminder_parameters()
    today = day_in_china(now)
    soon, later = (today + timedelta(days=days) for days in reminding.license_days)
    ends = {"past": (None, today - timedelta(days=1)), "soon": (today, soon), "later": (today, later)}
    ends_from, ends_upto = ends.get(wanted.license or "", (None, None))
    return {
        "today": today,
        "missed": latest_missed(now),
        "ends_from": ends_from,
        "ends_upto": ends_upto,
        "division_prefix": division_prefix(wanted.scope),
        "silent_days": reminding.silent_days[0],
        "unconnected_days": reminding.unconnected_days,
        "least_records": limits.least_records,
        "faulty_percent": limits.faulty_percent,
        "doubtful_percent": limits.doubtful_percent,
        "concern": str(wanted.concern) if wanted.concern else None,
        "over_days": wanted.over_days,
        "upto_days": wanted.upto_days,
        "upload": str(wanted.upload),
        "category": wanted.category,
        "vendor": wanted.vendor,
        "maker": wanted.maker,
        "name": wanted.name,
        "reminded": wanted.reminded,
        "codes": None if wanted.codes is None else list(wanted.codes),
    }


def _on_supervised(name: str) -> str:
    return f"with supervised as (\n{SQL['supervised']}\n)\n{SQL[name]}"


def _shop(row: tuple[Any, ...]) -> SupervisedShop:
    shop = SupervisedShop(*row)
    concern = Concern(shop.concern) if shop.concern else None
    return msgspec.structs.replace(shop, concern=concern, rung=Rung(shop.rung) if shop.rung else None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
