"""An empty table with the headings that are understood, for whoever starts from nothing. Pure."""

from __future__ import annotations

import csv
import io

from chedang.intake.files.headings import ELEMENTS, NUMBER, chinese_name
from chedang.intake.files.model import FileFormat
from chedang.records.limits import load_limits

_HINTS = {
    "companyname": "与备案一致。可以删去这一列，由网站按登记填写。",
    "vin": "17 位，照行驶证填写。",
    "vehicleplatenumber": "例如 浙A12345。没有号牌的填“无”。",
    "repairdate": "车辆进厂的日期，例如 2026-09-14 或 20260914。",
    "repairmileage": "进厂时里程表读数，单位千米，只填数字。",
    "settledate": "例如 2026-09-15。",
    "faultdescription": "车主报修的内容。",
    NUMBER: "同一次维修的各行填同一个编号；不同的维修编号不能相同。",
    "partsname": "每行一个配件；没有配件就空着。",
    "partscode": "配件的编码，没有零件号的填内部编码。",
    "partsquantity": "数字，可以有小数。",
    "repairproject": "每行一个项目。",
    "workinghours": "单位小时，例如 0.5；不要填金额。",
}
_GENERAL = (
    "列的次序可以改，列名也可以用常见的叫法（例如车架号、进厂日期、结算单号）；多出来的列不会上传。",
    "一次维修有多个配件或项目时，往下加行：结算清单编号相同，其余各栏可以空着。",
    "一个文件最多 10,000 行，不超过 16 MB。",
)
_WIDTH = 18


def write_template(file_format: FileFormat) -> bytes:
    """The template as xlsx or csv. Raises ValueError for another format."""
    match file_format:
        case FileFormat.XLSX:
            return _write_workbook()
        case FileFormat.CSV:
            return _write_csv()
        case _:
            raise ValueError(f"there is no template in {file_format}")


def _write_csv() -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([chinese_name(wire) for wire in ELEMENTS])
    return out.getvalue().encode("utf-8-sig")


def _write_workbook() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    jobs = book.active
    assert jobs is not None  # noqa: S101 - a new workbook has a sheet
    jobs.title = "维修记录"
    jobs.append([chinese_name(wire) for wire in ELEMENTS])
    jobs.freeze_panes = "A2"
    for column, wire in enumerate(ELEMENTS, 1):
        jobs.cell(1, column).font = Font(bold=True)
        width = jobs.column_dimensions[get_column_letter(column)]
        width.width = _WIDTH
        if load_limits().element[wire].kind not in {"decimal", "day"}:
            width.number_format = "@"  # text: long numbers keep their digits
    notes = book.create_sheet("说明")
    notes.column_dimensions["B"].width = 80
    for line in (*((chinese_name(wire), _HINTS[wire]) for wire in ELEMENTS), *((text,) for text in _GENERAL)):
        notes.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
