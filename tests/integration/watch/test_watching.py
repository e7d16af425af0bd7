"""The watch list on a real PostgreSQL: found by VIN or plate, silent, sealed, signed for once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from tests.pages.filled_province import Car, Province, at

from chedang.fiction.vehicles import make_vin
from chedang.vehicles import follow as vehicles
from chedang.watch import listing, store
from chedang.watch.follow import follow
from chedang.watch.model import Basis, NewEntry, Wanted, WatchRefused
from chedang.watch.reading import read_entry, read_rows
from chedang.watch.store import WatchKeys

TODAY = date(2026, 9, 20)
NOW = at(TODAY)
CAR, OTHER = (Car(f"浙A6Q77{n}", make_vin(Random(f"watched {n}"))) for n in (7, 8))
PHONE = "13900000000"


@pytest.fixture
def province(database_url: str) -> Iterator[Province]:
    with psycopg.connect(database_url) as connection:
        province = Province(connection)
        province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        yield province


@pytest.fixture
def keys(tmp_path: Path) -> WatchKeys:
    return WatchKeys(tmp_path)


def wanted(vin: str = CAR.vin, plate_number: str = "", **changes: Any) -> NewEntry:
    values = {"since_on": TODAY - timedelta(days=1), "until_on": TODAY + timedelta(days=30)} | changes
    return NewEntry(wanted=Wanted(vin=vin, plate_number=plate_number, case_number="A330106-7"), **values)


def add(province: Province, keys: WatchKeys, new: NewEntry, division_code: str = "330100") -> str:
    code, _ = listing.add(province.connection, keys, new, division_code, by="police", now=NOW)
    province.connection.commit()
    return code


def upload(province: Province, keys: WatchKeys, car: Car, number: str, **elements: Any) -> None:
    province.upload("west lake", car, TODAY, "9000", number=number, **elements)
    while follow(province.connection, keys, clock=lambda: NOW):
        pass
    province.connection.commit()


def bases(province: Province, keys: WatchKeys, division: str = "33", entry: str = "") -> list[str]:
    return [
        each.basis.value for each in store.list_alerts(province.connection, keys, division, limit=9, entry_code=entry)
    ]


def test_a_record_is_found_by_vin_or_plate_once_and_only_while_the_entry_stands(
    province: Province, keys: WatchKeys
) -> None:
    by_vin = add(province, keys, wanted())
    by_plate = add(province, keys, wanted("", OTHER.plate_number))
    over = add(province, keys, wanted(OTHER.vin, "", until_on=TODAY - timedelta(days=1)))
    upload(province, keys, CAR, "one")
    upload(province, keys, CAR, "one", fault_description="同一单改了内容")
    assert bases(province, keys) == [Basis.VIN.value]
    upload(province, keys, OTHER, "two")
    assert bases(province, keys, entry=by_plate) == [Basis.PLATE.value]
    assert bases(province, keys, entry=over) == []
    (alert,) = store.list_alerts(province.connection, keys, "3301", limit=9, entry_code=by_vin)
    assert (alert.sighting.vin, alert.sighting.company_code) == (CAR.vin, province.shops["west lake"])
    assert bases(province, keys, division="3302") == []
    # A record without a usable VIN is found by its plate
    upload(province, keys, Car(OTHER.plate_number, "无"), "three")
    assert bases(province, keys, entry=by_plate) == [Basis.PLATE.value] * 2
    # Removed, it finds no more; what it found stays
    entry = store.find_entry(province.connection, keys, by_vin)
    assert entry is not None
    with pytest.raises(WatchRefused):
        listing.remove(province.connection, keys, entry, " ", by="police", now=NOW)
    listing.remove(province.connection, keys, entry, "车已找到", by="police", now=NOW)
    with pytest.raises(WatchRefused):
        listing.remove(province.connection, keys, entry, "车已找到", by="police", now=NOW)
    upload(province, keys, CAR, "four")
    assert bases(province, keys, entry=by_vin) == [Basis.VIN.value]
    assert store.count_entries(province.connection, "33", TODAY) == (1, 3)


def test_the_past_is_searched_once_when_a_vehicle_is_put_on_the_list(province: Province, keys: WatchKeys) -> None:
    upload(province, keys, CAR, "recent", received_at=NOW - timedelta(days=100))
    upload(province, keys, CAR, "old", received_at=NOW - timedelta(days=200))
    while vehicles.follow(province.connection, clock=lambda: NOW, node_code="33"):
        pass
    code = add(province, keys, wanted(CAR.vin, CAR.plate_number))
    assert bases(province, keys, entry=code) == [Basis.VIN.value]
    same, is_new = listing.add(
        province.connection, keys, wanted(CAR.vin, CAR.plate_number), "330100", by="police", now=NOW
    )
    assert (same, is_new) == (code, False)
    # One that began as early and stands as long; not one that ends sooner
    longer = wanted(CAR.vin, CAR.plate_number, until_on=None)
    first, second = (listing.add(province.connection, keys, longer, "330100", by="police", now=NOW) for _ in range(2))
    assert (first[1], second) == (True, (first[0], False))
    plate_only = add(province, keys, wanted("", CAR.plate_number))
    assert bases(province, keys, entry=plate_only) == [Basis.PLATE.value]
    later = add(province, keys, wanted(CAR.vin, "", since_on=TODAY + timedelta(days=1)), "330200")
    assert bases(province, keys, entry=later) == []
    at_once = add(province, keys, wanted(CAR.vin, ""), "330200")
    assert at_once != later
    assert bases(province, keys, entry=at_once) == [Basis.VIN.value]


def test_a_case_is_over_when_the_last_who_look_for_the_vehicle_have_removed_it(
    province: Province, keys: WatchKeys
) -> None:
    codes = [
        add(province, keys, wanted(CAR.vin, CAR.plate_number), "330106"),
        add(province, keys, wanted(CAR.vin, "", since_on=TODAY + timedelta(days=1)), "330200"),
        add(province, keys, wanted("", CAR.plate_number), "330000"),
    ]
    add(province, keys, wanted(CAR.vin, "", until_on=TODAY - timedelta(days=1)), "330300")  # has run out
    add(province, keys, wanted(OTHER.vin, ""))
    is_over = []
    for code in codes:
        entry = store.find_entry(province.connection, keys, code)
        assert entry is not None
        is_over.append(listing.remove(province.connection, keys, entry, "车已找到", by="police", now=NOW))
    # The second names the VIN alone, which none but the one that ran out names now; the third the plate alone
    assert is_over == [False, True, True]


def test_a_plate_is_found_in_a_record_that_the_index_of_plates_has_yet_to_take_in(
    province: Province, keys: WatchKeys
) -> None:
    upload(province, keys, CAR, "passed by the list's own follower")
    code = add(province, keys, wanted("", CAR.plate_number))
    assert bases(province, keys, entry=code) == [Basis.PLATE.value]


def test_a_record_that_comes_while_a_vehicle_is_put_on_the_list_is_not_passed_by(
    province: Province, keys: WatchKeys, database_url: str
) -> None:
    with psycopg.connect(database_url) as police, psycopg.connect(database_url, autocommit=True) as worker:
        code, _ = listing.add(police, keys, wanted(), "330100", by="police", now=NOW)  # looked through the past
        province.upload("west lake", CAR, TODAY, "9000", number="meanwhile")
        province.connection.commit()
        following = threading.Thread(target=follow, args=(worker, keys), kwargs={"clock": lambda: NOW})
        following.start()
        following.join(0.3)  # without the lock it would be through
        police.commit()
        following.join()
    assert bases(province, keys, entry=code) == [Basis.VIN.value]


def test_a_copy_of_the_database_names_no_vehicle_no_case_and_no_record(province: Province, keys: WatchKeys) -> None:
    add(province, keys, wanted(CAR.vin, CAR.plate_number))
    upload(province, keys, CAR, "one")
    store.keep_duty_phone(province.connection, keys, "330100", PHONE, by="police", now=NOW)
    (record_id,) = province.connection.execute("select record_id from record_head").fetchone() or ("",)
    for table in ("watch_entry", "watch_alert", "watch_receipt", "watch_duty"):
        text = str(province.connection.execute(f"select t::text from {table} as t").fetchall())  # noqa: S608 - ours
        for secret in (CAR.vin, CAR.plate_number, "A330106-7", PHONE, str(record_id), record_id.hex):
            assert secret not in text
            assert secret.encode().hex() not in text


def test_an_alert_is_signed_for_once_and_told_to_the_duty_phone_when_nobody_does(
    province: Province, keys: WatchKeys
) -> None:
    connection = province.connection
    add(province, keys, wanted(), "330106")
    upload(province, keys, CAR, "one")
    (alert,) = store.list_alerts(connection, keys, "33", limit=9)
    late = NOW + listing.UNSIGNED_FOR
    assert listing.duty_phones_to_tell(connection, keys, now=late - timedelta(seconds=1)) == {}
    assert listing.duty_phones_to_tell(connection, keys, now=late) == {}  # nobody set a phone, and two hours pass
    store.keep_duty_phone(connection, keys, "330000", PHONE, by="police", now=NOW)
    assert listing.duty_phones_to_tell(connection, keys, now=late + timedelta(hours=1)) == {}
    told_at = late + listing.TOLD_AGAIN_AFTER
    told = {PHONE: {"330106"}}
    assert listing.duty_phones_to_tell(connection, keys, now=told_at) == told
    # The gateway was away: the next round tells it, not that of two hours later
    listing.note_not_told(connection, {"330200"}, told_at=told_at)
    assert listing.duty_phones_to_tell(connection, keys, now=told_at + timedelta(minutes=1)) == {}
    listing.note_not_told(connection, told[PHONE], told_at=told_at)
    assert listing.duty_phones_to_tell(connection, keys, now=told_at + timedelta(minutes=1)) == told
    assert store.count_waiting(connection, "3301") == 1
    assert store.acknowledge(connection, alert.code, by="police-1", now=late)
    assert not store.acknowledge(connection, alert.code, by="police-2", now=late)
    found = store.find_alert(connection, keys, alert.code)
    assert found is not None
    assert (found[0].received_by, found[1]) == ("police-1", "330106")
    assert listing.duty_phones_to_tell(connection, keys, now=late + timedelta(days=1)) == {}


def test_lines_are_read_with_everything_that_is_wrong() -> None:
    new = read_entry({"vin": f" {CAR.vin.lower()} ", "case_number": "A1", "until_on": "20261001"}, today=TODAY)
    assert (new.wanted.vin, new.since_on, new.until_on) == (CAR.vin, TODAY, date(2026, 10, 1))
    with pytest.raises(WatchRefused) as told:
        read_entry({"vin": "无", "plate_number": "X", "until_on": "2026-09-01"}, today=TODAY)
    for words in ("17 位", "车牌号码不成立", "案件编号", "截止日期"):
        assert words in told.value.sentence
    with pytest.raises(WatchRefused, match="至少填一项"):
        read_entry({"case_number": "A1"}, today=TODAY)
    assert read_rows([["车架号", "案件编号"], [CAR.vin, "A1"], ["", ""]]) == [
        (2, {"vin": CAR.vin, "case_number": "A1"})
    ]
