"""预期上传量 of all shops: judged by the worker once a day, one province at a time, and read by pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from chedang.platform.database import load_queries
from chedang.quality.counting import last_day
from chedang.quality.expectation import (
    Expectation,
    ExpectationParameters,
    ShopWeeks,
    judge_shops,
    load_expectation_parameters,
)
from chedang.quality.model import percent
from chedang.quality.statistics import as_of
from chedang.quality.statistics_model import Tally
from chedang.records.store import Connection
from chedang.terms.dates import day_in_china

_SQL: Final = load_queries("chedang.quality", "expectation.sql")
_WEEK: Final = 7
_PROVINCE_DIGITS: Final = 2
_CITY_DIGITS: Final = 4


class KeptExpectation(msgspec.Struct, frozen=True):
    """What the last count found about one shop."""

    company_code: str
    counted_on: date
    """Last day of all periods."""
    weeks: int | None
    """Length of the judged window; ``None``: too little history or volume, and the next four are ``None`` too."""
    observed: int | None
    expected: float | None
    lower_bound: int | None
    season: float | None
    is_falling: bool
    standing: int
    """Records of the last days (``ShareLimits.days``) that are not void."""
    faulty: int
    """Of these, with an error."""
    doubtful: int
    """Of these, with an error or a doubt."""

    @property
    def faulty_percent(self) -> Decimal | None:
        """有错误的比例."""
        return percent(self.faulty, self.standing)

    @property
    def doubtful_percent(self) -> Decimal | None:
        """有错误或疑问的比例."""
        return percent(self.doubtful, self.standing)


class _Counted(msgspec.Struct, frozen=True):
    shop: ShopWeeks
    standing: int
    faulty: int
    doubtful: int


def count_expectations(
    connection: Connection, *, now: datetime, seconds: float, clock: Callable[[], float] = time.monotonic
) -> int:
    """Judge provinces that were not judged up to yesterday, for about so long; gives how many shops. Commits.

    None as long as the figures do not reach beyond yesterday: what was not counted yet would be missed at every shop.
    """
    until, counted_on, done = clock() + seconds, last_day(now), 0
    reached_at = as_of(connection)
    if reached_at is None or day_in_china(reached_at) <= counted_on:
        connection.commit()
        return 0
    provinces = [row[0] for row in connection.execute(_SQL["due_provinces"], {"counted_on": counted_on})]
    connection.commit()
    for province in provinces:
        done += count_province(connection, province, counted_on)
        if clock() >= until:
            break
    return done


def count_province(connection: Connection, province: str, counted_on: date) -> int:
    """Judge the shops of one province (two digits) up to a day and keep what was found. Commits."""
    parameters = load_expectation_parameters()
    counted = _read_weeks(connection, province, counted_on, parameters)
    judged = {each.company_code: each for each in judge_shops([each.shop for each in counted], parameters)}
    rows = [_row(each, judged.get(each.shop.company_code)) for each in counted]
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else None
    if columns is not None:
        connection.execute(_SQL["save_expectations"], columns | {"counted_on": counted_on})
    connection.commit()
    return len(rows)


def read_expectations(connection: Connection, company_codes: Collection[str]) -> dict[str, KeptExpectation]:
    """What was found about these shops; one that was never counted is absent."""
    rows = connection.execute(_SQL["read_expectations"], {"company_codes": list(company_codes)})
    return {row[0]: KeptExpectation(*row) for row in rows}


def months_of_shop(connection: Connection, company_code: str, limit: int) -> list[tuple[date, Tally]]:
    """The newest months with records, newest first: the first day of each and what came in."""
    rows = connection.execute(_SQL["read_months"], {"company_code": company_code, "limit": limit})
    return [(month, Tally(*counts)) for month, *counts in rows]


def _read_weeks(
    connection: Connection, province: str, counted_on: date, parameters: ExpectationParameters
) -> list[_Counted]:
    asked = {
        "province": province,
        "counted_on": counted_on,
        "after": counted_on - timedelta(days=_WEEK * parameters.weeks),
        "recent_after": counted_on - timedelta(days=parameters.shares.days),
    }
    return [_counted(row, counted_on, parameters) for row in connection.execute(_SQL["read_weeks"], asked)]


def _counted(row: tuple[Any, ...], counted_on: date, parameters: ExpectationParameters) -> _Counted:
    code, division, category, first_on, weeks, records, standing, faulty, doubtful = row
    whole = 0 if first_on is None else max(0, (counted_on - first_on).days + 1) // _WEEK
    counts = [0] * min(whole, parameters.weeks)
    for week, count in zip(weeks or (), records or (), strict=True):
        if week < len(counts):
            counts[week] = int(count)
    city = division[:_CITY_DIGITS]
    areas = (division[:_PROVINCE_DIGITS], city, f"{city}/{category}")
    return _Counted(ShopWeeks(code, areas, tuple(counts)), int(standing), int(faulty), int(doubtful))


def _row(counted: _Counted, judged: Expectation | None) -> dict[str, Any]:
    names = ("weeks", "observed", "expected", "lower_bound", "season")
    return {
        "company_code": counted.shop.company_code,
        **{name: getattr(judged, name) if judged else None for name in names},
        "is_falling": judged is not None and judged.is_falling,
        "standing": counted.standing,
        "faulty": counted.faulty,
        "doubtful": counted.doubtful,
    }
