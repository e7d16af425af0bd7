"""The figures of a half-year report, counted at this moment."""

from __future__ import annotations

from chedang.enterprises import maker_store
from chedang.site.archive.connections import archive
from chedang.supervision.measures import measure
from chedang.supervision.report_league import half_year_league
from chedang.supervision.reports import Counted, period_of


def count_now(division_code: str, year: int, half: int) -> Counted:
    """Of one division over one half-year, as far as it has gone."""
    first_on, last_on = period_of(year, half)
    with archive() as connection:
        measures = measure(connection, division_code, first_on, last_on)
        names = {maker.maker_code: maker.maker_name for maker in maker_store.list_all(connection)}
    return Counted(measures, half_year_league(division_code, first_on, last_on), names)
