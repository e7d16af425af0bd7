"""公开信息表: reading a CSV file of shops' public particulars as offices keep it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import msgspec

from chedang.enterprises.profile_model import CREDIT_GRADES, OWN_FIELDS, ShopProfile
from chedang.enterprises.table import TableUnreadable, decode, delimiter_of
from chedang.terms import enterprise_code
from chedang.terms.saying import said
from chedang.terms.text import tidy

COLUMNS = (
    "companycode",
    "latitude",
    "longitude",
    "brands",
    "nev",
    "mstation",
    "openinghours",
    "creditgrade",
    "credityear",
    "is4s",
    "rescue",
    "chain",
)
"""Columns (ours), in any order; the first is required. See :func:`over` for what a line leaves empty."""
_YES = frozenset({"1", "是", "y", "yes", "true"})
_NO = frozenset({"", "0", "否", "n", "no", "false"})
_FIELDS_OF = {
    "latitude": ("latitude", "longitude"),
    "brands": ("brands",),
    "nev": ("repairs_nev",),
    "mstation": ("is_emission_station",),
    "openinghours": ("opening_hours",),
    "creditgrade": ("credit_grade", "credit_year"),
    "is4s": ("is_4s",),
    "rescue": ("has_rescue",),
    "chain": ("chain_name",),
}
LONGEST_HOURS = 60
MOST_BRANDS = 20
LONGEST_BRAND = 20
LONGEST_CHAIN = 40


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One line: the profile, or why it cannot be read, each sentence beginning with its column."""

    line: int
    company_code: str
    profile: ShopProfile | None
    complaints: tuple[str, ...] = ()
    told: frozenset[str] = frozenset()
    """Fields of the profile about which the line says something."""


def over(known: ShopProfile, row: ProfileRow) -> ShopProfile:
    """What stands after a line that can be read: what it says, over what was known.

    A column that the file lacks changes nothing. An empty cell changes nothing of what shops tell of themselves
    (OWN_FIELDS), so that an office's table does not wipe it; in the columns of the authority it means no M station, no
    grade.
    """
    assert row.profile is not None  # noqa: S101 - of a line that can be read
    return msgspec.structs.replace(known, **{name: getattr(row.profile, name) for name in row.told})


def read_profile_table(raw: bytes) -> list[ProfileRow]:
    """Read the file: UTF-8 or GB18030; comma, semicolon or tab. Raises TableUnreadable when it is no such table."""
    reader = csv.DictReader(io.StringIO(decode(raw), newline=""), delimiter=delimiter_of(raw))
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if COLUMNS[0] not in names:
        raise TableUnreadable(said("第一行应为列名，其中必须有 companycode"))
    reader.fieldnames = names
    return [
        _read_row(line, {key: tidy(value or "") for key, value in row.items() if key}) for line, row in _rows(reader)
    ]


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for row in reader:
        yield reader.line_num, row


def _read_row(line: int, row: dict[str, str]) -> ProfileRow:
    complaints: list[str] = []
    code = row.get("companycode", "")
    if not enterprise_code.is_acceptable(code):
        complaints.append("companycode：维修企业编码应为 12 至 15 位数字")
    latitude = _degrees(row, "latitude", 90, complaints)
    longitude = _degrees(row, "longitude", 180, complaints)
    if not complaints and (latitude is None) != (longitude is None):
        complaints.append("latitude、longitude：经纬度要么都填，要么都不填")
    named = [tidy(each) for each in row.get("brands", "").replace("；", "/").replace(";", "/").split("/")]
    brands = tuple(dict.fromkeys(brand for brand in named if brand))
    if len(brands) > MOST_BRANDS or any(len(brand) > LONGEST_BRAND for brand in brands):
        complaints.append(f"brands：用 / 或；隔开，最多 {MOST_BRANDS} 个，每个不超过 {LONGEST_BRAND} 个字")
    hours = row.get("openinghours", "")
    if len(hours) > LONGEST_HOURS:
        complaints.append(f"openinghours：不超过 {LONGEST_HOURS} 个字")
    grade, year = _grade(row, complaints)
    flags = {column: _flag(row, column, complaints) for column in ("nev", "mstation", "is4s", "rescue")}
    chain = row.get("chain", "")
    if len(chain) > LONGEST_CHAIN:
        complaints.append(f"chain：不超过 {LONGEST_CHAIN} 个字")
    if complaints:
        return ProfileRow(line, code, None, tuple(complaints))
    return ProfileRow(
        line,
        code,
        ShopProfile(
            company_code=code,
            latitude=latitude,
            longitude=longitude,
            brands=brands,
            repairs_nev=flags["nev"],
            is_emission_station=flags["mstation"],
            opening_hours=hours,
            credit_grade=grade,
            credit_year=year,
            is_4s=flags["is4s"],
            has_rescue=flags["rescue"],
            chain_name=chain,
        ),
        told=_told(row),
    )


def _told(row: dict[str, str]) -> frozenset[str]:
    return frozenset(
        field
        for column, fields in _FIELDS_OF.items()
        if column in row and (row[column] or fields[0] not in OWN_FIELDS)
        for field in fields
    )


def _degrees(row: dict[str, str], column: str, most: int, complaints: list[str]) -> Decimal | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > most:
        complaints.append(f"{column}：应为 -{most} 到 {most} 之间的度数，例如 30.27415")
        return None
    return round(value, 5)


def _flag(row: dict[str, str], column: str, complaints: list[str]) -> bool:
    text = row.get(column, "").lower()
    if text not in _YES | _NO:
        complaints.append(f"{column}：填 1 或 0（是、否）")
    return text in _YES


def _grade(row: dict[str, str], complaints: list[str]) -> tuple[str, int | None]:
    grade, year = row.get("creditgrade", "").upper(), row.get("credityear", "")
    if grade and grade not in CREDIT_GRADES:
        complaints.append("creditgrade：应为 AAA、AA、A 或 B，没有考核的留空")
    if grade and not (year.isascii() and year.isdigit() and 2006 <= int(year) <= 2100):
        complaints.append("credityear：应为考核的年度，例如 2025")
        return grade, None
    return grade, int(year) if grade else None
