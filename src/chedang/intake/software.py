"""Which software uploads for a shop: what was seen on the wire, and what the shop says itself.

No vocabulary of the field has a member for the name of the software. What a client gives away is the vocabulary it
speaks and its User-Agent; the vendor's name is the shop's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries
from chedang.terms.text import tidy

KEPT_FOR: Final = timedelta(days=400)
MOST_CLIENTS: Final = 20
LONGEST_VENDOR: Final = 60
LONGEST_VERSION: Final = 30

_SQL = load_queries("chedang.intake", "software.sql")


class SeenClient(msgspec.Struct, frozen=True):
    """One programme, by vocabulary and by the name that it gives itself ('' when it gives none)."""

    dialect: str
    client: str
    first_seen_at: datetime
    last_seen_at: datetime
    """Within an hour: a busy client is noted once an hour."""


class Sighting(msgspec.Struct, frozen=True):
    """A call that went well, to be noted."""

    company_code: str
    dialect: str
    client: str
    at: datetime


class StatedSoftware(msgspec.Struct, frozen=True):
    """What the shop says about its software."""

    vendor: str
    version: str
    stated_by: str
    stated_at: datetime


def note(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Note what was seen; of each shop the 20 seen last stay. Commits with the caller's transaction."""
    if not sightings:
        return
    rows = {(each.company_code, each.dialect, each.client): each for each in sightings}
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["note_client"], [msgspec.structs.asdict(rows[key]) for key in sorted(rows)])
        codes = sorted({company_code for company_code, _, _ in rows})
        cursor.execute(_SQL["trim_clients"], {"company_codes": codes, "most": MOST_CLIENTS})


def list_of(connection: Connection, company_code: str) -> list[SeenClient]:
    """Software seen with the shop's credentials, seen last first."""
    return [SeenClient(*row) for row in connection.execute(_SQL["list_clients"], {"company_code": company_code})]


def state(connection: Connection, company_code: str, vendor: str, version: str, *, by: str, now: datetime) -> None:
    """The shop says which software it uses. Raises ValueError for a vendor or version that is empty or too long."""
    vendor, version = tidy(vendor), tidy(version)
    if not 0 < len(vendor) <= LONGEST_VENDOR or len(version) > LONGEST_VERSION:
        raise ValueError("vendor")
    parameters = {"company_code": company_code, "vendor": vendor, "version": version, "by": by, "now": now}
    connection.execute(_SQL["state_software"], parameters)


def stated(connection: Connection, company_code: str) -> StatedSoftware | None:
    """What the shop said last."""
    row = connection.execute(_SQL["find_software"], {"company_code": company_code}).fetchone()
    return None if row is None else StatedSoftware(*row)


def forget_old(connection: Connection, now: datetime) -> int:
    """Drop software that was not seen for 400 days; how many. Commits with the caller's transaction."""
    return connection.execute(_SQL["forget_clients"], {"before": now - KEPT_FOR}).rowcount
