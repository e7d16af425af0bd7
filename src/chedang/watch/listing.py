"""What the police do with their list. Every function commits with the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from chedang.terms.dates import day_in_china
from chedang.terms.saying import said
from chedang.watch import store
from chedang.watch.model import Basis, Entry, NewEntry, Sighting, WatchRefused
from chedang.watch.store import Connection, Found, WatchKeys

LOOKED_BACK: Final = timedelta(days=180)
"""Records received so long before a vehicle was put on the list are searched once (ours)."""
LONGEST_REASON: Final = 200
UNSIGNED_FOR: Final = timedelta(minutes=30)
"""After so long without a signature the duty phone is told."""
TOLD_AGAIN_AFTER: Final = timedelta(hours=2)


def add(
    connection: Connection, keys: WatchKeys, new: NewEntry, division_code: str, *, by: str, now: datetime
) -> tuple[str, bool]:
    """Put a vehicle on the list and look through the past once; gives the entry's code, and whether it is new.

    The same vehicle again, by VIN and plate, is the entry that stands, if it stands as early and as long.
    """
    store.lock_division(connection, division_code)
    store.share_list(connection)
    known = store.find_same(connection, keys, new, division_code, day_in_china(now))
    if known is not None:
        return known, False
    code = store.insert(connection, keys, new, division_code, by=by, now=now)
    if new.since_on <= day_in_china(now):
        entry = Found(code, keys.vin(new.wanted.vin), keys.plate(new.wanted.plate_number))
        note(connection, keys, [entry], store.past_of(connection, new.wanted, since_at=now - LOOKED_BACK), now=now)
    return code, True


def remove(connection: Connection, keys: WatchKeys, entry: Entry, reason: str, *, by: str, now: datetime) -> bool:
    """Take a vehicle off the list, which ends the case here. Raises WatchRefused.

    True when nobody looks for the vehicle any more: only then may its owner learn that somebody did.
    """
    text = reason.strip()
    if not text:
        raise WatchRefused(said("请写明撤控的原因"))
    if len(text) > LONGEST_REASON:
        raise WatchRefused(said("原因不超过 %(most)s 个字", most=LONGEST_REASON))
    store.hold_list(connection)  # of two who remove their entries at once, one is the last
    if not store.remove(connection, keys, entry.code, text, by=by, now=now):
        raise WatchRefused(said("已经撤控"))
    return not store.any_other(connection, keys, entry, day_in_china(now))


def note(
    connection: Connection, keys: WatchKeys, entries: Iterable[Found], sightings: Iterable[Sighting], *, now: datetime
) -> int:
    """Keep an alert for each record that each entry meets; returns how many are new. A VIN weighs more than a plate."""
    by_vin: defaultdict[str, list[str]] = defaultdict(list)
    by_plate: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.vin_digest:
            by_vin[entry.vin_digest].append(entry.code)
        if entry.plate_digest:
            by_plate[entry.plate_digest].append(entry.code)
    count = 0
    for sighting in sightings:
        hits = dict.fromkeys(by_plate.get(keys.plate(sighting.plate_number), ()), Basis.PLATE)
        hits |= dict.fromkeys(by_vin.get(keys.vin(sighting.vin), ()), Basis.VIN)
        for code, basis in hits.items():
            count += store.insert_alert(connection, keys, code, basis, sighting, now=now)
    return count


def duty_phones_to_tell(connection: Connection, keys: WatchKeys, *, now: datetime) -> dict[str, set[str]]:
    """Duty phones where an alert waits too long, with the divisions; each once, and again after two hours.

    They count as told from now on: :func:`note_not_told` for one that could not be.
    """
    divisions = store.claim_escalations(
        connection, found_before=now - UNSIGNED_FOR, told_before=now - TOLD_AGAIN_AFTER, now=now
    )
    phones: defaultdict[str, set[str]] = defaultdict(set)
    for division in set(divisions):
        if phone := _phone_of(connection, keys, division):
            phones[phone].add(division)
    return dict(sorted(phones.items()))


def note_not_told(connection: Connection, divisions: set[str], *, told_at: datetime) -> None:
    """The phone of these divisions, claimed at that moment, was not told: it is to be in the next round."""
    store.release_escalations(connection, divisions, told_at=told_at)


def _phone_of(connection: Connection, keys: WatchKeys, division_code: str) -> str:
    """That of the division, of its prefecture or of its province, whichever is set first."""
    for code in dict.fromkeys((division_code, f"{division_code[:4]}00", f"{division_code[:2]}0000")):
        if phone := store.duty_phone(connection, keys, code):
            return phone
    return ""
