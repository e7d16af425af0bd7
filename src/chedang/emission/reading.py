"""What test stations send, by API or as a table, read and checked: all that is wrong at once, field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar

from chedang.emission.model import FailedTest, Fault, Misstated, Retest
from chedang.terms import plate, vin
from chedang.terms.dates import parse_day
from chedang.terms.saying import Said, said
from chedang.terms.text import clean

MOST_ITEMS: Final = 30
LONGEST_ITEM: Final = 60
LONGEST_LIMIT: Final = timedelta(days=366)
OLDEST: Final = timedelta(days=366)
"""A test that is older opens no ticket: its car was to be tested again since."""
COLUMNS: Final = {
    "station_code": "检验机构编号",
    "report_number": "检验报告编号",
    "vin": "车架号",
    "plate_number": "车牌号码",
    "tested_on": "检验日期",
    "failed_items": "不合格项目",
    "deadline_on": "维修期限",
}
"""Field on the wire → heading of a table. Either reads."""
_NUMBER: Final = re.compile("[0-9A-Z][0-9A-Z-]{3,39}")
_STATION: Final = re.compile("[0-9A-Za-z-]{2,32}")
_RESULTS: Final = {"passed": True, "合格": True, "failed": False, "不合格": False}
_BETWEEN_ITEMS: Final = re.compile("[；;、，,\n]")

Value = TypeVar("Value")


class _Reader:
    """Reads single fields and remembers everything that is wrong."""

    def __init__(self, given: Mapping[str, Any], today: date) -> None:
        self._given = given
        self._today = today
        self.faults: list[Fault] = []

    def wrong(self, field: str, sentence: Said) -> None:
        self.faults.append(Fault(field, sentence))

    def text(self, field: str) -> str:
        """The text, '' when it is missing; a number counts as its digits."""
        value = self._given.get(field, "")
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.wrong(field, said("应为文本"))
            return ""
        return clean(str(value))

    def needed(self, field: str, read: Callable[[str], Value | None], nothing: Value, expected: Said) -> Value:
        """What ``read`` makes of a field that must be there."""
        known = len(self.faults)
        text = self.text(field)
        if len(self.faults) > known:
            return nothing
        value = read(text) if text else None
        if value is None:
            wrong = said("应为%(what)s", what=expected) if text else said("没有填写，应为%(what)s", what=expected)
            self.wrong(field, wrong)
            return nothing
        return value

    def day(self, field: str) -> date:
        return self.needed(field, parse_day, date.min, said("日期，如 2026-09-14"))

    def past_day(self, field: str) -> date:
        """A day that is not to come, nor too long ago."""
        day = self.day(field)
        if day > self._today:
            self.wrong(field, said("不能晚于今天"))
        elif date.min < day < self._today - OLDEST:
            self.wrong(field, said("早于 %(days)s 天前，不再受理", days=OLDEST.days))
        return day

    def deadline(self, tested_on: date) -> date:
        day = self.day("deadline_on")
        if date.min not in {day, tested_on} and not tested_on <= day <= tested_on + LONGEST_LIMIT:
            self.wrong("deadline_on", said("应在检验日期之后 %(days)s 天以内", days=LONGEST_LIMIT.days))
        return day

    def vin(self) -> str:
        return self.needed("vin", _read_vin, "", said("17 位车架号，不含字母 I、O、Q"))

    def number(self, field: str) -> str:
        return self.needed(field, _read_number, "", said("4 至 40 位字母、数字或连字符"))

    def items(self) -> tuple[str, ...]:
        value = self._given.get("failed_items")
        texts = _BETWEEN_ITEMS.split(value) if isinstance(value, str) else value
        if not isinstance(texts, list | tuple) or not all(isinstance(each, str) for each in texts):
            self.wrong("failed_items", said("应为不合格项目的名称，一项或多项"))
            return ()
        items = tuple(dict.fromkeys(filter(None, map(clean, texts))))
        if not items:
            self.wrong("failed_items", said("没有填写，应至少有一项"))
        elif len(items) > MOST_ITEMS or any(len(each) > LONGEST_ITEM for each in items):
            wrong = said("最多 %(most)s 项，每项不超过 %(longest)s 个字", most=MOST_ITEMS, longest=LONGEST_ITEM)
            self.wrong("failed_items", wrong)
        return items

    def end(self) -> None:
        """Raises Misstated when anything was wrong."""
        if self.faults:
            raise Misstated(tuple(self.faults))


def read_failed_test(given: Mapping[str, Any], *, today: date, station_code: str = "") -> FailedTest:
    """One failed test. ``station_code`` is the caller's where it names none. Raises Misstated with every fault."""
    reader = _Reader(given if given.get("station_code") else {**given, "station_code": station_code}, today)
    station = reader.needed("station_code", _read_station, "", said("检验机构编号"))
    tested_on = reader.past_day("tested_on")
    test = FailedTest(
        station_code=station,
        report_number=reader.number("report_number"),
        vin=reader.vin(),
        plate_number=reader.needed("plate_number", _read_plate, "", said("车牌号码，如 浙A12345")),
        tested_on=tested_on,
        failed_items=reader.items(),
        deadline_on=reader.deadline(tested_on),
    )
    reader.end()
    return test


def read_retest(given: Mapping[str, Any], *, today: date, station_code: str = "") -> Retest:
    """One result of a re-test. Raises Misstated with every fault."""
    reader = _Reader(given if given.get("station_code") else {**given, "station_code": station_code}, today)
    has_passed = reader.needed("result", _RESULTS.get, None, said("passed 或 failed"))
    tested_on = reader.past_day("tested_on")
    retest = Retest(
        station_code=reader.needed("station_code", _read_station, "", said("检验机构编号")),
        report_number=reader.number("report_number"),
        vin=reader.vin(),
        has_passed=has_passed is True,
        retest_number=reader.number("retest_number"),
        tested_on=tested_on,
        failed_items=reader.items() if has_passed is False else (),
        deadline_on=reader.deadline(tested_on) if has_passed is False else None,
    )
    if retest.retest_number and retest.retest_number == retest.report_number:
        reader.wrong("retest_number", said("应为复检的报告编号，与初检的不同"))
    reader.end()
    return retest


def read_question(given: Mapping[str, Any]) -> tuple[str, str]:
    """Report number and VIN of who asks whether a car may be tested again. Raises Misstated."""
    reader = _Reader(given, date.min)
    asked = reader.number("report_number"), reader.vin()
    reader.end()
    return asked


def read_number(text: str) -> str | None:
    """检验报告编号 as it is kept; ``None`` for what is none."""
    return _read_number(clean(text))


def _read_number(text: str) -> str | None:
    number = text.upper()
    return number if _NUMBER.fullmatch(number) else None


def _read_station(text: str) -> str | None:
    return text if _STATION.fullmatch(text) else None


def _read_vin(text: str) -> str | None:
    number = vin.normalise(text)
    return number if vin.opens_file(number) else None


def _read_plate(text: str) -> str | None:
    found = plate.read(text)
    return found.number or None if found else None
