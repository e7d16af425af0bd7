"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.supervision.models.announcements import (
    Announcement,
    AnnouncementPaper,
    AnnouncementStep,
    ListedSoftware,
)
from chedang.supervision.models.assessment import AssessmentBasis, AssessmentCorrection, AssessmentWeights
from chedang.supervision.models.credit import CreditAssessment, CreditEvidence, CreditStep
from chedang.supervision.models.credit_review import CreditObjectionFile, CreditReview, CreditReviewStep
from chedang.supervision.models.duties import Duty, DutyEvidence, DutyStep
from chedang.supervision.models.enforcement import CaseStep, Censure, HandOver, Sanction
from chedang.supervision.models.notices import Notice, Recipient
from chedang.supervision.models.reminders import Reminder, ReminderLetter, ReminderStep
from chedang.supervision.models.reports import HalfYearReport, IssuedReport, ReportStep, ReportText
from chedang.supervision.models.snapshots import Snapshot

__all__ = [
    "Announcement",
    "AnnouncementPaper",
    "AnnouncementStep",
    "AssessmentBasis",
    "AssessmentCorrection",
    "AssessmentWeights",
    "CaseStep",
    "Censure",
    "CreditAssessment",
    "CreditEvidence",
    "CreditObjectionFile",
    "CreditReview",
    "CreditReviewStep",
    "CreditStep",
    "Duty",
    "DutyEvidence",
    "DutyStep",
    "HalfYearReport",
    "HandOver",
    "IssuedReport",
    "ListedSoftware",
    "Notice",
    "Recipient",
    "Reminder",
    "ReminderLetter",
    "ReminderStep",
    "ReportStep",
    "ReportText",
    "Sanction",
    "Snapshot",
]
