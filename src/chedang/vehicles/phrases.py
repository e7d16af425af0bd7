"""The words of 维修项目 and 配件 made comparable: one spelling for what shops call by many names. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from chedang.terms.text import clean

_MEANINGLESS: Final = re.compile(r"[\s·\-_()\[\]【】“”\"'*#:：.。]+")
_BETWEEN: Final = re.compile(r"[、，,;；/+&|]+|及|和|与|并|或")
_LONGEST_TEXT: Final = 200


@lru_cache(maxsize=8_192)
def normalise(text: str) -> str:
    """Half width, lower case, without blanks and brackets, in the names of the vocabulary: 更换 机滤 → 更换机油滤清器.

    At most 200 characters of it. Idempotent. Source of the names: ``data/synonyms.toml`` (ours).
    """
    folded = _MEANINGLESS.sub("", clean(text[:_LONGEST_TEXT]).casefold())
    pattern, names = _synonyms()
    return pattern.sub(lambda found: names[found[0]], folded)


@lru_cache(maxsize=8_192)
def split(text: str) -> tuple[str, ...]:
    """The parts of one row that name several things, normalised: 更换机油、机滤 → 更换机油, 机油滤清器."""
    return tuple(part for part in _BETWEEN.split(normalise(text)) if part)


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    """Names stand for themselves too: 机油滤清器 must not be taken for 机油滤 + 清器."""
    listed: dict[str, str] = {}
    for name, others in read_data("synonyms.toml")["names"].items():
        listed |= dict.fromkeys(others, name)
        listed.setdefault(name, name)
    by_length = sorted(listed, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, by_length))), listed


def read_data(name: str) -> dict[str, Any]:
    """One of the tables in ``data/``."""
    return tomllib.loads(resources.files("chedang.vehicles").joinpath("data", name).read_text(encoding="utf-8"))
