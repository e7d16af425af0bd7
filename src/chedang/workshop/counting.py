"""What a shop's home page says of its desk."""

from __future__ import annotations

from typing import NamedTuple

from chedang.workshop.models import Draft, Order, Sending
from chedang.workshop.order_model import OrderState
from chedang.workshop.sending_model import SendingState


class WorkshopCounts(NamedTuple):
    """Numbers of one shop."""

    open_orders: int
    """工单 that are not settled."""
    unsent: int
    """Settled jobs that the archive does not have yet: waiting, or refused and to be mended."""
    drafts: int
    """Jobs begun on the quick form and not sent."""


def counts_of(company_code: str) -> WorkshopCounts:
    """Count what is open on the shop's desk."""
    unsent = Sending.objects.filter(company_code=company_code).exclude(state=SendingState.SENT)
    drafts = Draft.objects.filter(company_code=company_code, sending__isnull=True)
    orders = Order.objects.filter(company_code=company_code, state__in=(OrderState.OPEN, OrderState.DISPATCHED))
    return WorkshopCounts(open_orders=orders.count(), unsent=unsent.count(), drafts=drafts.count())
