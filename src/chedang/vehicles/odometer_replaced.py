"""更换里程表: does a record say that the odometer was replaced? Pure (ours, ADR 0027).

The standard has no element for it; shops write it among 维修项目 and 配件. Only the instrument that counts the
kilometres is meant, not its lamps, sensors and cables, nor the dashboard.
"""

from __future__ import annotations

import re
from typing import Final

from chedang.records.model import RecordText
from chedang.terms.text import clean

_INSTRUMENT: Final = (
    r"(?:里程表|里程计|码表|转速里程表|(?:全?液晶|数字|组合|车速)?仪表(?:总成|盘|板总成|组件)?|仪表显示屏)(?:总成)?"
)
_VERB: Final = r"(?:更换|换装|换新|调换|换)"
# What may follow the instrument's name; anything else (灯泡、传感器、台、罩 …) names another thing.
_END: Final = r"(?=$|[\s、，,;；。.（(＋+/]|及|和|并|后|工时|维修)"
_DONE: Final = re.compile(rf"{_VERB}(?:了|新|原厂|全新|副厂|拆车件?)*(?:的)?{_INSTRUMENT}{_END}")
_NAMED: Final = re.compile(rf"(?:^|[\s、，,;；。]){_INSTRUMENT}(?:拆装)?{_VERB}")
_PART: Final = re.compile(rf"{_INSTRUMENT}(?:[（(].*[)）])?")


def says_replaced(text: RecordText) -> bool:
    """Is there a 维修项目 that replaces the odometer, or the instrument itself among the 配件?"""
    return any(_is_replacing(project.name) for project in text.projects) or any(
        _PART.fullmatch(clean(part.name)) for part in text.parts
    )


def _is_replacing(name: str) -> bool:
    cleaned = clean(name)
    return _DONE.search(cleaned) is not None or _NAMED.search(cleaned) is not None
