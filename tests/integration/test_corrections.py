"""Holding a record to correct it, and searching a shop's own records, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.platform.database import connect, is_unavailable
from chedang.records.corrections import PageTooLarge, RecordSearch, hold_record, is_active, search_records
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordState, RecordText
from chedang.records.store import NewVersion, append

VIN = "LXXAA11A5R1000017"
OTHER_VIN = "LXXAA11A9R1000019"
SHOP = "330106000000001"
OTHER_SHOP = "330106000000002"
PLATE = "浙A12345"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as opened:
        yield opened


def upload(number: str, **changes: Any) -> NewVersion:
    content = encode_content(RecordText(vin=VIN, fault_description=str(changes), settlement_list_number=number))
    digest = content_digest(content)
    version = NewVersion(
        vin=VIN,
        record_id=record_id(changes.get("company_code", SHOP), number, digest),
        digest=digest,
        company_code=SHOP,
        settlement_list_number=number,
        plate_number=PLATE,
        repair_on=date(2026, 9, 13),
        settled_on=date(2026, 9, 14),
        mileage_km=None,
        content=content.decode(),
        findings="[]",
        error_count=0,
        warn_count=0,
        dialect="lciprest",
        received_at=datetime(2026, 9, 14, int(number[-1]), tzinfo=UTC),
    )
    return msgspec.structs.replace(version, **changes)


def numbers(connection: psycopg.Connection[Any], **wanted: Any) -> list[str]:
    search = RecordSearch(SHOP, None, None, limit=10, offset=0)
    found = search_records(connection, msgspec.structs.replace(search, **wanted), most_bytes=1_000_000)
    return [version.settlement_list_number for version in found]


def test_a_record_is_held_for_its_own_shop_in_its_newest_version(connection: psycopg.Connection[Any]) -> None:
    first = upload("JS1")
    append(connection, [first])
    append(connection, [upload("JS1", vin=OTHER_VIN)])
    held = hold_record(connection, first.record_id, SHOP)
    assert held is not None
    assert (held.version, held.vin) == (2, OTHER_VIN)
    assert hold_record(connection, first.record_id, OTHER_SHOP) is None
    assert hold_record(connection, "0" * 32, SHOP) is None


def test_whoever_waits_too_long_for_a_record_is_told_to_come_again(
    database_url: str, connection: psycopg.Connection[Any]
) -> None:
    first = upload("JS1")
    append(connection, [first])
    assert hold_record(connection, first.record_id, SHOP) is not None
    with connect(database_url) as other, pytest.raises(psycopg.OperationalError) as waited:
        hold_record(other, first.record_id, SHOP)
    assert is_unavailable(waited.value)
    append(connection, [upload("JS1", state=RecordState.VOID, is_deliberate=True)])
    assert not is_active(connection, first.record_id)


def test_a_search_narrows_by_plate_and_day_and_leaves_out_void_and_foreign_records(
    connection: psycopg.Connection[Any],
) -> None:
    append(
        connection,
        [
            upload("JS1"),
            upload("JS2", plate_number=""),
            upload("JS3", settled_on=None),
            upload("JS4", company_code=OTHER_SHOP),
            upload("JS5"),
        ],
    )
    append(connection, [upload("JS5", state=RecordState.VOID, is_deliberate=True), upload("JS1", vin=OTHER_VIN)])
    assert numbers(connection) == ["JS3", "JS2", "JS1"]
    assert numbers(connection, plate_number=PLATE) == ["JS3", "JS1"]
    assert numbers(connection, plate_number="") == ["JS2"]
    assert numbers(connection, settled_on=date(2026, 9, 14)) == ["JS2", "JS1"]
    assert numbers(connection, limit=1, offset=1) == ["JS2"]
    assert numbers(connection, company_code=OTHER_SHOP) == ["JS4"]
    connection.rollback()


def test_a_page_with_too_much_text_is_refused_and_a_single_record_never(connection: psycopg.Connection[Any]) -> None:
    append(connection, [upload("JS1"), upload("JS2")])
    page = RecordSearch(SHOP, None, None, limit=2, offset=0)
    with pytest.raises(PageTooLarge):
        search_records(connection, page, most_bytes=100)
    connection.rollback()
    assert len(search_records(connection, msgspec.structs.replace(page, limit=1), most_bytes=100)) == 1
