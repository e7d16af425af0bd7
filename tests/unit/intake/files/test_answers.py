"""The file that comes back: what was in it, and beside each row what became of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import msgspec
import openpyxl
import pytest
from openpyxl.styles import Font
from tests.unit.intake.files.made import HEADINGS, OTHER_VIN, as_csv, as_xlsx, more, row

from chedang.intake.files.answers import RowNote, write_answer
from chedang.intake.files.model import ANSWER_HEADINGS
from chedang.intake.files.reading import read_file
from chedang.intake.files.verdicts import Fate, JobResult, make_notes, remarks_of
from chedang.records.model import Finding, Level

NOTES = {2: RowNote("已保存"), 3: RowNote("未保存", "错误：=HYPERLINK(“x”) & <b>\x07 结算日期早于送修日期。")}


def answer(raw: bytes, notes: dict[int, RowNote] = NOTES, name: str = "") -> bytes:
    return write_answer(raw, read_file(raw, name).layout, notes)


def cells(raw: bytes) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    return [[cell.value for cell in line] for line in sheet.iter_rows()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_keeps_its_encoding_delimiter_columns_and_rows(encoding: str, delimiter: str) -> None:
    raw = as_csv([["九月明细"], [*HEADINGS, "备注"], [*row(), "甲，乙;丙\t丁"], [], row("JS002")], encoding=encoding,
                 delimiter=delimiter)  # fmt: skip
    answered = answer(raw, {3: RowNote("已保存"), 5: RowNote("未保存", "原因")})

    rows = list(csv.reader(io.StringIO(answered.decode(encoding), newline=""), delimiter=delimiter))
    assert answered.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert rows[0] == ["九月明细"]
    assert rows[1] == [*HEADINGS, "备注", *ANSWER_HEADINGS]
    assert rows[2] == [*map(str, row()), "甲，乙;丙\t丁", "已保存", ""]
    assert rows[3] == []
    assert rows[4] == [*map(str, row("JS002")), "", "未保存", "原因"]


def test_the_line_ends_of_a_csv_stay() -> None:
    raw = as_csv([HEADINGS, row()]).replace(b"\r\n", b"\n")

    assert b"\r" not in answer(raw)


def test_formulas_in_a_csv_do_not_become_live_and_read_back_the_same() -> None:
    bad = "=HYPERLINK(0)"
    raw = as_csv([[*HEADINGS, "备注"], [*row(part=(bad, "+1-2", "1")), "@SUM(1)"], row("-17")])
    answered = answer(raw, {2: RowNote("未保存", "=1+1")})

    rows = list(csv.reader(io.StringIO(answered.decode())))
    live = [cell for line in rows for cell in line if cell.startswith(("=", "@", "+"))]
    assert live == []
    assert rows[2][7] == "-17"
    assert [job.text for job in read_file(answered).jobs] == [job.text for job in read_file(raw).jobs]


def test_an_xlsx_keeps_cells_formats_and_every_other_part() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["九月明细"])
    sheet.append(list(HEADINGS))
    sheet.append(row())
    sheet.append(row("JS002"))
    sheet["A1"].font = Font(bold=True, color="FF0000")
    sheet["E3"].number_format = "#,##0"
    sheet["P4"] = "=1+1"
    sheet.merge_cells("A1:M1")
    sheet.column_dimensions["B"].width = 33
    book.create_sheet("别的")["A1"] = "不动"
    out = io.BytesIO()
    book.save(out)
    raw = out.getvalue()
    answered = answer(raw, {3: RowNote("已保存"), 4: RowNote("未保存", "原因")})

    before, after = zipfile.ZipFile(io.BytesIO(raw)), zipfile.ZipFile(io.BytesIO(answered))
    assert after.testzip() is None
    assert before.namelist() == after.namelist()
    differing = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert differing == ["xl/worksheets/sheet1.xml"]
    again = openpyxl.load_workbook(io.BytesIO(answered))
    first = again.worksheets[0]
    assert first["A1"].font.b
    assert first["E3"].number_format == "#,##0"
    assert first["P4"].value == "=1+1"
    assert first.column_dimensions["B"].width == 33
    assert [first.cell(line, 14).value for line in (2, 3, 4)] == ["上传结果", "已保存", "未保存"]
    assert [first.cell(line, 15).value for line in (2, 3, 4)] == ["原因与改法", None, "原因"]


def test_a_reason_in_an_xlsx_is_text_whatever_it_says() -> None:
    answered = answer(as_xlsx([HEADINGS, row(), row("JS002")]), {3: RowNote("未保存", "=1+1 <b> & \x07 “引号”")})

    sheet = openpyxl.load_workbook(io.BytesIO(answered)).worksheets[0]
    cell = sheet.cell(3, 15)
    assert cell.data_type == "s"
    assert cell.value == "=1+1 <b> &  “引号”"


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADINGS))
    sheet.append(row())
    sheet["G2"].value = "=cmd|'/c calc'!A1"
    sheet["G2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    answered = answer(out.getvalue())

    again = openpyxl.load_workbook(io.BytesIO(answered)).worksheets[0]["G2"]
    assert (again.data_type, again.value) == ("s", "=cmd|'/c calc'!A1")


@pytest.mark.parametrize("make", [as_csv, as_xlsx])
def test_an_answer_that_comes_back_gets_its_columns_written_over(make: Any) -> None:
    raw = make([HEADINGS, row(), row("JS002")])
    once = answer(raw, {2: RowNote("未保存", "旧原因"), 3: RowNote("未保存", "旧原因")})
    read = read_file(once)
    twice = answer(once, {2: RowNote("已保存"), 3: RowNote("还没有结果")})

    assert read.ignored_columns == ()
    assert read.layout.answer_columns == (13, 14)
    assert "旧原因" not in str(cells(twice) if make is as_xlsx else twice.decode())
    assert [job.text for job in read_file(twice).jobs] == [job.text for job in read_file(raw).jobs]


def test_answers_go_in_order_when_cells_stand_to_the_right() -> None:
    raw = as_xlsx(
        [[*HEADINGS, "原因与改法", "备注", "上传结果"], [*row(), "旧", "备注甲"], [*row("JS002"), "", "", "旧"]]
    )
    answered = answer(raw, {2: RowNote("已保存", "新甲"), 3: RowNote("未保存", "新乙")})

    assert [line[13:] for line in cells(answered)] == [
        ["原因与改法", "备注", "上传结果"],
        ["新甲", "备注甲", "已保存"],
        ["新乙", None, "未保存"],
    ]


def test_a_row_that_is_too_long_keeps_all_its_cells() -> None:
    raw = as_csv([HEADINGS, [*row(), "多", "出"]])
    (line,) = list(csv.reader(io.StringIO(answer(raw, {2: RowNote("未保存", "原因")}).decode())))[1:]

    assert line[13:] == ["未保存", "原因", "多", "出"]


def test_a_sheet_with_prefixed_names_is_answered() -> None:
    raw = as_xlsx([HEADINGS, row()])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</", b"<//").replace(b"<", b"<x:").replace(b"<x://", b"</x:")
                content = content.replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
            target.writestr(name, content)

    assert cells(answer(out.getvalue()))[1][13] == "已保存"


def test_json_objects_get_two_members() -> None:
    raw = json.dumps([{"结算单号": "JS001", "金额": 1.5}, 7], ensure_ascii=False).encode()
    answered = json.loads(answer(raw, {1: RowNote("已保存"), 2: RowNote("未保存", "原因")}))

    assert answered[0] == {"结算单号": "JS001", "金额": 1.5, "上传结果": "已保存", "原因与改法": ""}
    assert answered[1] == {"原文": 7, "上传结果": "未保存", "原因与改法": "原因"}


def test_lines_stay_lines() -> None:
    raw = b'{"costlistcode":"1"}\r\n\r\n{"costlist\n'
    lines = answer(raw, {1: RowNote("已保存"), 3: RowNote("未保存")}, "a.ndjson").split(b"\n")

    assert json.loads(lines[0])["上传结果"] == "已保存"
    assert lines[1] == b"\r"
    assert json.loads(lines[2]) == {"原文": '{"costlist', "上传结果": "未保存", "原因与改法": ""}
    assert lines[3] == b""


def test_a_remark_stands_beside_the_row_that_brought_it() -> None:
    jobs = read_file(
        as_csv(
            [HEADINGS, row(), more(part=("机油", "5W30", "0")), more(project=("轮胎", "99")), row("", vin=OTHER_VIN)]
        )
    ).jobs
    findings = (
        Finding("QUANTITY_ZERO", Level.ERROR, "/vehiclepartslist/1/partsquantity"),
        Finding("HOURS_LOOK_LIKE_MONEY", Level.WARN, "/repairprojectlist/1/workinghours", {"limit": "24"}),
        Finding("PLATE_NONE", Level.INFO, "/basicInfo/vehicleplatenumber"),
        Finding("VIN_TAIL", Level.WARN, "/basicInfo/vin"),
    )
    notes = make_notes(jobs, {0: JobResult(Fate.CREATED, remarks_of(findings))})

    assert {note.result for number, note in notes.items() if number < 5} == {"已保存，请核对"}
    assert notes[2].reason.startswith("疑问：车架号")
    assert "第 2 行配件" in notes[3].reason
    assert notes[4].reason.startswith("疑问：第 2 行维修项目")
    assert notes[5].result == "未保存"
    assert "第 5 行没有结算清单编号" in notes[5].reason


def test_a_job_without_answer_is_waiting() -> None:
    jobs = read_file(as_csv([HEADINGS, row()])).jobs

    assert make_notes(jobs, {})[2] == RowNote("还没有结果")
    assert make_notes(jobs, {0: JobResult(Fate.UNCHANGED)})[2].result.startswith("已保存（内容没有变化）")


def test_the_record_of_a_job_is_what_was_read_and_nothing_else() -> None:
    """No column beyond the 13 elements can reach what is sent."""
    read = read_file(as_csv([[*HEADINGS, "车主姓名", "电话"], [*row(), "甲", "1"]]))
    (job,) = read.jobs

    assert set(msgspec.to_builtins(job.text)) == {
        "companyname", "vin", "vehicleplatenumber", "repairdate", "repairmileage", "settledate", "faultdescription",
        "costlistcode", "vehiclepartslist", "repairprojectlist",
    }  # fmt: skip
    assert read.ignored_columns == ("车主姓名", "电话")
