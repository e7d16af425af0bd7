"""Words of notices: templates as data (``data/templates.toml``), and gaps that are filled for each shop. Pure but for
reading what ships with the package. All ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped
from chedang.supervision.model import NoticeKind

MOST_TITLE: Final = 100
MOST_TEXT: Final = 2000
_GAP: Final = re.compile(r"\{([^{}]*)\}")


class Gap(StrEnum):
    """What a notice may leave open, to be filled for each shop when it is sent."""

    COMPANY_NAME = "企业名称"
    LAST_UPLOAD = "最后上传"
    """Day of the newest record and how long ago that was."""
    DOUBTFUL_RECORDS = "有疑问记录"
    """Records of the last 30 days with an error or a doubt."""
    RECENT_VOLUME = "近期上传"
    """Records of the judged weeks beside what was expected, see ``quality.expectation``."""
    FAULTY_RECORDS = "有错误记录"
    """Records with an error among those of the last days."""
    OVERDUE_CASES = "逾期反馈"
    """Corrections and complaints that wait for the shop beyond their limit."""
    FILING_END = "备案到期"


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words to begin with; the officer changes them as needed."""

    key: Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
    name: Annotated[str, Meta(min_length=1)]
    kind: NoticeKind
    title: Annotated[str, Meta(max_length=MOST_TITLE)]
    text: Annotated[str, Meta(max_length=MOST_TEXT)]
    asks_acknowledgement: bool
    silent_days: Annotated[int, Meta(ge=1, le=366)] | None = None


class _Templates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    templates: tuple[Template, ...]


@cache
def load_templates() -> Mapping[str, Template]:
    """The templates by key, in the order of the file. Raises msgspec.ValidationError for a file that does not fit."""
    shipped = read_shipped("chedang.supervision", "templates.toml", _Templates)
    return {each.key: msgspec.structs.replace(each, text=each.text.strip()) for each in shipped.templates}


def gaps_of(text: str) -> list[Gap]:
    """The gaps of a text, each once. Raises ValueError with the name of one that is unknown."""
    return list(dict.fromkeys(Gap(name) for name in _GAP.findall(text)))


def unknown_gaps(text: str) -> list[str]:
    """Names in braces that are no gaps."""
    return [name for name in dict.fromkeys(_GAP.findall(text)) if name not in set(Gap)]


def fill(text: str, fills: Mapping[str, str]) -> str:
    """The text as one shop reads it; a gap without a fill stays as it is."""
    return _GAP.sub(lambda found: fills.get(found[1], found[0]), text)
