"""Lines for the watch list, typed or from a table. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from chedang.enterprises.table import TableUnreadable
from chedang.terms import plate, vin
from chedang.terms.dates import parse_day
from chedang.terms.saying import Said, said
from chedang.terms.text import clean
from chedang.watch.model import NewEntry, Wanted, WatchRefused

COLUMNS: Final = {
    "vin": "车架号",
    "plate_number": "车牌号码",
    "case_number": "案件编号",
    "since_on": "布控开始日期",
    "until_on": "布控截止日期",
}
_DAYS: Final = {"since_on": said("布控开始日期"), "until_on": said("布控截止日期")}
MOST_ROWS: Final = 2_000
LONGEST_CASE_NUMBER: Final = 60
_LONGEST: Final = timedelta(days=366 * 10)


def read_entry(given: Mapping[str, str], *, today: date) -> NewEntry:
    """One line by field. Raises WatchRefused with everything that is wrong."""
    wrong: list[Said] = []
    vin_text, plate_text = clean(given.get("vin", "")), clean(given.get("plate_number", ""))
    number, plate_number = vin.normalise(vin_text), _plate(plate_text)
    if vin_text and not vin.opens_file(number):
        wrong.append(said("车架号应为 17 位，不含字母 I、O、Q"))
    if plate_text and not plate_number:
        wrong.append(said("车牌号码不成立，应如 浙A12345"))
    if not vin_text and not plate_text:
        wrong.append(said("车架号和车牌号码至少填一项"))
    case_number = clean(given.get("case_number", ""))
    if not 0 < len(case_number) <= LONGEST_CASE_NUMBER:
        wrong.append(said("请填写案件编号，不超过 %(most)s 个字", most=LONGEST_CASE_NUMBER))
    since_on = _day(given, "since_on", today, wrong) or today
    until_on = _day(given, "until_on", today, wrong)
    if until_on is not None and not max(since_on, today) <= until_on <= today + _LONGEST:
        wrong.append(said("布控截止日期应在今天和开始日期之后，十年以内"))
    if wrong:
        raise WatchRefused(*wrong)
    wanted = Wanted(vin=number, plate_number=plate_number, case_number=case_number)
    return NewEntry(wanted=wanted, since_on=since_on, until_on=until_on)


def read_rows(rows: Iterable[Sequence[str]]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their number in the spreadsheet, the heading being 1; cells by field. Raises TableUnreadable."""
    fields = {heading: field for field, heading in COLUMNS.items()}
    lines = iter(rows)
    heading = [fields.get(clean(cell), "") for cell in next(lines, [])]
    if "case_number" not in heading or not {"vin", "plate_number"} & set(heading):
        raise TableUnreadable(said("第一行应为列名：%(names)s。", names=tuple(COLUMNS.values())))
    found = [
        (number, {field: cell for field, cell in zip(heading, cells, strict=False) if field})
        for number, cells in enumerate(lines, 2)
        if any(cells)
    ]
    if len(found) > MOST_ROWS:
        raise TableUnreadable(
            said("一次最多 %(most)s 行，这个文件有 %(rows)s 行，请分成几个。", most=MOST_ROWS, rows=len(found))
        )
    return found


def _plate(text: str) -> str:
    found = plate.read(text) if text else None
    return found.number if found else ""


def _day(given: Mapping[str, str], field: str, today: date, wrong: list[Said]) -> date | None:
    text = clean(given.get(field, ""))
    if not text:
        return None
    day = parse_day(text)
    if day is None:
        wrong.append(said("%(field)s应为日期，如 2026-09-14", field=_DAYS[field]))
    elif field == "since_on" and day > today + _LONGEST:
        wrong.append(said("%(field)s太远", field=_DAYS[field]))
    return day
