"""What the pages of a self-assessment begin with: the sheet in use, the shop's draft, its figures."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises import store as enterprises
from chedang.site.archive.connections import archive
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.supervision import credit
from chedang.supervision.credit_evidence import CreditFiles
from chedang.supervision.credit_sheet import Indicator, Sheet, load_sheet
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.credit import CreditAssessment

SHEET_FILE: Final = "credit-sheet.toml"


def sheet() -> Sheet:
    """The sheet in use: the node's own file in its data directory, or the one that is shipped."""
    own: Path = NODE.data_dir / SHEET_FILE
    return load_sheet(own if own.is_file() else None)


@cache
def files() -> CreditFiles:
    """Photos of this node."""
    return CreditFiles(NODE.data_dir)


def assessment_of(request: HttpRequest, year: int, now: datetime) -> CreditAssessment:
    """The shop's sheet of a year; begun when the year is open. Raises Http404 for another year."""
    shop = person(request)
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, shop.company_code)
    if enterprise is None:
        raise Http404
    try:
        return credit.find_or_begin(shop.company_code, enterprise.division_code, year, now=now)
    except NotAllowed:
        raise Http404 from None


def indicator_of(key: str) -> Indicator:
    """One that takes photos. Raises Http404."""
    found = sheet().find(key)
    if found is None or not found.takes_evidence:
        raise Http404
    return found


def note_deed(request: HttpRequest, assessment: CreditAssessment, now: datetime) -> str:
    """Write down that the shop works on its assessment, before it is done; gives the shop's name."""
    shop = person(request)
    organisation = organisation_of(shop)
    record_event(
        shop,
        AuditAction.ASSESS_SELF,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=assessment.public_id,
        organisation=organisation,
    )
    return organisation


sheet()  # one that cannot be used stops the site at its start, with the reason
