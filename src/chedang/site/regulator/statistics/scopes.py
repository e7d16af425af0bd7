"""Which division figures are asked for, within the officer's; the way there, and the parts below."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.http import Http404

from chedang.access.models import User
from chedang.access.rules import NATION, is_in_scope
from chedang.site.enterprise_view import division_name
from chedang.terms import division

_CODE_LENGTH: Final = 6


class Step(NamedTuple):
    """A division on the way from the officer's to the one that is shown."""

    code: str
    name: str


def read_scope(officer: User, asked: str) -> str:
    """The division of ``?scope=``, or the officer's own. Raises Http404 for one outside it, as for one unknown."""
    if not asked:
        return officer.division_code
    is_code = len(asked) == _CODE_LENGTH and asked.isascii() and asked.isdigit()
    is_known = is_code and (asked == NATION or division.find(asked) is not None or asked == officer.division_code)
    if not is_known or not _lies_within(asked, officer.division_code):
        raise Http404
    return asked


def _lies_within(code: str, own: str) -> bool:
    if code == NATION:
        return own == NATION
    return is_in_scope(code, own) and not (code != own and is_in_scope(own, code))


def trail(officer: User, scope: str) -> list[Step]:
    """The officer's division, then each level down to ``scope``."""
    codes = dict.fromkeys((officer.division_code, scope[:2] + "0000", scope[:4] + "00", scope))
    ends = {scope, officer.division_code}
    steps = [code for code in codes if code in ends or _is_between(code, officer, scope)]
    return [Step(code, division_name(code) if code == officer.division_code else short_name(code)) for code in steps]


def _is_between(code: str, officer: User, scope: str) -> bool:
    if scope == NATION or code.startswith("00") or division.find(code) is None:
        return False
    return _lies_within(code, officer.division_code) and _lies_within(scope, code)


def short_name(code: str) -> str:
    """``330106`` → 西湖区: for lists within its prefecture."""
    if code == NATION:
        return division_name(code)
    found = division.find(code)
    return found.name if found else code


def has_parts(code: str) -> bool:
    """Whether there is a level below."""
    return code.endswith("00")
