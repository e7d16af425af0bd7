"""Files that an owner takes along: their formats hold, and they hold nothing that the view hides."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.unit.vehicles.test_views import AUTHORITY, BUYER, DAY, HANDED_OVER, OWNER, PLATE, SHOP_NAME, VERDICT, VIN

from chedang.records.model import PartText, ProjectText
from chedang.vehicles.exports import CSV_COLUMNS, FORMAT, LUBELOGGER_COLUMNS, as_csv, as_json, as_lubelogger
from chedang.vehicles.views import FileView, View

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/reference/vehicle-file-1.schema.json").read_text("utf-8"))
MADE_AT = datetime(2026, 9, 20, 1, 2, 3, tzinfo=UTC)


def exported(view: FileView) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(view, made_at=MADE_AT, node_code="33"))
    return found


@pytest.mark.parametrize("view", [OWNER, BUYER, AUTHORITY, VERDICT, HANDED_OVER], ids=lambda view: str(view.view))
def test_every_view_fits_the_published_schema(view: FileView) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    validator.validate(exported(view))


def test_the_schema_names_every_member_and_no_other() -> None:
    written = exported(OWNER)
    assert set(written) == set(SCHEMA["properties"])
    assert set(written["records"][0]) == set(SCHEMA["$defs"]["record"]["properties"])
    assert set(written["odometer"]) == set(SCHEMA["properties"]["odometer"]["properties"])


def test_json_says_its_version_and_writes_days_times_and_kilometres_plainly() -> None:
    written = exported(OWNER)
    assert written["format"] == FORMAT
    assert written["made_at"] == "2026-09-20T09:02:03+08:00"
    newest = written["records"][0]
    assert (newest["on"], newest["mileage_km"]) == (DAY.isoformat(), 48210)
    assert newest["replaced_versions"][0]["changes"] == [{"element": "mileage", "before": "48200", "after": "48210"}]


def test_a_buyers_file_has_months_and_names_nobody() -> None:
    written = exported(BUYER)
    assert (written["first_on"], written["last_on"]) == ("2025-03", "2026-09")
    assert written["records"][0]["on"] == "2026-09"
    assert {reading["record_id"] for reading in written["odometer"]["readings"]} == {None}
    for content in (as_json(BUYER, made_at=MADE_AT, node_code="33"), as_csv(BUYER), as_lubelogger(BUYER)):
        for hidden in (VIN, PLATE, SHOP_NAME, DAY.isoformat()):
            assert hidden not in content.decode()


def test_the_table_opens_in_excel_and_has_a_row_for_each_item_and_part() -> None:
    content = as_csv(OWNER)
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert tuple(header) == CSV_COLUMNS
    assert [row[12] for row in rows] == ["项目", "配件", "项目", "配件"]
    assert {len(row) for row in rows} == {len(CSV_COLUMNS)}


def test_a_record_without_items_has_one_row() -> None:
    bare = msgspec.structs.replace(OWNER.records[0], projects=(), parts=())
    view = msgspec.structs.replace(OWNER, records=(bare,))
    assert len(as_csv(view).decode().splitlines()) == 2


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u3000=", "＝", "＠"])
def test_what_a_shop_typed_is_no_formula(start: str) -> None:
    record = msgspec.structs.replace(
        OWNER.records[0],
        fault_description=f"{start}HYPERLINK(1)",
        projects=(ProjectText(f"{start}1+1", f"{start}2"),),
        parts=(PartText(f"{start}3", f"{start}4", f"{start}5"),),
    )
    view = msgspec.structs.replace(OWNER, records=(record,))
    for content in (as_csv(view).decode("utf-8-sig"), as_lubelogger(view).decode()):
        for row in csv.reader(io.StringIO(content, newline="")):
            assert [cell for cell in row if cell.startswith(start)] == []


def import_like_lubelogger(content: bytes) -> list[tuple[date, int, str, str, Decimal, list[str]]]:
    """What LubeLogger does with a file of service records: columns by name in any case, each needed number parsed."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    return [
        (
            date.fromisoformat(row["date"]),
            int(Decimal(row["odometer"])),
            row["description"],
            row["notes"],
            Decimal(row["cost"]),
            row["tags"].split(" "),
        )
        for row in rows
    ]


def test_lubelogger_imports_every_record() -> None:
    unread = msgspec.structs.replace(OWNER.records[1], mileage_km=None, is_doubtful=False)
    view = msgspec.structs.replace(OWNER, records=(OWNER.records[0], unread))
    newest, before = import_like_lubelogger(as_lubelogger(view))
    assert newest[:3] == (DAY, 48210, OWNER.records[0].projects[0].name)
    assert SHOP_NAME in newest[3]
    assert newest[4:] == (Decimal(0), ["车档", "有疑问"])
    assert (before[1], before[5]) == (0, ["车档"])
    assert as_lubelogger(view).decode().splitlines()[0] == ",".join(LUBELOGGER_COLUMNS)


def test_the_verdict_alone_makes_tables_without_rows() -> None:
    assert VERDICT.view is View.VERDICT
    assert len(as_csv(VERDICT).decode().splitlines()) == 1
    assert import_like_lubelogger(as_lubelogger(VERDICT)) == []
