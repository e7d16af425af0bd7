"""Who sees what of 运行考核 (ADR 0052): tables from one's own division upwards, figures from there downwards."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from django.http import Http404

from chedang.access.models import User
from chedang.access.rules import NATION, division_prefix, is_in_scope
from chedang.site.settings import NODE
from chedang.supervision import assessment_months
from chedang.supervision.assessment_months import has_parts, parent
from chedang.supervision.assessment_sheet import Version, load_versions

WEIGHTS_FILE: Final = "assessment.toml"
_CODE_LENGTH: Final = 6


def versions() -> tuple[Version, ...]:
    """The weights in use: the node's own file in its data directory, or those that are shipped."""
    own: Path = NODE.data_dir / WEIGHTS_FILE
    return load_versions(own if own.is_file() else None)


def own_division() -> str:
    """What this node answers for: its province, or the nation."""
    return NATION if NODE.node.level == "ministry" else f"{NODE.node.code}0000"


def leagues(officer: User) -> list[str]:
    """Divisions of which the officer may see the table of parts, the own one first, then those above it."""
    code, own = officer.division_code, own_division()
    found = [code] if has_parts(code) else []
    while code != own and is_in_scope(code, own):
        code = parent(code)
        found.append(code)
    return found


def first_league(officer: User) -> str:
    """The table in which the officer's division stands, where this node has one; else that of its parts."""
    above = [code for code in leagues(officer) if code != officer.division_code]
    return above[0] if above else officer.division_code


def read_league(officer: User, asked: str) -> str:
    """The division of ``?scope=`` whose table is wished. Raises Http404 for one that is not the officer's to see."""
    if not asked:
        return first_league(officer)
    if asked in leagues(officer) or (_is_below(asked, officer) and has_parts(asked)):
        return asked
    raise Http404


def read_division(officer: User, asked: str) -> str:
    """A division whose figures are wished. Raises Http404 for a foreign one, as for one unknown."""
    if asked == officer.division_code or _is_below(asked, officer):
        return asked
    raise Http404


def read_month(text: str) -> date:
    """Raises Http404 for what is no month."""
    month = assessment_months.read_name(text)
    if month is None:
        raise Http404
    return month


def may_freeze(officer: User) -> bool:
    """Who answers for the whole node."""
    return officer.division_code == own_division()


def _is_below(code: str, officer: User) -> bool:
    is_code = len(code) == _CODE_LENGTH and code.isascii() and code.isdigit() and not code.startswith("00")
    if not is_code or not is_in_scope(code, officer.division_code):
        return False
    return len(division_prefix(code)) >= len(division_prefix(officer.division_code))


versions()  # weights that cannot be used stop the site at its start, with the reason
