"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.filing.models.cancelling import FilingCancellation
from chedang.filing.models.filings import FilingChange, FilingStep
from chedang.filing.models.inspections import (
    Inspection,
    InspectionAnswer,
    InspectionDraw,
    InspectionPhoto,
    InspectionStep,
)
from chedang.filing.models.papers import ChecklistAnswers, FilingAttachment
from chedang.filing.models.staff import (
    CERTIFICATE_NAMES,
    TRADE_NAMES,
    ShopAccess,
    StaffCertificate,
    StaffMember,
    StaffPhone,
    StaffSpell,
)

__all__ = [
    "CERTIFICATE_NAMES",
    "TRADE_NAMES",
    "ChecklistAnswers",
    "FilingAttachment",
    "FilingCancellation",
    "FilingChange",
    "FilingStep",
    "Inspection",
    "InspectionAnswer",
    "InspectionDraw",
    "InspectionPhoto",
    "InspectionStep",
    "ShopAccess",
    "StaffCertificate",
    "StaffMember",
    "StaffPhone",
    "StaffSpell",
]
