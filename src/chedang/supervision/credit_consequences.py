"""What follows from a grade, as data (``data/credit-consequences.toml``, ours, 待核), and the words of the order."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped
from chedang.supervision.credit_review_model import Result
from chedang.supervision.credit_sheet import Grade

MOST_ORDER_TEXT = 1000


class Link(StrEnum):
    """What the officer's page offers beside a consequence."""

    NONE = ""
    INSPECTION = "inspection"
    ORDER = "order"


class Consequence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of a grade."""

    grade: Grade
    text: Annotated[str, Meta(min_length=1, max_length=100)]
    text_en: str = ""
    link: Link = Link.NONE

    def in_language(self, language: str) -> str:
        """The English words for ``en``, where there are any; else the Chinese."""
        return self.text_en if language.startswith("en") and self.text_en else self.text


class _Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    consequences: tuple[Consequence, ...]


@cache
def _shipped() -> _Shipped:
    return read_shipped("chedang.supervision", "credit-consequences.toml", _Shipped)


def consequences_of(grade: Grade) -> tuple[Consequence, ...]:
    """Of this grade, in the order of the data."""
    return tuple(each for each in _shipped().consequences if each.grade is grade)


def order_text(year: int, result: Result) -> str:
    """What an order to correct begins with: the rows that lost points, the most first. Chinese, as it is kept."""
    lost = sorted((row for row in result.rows if row.points < row.most), key=lambda row: row.points - row.most)
    rows = "；".join(f"{row.name} {row.points}/{row.most} 分" for row in lost)
    words = f"{year} 年度质量信誉考核评定为 {result.grade} 级（{result.points} 分）。请改正失分的项目：{rows}。"
    return words[:MOST_ORDER_TEXT]
