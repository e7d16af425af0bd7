"""Fictional tables of jobs, written the way spreadsheets and shop software write them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from random import Random

import openpyxl

from chedang.fiction.vehicles import make_vin
from chedang.intake.files.model import Cell

VIN = make_vin(Random("files"))
OTHER_VIN = make_vin(Random("other files"))

HEADINGS = (
    "维修企业名称",
    "车架号",
    "车牌号",
    "进厂日期",
    "进厂里程",
    "结算日期",
    "故障描述",
    "结算单号",
    "配件名称",
    "配件编号",
    "数量",
    "维修项目",
    "工时",
)
Row = Sequence[Cell]


def row(
    number: Cell = "JS001",
    *,
    vin: Cell = VIN,
    repaired: Cell = "20260914",
    mileage: Cell = "45210",
    settled: Cell = "20260915",
    part: tuple[Cell, Cell, Cell] = ("机油滤清器", "06E115561", "1"),
    project: tuple[Cell, Cell] = ("更换机油和机滤", "0.5"),
) -> list[Cell]:
    """One filled row under HEADINGS."""
    return [
        "杭州青禾汽车维修有限公司",
        vin,
        "浙A12345",
        repaired,
        mileage,
        settled,
        "保养",
        number,
        *part,
        *project,
    ]


def more(
    number: Cell = "", *, part: tuple[Cell, Cell, Cell] | None = None, project: tuple[Cell, Cell] | None = None
) -> list[Cell]:
    """A further row of a job: only its number, if that, and one part or item."""
    return [*[""] * 7, number, *(part or ("", "", "")), *(project or ("", ""))]


def as_csv(rows: Sequence[Row], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Row], **more_sheets: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    for name, other in more_sheets.items():
        added = book.create_sheet(name)
        for cells in other:
            added.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
