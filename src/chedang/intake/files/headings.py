"""Which element a heading means: the names of ``data/headers.toml``, told apart the way people write them. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from chedang.intake.files.model import ANSWER_HEADINGS, FileUnreadable
from chedang.records.model import PartText, ProjectText, RecordText
from chedang.terms.text import clean

NUMBER = "costlistcode"
PARTS_LIST = "vehiclepartslist"
PROJECTS_LIST = "repairprojectlist"
LISTS = frozenset({PARTS_LIST, PROJECTS_LIST})

_BRACKET = re.compile(r"[(\[【<{〔].*")
_PUNCTUATION = re.compile(r"[\W_]+")
_MONEY = re.compile(r"[元¥￥]|金额|单价")


def _attributes(struct: type[RecordText] | type[PartText] | type[ProjectText]) -> dict[str, str]:
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    return {wire: attribute for wire, attribute in names if wire not in LISTS}


HEADER_ATTRIBUTES: Mapping[str, str] = _attributes(RecordText)
"""Wire name → attribute of the eight header elements."""
PART_ATTRIBUTES: Mapping[str, str] = _attributes(PartText)
PROJECT_ATTRIBUTES: Mapping[str, str] = _attributes(ProjectText)
ELEMENTS = (*HEADER_ATTRIBUTES, *PART_ATTRIBUTES, *PROJECT_ATTRIBUTES)
"""The 13 elements by wire name, in the order of the standard."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a table carry."""

    elements: dict[int, str]
    """Wire name by column, counted from 0."""
    ignored: tuple[str, ...]
    answers: dict[str, int]
    """Columns of an earlier answer, by heading."""


@cache
def load_headings() -> Mapping[str, tuple[str, int]]:
    """Folded heading → (wire name, rank); rank 0 is the element's own name."""
    data = tomllib.loads(
        resources.files("chedang.intake.files").joinpath("data", "headers.toml").read_text(encoding="utf-8")
    )
    return {
        fold_heading(heading): (wire, rank)
        for wire, headings in data.items()
        for rank, heading in enumerate((wire, *headings))
    }


@cache
def chinese_name(wire_name: str) -> str:
    """The element's name in the standard: ``vin`` → 车辆识别代号."""
    data = tomllib.loads(
        resources.files("chedang.intake.files").joinpath("data", "headers.toml").read_text(encoding="utf-8")
    )
    return str(data[wire_name][0])


def fold_heading(heading: str) -> str:
    """Form in which headings are compared: ``*送修里程（km）`` and ``送修 里程`` are the same.

    A bracket with a unit of money stays, so that 工时(元) does not become 工时.
    """
    text = clean(heading).lower()
    if not _MONEY.search(text):
        text = _BRACKET.sub("", text) or text
    return _PUNCTUATION.sub("", text)


def element_of(heading: str) -> str | None:
    """The wire name that a heading or a member stands for; ``None`` for one nobody knows."""
    found = load_headings().get(fold_heading(heading))
    return found[0] if found else None


def read_columns(headings: Sequence[str]) -> Columns:
    """Tell what each column carries. Raises FileUnreadable when two columns have the same name of one element."""
    best: dict[str, tuple[int, int]] = {}
    answers: dict[str, int] = {}
    ignored: dict[int, str] = {}
    for column, heading in enumerate(headings):
        if heading in ANSWER_HEADINGS:
            answers.setdefault(heading, column)
            continue
        wire, rank = load_headings().get(fold_heading(heading), ("", 0))
        if not wire or wire in LISTS:
            ignored[column] = heading
        elif wire not in best or rank < best[wire][0]:
            if wire in best:
                ignored[best[wire][1]] = headings[best[wire][1]]
            best[wire] = (rank, column)
        elif rank == best[wire][0]:
            raise FileUnreadable(f"表头里“{heading}”出现了两次，请删去多余的一列后重新上传。")
        else:
            ignored[column] = heading
    elements = {column: wire for wire, (_rank, column) in best.items()}
    return Columns(elements, tuple(ignored[column] for column in sorted(ignored) if ignored[column]), answers)


def count_known(headings: Iterable[str]) -> int:
    """How many different elements a row of cells names: the heading is the row that names most."""
    return len({element_of(heading) for heading in headings} - {None} - LISTS)
