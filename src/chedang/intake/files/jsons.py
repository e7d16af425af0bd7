"""json and ndjson: objects under wire or Chinese names, flat or with ``basicInfo``, with lists or as rows. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from chedang.intake.files.cells import read_cell
from chedang.intake.files.headings import (
    HEADER_ATTRIBUTES,
    PART_ATTRIBUTES,
    PARTS_LIST,
    PROJECT_ATTRIBUTES,
    PROJECTS_LIST,
    element_of,
)
from chedang.intake.files.model import ANSWER_HEADINGS, MAX_ROWS, FileUnreadable, SourceRow
from chedang.intake.files.tables import cell_finding, file_finding, too_many_rows
from chedang.records.model import Finding, PartText, ProjectText

_NESTED = "basicinfo"
_WRAPPERS = ("records", "data", "rows")
# A file of real jobs stays far below; a few MiB of "{}," would become hundreds of MiB of objects.
_MAX_OBJECTS = 300_000
_MAX_COMMAS = 2_000_000


def check_structure(text: str) -> None:
    """Look for a bomb of brackets before decoding. Raises FileUnreadable."""
    if text.count("{") + text.count("[") > _MAX_OBJECTS or text.count(",") > _MAX_COMMAS:
        raise too_many_rows()


def decode_document(text: str, *, parse_float: Callable[[str], Any] = Decimal) -> Any:
    """One JSON document; numbers keep their digits unless the caller wants others. Raises FileUnreadable."""
    try:
        return json.loads(text, parse_float=parse_float)
    except RecursionError as fault:
        raise FileUnreadable("JSON 的层数太多，不是维修记录。") from fault
    except ValueError as fault:
        place = (
            f"第 {fault.lineno} 行第 {fault.colno} 个字符" if isinstance(fault, json.JSONDecodeError) else "数字过长"
        )
        raise FileUnreadable(f"文件不是完整的 JSON：{place}处读不下去。请检查导出程序后重新上传。") from fault


def objects_of(document: Any) -> list[Any]:
    """The records of a document: an array, an object that wraps one, or one lone record."""
    if isinstance(document, dict):
        wrapped = [document[name] for name in _WRAPPERS if isinstance(document.get(name), list)]
        document = wrapped[0] if len(wrapped) == 1 else [document]
    if not isinstance(document, list):
        raise FileUnreadable("JSON 文件应为一个数组或一个对象。")
    return document


def read_document(text: str) -> Iterator[SourceRow]:
    """Rows of a json file, numbered by their place in the array."""
    records = objects_of(decode_document(text))
    if len(records) > MAX_ROWS:
        raise too_many_rows()
    return (read_object(number, record) for number, record in enumerate(records, 1))


def read_lines(text: str) -> Iterator[SourceRow]:
    """Rows of an ndjson file, numbered by line; a line that is no JSON is a row with a finding."""
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        count += 1
        if count > MAX_ROWS:
            raise too_many_rows()
        try:
            record = json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError):
            record = None
        yield read_object(number, record)


def read_object(number: int, record: Any) -> SourceRow:
    """One object as a row; it is whole when it brings lists of its own."""
    found: list[Finding] = []
    if not isinstance(record, dict):
        return SourceRow(number, {}, findings=(file_finding("FILE_RECORD_UNREADABLE", "", number),), is_whole=True)
    members = _flatten(record)
    known = _members_by_wire(members)
    header = _read_texts(known, HEADER_ATTRIBUTES, "/basicInfo/", number, found)
    parts = _read_list(known, PARTS_LIST, PART_ATTRIBUTES, number, found)
    projects = _read_list(known, PROJECTS_LIST, PROJECT_ATTRIBUTES, number, found)
    return SourceRow(
        number,
        header,
        tuple(PartText(**{PART_ATTRIBUTES[wire]: text for wire, text in part.items()}) for part in parts),
        tuple(
            ProjectText(**{PROJECT_ATTRIBUTES[wire]: text for wire, text in project.items()}) for project in projects
        ),
        tuple(found),
        is_whole=PARTS_LIST in known or PROJECTS_LIST in known,
        unknown=tuple(name for name in members if element_of(name) is None and name not in ANSWER_HEADINGS),
    )


def _flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """The members with those of ``basicInfo`` beside them."""
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if name.lower() == _NESTED and isinstance(value, dict):
            flat |= value
        else:
            flat[name] = value
    return flat


def _members_by_wire(members: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in members.items():
        wire = element_of(name)
        if wire is not None and value is not None:
            known.setdefault(wire, value)
    return known


def _read_list(
    known: Mapping[str, Any], list_name: str, names: Mapping[str, str], number: int, found: list[Finding]
) -> list[dict[str, str]]:
    """Rows of a list; without the list, the members of one row at the top of the object."""
    if list_name not in known:
        row = _read_texts(known, names, f"/{list_name}/0/", number, found)
        return [row] if row else []
    value = known[list_name]
    entries = value if isinstance(value, list) else [value]
    rows = []
    for place, entry in enumerate(entries):
        if not isinstance(entry, dict):
            found.append(file_finding("FILE_RECORD_UNREADABLE", f"/{list_name}/{place}", number))
            continue
        rows.append(_read_texts(_members_by_wire(entry), names, f"/{list_name}/{place}/", number, found))
    return rows


def _read_texts(
    known: Mapping[str, Any], names: Mapping[str, str], at: str, number: int, found: list[Finding]
) -> dict[str, str]:
    texts: dict[str, str] = {}
    for wire in names:
        value = known.get(wire)
        if isinstance(value, dict | list):
            found.append(file_finding("FILE_RECORD_UNREADABLE", at + wire, number))
            continue
        text, fault = read_cell(value, wire)
        if fault:
            found.append(cell_finding(fault, at + wire, wire, number, text))
        if text:
            texts[wire] = text
    return texts
