"""What is filed of a shop, who may change which element, and what became of it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from chedang.enterprises.model import Registration, RegistrationFinding

KEY_FIELDS: Final = (
    "company_name",
    "division_code",
    "category",
    "road_transport_license",
    "unified_credit_code",
    "address",
    "economic_category",
    "business_scope",
    "superintendent_name",
    "license_start_date",
    "license_end_date",
    "operation_state",
)
"""备案事项: a change of one of these waits for the officer (ours; by 机动车维修管理规定 a shop tells of a changed name,
representative, scope and address; the article 待核)."""

FREE_FIELDS: Final = ("linkman_name", "linkman_phone", "superintendent_phone", "postal_code", "email")
"""How the shop is reached: a change of these counts at once."""

FIELDS: Final = KEY_FIELDS + FREE_FIELDS
"""Every element but the password, by its name in ``enterprises.model.RegistrationText``."""

DECISION_WORKING_DAYS: Final = 5
"""工作日 within which a filing or a change should be decided (ours)."""


class ChangeState(StrEnum):
    """Where a request to change key fields stands."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class StepKind(StrEnum):
    """What happened to a filing."""

    FILED = "filed"
    """By the web, anew."""
    FILED_AGAIN = "filed_again"
    """Mended after 审核不成功."""
    CHANGED = "changed"
    """What counts at once."""
    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    REFUSED = "refused"
    APPROVED = "approved"
    REJECTED = "rejected"
    ATTACHED = "attached"
    DETACHED = "detached"
    CHECKED = "checked"
    """The class checklist was answered."""
    PROFILE = "profile"
    CANCEL_ASKED = "cancel_asked"
    """注销, by the shop."""
    CANCEL_BACK = "cancel_back"
    """The shop took that back."""
    CANCEL_KEPT = "cancel_kept"
    """不同意注销."""
    CANCELLED = "cancelled"
    RESTORED = "restored"
    """恢复备案."""


APPLIED: Final = frozenset(
    {StepKind.FILED, StepKind.FILED_AGAIN, StepKind.CHANGED, StepKind.AGREED, StepKind.CANCELLED, StepKind.RESTORED}
)
"""Steps after which the elements they name stand as they say."""


class Edit(msgspec.Struct, frozen=True, array_like=True):
    """One element before and after, as texts of a registration. May hold a person's name or number."""

    field: str
    before: str
    after: str

    def __repr__(self) -> str:
        """Only what may stand in a log or a traceback."""
        return f"Edit({self.field!r})"


class FilingRefused(Exception):
    """What was asked cannot be; ``sentence`` says in Chinese why and what to do."""

    def __init__(self, sentence: str, findings: tuple[RegistrationFinding, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.findings = findings
        """Of the rules of a registration, where these refuse it."""


def texts_of(registration: Registration) -> dict[str, str]:
    """The elements as texts of a registration, by :data:`FIELDS`."""
    start, end = registration.license_start_on, registration.license_end_on
    renamed = {
        "category": registration.category_code,
        "economic_category": registration.economic_category_code,
        "operation_state": registration.operation_state_code,
        "license_start_date": start.isoformat() if start else "",
        "license_end_date": end.isoformat() if end else "",
    }
    return {name: renamed[name] if name in renamed else str(getattr(registration, name)) for name in FIELDS}


def edits_between(before: Registration, after: Registration) -> tuple[Edit, ...]:
    """Elements that differ, in the order of :data:`FIELDS`."""
    old, new = texts_of(before), texts_of(after)
    return tuple(Edit(name, old[name], new[name]) for name in FIELDS if old[name] != new[name])
