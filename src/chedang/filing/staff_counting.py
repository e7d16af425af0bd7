"""How many certificates of a shop's people are to be renewed."""

from __future__ import annotations

from datetime import date, timedelta

from chedang.filing.models import StaffCertificate
from chedang.filing.staff_model import REMIND_DAYS


def expiring_certificates(company_code: str, today: date) -> int:
    """Certificates of people who work at the shop that end within 30 days or are over; ``today`` in Asia/Shanghai."""
    return StaffCertificate.objects.filter(
        member__company_code=company_code,
        member__left_on=None,
        ended_at=None,
        valid_until_on__lte=today + timedelta(days=max(REMIND_DAYS)),
    ).count()
