"""Fictional rows of records as they travel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from chedang.exchange.model import RecordRow
from chedang.exchange.rows import row_digest
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordText

VINS = ("LXXAA11A5R1000017", "LXXAA11A9R1000019", "LXXAA11A5R1000020")
SHOP = "330106000000001"
RECEIVED_AT = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)


def row(
    number: str = "JS001", version: int = 1, *, vin: str = VINS[0], fault: str = "更换机油", **changes: Any
) -> RecordRow:
    """One row of a record of a shop in 浙江 (33), with its digest."""
    content = encode_content(RecordText(vin=vin, fault_description=fault, settlement_list_number=number)).decode()
    made = RecordRow(
        vin=vin,
        record_id=bytes.fromhex(record_id(SHOP, number, b"")),
        version=version,
        state="active",
        company_code=SHOP,
        settlement_list_number=number,
        plate_number="浙A12345",
        repair_on=date(2026, 9, 13),
        settled_on=None,
        mileage_km="48210.5",
        content=content,
        findings="[]",
        error_count=0,
        warn_count=0,
        origin="33",
        dialect="lcippro",
        actor="",
        reason="",
        received_at=RECEIVED_AT + timedelta(seconds=version, microseconds=7),
    )
    return with_digest(msgspec.structs.replace(made, **changes))


def moved(number: str, version: int, *, vin: str) -> RecordRow:
    """The row that says that a record left the file of ``vin``."""
    return row(number, version, vin=vin, state="moved", content="{}")


def with_digest(made: RecordRow) -> RecordRow:
    return msgspec.structs.replace(made, digest=row_digest(made))


def history(number: str, vins: Sequence[str]) -> list[RecordRow]:
    """All rows of a record whose versions stood under these VINs, as its own node holds them."""
    rows: list[RecordRow] = []
    for version, vin in enumerate(vins, start=1):
        if version > 1 and vins[version - 2] != vin:
            rows.append(moved(number, version, vin=vins[version - 2]))
        rows.append(row(number, version, vin=vin, fault=f"第{version}次"))
    return rows


def digest_of(made: RecordRow) -> bytes:
    """What ``record_head`` keeps of a row."""
    return content_digest(made.content.encode())
