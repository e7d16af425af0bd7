"""Days and instants. A day without more is a calendar day in China; an instant carries its offset."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from chedang.terms.text import clean

_AHEAD_OF_UTC: Final = timedelta(hours=8)
SHANGHAI: Final = timezone(_AHEAD_OF_UTC, "Asia/Shanghai")
"""China's one time zone. A fixed offset is exact: the last summer time ended in 1991, long before any
record; and it needs no time zone database, which small machines lack."""

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

_OPEN_ENDED_YEAR: Final = "9999"
_OPEN_ENDED_WORDS: Final = frozenset({"长期", "长期有效", "永久", "无固定期限"})
_LONGEST_TEXT: Final = 40
_DAY: Final = re.compile(
    r"""
    (?P<year>[0-9]{4})
    (?: (?P<m1>[0-9]{2})(?P<d1>[0-9]{2})
      | (?P<separator>[-/])(?P<m2>[0-9]{1,2})(?P=separator)(?P<d2>[0-9]{1,2})
      | \s?年\s?(?P<m3>[0-9]{1,2})\s?月\s?(?P<d3>[0-9]{1,2})\s?日
    )
    (?P<time>
        (?: (?: \s*T\s* | \s+ | (?<=日) ) (?:[01]?[0-9]|2[0-4]) : [0-5]?[0-9] (?: : [0-5]?[0-9] (?:[.,][0-9]{1,9})? )?
          | (?<=[0-9]{8}) (?:[01][0-9]|2[0-4]) [0-5][0-9] (?:[0-5][0-9])?
        )
        \s* (?P<offset> Z | [+-][0-9]{2}:?[0-9]{2} )?
    )?
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parse_day(text: str) -> date | None:
    """Read a day: ``yyyyMMdd``, ``yyyy-MM-dd``, ``yyyy/MM/dd`` or ``yyyy年M月d日``, a time behind it or not.

    ``None`` for anything else, for a day that does not exist and for years outside 1990 to 2100. A time with
    an offset (``2024-05-01T16:00:00Z``) names an instant: its day in China is returned (2 May here).
    """
    return _parse_day(text) if len(text) <= _LONGEST_TEXT else _read_day(clean(text))


@lru_cache(maxsize=8_192)
def _parse_day(text: str) -> date | None:
    """Remember short texts: most uploads name a day of the last weeks."""
    return _read_day(clean(text))


def _read_day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    month = found["m1"] or found["m2"] or found["m3"]
    day = found["d1"] or found["d2"] or found["d3"]
    try:
        read = date(int(found["year"]), int(month), int(day))
        if found["offset"]:
            read = _shift_to_china(read, found["time"])
    except (ValueError, OverflowError):
        return None
    return read if FIRST_YEAR <= read.year <= LAST_YEAR else None


def _shift_to_china(day: date, time_and_offset: str) -> date:
    """Day in China of a time with an offset. Raises ValueError for an impossible time."""
    instant = datetime.fromisoformat(f"{day.isoformat()}T{time_and_offset.strip(' Tt').upper().replace(' ', '')}")
    return day_in_china(instant)


def parse_licence_end(text: str) -> date | None:
    """Read 许可证有效期止; ``None`` means without end or not given.

    Deployed software writes ``99990909`` or ``99991231`` for "no end"; any day of year 9999 and 长期 count as
    that. Raises ValueError for a text that means neither a day nor "no end". Source: ours.
    """
    cleaned = clean(text)
    if not cleaned or cleaned in _OPEN_ENDED_WORDS:
        return None
    if cleaned.startswith(_OPEN_ENDED_YEAR) and _DAY.fullmatch(cleaned):
        return None
    day = parse_day(cleaned)
    if day is None:
        raise ValueError("not a day: expected yyyyMMdd, 99991231 for no end")
    return day


def day_in_china(instant: datetime) -> date:
    """Calendar day in China at an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its offset")
    if instant.tzinfo is UTC:  # as our own clock gives it
        return (instant + _AHEAD_OF_UTC).date()
    return instant.astimezone(SHANGHAI).date()
