"""Blots out of free text what names a car, an owner, a shop or a day. Pure (ours, ADR 0030).

Too much is masked rather than too little. A person's name cannot be told from other words and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from chedang.terms.plate import PROVINCE_CODES
from chedang.terms.text import clean

MASK: Final = "***"

_BETWEEN: Final = r"[\s\-_.·•・･‧∙⋅‐‑–—*★☆]*"
"""What people put between the characters of a number."""
_SEPARATORS: Final = re.compile(_BETWEEN)
_SHORTEST_NUMBER: Final = 4
_SHORTEST_NAME: Final = 2
_LEGAL_FORM: Final = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|分公司|公司)$")

_PROVINCES: Final = "".join(PROVINCE_CODES)
_PLATE: Final = (
    rf"[{_PROVINCES}]{_BETWEEN}[A-Z]{_BETWEEN}(?:[A-Z0-9]{_BETWEEN}){{3,6}}[A-Z0-9学警港澳挂领]"
    rf"|WJ{_BETWEEN}[{_PROVINCES}]?{_BETWEEN}(?:[0-9]{_BETWEEN}){{4}}[0-9A-Z]"
    r"|使[0-9]{6}|[0-9]{6}使|民航[A-Z0-9]{5}"
)
_VIN_LIKE: Final = r"[A-Z0-9]{17,}"
_PHONE: Final = (
    r"(?<![0-9])1[\s\-.]?[3-9](?:[\s\-.]?[0-9]){9}"
    r"|\(?0[0-9]{2,3}\)?[\s\-.]?[0-9]{7,8}"
    r"|[48]00[\s\-.]?[0-9]{3}[\s\-.]?[0-9]{4}"
)
_MAIL: Final = r"[A-Z0-9._%+\-]+@[A-Z0-9.\-]+"
_DAY: Final = (
    r"(?:19|20)?[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?"
    r"|[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号]?"
)
_TIME: Final = r"[0-9]{1,2}\s*[:时点]\s*[0-9]{2}"
_LONG_NUMBER: Final = r"[0-9](?:[\s\-]?[0-9]){6,}"
_SHOP: Final = (
    r"[\w()·]{2,16}?"
    r"(?:有限责任公司|有限公司|分公司|修理厂|维修厂|汽修厂|汽修店|维修店|修理店|修理部|维修部|服务站|4S店)"
)
_ALWAYS: Final = (_PLATE, _VIN_LIKE, _MAIL, _PHONE)
_CODES: Final = re.compile("|".join(_ALWAYS), re.IGNORECASE)
_WORDS: Final = re.compile("|".join((*_ALWAYS, _DAY, _TIME, _LONG_NUMBER, _SHOP)), re.IGNORECASE)

_CHINESE_DAY: Final = re.compile(r"([0-9]{4}年[0-9]{1,2}月)[0-9]{1,2}日")
_ISO_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2})-[0-9]{2}")


class Masker:
    """Masks texts of one vehicle's file.

    ``numbers`` are VINs, plates and numbers of shops and settlement lists; one of fewer than 4 characters would blot
    out half of every text and is passed over. ``company_names`` count with and without their legal form,
    ``place_names`` (杭州市, 西湖区) with and without their last character.
    """

    def __init__(self, *, numbers: Iterable[str], company_names: Iterable[str], place_names: Iterable[str]) -> None:
        names = [name for full in company_names for name in (full, _LEGAL_FORM.sub("", clean(full)))]
        names += [name for full in place_names for name in (full, full[:-1])]
        known = {_pack(text) for text in (*numbers, *names)}
        # Longest first: a shop's name must go whole before a part of it goes.
        self._known = sorted(filter(_is_telling, known), key=len, reverse=True)

    def mask(self, text: str) -> str:
        """Free text: what is known and everything that looks like a plate, VIN, telephone, mail, day, time or shop."""
        return self._blot(text, _WORDS)

    def mask_code(self, text: str) -> str:
        """A code of a part, which is a long number by nature: what is known, plates, VINs, telephones."""
        return self._blot(text, _CODES)

    def _blot(self, text: str, telling: re.Pattern[str]) -> str:
        kept, packed = clean(text), _pack(text)
        for known in self._known:
            if known in packed:
                kept = _spaced(known).sub(MASK, kept)
        kept = telling.sub(MASK, kept)
        return text if kept == clean(text) else kept


def blur_days(text: str) -> str:
    """Sentences of our own: ``2026年9月14日`` → ``2026年9月``, ``2026-09-14`` → ``2026-09``."""
    return _ISO_DAY.sub(r"\1", _CHINESE_DAY.sub(r"\1", text))


def _pack(text: str) -> str:
    """Without what may stand between characters, in upper case."""
    return _SEPARATORS.sub("", clean(text)).upper()


def _is_telling(packed: str) -> bool:
    is_name = any("\u4e00" <= character <= "\u9fff" for character in packed)
    return len(packed) >= (_SHORTEST_NAME if is_name else _SHORTEST_NUMBER)


@lru_cache(maxsize=512)
def _spaced(packed: str) -> re.Pattern[str]:
    """Finds the text however its characters are set apart."""
    return re.compile(_BETWEEN.join(re.escape(character) for character in packed), re.IGNORECASE)
