"""The record store on a real PostgreSQL: one row per content, versions per number, a feed that loses nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.platform.database import connect
from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.model import Finding, Level, PartText, RecordState, RecordText
from chedang.records.store import (
    NewVersion,
    append,
    find_record,
    read_changes,
    read_company_records,
    read_file,
    read_position,
    read_record,
    save_position,
)

VIN = "LXXAA11A5R1000017"
OTHER_VIN = "LXXAA11A9R1000019"
SHOP = "330106000000001"
RECEIVED_AT = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as opened:
        yield opened


def upload(number: str = "JS001", fault: str = "更换机油", vin: str | None = VIN, **changes: Any) -> NewVersion:
    text = RecordText(
        vin=vin or "无",
        fault_description=fault,
        settlement_list_number=number,
        parts=(PartText("机油", 'A"\\b', "4.5"),),
    )
    content = encode_content(text)
    digest = content_digest(content)
    version = NewVersion(
        vin=file_key(vin, SHOP),
        record_id=record_id(SHOP, number, digest),
        digest=digest,
        company_code=SHOP,
        settlement_list_number=number,
        plate_number="浙A12345",
        repair_on=date(2026, 9, 13),
        settled_on=None,
        mileage_km=Decimal("48210.5"),
        content=content.decode(),
        findings='[{"code":"SETTLE_DATE_MISSING","level":"error","field":"/basicInfo/settledate"}]',
        error_count=1,
        warn_count=0,
        dialect="lcippro",
        received_at=RECEIVED_AT,
    )
    return msgspec.structs.replace(version, **changes)


def test_what_was_stored_is_read_back_whole(connection: psycopg.Connection[Any]) -> None:
    (appended,) = append(connection, [upload()])
    (stored,) = read_file(connection, VIN)
    assert appended.version == 1
    assert stored.record_id.hex == appended.record_id
    assert (stored.version, stored.state, stored.origin, stored.dialect) == (1, RecordState.ACTIVE, "local", "lcippro")
    assert stored.text.parts == (PartText("机油", 'A"\\b', "4.5"),)
    assert (stored.repair_on, stored.settled_on, stored.mileage_km) == (date(2026, 9, 13), None, Decimal("48210.5"))
    assert stored.findings == (Finding("SETTLE_DATE_MISSING", Level.ERROR, "/basicInfo/settledate"),)
    assert stored.received_at == RECEIVED_AT


def test_the_same_content_again_is_one_row_and_the_same_receipt(connection: psycopg.Connection[Any]) -> None:
    (first,) = append(connection, [upload()])
    (again,) = append(connection, [upload(received_at=RECEIVED_AT + timedelta(days=1))])
    assert again.record_id == first.record_id
    assert again.version is None
    assert len(read_file(connection, VIN)) == 1


def test_other_content_under_the_same_number_is_a_new_version_and_the_old_stays(
    connection: psycopg.Connection[Any],
) -> None:
    append(connection, [upload(fault="更换机油")])
    (second,) = append(connection, [upload(fault="更换机油和机滤")])
    assert second.version == 2
    assert [stored.text.fault_description for stored in read_file(connection, VIN)] == ["更换机油", "更换机油和机滤"]


def test_going_back_to_earlier_content_is_a_third_version(connection: psycopg.Connection[Any]) -> None:
    for fault in ("甲", "乙", "甲"):
        append(connection, [upload(fault=fault)])
    assert [stored.text.fault_description for stored in read_file(connection, VIN)] == ["甲", "乙", "甲"]


def test_a_corrected_vin_moves_the_record_and_leaves_a_pointer_without_content(
    connection: psycopg.Connection[Any],
) -> None:
    append(connection, [upload(vin=VIN)])
    append(connection, [upload(vin=OTHER_VIN)])
    old = read_file(connection, VIN)
    new = read_file(connection, OTHER_VIN)
    assert [(stored.version, stored.state) for stored in old] == [(1, RecordState.ACTIVE), (2, RecordState.MOVED)]
    assert old[1].text == RecordText()
    assert old[1].findings == ()
    assert [(stored.version, stored.state) for stored in new] == [(2, RecordState.ACTIVE)]


def test_a_record_without_a_usable_vin_is_kept_and_listed_and_enters_a_file_once_amended(
    connection: psycopg.Connection[Any],
) -> None:
    append(connection, [upload(vin=None)])
    assert read_file(connection, VIN) == []
    assert [stored.vin for stored in read_company_records(connection, SHOP, only_fileless=True)] == [f"~{SHOP}"]
    append(connection, [upload(vin=VIN)])
    assert [stored.version for stored in read_file(connection, VIN)] == [2]
    assert read_company_records(connection, SHOP, only_fileless=True) == []
    assert [stored.vin for stored in read_company_records(connection, SHOP)] == [VIN]


def test_records_without_a_number_are_the_same_only_when_their_content_is(
    connection: psycopg.Connection[Any],
) -> None:
    assert append(connection, [upload(number="", fault="甲")])[0].version == 1
    assert append(connection, [upload(number="", fault="甲")])[0].version is None
    assert append(connection, [upload(number="", fault="乙")])[0].version == 1


def test_a_shops_records_come_newest_first_page_by_page(connection: psycopg.Connection[Any]) -> None:
    for number in range(7):
        append(connection, [upload(f"JS{number}", received_at=RECEIVED_AT + timedelta(minutes=number // 2))])
    append(connection, [upload("JS3", fault="更正", received_at=RECEIVED_AT + timedelta(hours=1))])
    whole = read_company_records(connection, SHOP)
    assert len(whole) == 7
    assert whole[0].settlement_list_number == "JS3"
    paged: list[str] = []
    before = None
    while page := read_company_records(connection, SHOP, limit=2, before=before):
        paged += [stored.settlement_list_number for stored in page]
        before = (page[-1].received_at, page[-1].record_id)
    assert paged == [stored.settlement_list_number for stored in whole]


def test_a_batch_that_fails_leaves_nothing_and_the_connection_usable(connection: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.DataError):
        append(connection, [upload("JS1"), upload("JS2", mileage_km=Decimal(10) ** 20)])
    assert read_company_records(connection, SHOP) == []
    assert append(connection, [upload("JS1")])[0].version == 1


def test_two_writers_of_the_same_number_make_two_versions_and_lose_none(database_url: str) -> None:
    start = threading.Barrier(8)
    versions: list[int | None] = []

    def write(fault: str) -> None:
        with connect(database_url) as own:
            start.wait()
            versions.extend(
                outcome.version for outcome in append(own, [upload(fault=fault), upload("JS9", fault=fault)])
            )

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(version for version in versions if version) == sorted([*range(1, 9)] * 2)


def test_the_feed_tells_every_version_once_in_order(connection: psycopg.Connection[Any]) -> None:
    append(connection, [upload("JS1"), upload("JS2")])
    append(connection, [upload("JS1", vin=OTHER_VIN)])
    first = read_changes(connection, "test", 3)
    assert [(change.vin, change.version) for change in first] == [(VIN, 1), (VIN, 1), (VIN, 2)]
    save_position(connection, "test", first[-1].seq)
    connection.commit()
    assert read_position(connection, "test") == first[-1].seq
    assert [(change.vin, change.version) for change in read_changes(connection, "test", 3)] == [(OTHER_VIN, 2)]


def test_a_change_whose_writer_is_slow_to_commit_is_not_overtaken(database_url: str) -> None:
    """A number drawn early and committed late must not fall behind a reader's position."""
    with connect(database_url) as slow, connect(database_url) as quick, connect(database_url) as reader:
        slow.execute("select pg_advisory_xact_lock_shared(7203301)")
        slow.execute("insert into record_change (vin, record_id, version) values ('SLOW', gen_random_uuid(), 1)")
        append(quick, [upload("JS1")])
        assert read_changes(reader, "test", 10) == [], "the reader does not pass the slow writer"
        slow.commit()
        assert [change.vin for change in read_changes(reader, "test", 10)] == ["SLOW", VIN]


def test_a_reader_gets_on_while_one_slow_writer_follows_another(database_url: str) -> None:
    """Deliveries of other nodes overlap without end: somebody is always between a number and its commit."""
    with (
        connect(database_url) as first,
        connect(database_url) as second,
        connect(database_url) as quick,
        connect(database_url) as reader,
    ):
        writers = [first, second]
        _begin(first, "SLOW0")
        append(quick, [upload("JS1")])
        for number in range(1, 4):
            assert read_changes(reader, "test", 10) == []
            _begin(writers[number % 2], f"SLOW{number}")
            writers[(number - 1) % 2].commit()
            changes = read_changes(reader, "test", 10)
            assert changes[0].vin == f"SLOW{number - 1}"
            save_position(reader, "test", changes[-1].seq)
            reader.commit()
            append(quick, [upload(f"JS{number + 1}")])


def _begin(writer: psycopg.Connection[Any], vin: str) -> None:
    """Draw a number and do not commit."""
    writer.execute("select pg_advisory_xact_lock_shared(7203301)")
    writer.execute("insert into record_change (vin, record_id, version) values (%s, gen_random_uuid(), 1)", [vin])


def test_a_writer_that_hangs_stops_neither_the_others_nor_the_reader(database_url: str) -> None:
    """Writers queue behind a reader that waits; one hung transaction must not become everybody's."""
    with connect(database_url) as hung, connect(database_url) as writer, connect(database_url) as reader:
        hung.execute("select pg_advisory_xact_lock_shared(7203301)")
        stop = threading.Event()

        def follow() -> None:
            while not stop.is_set():
                assert read_changes(reader, "test", 10) == []

        follower = threading.Thread(target=follow)
        follower.start()
        writer.execute("set statement_timeout = '10s'")
        writer.commit()
        for number in range(20):
            assert append(writer, [upload(f"JS{number}")])[0].version == 1
        stop.set()
        follower.join()
        hung.rollback()
        assert len(read_changes(reader, "test", 100)) == 20


def amended(number: str, fault: str, state: RecordState = RecordState.ACTIVE) -> NewVersion:
    return msgspec.structs.replace(
        upload(number, fault), actor="330106", reason="订正", state=state, is_deliberate=True
    )


def test_a_repeated_upload_does_not_undo_a_correction(connection: psycopg.Connection[Any]) -> None:
    append(connection, [upload("JS1", "更换机油")])
    assert append(connection, [amended("JS1", "更换机油和机滤")])[0].version == 2
    assert append(connection, [amended("JS1", "更换机油、机滤和空滤")])[0].version == 3
    assert append(connection, [upload("JS1", "更换机油")])[0].version is None, (
        "the software sends everything each night"
    )
    assert append(connection, [upload("JS1", "更换机油、机滤和空滤")])[0].version is None, "already so"
    assert append(connection, [upload("JS1", "四轮定位")])[0].version == 4, "something new counts"
    assert append(connection, [upload("JS1", "更换机油")])[0].version == 5, "and after it the old is new again"


def test_the_newest_version_is_found_in_whatever_file_it_stands(connection: psycopg.Connection[Any]) -> None:
    record_id = upload("JS1").record_id
    assert find_record(connection, record_id) is None
    for version, vin in enumerate((VIN, OTHER_VIN, VIN, VIN), start=1):
        append(connection, [upload("JS1", f"更换机油{version}", vin)])
        newest = find_record(connection, record_id)
        assert newest is not None
        assert (newest.vin, newest.version, newest.state) == (vin, version, RecordState.ACTIVE)
        assert newest.text.fault_description == f"更换机油{version}"
        assert read_record(connection, record_id)[-1] == newest


def test_a_repeated_upload_does_not_bring_a_void_record_back(connection: psycopg.Connection[Any]) -> None:
    append(connection, [upload("JS1", "更换机油")])
    assert append(connection, [amended("JS1", "更换机油", RecordState.VOID)])[0].version == 2
    assert append(connection, [amended("JS1", "更换机油", RecordState.VOID)])[0].version is None
    assert append(connection, [upload("JS1", "更换机油")])[0].version is None
    newest = find_record(connection, upload("JS1").record_id)
    assert newest is not None
    assert (newest.version, newest.state) == (2, RecordState.VOID)
    assert append(connection, [amended("JS1", "更换机油")])[0].version == 3, "deliberately brought back"
    append(connection, [amended("JS1", "更换机油", RecordState.VOID)])
    assert append(connection, [upload("JS1", "更换机滤")])[0].version == 5, "settled again with other content"
