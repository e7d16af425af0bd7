"""A view of a vehicle's file as files that other software reads. Pure. The formats: docs/reference/export.md (ours).

What the view hides is in no file: nothing else is at hand here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import msgspec

from chedang.terms.dates import SHANGHAI
from chedang.vehicles.model import OdometerReading, OdometerVerdict
from chedang.vehicles.views import FileView, RecordView

FORMAT: Final = "chedang-vehicle-file/1"
"""A reader may rely on every name of this version; names may be added."""

CSV_COLUMNS: Final = (
    "记录编号", "日期", "送修日期", "结算日期", "送修里程（千米）", "维修企业", "维修企业编码", "经营业务类别",
    "行政区划代码", "结算清单编号", "车牌号码", "故障描述", "行类", "名称", "配件编码", "工时（小时）", "数量",
    "有疑问", "上传收到时间",
)  # fmt: skip
LUBELOGGER_COLUMNS: Final = ("Date", "Odometer", "Description", "Notes", "Cost", "Tags")
"""Columns by which LubeLogger's import of service records finds its values, whatever their order and case."""

_TAG, _DOUBTFUL_TAG = "车档", "有疑问"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_encoder = msgspec.json.Encoder(decimal_format="number")


def as_json(view: FileView, *, made_at: datetime, node_code: str) -> bytes:
    """The whole view, UTF-8. Days are ``2026-09-14``, months alone ``2026-09``, times those of China with offset."""
    months = any(record.is_month_only for record in view.records)
    return _encoder.encode(
        {
            "format": FORMAT,
            "made_at": made_at.astimezone(SHANGHAI),
            "node": node_code,
            "view": view.view,
            "vehicle": {
                "vin": view.vin,
                "vin_tail": view.vin_tail,
                "plates": view.plates,
                "home_province_code": view.home_province_code,
            },
            "record_count": view.record_count,
            "doubtful_count": view.doubtful_count,
            "held_back_count": view.held_back_count,
            "first_on": _day(view.first_on, is_month_only=months),
            "last_on": _day(view.last_on, is_month_only=months),
            "odometer": _odometer(view.odometer, are_months=months),
            "records": [_record(record) for record in view.records],
        }
    )


def _day(on: date | None, *, is_month_only: bool) -> str | None:
    return None if on is None else f"{on:%Y-%m}" if is_month_only else on.isoformat()


def _odometer(verdict: OdometerVerdict, *, are_months: bool) -> dict[str, Any]:
    def reading(read: OdometerReading) -> dict[str, Any]:
        return {
            "record_id": None if are_months else read.record_id,
            "on": _day(read.on, is_month_only=are_months),
            "mileage_km": read.mileage_km,
            "is_doubtful": read.record_id in verdict.doubtful,
        }

    conflicts = [
        {"kind": conflict.kind, "earlier": reading(conflict.earlier), "later": reading(conflict.later)}
        for conflict in verdict.conflicts
    ]
    return {
        "state": verdict.state,
        "reasons": verdict.reasons,
        "sentence": verdict.sentence,
        "readings": [reading(read) for read in verdict.readings],
        "conflicts": conflicts,
    }


def _record(record: RecordView) -> dict[str, Any]:
    return {
        "record_id": record.ref,
        "on": _day(record.on, is_month_only=record.is_month_only),
        "repair_on": record.repair_on,
        "settled_on": record.settled_on,
        "mileage_km": record.mileage_km,
        "shop": {
            "is_hidden": record.is_shop_hidden,
            "company_code": record.company_code,
            "company_name": record.company_name,
            "category_code": record.category_code,
            "division_code": record.division_code,
        },
        "settlement_list_number": record.settlement_list_number,
        "plate_number": record.plate_number,
        "fault_description": record.fault_description,
        "projects": [{"name": row.name, "hours": row.hours} for row in record.projects],
        "parts": [{"name": row.name, "code": row.code, "quantity": row.quantity} for row in record.parts],
        "findings": [{"code": found.code, "level": found.level, "field": found.field} for found in record.findings],
        "is_doubtful": record.is_doubtful,
        "odometer_doubt": record.odometer_doubt,
        "origin": record.origin,
        "received_at": record.received_at and record.received_at.astimezone(SHANGHAI),
        "replaced_versions": [
            {"version": old.version, "received_at": old.received_at.astimezone(SHANGHAI), "changes": old.changes}
            for old in record.versions
        ],
    }


def as_csv(view: FileView) -> bytes:
    """One row for each item and part, one for a record without any. UTF-8 with the mark that Excel looks for."""
    rows = (row for record in view.records for row in _csv_rows(record))
    return _write(CSV_COLUMNS, rows).encode("utf-8-sig")


def _csv_rows(record: RecordView) -> Iterable[tuple[str, ...]]:
    before = (
        str(record.ref or ""),
        _day(record.on, is_month_only=record.is_month_only) or "",
        _day(record.repair_on, is_month_only=False) or "",
        _day(record.settled_on, is_month_only=False) or "",
        _plain(record),
        record.company_name,
        record.company_code,
        record.category_code,
        record.division_code,
        record.settlement_list_number,
        record.plate_number,
        record.fault_description,
    )
    received = record.received_at.astimezone(SHANGHAI).isoformat(timespec="seconds") if record.received_at else ""
    after = ("是" if record.is_doubtful else "否", received)
    items = [("项目", row.name, "", row.hours, "") for row in record.projects]
    items += [("配件", row.name, row.code, "", row.quantity) for row in record.parts]
    return [(*before, *item, *after) for item in items or [("",) * 5]]


def _plain(record: RecordView) -> str:
    return "" if record.mileage_km is None else f"{record.mileage_km.normalize():f}"


def as_lubelogger(view: FileView) -> bytes:
    """One row for each record, as LubeLogger imports service records. UTF-8.

    It takes a row only with a number for odometer and cost: an unreadable mileage is 0, and so is every cost, because
    the archive holds none. Whole kilometres. Source: its own import code and samples (docs/reference/export.md).
    """
    return _write(LUBELOGGER_COLUMNS, (_lubelogger_row(record) for record in view.records)).encode()


def _lubelogger_row(record: RecordView) -> tuple[str, ...]:
    names = [row.name for row in record.projects if row.name]
    notes = [record.fault_description] if record.fault_description and names else []
    notes += [" ".join(filter(None, (row.name, row.code, row.quantity))) for row in record.parts]
    notes += [record.company_name] if record.company_name else []
    tags = [_TAG, *([_DOUBTFUL_TAG] if record.is_doubtful else [])]
    return (
        record.on.isoformat(),
        str(int(record.mileage_km or 0)),
        "、".join(names) or record.fault_description,
        "；".join(notes),
        "0",
        " ".join(tags),
    )


def _write(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_defuse(cell) for cell in row] for row in rows)
    return text.getvalue()


def _defuse(cell: str) -> str:
    """A spreadsheet must not take what a shop typed for a formula."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA_STARTS) else cell
