"""Writes docs/reference/findings.md from the catalogue of rules and their limits.

``python dev/make_findings_reference.py`` writes it; ``dev/check_docs.py`` fails when it is out of step.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from chedang.records.catalogue import Entry, load_catalogue
from chedang.records.examples import Change, list_changes
from chedang.records.limits import Element, Limits, load_limits

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "findings.md"

_LEVELS = {"error": "错误 error", "warn": "疑问 warn", "info": "提示 info"}
_OF_THE_RECORD = "整条记录 · the record as a whole"
_OF_A_FILE = "整个文件 · a file of records"
_OF_A_FILE = "上传的文件 · an uploaded file"
_COLUMNS = "| Code | Level | 说明 · Text | 怎么办 · What to do | 例 · Example |\n|---|---|---|---|---|"
_NAMES = {
    "companyname": "维修企业名称",
    "vin": "车辆识别代号",
    "vehicleplatenumber": "车牌号码",
    "repairdate": "送修日期",
    "repairmileage": "送修里程",
    "settledate": "结算日期",
    "faultdescription": "故障描述",
    "costlistcode": "结算清单编号",
    "partsname": "配件名称",
    "partscode": "配件编码",
    "partsquantity": "配件数量",
    "repairproject": "维修项目",
    "workinghours": "维修工时",
}
_HEAD = """\
# 规则与限值 · Findings and limits

<!-- Made by dev/make_findings_reference.py from src/chedang/records/data. Do not edit. -->

What the rules can find in a repair record ([how they judge](../explanation/architecture.md#the-life-of-a-record)).
A finding has a stable code, a level, a field (a JSON pointer in wire names such as `/basicInfo/vin` or
`/vehiclepartslist/0/partscode`) and arguments, which stand in braces below; `{row}` counts from 1.

- 错误 error: counts against 合格率. The record is stored all the same, unless the node is set to `strict`.
- 疑问 warn: a doubt that somebody should look at.
- 提示 info: a note.

The same texts stand on every node for everybody, one page for each code: `/findings/`. Tests judge the examples.

A node changes levels, limits and placeholders with a file of its own: [how](../how-to/change-limits.md). Lengths are
those of deployed systems; the official ones in JT/T 1132.3 were not read (待核).

## 限值 · Limits
"""


def render() -> str:
    """The whole page as text."""
    catalogue, limits = load_catalogue(), load_limits()
    pieces = [_HEAD, *_general_limits(limits), *_element_limits(limits), *_findings(catalogue, limits)]
    return "\n".join(pieces) + "\n"


def _general_limits(limits: Limits) -> Iterator[str]:
    yield "| Key | Value | Meaning |\n|---|---|---|"
    yield f"| `storage_characters` | {limits.storage_characters} | longest text of one element that is kept whole |"
    yield f"| `kept_rows` | {limits.kept_rows} | rows of 配件 and of 维修项目, each, that are kept |"
    yield f"| `clock_skew_days` | {limits.clock_skew_days} | days by which a shop's clock may be ahead of ours |"
    yield f"| `earliest_day` | {limits.earliest_day} | no repair before it is believed |"
    odometer = limits.odometer
    yield f"| `odometer.fall_tolerance_km` | {odometer.fall_tolerance_km} | a reading less by this much is rounding |"
    yield f"| `odometer.most_km_per_day` | {odometer.most_km_per_day} | farther than one can drive in a day |"
    yield f"| `odometer.most_readings` | {odometer.most_readings} | only so many of the newest readings are judged |"


def _element_limits(limits: Limits) -> Iterator[str]:
    yield "\n| Element | 中文 | Kind | Longest | Largest | Decimals | Doubtful above | Placeholders |"
    yield "|---|---|---|---|---|---|---|---|"
    for wire_name, element in limits.element.items():
        yield f"| `{wire_name}` | {_NAMES[wire_name]} | {' | '.join(_element_cells(element))} |"
    yield "\nPlaceholders are compared in half width, upper case and without blanks:\n"
    for name, texts in limits.placeholders.items():
        yield f"- `{name}`: " + " ".join(f"`{text}`" for text in texts)


def _element_cells(element: Element) -> Iterator[str]:
    yield element.kind
    yield str(element.longest or "–") if element.kind == "text" else "–"  # VIN and plate are judged by their form
    yield f"{element.largest:,}" if element.largest is not None else "–"
    yield str(element.decimals if element.decimals is not None else "–")
    yield f"{element.doubtful_above:,.12g}" if element.doubtful_above is not None else "–"
    yield ", ".join(f"`{name}`" for name in element.placeholders) or "–"


def _findings(catalogue: Mapping[str, Entry], limits: Limits) -> Iterator[str]:
    elements = {element.code: wire_name for wire_name, element in limits.element.items()}
    elements |= {"SETTLED": "settledate"}
    heading = ""
    for code, entry in catalogue.items():
        wire_name = _element_of(code, elements)
        of_no_element = _OF_A_FILE if code.startswith("FILE_") else _OF_THE_RECORD
        wanted = f"{_NAMES[wire_name]} · `{wire_name}`" if wire_name else of_no_element
        if wanted != heading:
            heading = wanted
            yield f"\n## {heading}\n\n{_COLUMNS}"
        example = _example(code, entry)
        yield f"| `{code}` | {_LEVELS[entry.level]} | {entry.zh}<br>{entry.en} | {_hints(entry)} | {example} |"


def _element_of(code: str, elements: Mapping[str, str]) -> str:
    """Wire name of the element whose findings begin like this code; '' for one about the whole record."""
    fitting = [prefix for prefix in elements if re.match(rf"{prefix}_", code)]
    return elements[max(fitting, key=len)] if fitting else ""


def _hints(entry: Entry) -> str:
    hints = [entry.zh_hint, entry.en_hint]
    if entry.zh_hint_with_suggestion:
        hints += [entry.zh_hint_with_suggestion, entry.en_hint_with_suggestion]
    return "<br>".join(hints)


def _example(code: str, entry: Entry) -> str:
    if entry.sheet:
        return "<br>".join(" ¦ ".join(str(cell) or "（空）" for cell in row) for row in entry.sheet)
    if entry.lines:
        return "<br>".join(f"`{line}`" for line in entry.lines.splitlines())
    return "<br>".join(map(_change, list_changes(code)))


def _change(change: Change) -> str:
    if change.is_list:
        return f"`{change.wire_name}`: {change.size} 行 rows"
    if not change.size:
        return f"`{change.wire_name}`: 空 empty"
    size = f" （{change.size}）" if change.sent.endswith("…") else ""
    return f"`{change.wire_name}`: `{change.sent}`{size}"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}: {len(load_catalogue())} codes\n")
