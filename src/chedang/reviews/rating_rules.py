"""When a visit may be reviewed, and how little of a review's time is told. Pure; days are China's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from chedang.reviews.model import Visit
from chedang.reviews.parameters import Window
from chedang.reviews.rating_model import NotAllowed, Refusal


class Period(NamedTuple):
    """A month, or a quarter, in which a review was written: all that a shop and the public are told."""

    year: int
    number: int
    """Of the month, 1 to 12, or of the quarter, 1 to 4."""
    is_month: bool


def last_day_to_review(visit: Visit, window: Window) -> date | None:
    """The last day on which the visit may be reviewed; ``None`` when it was never settled."""
    return None if visit.settled_on is None else visit.settled_on + timedelta(days=window.write_days)


def check_visit(visit: Visit, window: Window, *, today: date, owned_since: date | None) -> date:
    """The day of settlement of a visit that may be reviewed today. Raises NotAllowed.

    ``owned_since``: the day on which the car changed hands; visits before it are the former owner's to review.
    """
    last_on = last_day_to_review(visit, window)
    if visit.settled_on is None or last_on is None:
        raise NotAllowed(Refusal.NOT_SETTLED)
    if visit.settled_on > today:
        raise NotAllowed(Refusal.TOO_EARLY)
    if today > last_on:
        raise NotAllowed(Refusal.TOO_LATE)
    if owned_since is not None and visit.settled_on < owned_since:
        raise NotAllowed(Refusal.BEFORE_TRANSFER)
    return visit.settled_on


def check_follow_up(written_on: date, window: Window, *, today: date) -> None:
    """May something be added to a review of that day? Raises NotAllowed."""
    if today > written_on + timedelta(days=window.follow_up_days):
        raise NotAllowed(Refusal.TOO_LATE)


def clean_text(text: str, window: Window) -> str:
    """The text as it is judged: no blank edges, plain line ends. Raises NotAllowed when it is too long."""
    cleaned = "\n".join(line.rstrip() for line in text.replace("\x00", "").splitlines()).strip()
    if len(cleaned) > window.longest_text:
        raise NotAllowed(Refusal.TOO_LONG)
    return cleaned


def blurred(written_on: Iterable[date], window: Window) -> dict[date, Period]:
    """Day → what is told of it, for all reviews of one shop.

    The month where enough owners wrote in it to hide among each other, else the quarter.
    """
    days = list(written_on)
    by_month = Counter((day.year, day.month) for day in days)
    return {day: _period(day, by_month[day.year, day.month] >= window.enough_in_a_month) for day in days}


def _period(day: date, is_month: bool) -> Period:
    return Period(day.year, day.month if is_month else (day.month + 2) // 3, is_month)
