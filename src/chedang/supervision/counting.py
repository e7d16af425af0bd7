"""What the authority wants of a shop, in numbers; each is that of the list it opens."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from chedang.supervision.duty_rules import latest_missed
from chedang.supervision.model import SHOP_STATES, NoticeState
from chedang.supervision.models.duties import Duty, DutyQuerySet
from chedang.supervision.models.notices import Recipient


class SupervisionCounts(NamedTuple):
    """Of one shop."""

    unread_notices: int
    open_duties: int
    """Orders that wait for the shop, the overdue ones too."""
    overdue_duties: int


def counts_of(company_code: str, now: datetime) -> SupervisionCounts:
    """What waits for a shop at this moment."""
    waiting = waiting_for_shop(company_code)
    unread = Recipient.objects.filter(company_code=company_code, read_at=None, notice__state=NoticeState.SENT)
    return SupervisionCounts(unread.count(), waiting.count(), overdue(waiting, now).count())


def waiting_for_shop(company_code: str) -> DutyQuerySet:
    """Orders that the shop has to answer."""
    return Duty.objects.of_shop(company_code).filter(state__in=SHOP_STATES)


def overdue(duties: DutyQuerySet, now: datetime) -> DutyQuerySet:
    """Of these the ones whose limit passed while the shop had them."""
    return duties.filter(state__in=SHOP_STATES, due_at__lte=latest_missed(now))
