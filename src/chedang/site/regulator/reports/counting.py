"""The figures of a half-year report, counted at this moment."""

from __future__ import annotations

from datetime import datetime

from chedang.access.rules import NATION
from chedang.enterprises import maker_store
from chedang.site.archive.connections import archive
from chedang.site.settings import NODE
from chedang.supervision.assessment_freezing import lines
from chedang.supervision.measures import measure
from chedang.supervision.report_league import half_year_league
from chedang.supervision.reports import Counted, period_of


def count_now(division_code: str, year: int, half: int, *, now: datetime) -> Counted:
    """Of one division over one half-year, as far as it has gone. The lines between nodes are the whole node's."""
    first_on, last_on = period_of(year, half)
    is_of_node = division_code == NATION or division_code.endswith("0000")
    with archive() as connection:
        exchange = lines(connection, NODE.node.code, now=now) if is_of_node else None
        measures = measure(connection, division_code, first_on, last_on, exchange=exchange)
        names = {maker.maker_code: maker.maker_name for maker in maker_store.list_all(connection)}
    return Counted(measures, half_year_league(division_code, first_on, last_on), names)
