"""Who may test (排放检验机构, I 站) and who may repair (M 站): lists with days, and the test stations' keys.

A key is ``ci_<public part>_<43 characters>``. It is shown once; its SHA-256 is kept, enough for 256 random bits.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from chedang.emission import store
from chedang.emission.model import Conflicting, EmissionRefused, Listing, TestStation
from chedang.emission.store import Connection
from chedang.enterprises.profiles import hold_profile, keep_profile
from chedang.enterprises.secrets import digest_of
from chedang.platform.database import load_queries
from chedang.terms.dates import day_in_china
from chedang.terms.saying import said

Listings = Mapping[str, Sequence[Listing]]

_SQL: Final = load_queries("chedang.emission", "stations.sql")
_SHAPE: Final = re.compile(r"ci_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_LONGEST_REPAIR: Final = timedelta(days=400)
"""How far back a change of the list of M-stations makes tickets be matched anew."""


class StationKey(msgspec.Struct, frozen=True):
    """A key without what is secret about it."""

    key_id: str
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    last_used_on: date | None


class ListedShop(msgspec.Struct, frozen=True):
    """One M-station as the public reads it."""

    company_code: str
    company_name: str
    division_code: str
    address: str
    listed_on: date
    ended_on: date | None


def find(connection: Connection, station_code: str) -> TestStation | None:
    """The test station of this number."""
    row = connection.execute(_SQL["find_test_station"], {"station_code": station_code}).fetchone()
    return None if row is None else TestStation(*row)


def hold(connection: Connection, station_code: str) -> TestStation | None:
    """The same, and nobody else changes it or takes the number until the transaction ends."""
    store.hold_names(connection, [station_code])
    return find(connection, station_code)


def list_all(connection: Connection, division_prefix: str) -> list[TestStation]:
    """Test stations of a division, listed ones first."""
    rows = connection.execute(_SQL["list_test_stations"], {"division_prefix": division_prefix})
    return [TestStation(*row) for row in rows]


def names(connection: Connection, station_codes: Collection[str]) -> dict[str, str]:
    """Names of test stations by number."""
    return dict(connection.execute(_SQL["names_of_test_stations"], {"station_codes": list(station_codes)}).fetchall())


def keep(connection: Connection, station: TestStation, *, by: str, now: datetime) -> None:
    """Put a test station on the list or change it. Commits with the caller's transaction."""
    connection.execute(_SQL["keep_test_station"], msgspec.structs.asdict(station) | {"by": by, "now": now})


def make_key(connection: Connection, station_code: str, *, by: str, now: datetime) -> str:
    """Make a key: told now and never again. Commits with the caller's transaction."""
    while True:
        key_id = secrets.token_hex(4)
        key = f"ci_{key_id}_{secrets.token_urlsafe(32)}"
        columns = {"key_id": key_id, "station_code": station_code, "digest": digest_of(key), "by": by, "now": now}
        if connection.execute(_SQL["insert_key"], columns).fetchone() is not None:
            return key


def end_key(connection: Connection, station_code: str, key_id: str, *, by: str, now: datetime) -> bool:
    """End a key at once; false when the station has none of this public part."""
    columns = {"key_id": key_id, "station_code": station_code, "by": by, "now": now}
    return connection.execute(_SQL["end_key"], columns).fetchone() is not None


def keys_of(connection: Connection, station_code: str) -> list[StationKey]:
    """Keys of a station, the newest first: all that hold, and the newest that were ended."""
    return [StationKey(*row) for row in connection.execute(_SQL["list_keys"], {"station_code": station_code})]


def authenticate(connection: Connection, key: str, *, now: datetime) -> TestStation | None:
    """The listed station of a key; ``None`` for whatever is none, ended, or of a station that left the list."""
    shape, today = _SHAPE.fullmatch(key), day_in_china(now)
    row = connection.execute(_SQL["find_key"], {"key_id": shape[1]}).fetchone() if shape else None
    if row is None:
        return None
    digest, *columns, last_used_on = row
    station = TestStation(*columns)
    if not hmac.compare_digest(digest, digest_of(key)) or not station.is_listed(today):
        return None
    if shape is not None and last_used_on != today:
        connection.execute(_SQL["note_use"], {"key_id": shape[1], "day": today})
    return station


def listings_of(connection: Connection, company_codes: Collection[str]) -> Listings:
    """When these shops were M-stations, the last stay first."""
    found: dict[str, list[Listing]] = {}
    for row in connection.execute(_SQL["listings_of"], {"company_codes": list(company_codes)}):
        found.setdefault(row[0], []).append(Listing(*row))
    return found


def repair_stations(connection: Connection, division_prefix: str, day: date) -> list[ListedShop]:
    """M-stations of a division on a day."""
    rows = connection.execute(_SQL["list_repair_stations"], {"division_prefix": division_prefix, "day": day})
    return [ListedShop(*row) for row in rows]


def list_shop(connection: Connection, company_code: str, listed_on: date, *, by: str, now: datetime) -> None:
    """Put a shop on the list of M-stations from a day on. Commits with the caller's transaction.

    Raises Conflicting for one that is on it on that day or later.
    """
    stays = _hold(connection, company_code)
    if any(stay.ended_on is None or stay.ended_on >= listed_on or stay.listed_on >= listed_on for stay in stays):
        raise Conflicting(said("这家企业在这一天已经在名录内"))
    columns = {"company_code": company_code, "listed_on": listed_on, "by": by, "now": now}
    connection.execute(_SQL["list_on"], columns)
    _flag(connection, company_code, is_listed=listed_on <= day_in_china(now), by=by, now=now)


def end_shop(connection: Connection, company_code: str, ended_on: date, *, by: str, now: datetime) -> None:
    """Give a shop's stay on the list its last day. Commits with the caller's transaction.

    Raises EmissionRefused for a shop that is not on the list, or a day before it came.
    """
    stay = next((stay for stay in _hold(connection, company_code) if stay.ended_on is None), None)
    if stay is None:
        raise Conflicting(said("这家企业不在名录内"))
    if ended_on < stay.listed_on:
        raise EmissionRefused(said("最后一天不能早于列入日期 %(day)s", day=stay.listed_on.isoformat()))
    columns = {
        "company_code": company_code,
        "listed_on": stay.listed_on,
        "ended_on": ended_on,
        "by": by,
        "now": now,
    }
    connection.execute(_SQL["end_on"], columns)
    _flag(connection, company_code, is_listed=ended_on >= day_in_china(now), by=by, now=now)


def flag_by_list(connection: Connection, *, now: datetime) -> int:
    """Let the search show what the list says today: a first or last day that was to come has come. Gives how many.

    Shops that never stood on the list keep the flag that an import gave them. Commits with the caller's transaction.
    """
    rows = connection.execute(_SQL["flags_out_of_step"], {"day": day_in_china(now)}).fetchall()
    for company_code, is_listed in rows:
        _flag(connection, company_code, is_listed=is_listed, by="", now=now)
    return len(rows)


def vehicles_of_shop(connection: Connection, company_code: str, *, now: datetime) -> list[str]:
    """Vehicles whose tickets a change of this shop's listing may concern."""
    asked = {"company_code": company_code, "since_at": now - _LONGEST_REPAIR}
    return [vin for (vin,) in connection.execute(_SQL["vehicles_of_shop"], asked)]


def _hold(connection: Connection, company_code: str) -> list[Listing]:
    store.share_feed(connection)
    hold_profile(connection, company_code)
    return [Listing(*row) for row in connection.execute(_SQL["hold_listings"], {"company_code": company_code})]


def _flag(connection: Connection, company_code: str, *, is_listed: bool, by: str, now: datetime) -> None:
    """What the search for shops shows."""
    profile = hold_profile(connection, company_code)
    keep_profile(connection, msgspec.structs.replace(profile, is_emission_station=is_listed), by=by, now=now)
