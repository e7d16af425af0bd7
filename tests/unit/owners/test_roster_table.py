"""Reading a company's roster."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chedang.enterprises.table import TableUnreadable
from chedang.owners.facts import Facts
from chedang.owners.roster_table import read_roster

HEADING = "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n"


def _read(text: str, encoding: str = "utf-8-sig"):
    return read_roster((HEADING + text).encode(encoding), most_lines=3)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_line_is_read_as_people_keep_such_lists(encoding: str) -> None:
    (line,) = _read('浙a·12345,LSVAA49J132001093,,JS-48210,"48,210 千米",2026年9月14日\n\n', encoding)
    assert (line.plate_number, line.vin_tail, line.complaint) == ("浙A12345", "001093", "")
    assert line.facts == Facts(number="JS-48210", mileage_km=Decimal(48210), settled_on=date(2026, 9, 14))


def test_a_code_suffices() -> None:
    (line,) = _read(",,7k2m-9qxd-3fht,,,\n")
    assert (line.code, line.complaint) == ("7k2m-9qxd-3fht", "")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("浙A12345,123,,a,1,", "没有认领码时，要有车牌号码和车架号"),
        ("浙A12345,123456,,a,,", "至少填两项"),
        ("浙A12345,123456,,a,许多,", "送修里程应为数字"),
        ("浙A12345,123456,,a,1,昨天", "结算日期应为日期"),
    ],
)
def test_a_line_that_cannot_be_tried_says_why(row: str, sentence: str) -> None:
    (line,) = _read(row + "\n")
    assert sentence in line.complaint


@pytest.mark.parametrize(
    "raw", [b"", "名称,数量\n".encode(), (HEADING + "浙A12345,1,,,,\n" * 4).encode(), b"\xff\xfe\x00a"]
)
def test_what_is_no_roster_is_refused_as_a_whole(raw: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read_roster(raw, most_lines=3)
