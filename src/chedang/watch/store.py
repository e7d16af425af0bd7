"""Store of the watch list: seals what is written and opens what is read. Every write commits with the caller's
transaction. Nothing of it may be logged."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import psycopg

from chedang.platform.chance import new_public_id
from chedang.platform.database import load_queries
from chedang.platform.sealing import Digester, Sealer
from chedang.vehicles.follow import CONSUMER as VEHICLES
from chedang.watch.model import Alert, Basis, Entry, NewEntry, Sighting, Wanted

Connection = psycopg.Connection[Any]

_SQL: Final = load_queries("chedang.watch")
_PURPOSE: Final = "watch-list"


class Found(NamedTuple):
    """A standing entry whose digests met."""

    code: str
    vin_digest: str
    plate_digest: str


class WatchKeys:
    """What seals and finds. The node's own, under its data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.sealer = Sealer(data_dir, _PURPOSE)
        self._digester = Digester(data_dir, f"{_PURPOSE}-digests")

    def vin(self, vin: str) -> str:
        """Digest by which a VIN is found; '' for none."""
        return self._digester.digest(f"vin {vin}") if vin else ""

    def plate(self, plate_number: str) -> str:
        """Digest by which a plate is found; '' for none."""
        return self._digester.digest(f"plate {plate_number}") if plate_number else ""

    def record(self, record_id: UUID) -> str:
        """Digest that stands for a record."""
        return self._digester.digest(f"record {record_id.hex}")


def lock_division(connection: Connection, division_code: str) -> None:
    """Hold a division's list still until the transaction ends."""
    connection.execute(_SQL["lock_division"], {"division_code": division_code})


def share_list(connection: Connection) -> None:
    """Let the follower of the feed wait until the transaction ends; others who add need not."""
    connection.execute(_SQL["share_list"])


def hold_list(connection: Connection) -> None:
    """Wait for everybody who is putting a vehicle on the list; who comes later waits until the transaction ends."""
    connection.execute(_SQL["hold_list"])


def insert(
    connection: Connection, keys: WatchKeys, new: NewEntry, division_code: str, *, by: str, now: datetime
) -> str:
    """Put a vehicle on the list; gives the entry's code."""
    code = new_public_id()
    columns = {
        "code": code,
        "division_code": division_code,
        "vin_digest": keys.vin(new.wanted.vin),
        "plate_digest": keys.plate(new.wanted.plate_number),
        "sealed": keys.sealer.seal(msgspec.json.encode(new.wanted), code),
        "since_on": new.since_on,
        "until_on": new.until_on,
        "by": by,
        "now": now,
    }
    connection.execute(_SQL["insert_entry"], columns)
    return code


def find_same(connection: Connection, keys: WatchKeys, new: NewEntry, division_code: str, today: date) -> str | None:
    """Code of a division's entry for the same vehicle that stands as early and as long."""
    asked = {
        "division_code": division_code,
        "vin_digest": keys.vin(new.wanted.vin),
        "plate_digest": keys.plate(new.wanted.plate_number),
        "since_on": new.since_on,
        "until_on": new.until_on,
        "today": today,
    }
    row = connection.execute(_SQL["find_same"], asked).fetchone()
    return None if row is None else row[0]


def any_entry(connection: Connection) -> bool:
    """Is anything watched at all?"""
    (watched,) = connection.execute(_SQL["any_entry"]).fetchone() or (False,)
    return bool(watched)


def find_matching(
    connection: Connection, vin_digests: Collection[str], plate_digests: Collection[str], today: date
) -> list[Found]:
    """Entries that stand today for any of these digests."""
    asked = {"vin_digests": list(vin_digests), "plate_digests": list(plate_digests), "today": today}
    return [Found(*row) for row in connection.execute(_SQL["find_matching"], asked)]


def read_changed(
    connection: Connection, vins: list[str], record_ids: list[UUID], versions: list[int]
) -> list[Sighting]:
    """What these changes say."""
    asked = {"vins": vins, "record_ids": record_ids, "versions": versions}
    return [_sighting(row) for row in connection.execute(_SQL["read_changed"], asked)]


def past_of(connection: Connection, wanted: Wanted, *, since_at: datetime) -> list[Sighting]:
    """Records received since then that carry the VIN or, on a vehicle of whatever VIN, the plate."""
    found: list[Sighting] = []
    if wanted.vin:
        found += _past(connection, [wanted.vin], "", since_at)
    if wanted.plate_number:
        rows = connection.execute(_SQL["vins_of_plate"], {"plate_number": wanted.plate_number})
        found += _past(connection, [vin for (vin,) in rows], wanted.plate_number, since_at)
        asked = {"consumer": VEHICLES, "plate_number": wanted.plate_number, "since_at": since_at}
        found += [_sighting(row) for row in connection.execute(_SQL["coming_of_plate"], asked)]
    return found


def _past(connection: Connection, vins: list[str], plate_number: str, since_at: datetime) -> list[Sighting]:
    asked = {"vins": vins, "plate_number": plate_number, "since_at": since_at}
    return [_sighting(row) for row in connection.execute(_SQL["past_of_vin"], asked)]


def insert_alert(
    connection: Connection, keys: WatchKeys, entry_code: str, basis: Basis, sighting: Sighting, *, now: datetime
) -> bool:
    """Keep an alert; false when the entry has found this record before."""
    code = new_public_id()
    columns = {
        "code": code,
        "entry_code": entry_code,
        "record_digest": keys.record(sighting.record_id),
        "basis": basis.value,
        "sealed": keys.sealer.seal(msgspec.json.encode(sighting), code),
        "now": now,
    }
    return connection.execute(_SQL["insert_alert"], columns).fetchone() is not None


def find_entry(connection: Connection, keys: WatchKeys, code: str) -> Entry | None:
    """One line of the list."""
    row = connection.execute(_SQL["find_entry"], {"code": code}).fetchone()
    return None if row is None else _entry(keys, row)


def list_entries(
    connection: Connection,
    keys: WatchKeys,
    division_prefix: str,
    *,
    today: date,
    with_removed: bool,
    limit: int,
    offset: int = 0,
) -> list[Entry]:
    """One page of a division's list."""
    asked = {
        "division_prefix": division_prefix,
        "today": today,
        "with_removed": with_removed,
        "limit": limit,
        "offset": offset,
    }
    return [_entry(keys, row) for row in connection.execute(_SQL["list_entries"], asked)]


def count_entries(connection: Connection, division_prefix: str, today: date) -> tuple[int, int]:
    """How many stand, and how many there ever were."""
    asked = {"division_prefix": division_prefix, "today": today}
    standing, ever = connection.execute(_SQL["count_entries"], asked).fetchone() or (0, 0)
    return standing, ever


def any_other(connection: Connection, keys: WatchKeys, entry: Entry, today: date) -> bool:
    """Is the same VIN or plate looked for by another entry too?"""
    asked = {
        "code": entry.code,
        "vin_digest": keys.vin(entry.wanted.vin),
        "plate_digest": keys.plate(entry.wanted.plate_number),
        "today": today,
    }
    (is_wanted,) = connection.execute(_SQL["any_other"], asked).fetchone() or (False,)
    return bool(is_wanted)


def remove(connection: Connection, keys: WatchKeys, code: str, reason: str, *, by: str, now: datetime) -> bool:
    """Take a vehicle off the list; false when that was done before."""
    columns = {"code": code, "by": by, "now": now, "sealed": keys.sealer.seal(reason.encode(), f"{code} removal")}
    return connection.execute(_SQL["remove_entry"], columns).fetchone() is not None


def list_alerts(
    connection: Connection, keys: WatchKeys, division_prefix: str, *, limit: int, entry_code: str = ""
) -> list[Alert]:
    """Alerts of a division or of one entry, those nobody has signed for first."""
    asked = {"division_prefix": division_prefix, "entry_code": entry_code, "limit": limit}
    return [_alert(keys, row) for row in connection.execute(_SQL["list_alerts"], asked)]


def find_alert(connection: Connection, keys: WatchKeys, code: str) -> tuple[Alert, str] | None:
    """One alert and the division of its entry."""
    row = connection.execute(_SQL["find_alert"], {"code": code}).fetchone()
    return None if row is None else (_alert(keys, row[:-1]), row[-1])


def count_waiting(connection: Connection, division_prefix: str) -> int:
    """Alerts of a division that nobody has signed for."""
    (count,) = connection.execute(_SQL["count_waiting"], {"division_prefix": division_prefix}).fetchone() or (0,)
    return int(count)


def acknowledge(connection: Connection, code: str, *, by: str, now: datetime) -> bool:
    """Sign for an alert; false when somebody has."""
    return connection.execute(_SQL["acknowledge"], {"code": code, "by": by, "now": now}).fetchone() is not None


def claim_escalations(
    connection: Connection, *, found_before: datetime, told_before: datetime, now: datetime
) -> list[str]:
    """Divisions of alerts that wait too long and of which the duty phone is to be told now, one per alert."""
    asked = {"found_before": found_before, "told_before": told_before, "now": now}
    return [division for (division,) in connection.execute(_SQL["claim_escalations"], asked)]


def release_escalations(connection: Connection, divisions: Collection[str], *, told_at: datetime) -> None:
    """What was claimed for these divisions at that moment counts as not told."""
    connection.execute(_SQL["release_escalations"], {"divisions": list(divisions), "told_at": told_at})


def keep_duty_phone(
    connection: Connection, keys: WatchKeys, division_code: str, phone: str, *, by: str, now: datetime
) -> None:
    """Set the duty phone of a division's police, normalised."""
    sealed = keys.sealer.seal(phone.encode(), f"duty {division_code}")
    columns = {"division_code": division_code, "sealed": sealed, "by": by, "now": now}
    connection.execute(_SQL["keep_duty"], columns)


def duty_phone(connection: Connection, keys: WatchKeys, division_code: str) -> str:
    """The duty phone of a division's police, '' when none was set."""
    row = connection.execute(_SQL["read_duty"], {"division_code": division_code}).fetchone()
    return "" if row is None else keys.sealer.open(bytes(row[0]), f"duty {division_code}").decode()


def _entry(keys: WatchKeys, row: tuple[Any, ...]) -> Entry:
    code, division_code, sealed, since_on, until_on, added_by, added_at, removed_by, removed_at, removal = row
    return Entry(
        code=code,
        division_code=division_code,
        wanted=msgspec.json.decode(keys.sealer.open(bytes(sealed), code), type=Wanted),
        since_on=since_on,
        until_on=until_on,
        added_by=added_by,
        added_at=added_at,
        removed_by=removed_by,
        removed_at=removed_at,
        removal_reason="" if removal is None else keys.sealer.open(bytes(removal), f"{code} removal").decode(),
    )


def _alert(keys: WatchKeys, row: tuple[Any, ...]) -> Alert:
    code, entry_code, basis, sealed, found_at, received_by, received_at = row
    return Alert(
        code=code,
        entry_code=entry_code,
        basis=Basis(basis),
        sighting=msgspec.json.decode(keys.sealer.open(bytes(sealed), code), type=Sighting),
        found_at=found_at,
        received_by=received_by,
        received_at=received_at,
    )


def _sighting(row: tuple[Any, ...]) -> Sighting:
    vin, record_id, version, plate_number, company_code, settled_on, received_at = row
    return Sighting(
        record_id=record_id,
        version=version,
        vin=vin,
        plate_number=plate_number,
        company_code=company_code,
        settled_on=settled_on,
        received_at=received_at,
    )
