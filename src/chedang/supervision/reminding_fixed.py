"""The end of a reminder: the system looks at the figures again and closes what is put right, with what it saw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from chedang.supervision.models.reminders import Reminder
from chedang.supervision.reminding import note
from chedang.supervision.reminding_model import ReminderDeed, ReminderState
from chedang.supervision.shops import SQL, ShopQuery, parameters

_AT_ONCE: Final = 500
_NAMES: Final = ("last_on", "weeks", "observed", "expected", "standing", "faulty", "doubtful")
_EVERYWHERE: Final = "000000"


def close_fixed(now: datetime) -> int:
    """Close every open case whose concern the figures show no more; gives how many.

    未上传 and 未对接 end as soon as something came in; falling volume and shares with the next count after the case
    was opened. A shop that is not in business any more, or not filed, is not reminded any further.
    """
    asked, closed, after = parameters(ShopQuery(_EVERYWHERE), now), 0, 0
    while rows := _read(asked | {"after": after, "limit": _AT_ONCE}):
        for number, is_supervised, *figures in rows:
            closed += _close(number, bool(is_supervised), _figures(figures), now)
        after = rows[-1][0]
    return closed


def _read(asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL["fixed"], asked)
        return list(cursor.fetchall())


def _close(number: int, is_supervised: bool, figures: dict[str, Any], now: datetime) -> int:
    with transaction.atomic():
        reminder = Reminder.objects.select_for_update(skip_locked=True).filter(pk=number).first()
        if reminder is None or reminder.state != ReminderState.OPEN:
            return 0
        reminder.state = ReminderState.FIXED if is_supervised else ReminderState.ENDED
        reminder.closed_at = now
        deed = ReminderDeed.FIXED if is_supervised else ReminderDeed.ENDED
        note(reminder, deed, now=now, text="" if is_supervised else "not_supervised", figures=figures)
    return 1


def _figures(row: list[Any]) -> dict[str, Any]:
    named = zip(_NAMES, row, strict=True)
    return {name: _plain(value) for name, value in named if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return round(value) if isinstance(value, float) else value
