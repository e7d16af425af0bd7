"""漏传: numbers of settlement lists that the shop's software named when it reconciled a day, and that are not here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedang.enterprises.store import Connection
from chedang.intake import named_days

SINCE_DAYS: Final = 14
"""How far back the first page looks; a program that has not sent a job for two weeks will not send it by itself."""


@dataclass(frozen=True, slots=True)
class MissingRow:
    """One job that the software says it sent."""

    number: str
    day: date
    """The day for which it was named."""


def missing_rows(connection: Connection, company_code: str, today: date) -> list[MissingRow]:
    """What is missing now, newest day first, each number once."""
    rows: dict[str, MissingRow] = {}
    for named in named_days.list_since(connection, company_code, today - timedelta(days=SINCE_DAYS)):
        for number in named_days.still_missing(connection, company_code, named):
            rows.setdefault(number, MissingRow(number, named.day))
    return list(rows.values())
