"""What of a shop's filing waits, for its first page."""

from __future__ import annotations

from typing import NamedTuple

from chedang.filing.filing_model import ChangeState
from chedang.filing.models.filings import FilingChange
from chedang.filing.models.papers import ChecklistAnswers


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
