"""What may have been mistyped: likely slips of a clerk, each with the value that was probably meant. Pure (ours).

Offered to people, never applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from chedang.records.model import RepairRecord
from chedang.terms import vin

_MOST: Final = 3
_KM_PER_MILE: Final = Decimal("1.609344")
# A job is settled and sent within weeks; a year mistyped is off by one or more.
_RECENT: Final = timedelta(days=180)


class Suggestion(msgspec.Struct, frozen=True):
    """A value that was probably meant."""

    pointer: str
    value: str
    why: str


def suggest_vin(text: str) -> Iterator[Suggestion]:
    """O for 0, I for 1, Q for 0, where that makes the check digit right."""
    found = vin.suggest(vin.normalise(text))
    if found is not None:
        yield Suggestion("/vin", found, "车架号里没有字母 I、O、Q，改成数字后校验位相符。")


def suggest_vin_of_own(text: str, own: frozenset[str]) -> Iterator[Suggestion]:
    """Two neighbours swapped, where that gives a vehicle the shop has had before."""
    for candidate in swapped(vin.normalise(text)):
        if candidate in own:
            yield Suggestion("/vin", candidate, "相邻两位对调后，是本企业以前维修过的车辆。")


def swapped(text: str) -> list[str]:
    """The text with each two different neighbours in turn the other way round."""
    return [
        text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        for place in range(len(text) - 1)
        if text[place] != text[place + 1]
    ]


def suggest_mileage(mileage_km: Decimal, fits: Callable[[Decimal], bool]) -> list[Suggestion]:
    """Slips after which a doubtful mileage would fit into the file, the likeliest first."""
    found: dict[Decimal, Suggestion] = {}
    for candidate, why in _mileages(mileage_km):
        if candidate not in found and candidate != mileage_km and fits(candidate):
            found[candidate] = Suggestion("/repairmileage", f"{candidate.normalize():f}", why)
    return list(found.values())[:_MOST]


def _mileages(mileage_km: Decimal) -> Iterator[tuple[Decimal, str]]:
    digits = str(int(mileage_km))
    yield mileage_km * 10, "可能少打了末位的 0，或漏了一位。"
    if mileage_km == mileage_km.to_integral_value() and len(digits) > 2:
        tenths = "可能把十分位也当成了千米，或多打了一位。"
        yield Decimal(digits[:-1]), tenths
    for candidate in swapped(digits):
        if not candidate.startswith("0"):
            yield Decimal(candidate), "可能有相邻两位打颠倒了。"
    for place in range(1, len(digits)):
        yield Decimal(f"{digits[:place]}0{digits[place:]}"), "可能漏了一个 0。"
        if digits[place] == "0":
            yield Decimal(digits[:place] + digits[place + 1 :]), "可能多打了一个 0。"
    yield (mileage_km * _KM_PER_MILE).quantize(Decimal(1)), "里程表可能以英里计。"


def suggest_days(record: RepairRecord, received_on: date) -> list[Suggestion]:
    """A year mistyped, or two days exchanged, where the days do not fit each other or the day of receipt."""
    repair_on, settled_on = record.repair_on, record.settled_on
    if repair_on and settled_on and settled_on < repair_on <= received_on and repair_on - settled_on < _RECENT:
        why = "送修日期与结算日期可能填反了。"
        return [
            Suggestion("/repairdate", _day(settled_on), why),
            Suggestion("/settledate", _day(repair_on), why),
        ]
    found = []
    if settled_on is not None and (other := _in_near_year(settled_on, received_on)):
        found.append(Suggestion("/settledate", _day(other), "年份可能打错了。"))
        settled_on = other
    latest = settled_on if settled_on is not None and settled_on <= received_on else received_on
    if repair_on is not None and (other := _in_near_year(repair_on, latest)):
        found.append(Suggestion("/repairdate", _day(other), "年份可能打错了。"))
    return found


def _in_near_year(day: date, latest: date) -> date | None:
    """The same day of a year that puts it shortly before ``latest``; ``None`` when it needs no other year."""
    if timedelta(0) <= latest - day <= timedelta(days=366):
        return None
    for year in (latest.year, latest.year - 1):
        try:
            other = day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if other != day and timedelta(0) <= latest - other <= _RECENT:
            return other
    return None


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
