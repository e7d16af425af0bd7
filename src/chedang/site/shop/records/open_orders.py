"""未结算的工单 on a shop's own page: jobs that came in several calls and still wait for their settlement."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from chedang.enterprises.store import Connection
from chedang.intake import orders
from chedang.platform.settings import Settings

_SHOWN = 50


def orders_view(connection: Connection, company_code: str) -> dict[str, Any]:
    """What the section shows: the longest waiting first, how many there are in all, when each will be dropped."""
    kept_for = timedelta(days=Settings.from_environment().open_order_days)
    return {
        "count": orders.count_of(connection, company_code),
        "shown": _SHOWN,
        "rows": [
            {
                "number": order.order_key,
                "plate_number": order.text.plate_number,
                "opened_at": order.opened_at,
                "dropped_on": timezone.localdate(order.changed_at + kept_for),
            }
            for order in orders.list_open(connection, company_code, limit=_SHOWN)
        ],
    }
