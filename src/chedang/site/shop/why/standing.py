"""What the desk knows of shops that a badge asks for: orders and owners' reports that are overdue."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db.models import Q, QuerySet

from chedang.reviews.case_model import CaseKind, Party
from chedang.reviews.cases import overdue as overdue_cases
from chedang.reviews.models.cases import Case
from chedang.supervision.counting import overdue as overdue_duties
from chedang.supervision.models.duties import Duty


def late_corrections(now: datetime) -> QuerySet[Case]:
    """反馈 that are undecided although a shop let its deadline pass."""
    corrections = Case.objects.filter(kind=CaseKind.CORRECTION)
    return overdue_cases(corrections, now).filter(Q(is_missed_by_shop=True) | Q(holder=Party.SHOP))


def overdue_by_shop(now: datetime) -> tuple[Counter[str], Counter[str]]:
    """Overdue orders to correct and overdue reports, by 企业编码: few, so all at once."""
    duties = overdue_duties(Duty.objects.all(), now).values_list("company_code", flat=True)
    return Counter(duties), Counter(late_corrections(now).values_list("company_code", flat=True))
