"""A night's work: every shop's figures, one shop after the other, then what the shops of a city make together.

Memory is bounded by one car's jobs in one shop and by the vocabulary of items, not by shops or records.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from chedang.quality.model import Rework, ShopFigures
from chedang.quality.parameters import load_parameters
from chedang.quality.rules import find_reworks, hours_of
from chedang.quality.store import add_up_cities, are_cities_added_up, due_shops, first_on, read_jobs, save_figures
from chedang.quality.uploads import upload_figures
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_CITY_DIGITS: Final = 4
_NOBODYS: Final = "~"
"""What stands for the VIN of records in no vehicle's file: they are of many cars."""
_AT_ONCE: Final = 200


def last_day(now: datetime) -> date:
    """Up to which day figures are counted: the last that is over."""
    return now.astimezone(SHANGHAI).date() - timedelta(days=1)


def count_due(
    connection: Connection, *, now: datetime, seconds: float, clock: Callable[[], float] = time.monotonic
) -> int:
    """Count shops that were not counted up to yesterday, for about so long; then, once none is left, the cities.

    Gives how many shops were counted. What is left is counted by the next call; a fall loses one shop's work.
    """
    until, counted_on, done = clock() + seconds, last_day(now), 0
    while shops := due_shops(connection, counted_on, _AT_ONCE):
        connection.commit()
        for company_code, division_code in shops:
            count_shop(connection, company_code, division_code, counted_on, now=now)
            done += 1
            if clock() >= until:
                return done
    is_done = are_cities_added_up(connection, counted_on)
    connection.commit()
    if not is_done:
        add_up_cities(connection, counted_on)
    return done


def count_shop(
    connection: Connection, company_code: str, division_code: str, counted_on: date, *, now: datetime
) -> ShopFigures:
    """Count one shop over the twelve months up to a day, keep its figures and give them. Commits."""
    parameters = load_parameters()
    begun_on = counted_on - timedelta(days=parameters.window_days - 1)
    hours: Counter[tuple[str, int]] = Counter()
    jobs, judged, reworks = 0, 0, list[Rework]()
    for vin, records in groupby(read_jobs(connection, company_code, begun_on, counted_on), key=lambda job: job.vin):
        if vin.startswith(_NOBODYS):
            for job in records:
                jobs += 1
                hours.update(hours_of(job, parameters.hours.longest_hours))
            continue
        of_car = list(records)
        jobs += len(of_car)
        for job in of_car:
            hours.update(hours_of(job, parameters.hours.longest_hours))
        of_car_judged, of_car_again = find_reworks(of_car, today=counted_on)
        judged += of_car_judged
        reworks += of_car_again
    figures = ShopFigures(
        company_code=company_code,
        city_code=division_code[:_CITY_DIGITS],
        counted_on=counted_on,
        counted_at=now,
        jobs=jobs,
        judged=judged,
        reworked=len(reworks),
        reworks=tuple(reworks),
        uploads=upload_figures(connection, company_code, begun_on, counted_on),
        first_on=first_on(connection, company_code),
    )
    save_figures(connection, figures, hours)
    connection.commit()
    return figures
