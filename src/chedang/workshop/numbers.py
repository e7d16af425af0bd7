"""结算清单编号 for shops that have no software to make them (ours; its form is each shop's own affair)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F

from chedang.workshop.models import NumberSerial

_PREFIX: Final = "CD"


def next_number(company_code: str, on: date) -> str:
    """The next number of a shop on a day: ``CD20261122-0001``. Never given twice, whoever asks at the same moment.

    Part of the caller's transaction: rolled back, it was never given.
    """
    with transaction.atomic():
        serials = NumberSerial.objects.filter(company_code=company_code, day=on)
        NumberSerial.objects.get_or_create(company_code=company_code, day=on)
        serials.update(last=F("last") + 1)  # holds the row until the transaction ends
        last = serials.values_list("last", flat=True).get()
    return f"{_PREFIX}{on:%Y%m%d}-{last:04d}"
