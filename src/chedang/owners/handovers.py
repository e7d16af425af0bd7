"""When a car changed hands, and what stays hidden from whoever has it since."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from django.db.models import Max

from chedang.access.models import User
from chedang.owners.handing_models import Transfer
from chedang.owners.model import Access, Kind
from chedang.owners.models import Binding, Fleet
from chedang.terms.dates import SHANGHAI, day_in_china

MOVED_IN: Final = "company"
"""Why a person's own binding ended: the car belongs to the person's company from now on."""
OWNERS: Final = (str(Kind.OWN), str(Kind.COMPANY))


def hidden_before(vin: str, *, user: User | None = None, fleet: Fleet | None = None) -> date | None:
    """From which day on a person or company that binds the car now may see the shops; ``None``: all of them.

    What was before belongs to the owner before. Whoever had the car already keeps what was hidden then, and a company
    what was hidden from the person who brought the car.
    """
    days = []
    for former in Binding.objects.filter(vin=vin, kind__in=OWNERS).exclude(ended_at=None):
        is_same = (former.user, former.fleet) == (user, fleet) or former.ended_why == MOVED_IN
        if is_same:
            days.append(former.shops_hidden_before_on)
        elif former.ended_at is not None:
            days.append(day_in_china(former.ended_at))
    return max((day for day in days if day is not None), default=None)


def handed_over_at(access: Access) -> datetime | None:
    """Since when the car is its present owner's; ``None`` for one that never changed hands here.

    What was done with it before, visits and looks alike, is the former owner's business, also where that one agreed to
    show the shops.
    """
    taken_at = Transfer.objects.filter(binding__vin=access.vin).aggregate(last=Max("taken_at"))["last"]
    hidden = access.shops_hidden_before
    began_at = datetime.combine(hidden, time(), SHANGHAI) if hidden else None
    return max((at for at in (taken_at, began_at) if at is not None), default=None)


def handed_over_on(access: Access) -> date | None:
    """The day of that in China."""
    at = handed_over_at(access)
    return None if at is None else day_in_china(at)
