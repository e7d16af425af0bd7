"""A period taken apart into whole months and the days that are left. Pure."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

_DAY = timedelta(days=1)


class Parts(msgspec.Struct, frozen=True):
    """Whole months from ``first_month`` to before ``end_month``, both first days, and spans of days beside them."""

    first_month: date
    end_month: date
    """Equal to ``first_month`` when no month is whole."""
    days: tuple[tuple[date, date], ...]
    """First and last day of each span."""


def month_of(day: date) -> date:
    """First day of its month."""
    return day.replace(day=1)


def month_after(day: date) -> date:
    """First day of the month after."""
    return (month_of(day) + 32 * _DAY).replace(day=1)


def months_between(first_on: date, last_on: date) -> list[tuple[date, date]]:
    """Each calendar month of the period as far as it lies within: first and last day."""
    months, begun_on = list[tuple[date, date]](), first_on
    while begun_on <= last_on:
        ends_on = min(month_after(begun_on) - _DAY, last_on)
        months.append((begun_on, ends_on))
        begun_on = ends_on + _DAY
    return months


def is_whole(first_on: date, last_on: date) -> bool:
    """Is this one calendar month, from its first day to its last?"""
    return first_on.day == 1 and last_on == month_after(first_on) - _DAY


def parts_of(first_on: date, last_on: date) -> Parts:
    """Take a period apart. One that ends before it begins has no parts."""
    months = months_between(first_on, last_on)
    whole = [month for month in months if is_whole(*month)]
    days = tuple(month for month in months if not is_whole(*month))
    if not whole:
        return Parts(month_of(first_on), month_of(first_on), days)
    return Parts(whole[0][0], month_after(whole[-1][0]), days)
