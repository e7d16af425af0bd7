"""Reading and deciding on a registration, from an officer's page or from the admin."""

from __future__ import annotations

from django.utils import timezone

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Role
from chedang.access.models import User
from chedang.access.rules import account_purpose
from chedang.enterprises import actions
from chedang.enterprises.model import ReviewState
from chedang.enterprises.store import find_by_code
from chedang.filing.filing_model import StepKind
from chedang.filing.history import By, note
from chedang.site.archive.connections import archive
from chedang.site.connecting import remind_to_connect
from chedang.site.organisation import organisation_of


def note_reading(by: User, company_code: str) -> None:
    """Write down a look at a registration, which names persons, before it is shown."""
    purpose = account_purpose(Role(by.role))
    record_event(by, AuditAction.READ_ENTERPRISE, purpose, now=timezone.now(), object_id=company_code)


def decide(by: User, company_code: str, *, decision: str, reason: str) -> None:
    """Approve or reject, and write down who did so before it is done. Raises EnterpriseError."""
    now = timezone.now()
    is_approval = decision == "approve"
    action = AuditAction.APPROVE_ENTERPRISE if is_approval else AuditAction.REJECT_ENTERPRISE
    purpose = account_purpose(Role(by.role))
    with archive() as connection:
        stood = find_by_code(connection, company_code)
    before = None if stood is None else {"review_state": stood.review_state.value}
    after = {"review_state": (ReviewState.APPROVED if is_approval else ReviewState.REJECTED).value}
    record_event(by, action, purpose, now=now, object_id=company_code, before=before, after=after)
    review = actions.approve if is_approval else actions.reject
    with archive() as connection:
        reviewed = review(connection, company_code, by=by.username, now=now, reason=reason)
    if reviewed.is_changed:
        kind = StepKind.APPROVED if is_approval else StepKind.REJECTED
        authority = organisation_of(by)
        note(reviewed.enterprise.company_code, kind, By(by, authority), now=now, text=reason)
        if is_approval:
            remind_to_connect(reviewed.enterprise, by, authority=authority, now=now)
