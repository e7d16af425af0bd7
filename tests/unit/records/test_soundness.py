"""Does a stored row contradict itself?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import msgspec
import pytest

from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.limits import load_limits
from chedang.records.model import PartText, RecordText, StoredRow
from chedang.records.rules import judge
from chedang.records.soundness import find_contradictions

SHOP = "330106000000001"
judge_plainly = partial(judge, limits=load_limits())


def stored(sent_vin: str = "LXXAA11A5R1000017", mileage: str = "48210.55", **columns: Any) -> StoredRow:
    text = RecordText(
        vin=sent_vin,
        plate_number="浙a·12345",
        repair_date="20260912",
        mileage=mileage,
        settle_date="2026-09-13",
        settlement_list_number="JS001",
        parts=(PartText("机油", "", "4.5"),),
    )
    content = encode_content(text)
    row = StoredRow(
        vin=sent_vin,
        record_id=bytes.fromhex(record_id(SHOP, "JS001", content_digest(content))),
        version=1,
        state="active",
        company_code=SHOP,
        settlement_list_number="JS001",
        plate_number="浙A12345",
        repair_on=date(2026, 9, 12),
        settled_on=date(2026, 9, 13),
        mileage_km="48210.6",
        content=content.decode(),
        findings='[{"code":"X","level":"warn","field":"/"}]',
        error_count=0,
        warn_count=1,
        origin="local",
        dialect="lcippro",
        actor="",
        reason="",
        received_at=datetime(2026, 9, 14, 2, 30, tzinfo=UTC),
    )
    return msgspec.structs.replace(row, **columns)


def test_a_row_as_the_gate_stores_it_is_sound() -> None:
    row = stored()
    assert find_contradictions(row, judge=judge_plainly, head_digest=content_digest(row.content.encode())) == []


def test_a_record_in_no_file_stands_under_its_shop() -> None:
    assert find_contradictions(stored("无", vin=f"~{SHOP}"), judge=judge_plainly) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("vin", "LXXAA11A9R1000019"),
        ("plate_number", "苏E00001"),
        ("repair_on", None),
        ("settled_on", date(2026, 9, 14)),
        ("settlement_list_number", "JS002"),
        ("mileage_km", "48210.5"),
        ("mileage_km", None),
        ("error_count", 1),
        ("warn_count", 0),
        ("record_id", bytes(16)),
    ],
)
def test_a_column_that_does_not_follow_is_named(column: str, value: object) -> None:
    assert column in find_contradictions(stored(**{column: value}), judge=judge_plainly)


@pytest.mark.parametrize(("column", "text"), [("content", "{"), ("content", '{"owner":"某"}'), ("findings", "?")])
def test_text_that_cannot_be_read_is_named(column: str, text: str) -> None:
    assert find_contradictions(stored(**{column: text}), judge=judge_plainly) == [column]


def test_content_that_the_head_disproves_is_named() -> None:
    assert find_contradictions(stored(), judge=judge_plainly, head_digest=bytes(32)) == ["content_digest"]


def test_a_later_version_may_have_another_number_than_its_record_began_with() -> None:
    assert find_contradictions(stored(version=2, record_id=bytes(16)), judge=judge_plainly) == []


def test_a_row_that_says_that_its_record_left_has_no_content() -> None:
    gone = {"state": "moved", "content": "{}", "findings": "[]", "warn_count": 0}
    assert find_contradictions(stored(**gone), judge=judge_plainly) == []
    assert find_contradictions(stored(**gone | {"error_count": 2}), judge=judge_plainly) == ["error_count"]
