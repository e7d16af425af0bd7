"""Files as shops make them: what is read out of them, and what is told instead of guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import msgspec
import pytest
from tests.unit.intake.files.made import HEADINGS, OTHER_VIN, VIN, as_csv, as_xlsx, more, row

from chedang.intake.files.headings import ELEMENTS, element_of
from chedang.intake.files.model import MAX_FILE_BYTES, MAX_ROWS, FileFormat, FileJob, FileUnreadable
from chedang.intake.files.reading import read_file
from chedang.records.model import PartText, ProjectText, RecordText

AFTERNOON = datetime(2026, 9, 15, 17, 30)  # noqa: DTZ001 - a spreadsheet knows no zones
JOB = RecordText(
    company_name="杭州青禾汽车维修有限公司",
    vin=VIN,
    plate_number="浙A12345",
    repair_date="20260914",
    mileage="45210",
    settle_date="20260915",
    fault_description="保养",
    settlement_list_number="JS001",
    parts=(PartText("机油滤清器", "06E115561", "1"),),
    projects=(ProjectText("更换机油和机滤", "0.5"),),
)


def only_job(raw: bytes, name: str = "") -> FileJob:
    (job,) = read_file(raw, name).jobs
    return job


def codes(job: FileJob) -> list[str]:
    return [finding.code for finding in job.findings]


@pytest.mark.parametrize(
    "raw",
    [
        as_csv([HEADINGS, row()]),
        as_csv([HEADINGS, row()], encoding="utf-8-sig"),
        as_csv([HEADINGS, row()], encoding="gb18030"),
        as_csv([HEADINGS, row()], encoding="utf-16", delimiter="\t"),
        as_csv([HEADINGS, row()], delimiter=";"),
        as_csv([HEADINGS, row()], encoding="gb18030", delimiter="\t"),
        as_csv([ELEMENTS[1:2] + ELEMENTS[:1] + ELEMENTS[2:], [VIN, *row()[:1], *row()[2:]]]),
        as_xlsx([HEADINGS, row()]),
        as_xlsx([HEADINGS, row(repaired=date(2026, 9, 14), mileage=45210.0, settled=AFTERNOON)]),
        msgspec.json.encode(JOB),
        msgspec.json.encode([JOB]),
        json.dumps({"records": [msgspec.to_builtins(JOB)]}).encode(),
        msgspec.json.encode(JOB) + b"\n",
    ],
    ids=[
        "csv", "csv with BOM", "csv in GB18030", "csv in UTF-16", "semicolons", "tabs", "wire names", "xlsx",
        "xlsx with days and numbers", "an object", "an array", "a wrapped array", "a line",
    ],
)  # fmt: skip
def test_a_job_reads_the_same_from_every_format(raw: bytes) -> None:
    job = only_job(raw)

    assert job.text == JOB
    assert not job.findings


def test_lines_are_told_from_a_document_by_content_and_by_name() -> None:
    line = msgspec.json.encode(JOB)
    other = msgspec.json.encode(msgspec.structs.replace(JOB, settlement_list_number="JS002"))

    assert read_file(line).layout.file_format is FileFormat.JSON
    assert read_file(line, "jobs.NDJSON").layout.file_format is FileFormat.NDJSON
    read = read_file(line + b"\r\n\r\n" + other)
    assert read.layout.file_format is FileFormat.NDJSON
    assert [job.rows for job in read.jobs] == [(1,), (3,)]


@pytest.mark.parametrize(
    ("heading", "wire"),
    [
        ("VIN码", "vin"),
        ("车架号(VIN)", "vin"),
        ("*车牌号码：", "vehicleplatenumber"),
        ("送修里程（km）", "repairmileage"),
        ("进厂 里程/公里", None),
        ("Repair_Mileage", "repairmileage"),
        ("COSTLISTCODE", "costlistcode"),
        ("工单号", "costlistcode"),
        ("工时", "workinghours"),
        ("工时(小时)", "workinghours"),
        ("工时(元)", None),
        ("工时费", None),
        ("数量", "partsquantity"),
        ("金额", None),
        ("", None),
    ],
)
def test_a_heading_means_an_element_or_nothing(heading: str, wire: str | None) -> None:
    assert element_of(heading) == wire


def test_a_title_and_blank_rows_above_the_heading_are_passed_over() -> None:
    raw = as_xlsx([["九月结算清单明细表"], [], [*HEADINGS, "备注"], [*row(), "客户自带机油"], [], row("JS002")])

    read = read_file(raw)

    assert read.layout.header_row == 3
    assert [(job.number, job.rows) for job in read.jobs] == [("JS001", (4,)), ("JS002", (6,))]
    assert read.ignored_columns == ("备注",)


def test_a_title_with_other_delimiters_does_not_mislead() -> None:
    raw = "明细表,九月,车间;结算\r\n".encode() + as_csv([HEADINGS, row()], delimiter=";")

    assert only_job(raw).text == JOB


def test_the_better_of_two_headings_of_one_element_is_used_and_the_other_named() -> None:
    read = read_file(as_csv([[*HEADINGS, "出厂日期"], [*row(), "20260930"]]))

    assert read.jobs[0].text == JOB
    assert read.ignored_columns == ("出厂日期",)


def test_the_same_heading_twice_is_not_guessed_at() -> None:
    with pytest.raises(FileUnreadable, match="车架号"):
        read_file(as_csv([[*HEADINGS, "车架号"], [*row(), OTHER_VIN]]))


def test_missing_columns_are_named() -> None:
    assert read_file(as_csv([HEADINGS[1:], row()[1:]])).missing_columns == ("维修企业名称",)


def test_rows_of_one_number_are_one_job() -> None:
    read = read_file(
        as_csv(
            [
                HEADINGS,
                row(),
                row("JS002", vin=OTHER_VIN),
                more("JS001", part=("机油", "5W30", "4.5")),
                row("JS001", part=("", "", ""), project=("更换空调滤芯", "0.2")),
            ]
        )
    )

    first, second = read.jobs
    assert (first.rows, second.rows) == ((2, 4, 5), (3,))
    assert first.text is not None
    assert [part.name for part in first.text.parts] == ["机油滤清器", "机油"]
    assert [project.name for project in first.text.projects] == ["更换机油和机滤", "更换空调滤芯"]
    assert (first.part_rows, first.project_rows) == ((2, 4), (2, 5))


def test_a_row_with_only_a_part_goes_with_the_row_above() -> None:
    job = only_job(as_xlsx([HEADINGS, row(), more(part=("机油", "5W30", 4.5)), more(project=("四轮定位", 1))]))

    assert job.text is not None
    assert job.text.parts[1] == PartText("机油", "5W30", "4.5")
    assert job.text.projects[1] == ProjectText("四轮定位", "1")
    assert job.rows == (2, 3, 4)


def test_spellings_that_mean_the_same_do_not_contradict() -> None:
    same = row("JS001", vin=VIN.lower(), repaired="2026-09-14", mileage="45,210 km")

    assert only_job(as_csv([HEADINGS, row(), same])).text is not None


def test_rows_that_contradict_are_refused_with_their_numbers_and_others_are_not() -> None:
    read = read_file(as_csv([HEADINGS, row(), row("JS002"), row("JS001", mileage="54210"), more("JS001")]))

    first, second = read.jobs
    assert first.text is None
    assert codes(first) == ["FILE_ROWS_DIFFER"]
    assert first.findings[0].args["line"] == "2、4"
    assert first.findings[0].field == "/basicInfo/repairmileage"
    assert second.text is not None


def test_a_row_without_number_is_refused() -> None:
    assert codes(only_job(as_csv([HEADINGS, row("")]))) == ["FILE_NUMBER_MISSING"]


def test_a_row_that_adds_up_is_no_job() -> None:
    read = read_file(as_csv([HEADINGS, row(), ["", "合计：", *[""] * 8, "12", "", ""]]))

    assert len(read.jobs) == 1
    assert read.jobs[0].text == JOB
    assert "第 3 行是合计" in read.notices[0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(45210.0, "45210"), (45210, "45210"), (0.1 + 0.2, "0.3"), ("45210.0", "45210"), (" 45210　", "45210")],
)
def test_numbers_are_read_as_they_are_seen(cell: Any, text: str) -> None:
    job = only_job(as_xlsx([HEADINGS, row(mileage=cell)]))

    assert job.text is not None
    assert job.text.mileage == text


def test_a_number_of_fifteen_digits_is_whole() -> None:
    assert only_job(as_xlsx([HEADINGS, row(330106000000123.0)])).number == "330106000000123"


@pytest.mark.parametrize(
    "raw",
    [
        as_csv([HEADINGS, row("3.30106E+14")]),
        as_csv([HEADINGS, row(part=("机油", "1.2e+11", "1"))]),
        as_xlsx([HEADINGS, row(3301060000001234567)]),
        as_xlsx([HEADINGS, row(part=("机油", 1e16, 1))]),
    ],
    ids=["number in csv", "code in csv", "number in xlsx", "code in xlsx"],
)
def test_digits_that_a_spreadsheet_has_eaten_are_told(raw: bytes) -> None:
    assert codes(only_job(raw)) == ["FILE_DIGITS_LOST"]


def test_two_eaten_numbers_are_not_taken_for_one_job() -> None:
    read = read_file(as_csv([HEADINGS, row("3.30106E+14"), row("3.30106E+14", vin=OTHER_VIN)]))

    assert [codes(job) for job in read.jobs] == [["FILE_DIGITS_LOST"], ["FILE_DIGITS_LOST"]]


def test_a_code_with_an_e_is_a_code() -> None:
    job = only_job(as_csv([HEADINGS, row(part=("机油", "06E115561", "1"))]))

    assert job.text is not None
    assert job.text.parts[0].code == "06E115561"


@pytest.mark.parametrize(("cell", "text"), [(46279, "20260914"), (20260914, "20260914"), (46279.5, "20260914")])
def test_a_day_without_its_format_is_still_a_day(cell: float, text: str) -> None:
    job = only_job(as_xlsx([HEADINGS, row(repaired=cell)]))

    assert job.text is not None
    assert job.text.repair_date == text


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (row(part=("机油", date(2026, 3, 5), 1)), "FILE_CELL_IS_DATE"),
        (row(project=("保养", time(1, 30))), "FILE_CELL_IS_DATE"),
        (row(mileage="#REF!"), "FILE_CELL_IS_ERROR"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_is_told(cells: list[Any], code: str) -> None:
    job = only_job(as_xlsx([HEADINGS, cells]))

    assert codes(job) == [code]
    assert job.findings[0].args["line"] == "2"


def test_a_comma_that_shifts_the_cells_is_told() -> None:
    raw = as_csv([HEADINGS]) + ",".join(map(str, [*row()[:6], "异响,抖动", *row()[7:]])).encode()

    assert codes(only_job(raw)) == ["FILE_ROW_TOO_LONG"]


def test_a_formula_is_read_by_its_last_value_only() -> None:
    """A file that no spreadsheet has calculated holds none; the cell counts as empty, never as the formula."""
    job = only_job(as_xlsx([HEADINGS, row(mileage="=1+1")]))

    assert job.text is not None
    assert job.text.mileage == ""


def test_the_sheet_with_the_heading_is_read_and_the_others_are_named() -> None:
    read = read_file(as_xlsx([["说明"], ["请勿修改表头"]], 九月=[HEADINGS, row()], 十月=[HEADINGS, row("JS009")]))

    assert [job.number for job in read.jobs] == ["JS001"]
    assert "九月" in read.notices[0]
    assert "十月" in read.notices[0]


class TestJson:
    def test_chinese_members_and_any_letter_case_are_understood(self) -> None:
        record = {
            "结算单号": "JS001",
            "VIN": VIN,
            "RepairMileage": 45210.0,
            "配件清单": [{"配件名称": "机油", "PartsCode": "5W30", "数量": 4.50}],
            "客户姓名": "某某",
        }
        read = read_file(json.dumps(record).encode())
        text = read.jobs[0].text

        assert text is not None
        assert (text.settlement_list_number, text.vin, text.mileage) == ("JS001", VIN, "45210")
        assert text.parts == (PartText("机油", "5W30", "4.5"),)
        assert read.ignored_columns == ("客户姓名",)

    def test_the_header_may_stand_in_an_object_of_its_own(self) -> None:
        flat = msgspec.to_builtins(JOB)
        lists = {name: flat.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}

        assert only_job(json.dumps({"basicInfo": flat, **lists}).encode()).text == JOB

    def test_flat_objects_are_rows_of_a_table(self) -> None:
        rows = [{"结算单号": "JS001", "配件名称": name} for name in ("机油", "机滤")]
        text = only_job(json.dumps(rows).encode()).text

        assert text is not None
        assert [part.name for part in text.parts] == ["机油", "机滤"]

    def test_a_whole_record_twice_is_one_job_and_two_different_ones_are_refused(self) -> None:
        changed = msgspec.structs.replace(JOB, mileage="45211")

        assert only_job(msgspec.json.encode([JOB, JOB])).text == JOB
        job = only_job(msgspec.json.encode([JOB, changed]))
        assert codes(job) == ["FILE_RECORDS_DIFFER"]
        assert job.rows == (1, 2)

    def test_a_line_that_is_no_record_costs_no_other(self) -> None:
        raw = msgspec.json.encode(JOB) + b'\n{"vin": \n[1]\n'
        first, *others = read_file(raw, "a.ndjson").jobs

        assert first.text == JOB
        assert [codes(job) for job in others] == [["FILE_RECORD_UNREADABLE"]] * 2

    @pytest.mark.parametrize("value", [[1], {"a": 1}])
    def test_a_member_that_is_no_text_is_told(self, value: object) -> None:
        raw = json.dumps({"结算单号": "JS001", "vin": value}).encode()

        assert codes(only_job(raw)) == ["FILE_RECORD_UNREADABLE"]

    def test_integers_keep_all_their_digits(self) -> None:
        assert only_job(b'{"costlistcode": 33010600000012345678}').number == "33010600000012345678"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: b"", "空"),
        (lambda: b"  \r\n", "空"),
        (lambda: b"\xd0\xcf\x11\xe0" + bytes(100), "旧版 xls"),
        (lambda: b"PK\x03\x04 and nothing more", "损坏"),
        (lambda: bytes(range(256)), "GB18030"),
        ("姓名,电话\n甲,1\n".encode, "没有找到表头"),
        (lambda: as_csv([HEADINGS[:7], row()[:7]]), "结算清单编号"),
        (lambda: as_csv([HEADINGS]), "没有内容"),
        (lambda: as_csv([HEADINGS, row()]) + b'"' + "打开".encode(), "第 3 行的双引号"),
        (lambda: b'{"vin": ', "第 1 行第 9 个字符"),
        (lambda: b"[" * 200_000, "JSON"),
        (lambda: b"[" + b"{}," * 400_000 + b"{}]", f"{MAX_ROWS:,}"),
        (lambda: b"[" + b"{}," * MAX_ROWS + b"{}]", f"{MAX_ROWS:,}"),
        (lambda: b'[{"vin": ' + b"9" * 5000 + b"}]", "JSON"),
        (lambda: b"[]", "没有记录"),
        (lambda: b"x" * (MAX_FILE_BYTES + 1), "16 MB"),
        (lambda: as_csv([HEADINGS] + [more(f"N{number}") for number in range(MAX_ROWS + 1)]), f"{MAX_ROWS:,}"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(make: Callable[[], bytes], sentence: str) -> None:
    with pytest.raises(FileUnreadable, match=sentence):
        read_file(make())
