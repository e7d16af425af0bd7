"""Months of 运行考核: names, last days, and which one is over. Pure but for the model's words."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from chedang.access.rules import NATION
from chedang.terms import division
from chedang.terms.dates import FIRST_YEAR, LAST_YEAR, SHANGHAI

_NAME: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_MEASURED_FROM: Final = time(6, 0)
"""On the first day of the next month: nodes have compared the last day with the ministry by then, at four."""


def name_of(month: date) -> str:
    """``2026-10``."""
    return f"{month:%Y-%m}"


def read_name(text: str) -> date | None:
    """The first day of the month of a name; ``None`` for what is none."""
    found = _NAME.fullmatch(text)
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    return date(int(found[1]), int(found[2]), 1)


def last_day(month: date) -> date:
    """Of the month that a day lies in."""
    return following(month) - timedelta(days=1)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def before(month: date) -> date:
    """The first day of the month before."""
    return (month.replace(day=1) - timedelta(days=1)).replace(day=1)


def newest_over(now: datetime) -> date:
    """First day of the newest month that can be frozen."""
    here = now.astimezone(SHANGHAI)
    this_month = here.date().replace(day=1)
    is_too_early = here.date() == this_month and here.time() < _MEASURED_FROM
    return before(before(this_month) if is_too_early else this_month)


def closes_at(month: date, day: int) -> datetime:
    """When the ministry stops waiting for a month: the end of a day of the next one, in China."""
    return datetime.combine(following(month).replace(day=day) + timedelta(days=1), time(), SHANGHAI)


def parent(code: str) -> str:
    """The division in whose league table one stands: a province's is the nation's."""
    if code == NATION or code.endswith("0000"):
        return NATION
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


def has_parts(code: str) -> bool:
    """Is there a level below that can be compared? Counties have none, nor have cities without counties."""
    if code == NATION or code.endswith("0000"):
        return True
    return code.endswith("00") and code not in division.counties(code[:4])
