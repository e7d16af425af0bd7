"""上传 of one shop within a period, counted from its records."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from chedang.platform.database import load_queries
from chedang.quality.model import UploadFigures
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

ON_TIME_DAYS: Final = 1
"""By the end of which day after 结算日期 a record is on time (ours: the records know the day of settlement only)."""
_SQL = load_queries("chedang.quality", "uploads.sql")


def upload_figures(connection: Connection, company_code: str, first_on: date, last_on: date) -> UploadFigures:
    """Records that came in from the first day to the last, both whole, in China."""
    parameters = {
        "company_code": company_code,
        "since": datetime.combine(first_on, time(), SHANGHAI),
        "until": datetime.combine(last_on + timedelta(days=1), time(), SHANGHAI),
        "on_time_days": ON_TIME_DAYS,
    }
    row = connection.execute(_SQL["upload_figures"], parameters).fetchone()
    return UploadFigures(*row) if row else UploadFigures(0, 0, 0, 0, 0, 0, 0, 0, None)
