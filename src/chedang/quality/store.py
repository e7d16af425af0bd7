"""What is kept of shops' figures: written by the worker, read by pages. Nothing here is counted while a page waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

import msgspec

from chedang.platform.database import load_queries
from chedang.quality.badge_rules import Badge, Condition
from chedang.quality.model import HoursComparison, HoursParameters, Rework, ShopFigures, UploadFigures
from chedang.quality.rules import compare_hours
from chedang.records.model import StoredVersion
from chedang.records.store import Connection, stored_version
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.quality")
_FETCHED: Final = 500
_PAIRS: Final = 100
"""How many reworks are kept for the shop's own list, the newest."""
_SHOPS: Final = 500


class KeptBadge(msgspec.Struct, frozen=True):
    """The verdict on a shop as it was judged last."""

    is_earned: bool
    since_on: date | None
    judged_at: datetime
    formula_version: int
    conditions: tuple[Condition, ...]

    @property
    def lacking(self) -> tuple[Condition, ...]:
        """What is missing."""
        return tuple(condition for condition in self.conditions if not condition.is_met)


def read_jobs(connection: Connection, company_code: str, first_on: date, last_on: date) -> Iterator[StoredVersion]:
    """Settled jobs of one shop that stand, car by car, streamed: memory does not grow with the shop."""
    parameters = {
        "company_code": company_code,
        "since": datetime.combine(first_on, time(), SHANGHAI),
        "first_on": first_on,
        "last_on": last_on,
    }
    with connection.cursor(name="quality_jobs") as cursor:
        cursor.itersize = _FETCHED
        cursor.execute(_SQL["read_jobs"], parameters)
        for row in cursor:
            yield stored_version(row)


def first_on(connection: Connection, company_code: str) -> date | None:
    """Day of the shop's first record ever."""
    row = connection.execute(_SQL["first_on"], {"company_code": company_code}).fetchone()
    return row[0] if row else None


def due_shops(connection: Connection, counted_on: date, limit: int) -> list[tuple[str, str]]:
    """Code and division of shops that were not counted up to this day."""
    return connection.execute(_SQL["due_shops"], {"counted_on": counted_on, "limit": limit}).fetchall()


def save_figures(connection: Connection, figures: ShopFigures, hours: Mapping[tuple[str, int], int]) -> None:
    """Put a shop's figures and histograms (item, tenths → jobs) in the place of the old ones, in one transaction."""
    newest = sorted(figures.reworks, key=lambda pair: pair.came_on, reverse=True)[:_PAIRS]
    columns = msgspec.structs.asdict(figures.uploads) | {
        name: getattr(figures, name)
        for name in ("company_code", "city_code", "counted_on", "counted_at", "jobs", "judged", "reworked", "first_on")
    }
    columns["rework_pairs"] = msgspec.json.encode(newest).decode()
    items, steps = [item for item, _tenths in hours], [tenths for _item, tenths in hours]
    counted = {"company_code": figures.company_code, "items": items, "tenths": steps, "jobs": list(hours.values())}
    with connection.transaction():
        connection.execute(_SQL["save_figures"], columns)
        connection.execute(_SQL["drop_hours"], {"company_code": figures.company_code})
        connection.execute(_SQL["save_hours"], counted)


def read_figures(connection: Connection, company_codes: Collection[str]) -> dict[str, ShopFigures]:
    """The figures of these shops as they were counted last; a shop that was never counted is absent."""
    rows = connection.execute(_SQL["read_figures"], {"company_codes": list(company_codes)})
    return {row[0]: _figures(row) for row in rows}


def are_cities_added_up(connection: Connection, counted_on: date) -> bool:
    """Whether that was done for the figures of this day."""
    row = connection.execute(_SQL["cities_added_up_on"]).fetchone()
    return row is not None and row[0] >= counted_on


def add_up_cities(connection: Connection, counted_on: date) -> int:
    """Make the histograms of all cities anew out of those of their shops, one city at a time; gives how many."""
    cities = [row[0] for row in connection.execute(_SQL["cities"])]
    connection.commit()
    for city_code in cities:
        with connection.transaction():
            for name in ("drop_city_hours", "drop_city_items", "add_up_city_hours", "add_up_city_items"):
                connection.execute(_SQL[name], {"city_code": city_code})
    with connection.transaction():
        connection.execute(_SQL["save_city_round"], {"counted_on": counted_on})
    return len(cities)


def read_hours(connection: Connection, figures: ShopFigures, parameters: HoursParameters) -> list[HoursComparison]:
    """Every item of a shop beside the others of its city, most jobs first: sums of histograms, no records."""
    own = _histograms(connection.execute(_SQL["read_own_hours"], {"company_code": figures.company_code}))
    asked = {"city_code": figures.city_code, "company_code": figures.company_code, "items": list(own)}
    city = _histograms(connection.execute(_SQL["read_city_hours"], asked))
    behind = {item: (shops, largest) for item, shops, largest in connection.execute(_SQL["read_city_items"], asked)}
    found = []
    for item, histogram in own.items():
        shops, largest = behind.get(item, (0, 0))
        compared = compare_hours(
            item,
            histogram,
            city.get(item, {}),
            city_shops=shops,
            largest_other=largest,
            parameters=parameters,
        )
        if compared is not None:
            found.append(compared)
    return sorted(found, key=lambda each: (-each.own_jobs, each.item))


def judged_shops(connection: Connection) -> Iterator[list[tuple[str, bool]]]:
    """Shops with figures and whether their registration is approved, page by page."""
    after = ""
    while page := connection.execute(_SQL["judged_shops"], {"after": after, "limit": _SHOPS}).fetchall():
        yield page
        after = page[-1][0]


def save_badge(connection: Connection, company_code: str, badge: Badge, *, version: int, now: datetime) -> None:
    """Keep a verdict. Commits with the caller's transaction."""
    row = {
        "company_code": company_code,
        "is_earned": badge.is_earned,
        "today": now.astimezone(SHANGHAI).date(),
        "judged_at": now,
        "formula_version": version,
        "conditions": msgspec.json.encode(badge.conditions).decode(),
    }
    connection.execute(_SQL["save_badge"], row)


def read_badge(connection: Connection, company_code: str) -> KeptBadge | None:
    """The verdict on one shop; ``None`` before the first."""
    row = connection.execute(_SQL["read_badge"], {"company_code": company_code}).fetchone()
    if row is None:
        return None
    is_earned, since_on, judged_at, version, conditions = row
    decoded = msgspec.json.decode(conditions, type=tuple[Condition, ...])
    return KeptBadge(is_earned, since_on, judged_at, version, decoded)


def badge_holders(connection: Connection, company_codes: Collection[str]) -> dict[str, date]:
    """Which of these shops have the badge, and since when."""
    rows = connection.execute(_SQL["badge_holders"], {"company_codes": list(company_codes)})
    return dict(rows.fetchall())


def badges_mark(connection: Connection) -> str:
    """A text that is another one whenever other shops have the badge."""
    (mark,) = connection.execute(_SQL["badges_as_of"]).fetchone() or ("",)
    return str(mark)


def _figures(row: tuple[Any, ...]) -> ShopFigures:
    (company_code, city_code, counted_on, counted_at, jobs, judged, reworked, pairs, *uploads, first) = row
    return ShopFigures(
        company_code=company_code,
        city_code=city_code,
        counted_on=counted_on,
        counted_at=counted_at,
        jobs=jobs,
        judged=judged,
        reworked=reworked,
        reworks=msgspec.json.decode(pairs, type=tuple[Rework, ...]),
        uploads=UploadFigures(*uploads),
        first_on=first,
    )


def _histograms(rows: Any) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for item, tenths, jobs in rows:
        found[item][tenths] = jobs
    return found
