"""Merging rows on a real PostgreSQL: whatever the order and the split, the tables end up equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedang.exchange.model import RecordRow
from chedang.platform.database import connect
from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.merging import Merged, merge, read_rows
from chedang.records.model import RecordText, RowKey
from chedang.records.store import Connection, NewVersion, append, find_head, read_changes

from .nodes import empty
from .rows import SHOP, VINS, digest_of, history, moved, row


@pytest.fixture(scope="module")
def shared(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[psycopg.Connection[Any]]:
    with make_database() as url, connect(url) as opened:
        yield opened


@pytest.fixture
def connection(shared: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    yield shared
    shared.rollback()
    empty(shared)


def upload(number: str, fault: str, vin: str) -> NewVersion:
    content = encode_content(RecordText(vin=vin, fault_description=fault, settlement_list_number=number))
    digest = content_digest(content)
    template = row(number, vin=vin)
    return NewVersion(
        vin=file_key(vin, SHOP),
        record_id=record_id(SHOP, number, digest),
        digest=digest,
        company_code=SHOP,
        settlement_list_number=number,
        plate_number=template.plate_number,
        repair_on=template.repair_on,
        settled_on=None,
        mileage_km=None,
        content=content.decode(),
        findings="[]",
        error_count=0,
        warn_count=0,
        dialect="lcippro",
        received_at=template.received_at,
    )


def tables(connection: Connection) -> tuple[list[Any], list[Any], int]:
    """Versions, heads, and how many rows were announced."""
    versions = connection.execute(
        "select vin, record_id, version, state, content, origin from record_version order by 1, 2, 3"
    ).fetchall()
    heads = connection.execute(
        "select record_id, vin, previous_vin, version, content_digest, state, uploaded_digest"
        " from record_head order by 1"
    ).fetchall()
    (announced,) = connection.execute("select count(*) from record_change").fetchone() or (0,)
    return versions, heads, announced


def test_rows_that_are_missing_are_put_in_whole_and_announced(connection: Connection) -> None:
    rows = [row("JS001"), row("JS002", mileage_km=None, repair_on=None, reason="x", actor="y", origin="00")]
    assert merge(connection, rows, node_code="32") == [Merged.INSERTED, Merged.INSERTED]
    connection.commit()
    keys = [RowKey(each.vin, each.record_id, each.version) for each in reversed(rows)]
    read = [RecordRow(*columns) for columns in read_rows(connection, keys, node_code="32")]
    assert [msgspec.structs.replace(each, digest=b"") for each in reversed(rows)] == read
    connection.commit()
    assert [change.version for change in read_changes(connection, "someone", 10)] == [1, 1]


def test_a_row_of_this_node_stands_as_local(connection: Connection) -> None:
    made = row()
    merge(connection, [made], node_code="33")
    assert tables(connection)[0][0][-1] == "local"
    (read,) = read_rows(connection, [RowKey(made.vin, made.record_id, 1)], node_code="33")
    assert RecordRow(*read).origin == "33"
    assert merge(connection, [made], node_code="33") == [Merged.SAME]


def test_a_row_that_is_there_is_compared_in_every_column(connection: Connection) -> None:
    made = row(state="void")
    merge(connection, [made])
    before = tables(connection)
    changes: dict[str, Any] = {
        "state": "active",
        "settlement_list_number": "JS009",
        "plate_number": "",
        "repair_on": None,
        "settled_on": made.repair_on,
        "mileage_km": "48210.6",
        "content": "{}",
        "findings": "[ ]",
        "error_count": 1,
        "warn_count": 1,
        "origin": "00",
        "dialect": "carlife",
        "actor": "a",
        "reason": "b",
        "received_at": made.received_at.replace(microsecond=8),
    }
    altered = [msgspec.structs.replace(made, **{name: value}) for name, value in changes.items()]
    assert merge(connection, [made]) == [Merged.SAME]
    assert merge(connection, altered) == [Merged.DIFFERENT] * len(altered)
    assert tables(connection) == before


def test_a_row_twice_in_one_call_is_merged_once(connection: Connection) -> None:
    other = row(fault="别的")
    assert merge(connection, [row(), row(), other]) == [Merged.INSERTED, Merged.SAME, Merged.DIFFERENT]
    assert tables(connection)[2] == 1


def test_another_shops_row_under_a_known_record_is_left_out(connection: Connection) -> None:
    merge(connection, [row()])
    before = tables(connection)
    theirs = row(version=2, company_code="330106000000002")
    assert merge(connection, [theirs, row("JS002")]) == [Merged.FOREIGN, Merged.INSERTED]
    assert len(tables(connection)[0]) == len(before[0]) + 1
    both = [row("JS003"), row("JS003", 2, company_code="330106000000002")]
    assert merge(connection, both) == [Merged.INSERTED, Merged.FOREIGN]


def test_a_head_of_a_record_that_left_says_so(connection: Connection) -> None:
    gone = moved("JS001", 2, vin=VINS[0])
    merge(connection, [gone])
    assert tables(connection)[1] == [(*_head_key(gone), None, 2, digest_of(gone), "moved", None)]
    merge(connection, [row("JS001", 1)])
    assert tables(connection)[1] == [(*_head_key(gone), VINS[0], 2, digest_of(gone), "moved", None)]
    arrived = row("JS001", 2, vin=VINS[1])
    merge(connection, [arrived])
    assert tables(connection)[1] == [(*_head_key(arrived), VINS[0], 2, digest_of(arrived), "active", None)]


def test_heads_of_merged_rows_are_those_of_the_node_where_they_came_in(connection: Connection) -> None:
    for fault, vin in [("一", VINS[0]), ("二", VINS[1]), ("三", VINS[1]), ("四", VINS[2]), ("五", VINS[0])]:
        append(connection, [upload("JS001", fault, vin)])
    own = tables(connection)
    keys = [RowKey(vin, each.bytes, version) for vin, each, version, *_ in own[0]]
    rows = [RecordRow(*columns) for columns in read_rows(connection, keys)]
    connection.execute("truncate record_version, record_head, record_change")
    merge(connection, rows)
    assert tables(connection) == own


def test_an_upload_goes_on_where_merged_rows_end(connection: Connection) -> None:
    merge(connection, history("JS001", VINS[:2]))
    connection.commit()
    (same,) = append(connection, [upload("JS001", "第2次", VINS[1])])
    (changed,) = append(connection, [upload("JS001", "第3次", VINS[2])])
    assert (same.version, changed.version) == (None, 3)
    head = find_head(connection, changed.record_id)
    assert head is not None
    assert (head.vin, head.previous_vin) == (VINS[2], VINS[1])
    merge(connection, [moved("JS002", 2, vin=VINS[0])])
    connection.commit()
    (returned,) = append(connection, [upload("JS002", "又来", VINS[0])])
    assert returned.version == 3


_HISTORIES = st.lists(st.lists(st.sampled_from(VINS), min_size=1, max_size=5), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(histories=_HISTORIES, data=st.data())
def test_any_order_and_split_of_rows_ends_in_equal_tables(
    shared: psycopg.Connection[Any], histories: list[list[str]], data: st.DataObject
) -> None:
    rows = [each for number, vins in enumerate(histories) for each in history(f"JS{number}", vins)]
    kept = data.draw(st.lists(st.sampled_from(rows), unique_by=id))
    ends: list[Any] = []
    for order in (kept, data.draw(st.permutations(kept + data.draw(st.lists(st.sampled_from(kept or rows)))))):
        cuts = sorted(data.draw(st.sets(st.integers(0, len(order)), max_size=4)) | {0, len(order)})
        shared.rollback()
        for begin, end in pairwise(cuts):
            merge(shared, [each for each in order[begin:end] if each in kept])
        ends.append(tables(shared))
    shared.rollback()
    assert ends[0] == ends[1]


def _head_key(made: RecordRow) -> tuple[Any, str]:
    return UUID(bytes=made.record_id), made.vin
