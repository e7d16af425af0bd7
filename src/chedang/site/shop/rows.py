"""Rows of a form that a person adds and takes away: 维修项目, 配件, fees. At once with a script, else by a button.

Every column is a field of one name, once per row (``items-name``, ``items-hours``), so row n is the n-th of each.
A column must be a text field or a choice: a box that is not ticked would not be sent, and the rows would shift.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise

from chedang.terms.text import tidy

MOST_ROWS: Final = 60
Values = Mapping[str, str]
"""One row: name of the column to what was typed."""
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``mode``: keyboard of a phone (text, decimal, numeric); ``choices`` make it a choice."""

    name: str
    label: Words
    mode: str = "text"
    unit: Words = ""
    choices: tuple[tuple[str, Words], ...] = ()
    longest: int = 200
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """What one press adds. ``values`` fill the row, ``label`` and ``note`` stand on the button."""

    label: str
    values: Values
    note: str = ""

    @property
    def as_json(self) -> str:
        return json.dumps(dict(self.values), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one row."""

    column: Column
    value: str
    field_id: str
    problems: Sequence[Words]


@dataclass(frozen=True, slots=True)
class RowTable:
    """What ``workshop/_rows.html`` shows. ``problems``: (row from 0, column) to what does not fit there."""

    name: str
    legend: Words
    add_label: Words
    columns: tuple[Column, ...]
    rows: Sequence[Values]
    picks: Sequence[Pick] = ()
    problems: Mapping[tuple[int, str], Sequence[Words]] = field(default_factory=dict)
    shown_picks: int = 8

    @property
    def cells(self) -> list[list[Cell]]:
        """Rows of fields, one empty row where there is none."""
        return [
            [
                Cell(column, row.get(column.name, ""), self._field_id(number, column), self._problems(number, column))
                for column in self.columns
            ]
            for number, row in enumerate(self.rows or [{}])
        ]

    @property
    def blank(self) -> list[Cell]:
        """An empty row for the script to copy."""
        return [Cell(column, "", "", ()) for column in self.columns]

    @property
    def buttons(self) -> Sequence[Pick]:
        """What is offered as buttons; the rest is offered while one types."""
        return self.picks[: self.shown_picks]

    def _field_id(self, number: int, column: Column) -> str:
        return f"id_{self.name}-{number}-{column.name}"

    def _problems(self, number: int, column: Column) -> Sequence[Words]:
        return self.problems.get((number, column.name), ())


def read_rows(post: QueryDict, name: str, columns: Sequence[Column]) -> list[dict[str, str]]:
    """Rows as they were sent, empty ones too, at most 60. Texts are tidied and cut to what a column may hold."""
    lists = [post.getlist(f"{name}-{column.name}")[:MOST_ROWS] for column in columns]
    return [
        {column.name: tidy(value)[: column.longest] for column, value in zip(columns, values, strict=True)}
        for values in zip_longest(*lists, fillvalue="")
    ]


def is_empty(row: Values, columns: Sequence[Column]) -> bool:
    """Was nothing typed into the row? A choice alone is nothing."""
    return not any(row.get(column.name, "") for column in columns if not column.choices)


def press(
    post: QueryDict, name: str, columns: Sequence[Column], rows: list[dict[str, str]], picks: Sequence[Pick]
) -> bool:
    """Do what one of the table's own buttons asks, in place; False when none of them was pressed."""
    if f"{name}-add" in post:
        if len(rows) < MOST_ROWS:
            rows.append(dict.fromkeys((column.name for column in columns), ""))
        return True
    if f"{name}-remove" in post:
        if (number := _number(post.get(f"{name}-remove", ""), len(rows))) is not None:
            del rows[number]
        return True
    if f"{name}-pick" in post:
        if (number := _number(post.get(f"{name}-pick", ""), len(picks))) is not None:
            _put(dict(picks[number].values), columns, rows)
        return True
    return False


def _put(values: dict[str, str], columns: Sequence[Column], rows: list[dict[str, str]]) -> None:
    """Into the first empty row, or a new one; what the pick does not say is empty there."""
    values = {column.name: values.get(column.name, "") for column in columns}
    for number, row in enumerate(rows):
        if is_empty(row, columns):
            rows[number] = values
            return
    if len(rows) < MOST_ROWS:
        rows.append(values)


def _number(text: object, count: int) -> int | None:
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < count else None
