"""每日对账, kept: the last list that a shop named for a day, and how it compared with what was held then.

A list comes over the native API or from a page. The newest for a day stands in place of the one before, and is
forgotten 35 days after it came. It holds numbers of settlement lists and nothing else of any job.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake.native.reconciling import By, ComparisonJson, Statement, compare, held_numbers
from chedang.intake.service import Intake
from chedang.platform.database import load_queries

KEPT_FOR: Final = timedelta(days=35)
MOST_LISTED: Final = 1000
"""Numbers that are kept of each list of differences; the counts are those of all."""
_MOST_DAYS: Final = 400
LISTS: Final = ("missing", "elsewhere", "unknown", "different", "void")

_SQL = load_queries("chedang.intake", "named_days.sql")


class NamedBy(StrEnum):
    """Where a list came from."""

    SOFTWARE = "software"
    """The reconciliation of the native API."""
    PAGE = "page"


class NamedDay(msgspec.Struct, frozen=True):
    """What a shop said of a day, and what that came to at ``named_at``. The lists are those of ComparisonJson."""

    day: date
    by: By
    named_at: datetime
    named_by: NamedBy
    sent: int
    held: int
    agree: bool
    without_number: int
    counts: dict[str, int]
    """Name of a list → how many numbers it had; more than MOST_LISTED of them are not kept."""
    missing: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    different: tuple[str, ...] = ()
    void: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Had a list more numbers than are kept?"""
        return any(count > MOST_LISTED for count in self.counts.values())


async def name_day(intake: Intake, shop: Enterprise, day: date, statement: Statement) -> ComparisonJson:
    """Compare what a shop's software names with what we hold of the day, and keep the result."""

    def work(connection: Connection) -> ComparisonJson:
        compared = compare(connection, shop.company_code, day, statement)
        keep(connection, shop.company_code, compared, named_by=NamedBy.SOFTWARE, now=intake.clock())
        return compared

    return await intake.run(work)


def keep(
    connection: Connection, company_code: str, compared: ComparisonJson, *, named_by: NamedBy, now: datetime
) -> NamedDay:
    """Keep a comparison in place of the day's former one. Commits with the caller's transaction."""
    lists: dict[str, tuple[str, ...]] = {name: getattr(compared, name) for name in LISTS}
    named = NamedDay(
        compared.day,
        compared.by,
        now,
        named_by,
        compared.sent,
        compared.held,
        compared.agree,
        compared.without_number,
        {name: len(numbers) for name, numbers in lists.items()},
        **{name: numbers[:MOST_LISTED] for name, numbers in lists.items()},
    )
    connection.execute(
        _SQL["save_day"],
        {
            "company_code": company_code,
            "day": compared.day,
            "named_at": now,
            "content": msgspec.json.encode(named).decode(),
        },
    )
    return named


def find(connection: Connection, company_code: str, day: date) -> NamedDay | None:
    """The list that the shop named last for this day."""
    row = connection.execute(_SQL["find_day"], {"company_code": company_code, "day": day}).fetchone()
    return None if row is None else msgspec.json.decode(row[0], type=NamedDay)


def list_since(connection: Connection, company_code: str, since: date) -> list[NamedDay]:
    """The lists of days from ``since`` on, newest day first."""
    parameters = {"company_code": company_code, "since": since, "limit": _MOST_DAYS}
    return [msgspec.json.decode(text, type=NamedDay) for (text,) in connection.execute(_SQL["list_days"], parameters)]


def still_missing(connection: Connection, company_code: str, named: NamedDay) -> tuple[str, ...]:
    """Numbers that were missing when the day was named and that we do not hold now either."""
    held = held_numbers(connection, company_code, named.missing)
    return tuple(number for number in named.missing if number not in held)


def missing_of(connection: Connection, company_code: str, since: date) -> int:
    """How many records the shop named for days from ``since`` on that we do not hold, as of now.

    A record that has come in the meantime counts no more; one that was named for two days counts once.
    """
    days = list_since(connection, company_code, since)
    numbers = {number for named in days for number in named.missing}
    unlisted = sum(named.counts["missing"] - len(named.missing) for named in days)
    return len(numbers - held_numbers(connection, company_code, numbers)) + unlisted


def forget_old(connection: Connection, now: datetime) -> int:
    """Drop lists that came more than 35 days ago; how many. Commits with the caller's transaction."""
    return connection.execute(_SQL["forget_days"], {"before": now - KEPT_FOR}).rowcount
