"""Records that came in lately, by county: for a look at what is going on just now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.records", "arrivals.sql")


class Arrivals(msgspec.Struct, frozen=True):
    """Records of one county (or more) whose first version came in lately."""

    since: int = 0
    lately: int = 0
    newest_at: datetime | None = None

    def __add__(self, other: Arrivals) -> Arrivals:
        newest = max((at for at in (self.newest_at, other.newest_at) if at is not None), default=None)
        return Arrivals(self.since + other.since, self.lately + other.lately, newest)


def count_arrivals(
    connection: Connection, division_prefix: str, *, since: datetime, lately: datetime
) -> dict[str, Arrivals]:
    """By division code of the shops, those with any; ``division_prefix`` '' means every division.

    ``lately`` is the later of the two instants; what came in since then is counted in both.
    """
    asked = {"division_prefix": division_prefix, "since": since, "lately": lately}
    return {code: Arrivals(*counts) for code, *counts in connection.execute(_SQL["arrivals"], asked)}
