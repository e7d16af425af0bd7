"""What of filings waits, for the first pages of shops and officers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.enterprises.filed import ExpiringCounts, ExpiringShop, count_expiring, list_expiring
from chedang.enterprises.store import Connection
from chedang.filing.filing_model import ChangeState
from chedang.filing.inspection_model import OPEN
from chedang.filing.models.filings import FilingChange
from chedang.filing.models.inspections import Inspection, InspectionQuerySet
from chedang.filing.models.papers import ChecklistAnswers
from chedang.terms.dates import day_in_china

EXPIRES_WITHIN_DAYS: Final = 60
"""How long before 有效期止 a filing is worth a reminder (ours)."""


class FilingCounts(NamedTuple):
    """Counts of one shop."""

    open_changes: int
    """变更申请 that an officer has not decided."""
    refused_changes: int
    """1 when the newest 变更申请 was refused: something is to be mended, or let be."""
    checklist_missing: int | None
    """Conditions of its class not met or not answered; ``None`` when the list was never answered."""


def counts_of(company_code: str) -> FilingCounts:
    """What waits of a shop, by its own code."""
    changes = FilingChange.objects.filter(company_code=company_code)
    newest = changes.order_by("-asked_at", "-pk").values_list("state", flat=True).first()
    answered = ChecklistAnswers.objects.filter(company_code=company_code).order_by("-version")
    return FilingCounts(
        open_changes=changes.filter(state=ChangeState.WAITING).count(),
        refused_changes=int(newest == ChangeState.REFUSED),
        checklist_missing=answered.values_list("missing", flat=True).first(),
    )


def expiring(
    connection: Connection,
    officer: User,
    *,
    days: int = EXPIRES_WITHIN_DAYS,
    now: datetime,
    limit: int = 50,
    offset: int = 0,
) -> list[ExpiringShop]:
    """Filings of the division and below whose 有效期止 is within so many days or over, the earliest first."""
    prefix, until_on = division_prefix(officer.division_code), day_in_china(now) + timedelta(days=days)
    return list_expiring(connection, prefix, until_on, limit=limit, offset=offset)


def expiring_counts(
    connection: Connection, officer: User, *, days: int = EXPIRES_WITHIN_DAYS, now: datetime
) -> ExpiringCounts:
    """How many :func:`expiring` has, and how many of these are over."""
    today = day_in_china(now)
    prefix = division_prefix(officer.division_code)
    return count_expiring(connection, prefix, today + timedelta(days=days), today=today)


def inspections_due(officer: User, now: datetime) -> InspectionQuerySet:
    """Visits planned for today or earlier that did not take place: those of today, and overdue ones."""
    return Inspection.objects.in_scope(officer).filter(state__in=OPEN, planned_on__lte=day_in_china(now))
