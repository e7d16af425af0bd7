"""Doubtful habits of fictional shops, after what real uploads show: each spoils one element of a job.

Which shop has which habit is known here, so a detector can be measured against it.
"""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

import msgspec

from chedang.records.model import ProjectText, RecordText


class Habit(Enum):
    """What the shop's software or its clerk does now and then: description, share of its jobs."""

    PLACEHOLDER_VIN = ("VIN 写“无”", 0.10)
    PRICE_IN_HOURS = ("工时栏填金额", 0.60)
    FAULT_DASH = ("故障描述写“-”", 0.50)
    SHORT_VIN = ("VIN 少写几位", 0.08)
    PLATE_IN_VIN = ("VIN 栏填车牌", 0.08)
    MISSING_SETTLEMENT_NUMBER = ("不填结算清单编号", 0.10)
    WRONG_CHECK_DIGIT = ("VIN 抄错一位", 0.08)

    def __init__(self, label: str, share: float) -> None:
        self.label = label
        self.share = share


def spoil(random: Random, habit: Habit, text: RecordText) -> RecordText:
    """The job as a shop with this habit uploads it."""
    return msgspec.structs.replace(text, **_spoilt_elements(random, habit, text))


def _spoilt_elements(random: Random, habit: Habit, text: RecordText) -> dict[str, Any]:
    match habit:
        case Habit.PLACEHOLDER_VIN:
            spoilt: dict[str, Any] = {"vin": "无"}
        case Habit.PRICE_IN_HOURS:
            spoilt = {"projects": tuple(_with_price(each) for each in text.projects)}
        case Habit.FAULT_DASH:
            spoilt = {"fault_description": "-"}
        case Habit.SHORT_VIN:
            spoilt = {"vin": text.vin[-random.randint(6, 8) :]}
        case Habit.PLATE_IN_VIN:
            spoilt = {"vin": text.plate_number}
        case Habit.MISSING_SETTLEMENT_NUMBER:
            spoilt = {"settlement_list_number": ""}
        case Habit.WRONG_CHECK_DIGIT:
            spoilt = {"vin": _with_wrong_check_digit(random, text.vin)}
    return spoilt


def _with_price(project: ProjectText) -> ProjectText:
    """The fee in yuan where the hours belong."""
    return msgspec.structs.replace(project, hours=f"{Decimal(project.hours) * 120 + 200:.2f}")


def _with_wrong_check_digit(random: Random, vin: str) -> str:
    wrong = random.choice([digit for digit in "0123456789X" if digit != vin[8]])
    return vin[:8] + wrong + vin[9:]
