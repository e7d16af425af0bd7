"""单位车辆清单: reading the CSV file of a company's cars. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from chedang.enterprises.table import TableUnreadable, decode, delimiter_of
from chedang.owners.facts import Facts
from chedang.terms import plate, vin
from chedang.terms.saying import said
from chedang.terms.text import clean

PLATE, VIN, CODE, NUMBER, MILEAGE, SETTLED_ON = "车牌号码", "车架号", "认领码", "结算清单编号", "送修里程", "结算日期"
COLUMNS = (PLATE, VIN, CODE, NUMBER, MILEAGE, SETTLED_ON)
"""In any order. A line proves its car by the code, or by plate, VIN (or its last six) and two of the last three."""
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")
_TAIL_LENGTH = 6


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One car as the file names it. Holds plate and VIN: never logged."""

    line: int
    """Row of the table as a spreadsheet numbers it; the heading is 1."""
    plate_number: str
    vin_tail: str
    code: str
    facts: Facts
    complaint: str = ""
    """Why the line cannot be tried; '' when it can."""


def read_roster(raw: bytes, *, most_lines: int) -> list[RosterLine]:
    """Read the file: UTF-8 or GB18030; comma, semicolon or tab. Raises TableUnreadable."""
    rows = list(csv.reader(io.StringIO(decode(raw), newline=""), delimiter=delimiter_of(raw)))
    heading = [clean(cell) for cell in rows[0]] if rows else []
    if PLATE not in heading or not {CODE, VIN} & set(heading):
        raise TableUnreadable(
            said("第一行应为列名，其中必须有“%(plate)s”，以及“%(code)s”或“%(vin)s”。", plate=PLATE, code=CODE, vin=VIN)
        )
    lines = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if len(lines) > most_lines:
        raise TableUnreadable(
            said("一次最多 %(most)s 辆车，这个文件有 %(rows)s 行，请分成几次。", most=most_lines, rows=len(lines))
        )
    return [_read_line(number, dict(zip(heading, map(clean, row), strict=False))) for number, row in lines]


def _read_line(number: int, cells: dict[str, str]) -> RosterLine:
    complaints: list[str] = []
    plate_number = plate.normalise(cells.get(PLATE, ""))
    vin_tail = vin.normalise(cells.get(VIN, ""))[-_TAIL_LENGTH:]
    facts = Facts(
        number=cells.get(NUMBER) or None,
        mileage_km=_mileage(cells.get(MILEAGE, ""), complaints),
        settled_on=_day(cells.get(SETTLED_ON, ""), complaints),
    )
    code = cells.get(CODE, "")
    if not code and (not plate_number or len(vin_tail) != _TAIL_LENGTH):
        complaints.append(f"没有认领码时，要有{PLATE}和{VIN}（或后 6 位）")
    elif not code and len(facts.given) < 2:
        complaints.append(f"没有认领码时，{NUMBER}、{MILEAGE}、{SETTLED_ON}至少填两项")
    return RosterLine(number, plate_number, vin_tail, code, facts, "；".join(complaints))


def _mileage(text: str, complaints: list[str]) -> Decimal | None:
    bare = text.replace(",", "").removesuffix("千米").removesuffix("公里").strip()
    if not bare:
        return None
    try:
        value = Decimal(bare)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        complaints.append(f"{MILEAGE}应为数字，例如 48210")
        return None
    return value


def _day(text: str, complaints: list[str]) -> date | None:
    if not text:
        return None
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not an instant
        except ValueError:
            continue
    complaints.append(f"{SETTLED_ON}应为日期，例如 2026-09-14")
    return None
