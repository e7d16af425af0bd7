"""Reading the tables that offices make of their shops."""

from __future__ import annotations

import pytest

from chedang.enterprises.table import REQUIRED_COLUMNS, TableUnreadable, read_table

HEADING = ",".join(REQUIRED_COLUMNS)
ROW = "330106000000001,secret-1,杭州虚构汽修,330106,02"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_reads_the_same_in_every_encoding(encoding, newline):
    table = read_table(f"{HEADING}{newline}{ROW}{newline}".encode(encoding))
    (row,) = table.rows
    assert (row.line, row.company_code, row.complaint) == (2, "330106000000001", "")
    assert (row.text.company_name, row.text.password, row.text.category) == ("杭州虚构汽修", "secret-1", "02")


def test_columns_come_in_any_order_and_others_are_named_not_read():
    raw = (
        "companyname,remark,companycategory,companycode,companypassword,companyadministrativedivisioncode\n"
        "杭州虚构汽修,x,02,330106000000001,secret-1,330106\n"
    )
    table = read_table(raw.encode())
    assert table.ignored_columns == ("remark",)
    assert table.rows[0].text.division_code == "330106"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_separate_as_well(delimiter):
    (row,) = read_table(f"{HEADING}\n{ROW}\n".replace(",", delimiter).encode()).rows
    assert row.company_code == "330106000000001"


def test_an_empty_cell_is_not_known_rather_than_empty():
    (row,) = read_table(f"{HEADING},companyaddress\n{ROW},\n".encode()).rows
    assert "address" not in row.given
    assert "company_name" in row.given


def test_lines_are_numbered_as_a_spreadsheet_does_and_empty_ones_skipped():
    rows = read_table(f"{HEADING}\n\n{ROW}\n,,,,\n{ROW}\n".encode()).rows
    assert [row.line for row in rows] == [3, 5]


def test_a_password_is_taken_as_it_stands():
    (row,) = read_table(f'{HEADING}\n330106000000001," a,b ",杭州虚构汽修,330106,02\n'.encode()).rows
    assert row.text.password == " a,b "


def test_a_line_with_too_many_cells_complains_and_costs_no_other():
    first, second = read_table(f"{HEADING}\n{ROW},more\n{ROW}\n".encode()).rows
    assert "6 列" in first.complaint
    assert second.complaint == ""


def test_an_open_quote_is_a_complaint_not_a_crash():
    rows = read_table(f'{HEADING}\n{ROW}\n"330106,x\n'.encode()).rows
    assert [bool(row.complaint) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"", "companycode"),
        (b"companycode,companyname\n1,2\n", "companypassword"),
        (f"{HEADING},companyname\n".encode(), "companyname"),
        (b"PK\x03\x04\x00\x00\x00", "UTF-8"),
        (b'"abc', "CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_what_is_missing(raw, word):
    with pytest.raises(TableUnreadable, match=word):
        read_table(raw)
