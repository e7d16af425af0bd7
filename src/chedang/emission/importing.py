"""A table of failed tests, line by line: what is wrong with one does not stop the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from chedang.access.rules import is_in_scope
from chedang.emission import stations, tickets
from chedang.emission.model import EmissionRefused, Fault, Misstated, NotPermitted
from chedang.emission.reading import COLUMNS, read_failed_test
from chedang.emission.store import Connection
from chedang.terms.dates import day_in_china
from chedang.terms.saying import Said, said


class Line(msgspec.Struct, frozen=True):
    """What became of one line."""

    number: int
    """As a spreadsheet numbers it."""
    outcome: Literal["created", "unchanged", "refused"]
    report_number: str
    said: tuple[Said | str, ...] = ()
    """Why it was refused."""


def take_rows(
    connection: Connection, rows: Iterable[tuple[int, Mapping[str, str]]], *, scope_code: str, now: datetime
) -> list[Line]:
    """Take every line whose station lies in the division ``scope_code``. Commits after each line.

    So the locks of one are let go before the next takes its own, and two tables in opposite order do not block each
    other. A table that broke off is sent again whole: what was taken is unchanged.
    """
    lines = []
    for number, cells in rows:
        lines.append(_take(connection, number, cells, scope_code, now))
        connection.commit()
    return lines


def _take(connection: Connection, number: int, cells: Mapping[str, str], scope_code: str, now: datetime) -> Line:
    told = cells.get("report_number", "")[:40]
    try:
        test = read_failed_test(cells, today=day_in_china(now))
        station = stations.find(connection, test.station_code)
        if station is None or not is_in_scope(station.division_code, scope_code):
            raise NotPermitted(said("检验机构不在辖区的名录内"))
        with connection.transaction():
            _, outcome = tickets.take_failed_test(connection, test, None, now=now)
    except Misstated as misstated:
        return Line(number, "refused", told, _by_heading(misstated.faults))
    except EmissionRefused as refused:
        return Line(number, "refused", told, refused.said)
    return Line(number, outcome, told)


def _by_heading(faults: Iterable[Fault]) -> tuple[Said, ...]:
    """What is wrong, with columns called as the table calls them and in its order."""
    places = list(COLUMNS)
    ordered = sorted(faults, key=lambda fault: places.index(fault.field))
    return tuple(said("%(column)s：%(what)s", column=COLUMNS[fault.field], what=fault.sentence) for fault in ordered)
