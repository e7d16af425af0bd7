"""复查 by the system: open orders with a condition are held against the records, and what is found is a row of history.

A row is written when the finding turns, when the shop has answered since the last one, and once for the limit itself;
so that a history tells all that mattered and is not filled by a clock. The finding for the limit counts what had come
in by the end of its very second. A 督办 that is put right is closed by that; a 责令改正 waits for an officer's word:
the law has a person confirm it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from chedang.platform.database import load_queries
from chedang.reviews.clocks import is_over
from chedang.supervision.conditions import CheckKind, Condition, Counted, is_met, sentence
from chedang.supervision.model import OPEN_STATES, DutyDeed, DutyKind, DutyParty, DutyState
from chedang.supervision.models.duties import Duty, DutyStep

SYSTEM_NAME: Final = "系统复查"
_SECOND: Final = timedelta(seconds=1)
_SQL: Final = load_queries("chedang.supervision", "checking.sql")
_log = structlog.get_logger(__name__)


def check_all(now: datetime) -> int:
    """Check every open order that has a condition; gives how many rows of history that made."""
    codes = (
        Duty.objects.filter(closed_at=None, condition__isnull=False).order_by("due_at").values_list("code", flat=True)
    )
    return sum(_try(code, now) for code in codes.iterator(chunk_size=500))


def _try(code: str, now: datetime) -> bool:
    """Check one of many: a fault of one, as a condition of a later release, keeps no other unchecked."""
    try:
        return check(code, now=now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        _log.error("an order could not be checked", order=code, fault=type(fault).__name__)
        return False


def check(code: str, *, now: datetime) -> bool:
    """Check one order; True when the history got a row. Nothing is done to one that is closed or has no condition."""
    with transaction.atomic():
        duty = Duty.objects.select_for_update().filter(code=code, closed_at=None, condition__isnull=False).first()
        if duty is None or duty.state not in OPEN_STATES:
            return False
        condition = msgspec.convert(duty.condition, Condition)
        is_at_limit = is_over(duty.due_at, now) and (
            duty.checked_at is None or not is_over(duty.due_at, duty.checked_at)
        )
        until = duty.due_at + _SECOND if is_at_limit else now
        counted = count(duty, condition, until)
        is_fixed = is_met(condition, counted)
        if not (is_at_limit or is_fixed != (duty.found_fixed_at is not None) or _is_answered_since(duty)):
            return False
        _note(duty, condition, counted, is_fixed=is_fixed, until=until, now=now)
    return True


def count(duty: Duty, condition: Condition, until: datetime) -> Counted:
    """What the records that had come in before ``until`` say of an order's condition."""
    given: dict[str, Any] = {"company_code": duty.company_code, "since": duty.issued_at, "until": until}
    match condition.kind:
        case CheckKind.UPLOADED | CheckKind.ERROR_SHARE:
            received, errors = _row("count_new", given)
            return Counted(received=received, errors=errors)
        case CheckKind.MENDED:
            ids = [record_id for record_id, _number in duty.record_numbers]
            named, doubtful = _row("count_named", given | {"record_ids": ids})
            return Counted(named=named, doubtful=doubtful)
        case CheckKind.CONNECTED:
            (is_connected,) = _row("is_connected", given)
            return Counted(is_connected=is_connected)


def _row(statement: str, given: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[statement], given)
        return cursor.fetchone()


def _is_answered_since(duty: Duty) -> bool:
    return duty.state == DutyState.ANSWERED and (
        duty.checked_at is None or (duty.answered_at is not None and duty.checked_at < duty.answered_at)
    )


def _note(
    duty: Duty, condition: Condition, counted: Counted, *, is_fixed: bool, until: datetime, now: datetime
) -> None:
    duty.checked_at = now
    duty.found_fixed_at = (duty.found_fixed_at or now) if is_fixed else None
    is_end = is_fixed and duty.kind == DutyKind.URGE
    if is_end:
        duty.state, duty.closed_at = DutyState.DONE, now
    duty.step_count += 1
    duty.save()
    DutyStep.objects.create(
        duty=duty,
        place=duty.step_count,
        at=now,
        deed=DutyDeed.FIXED if is_end else DutyDeed.CHECK,
        party=DutyParty.SYSTEM,
        organisation=SYSTEM_NAME,
        state=duty.state,
        due_at=duty.due_at,
        text=sentence(condition, counted),
        figures={
            **msgspec.to_builtins(condition),
            **msgspec.structs.asdict(counted),
            "until": until.isoformat(),
            "is_met": is_fixed,
            "is_late": is_fixed and until > duty.due_at + _SECOND,
        },
    )
