"""督促提醒: notice → SMS → letter for shops with a concern, and the end of it when the figures are right again.

One open case per shop and concern. A whole list is reminded in one transaction with a handful of statements, however
long it is. Every rung is a row of a history that only grows. What the system does by itself has no person in its row.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.reviews.clocks import deadline
from chedang.supervision import notices
from chedang.supervision.model import NotAllowed, NoticeKind, Overtaken
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.notices import Notice
from chedang.supervision.models.reminders import Reminder, ReminderLetter, ReminderStep
from chedang.supervision.notices import Writing
from chedang.supervision.reminding_model import (
    ReminderDeed,
    ReminderState,
    load_reminder_parameters,
)
from chedang.supervision.shops import SQL, ShopQuery, on_wanted, parameters
from chedang.terms.text import tidy

MOST_REASON: Final = 200


class Reach(msgspec.Struct, frozen=True):
    """What a reminder of a list would do now."""

    shops: int
    due: int
    """Would get the notice."""
    too_soon: int
    """Have an open reminder of the concern that is too new."""
    elsewhere: int
    """Are registered at another node, which reminds them."""
    example: str
    """Code of the first that would get it; '' for none."""


class Words(msgspec.Struct, frozen=True):
    """What the notice says."""

    title: str
    text: str
    template: str = ""
    asks_acknowledgement: bool = False


def reach(wanted: ShopQuery, *, now: datetime) -> Reach:
    """Whom a reminder would reach. ``wanted`` names the concern."""
    with connection.cursor() as cursor:
        cursor.execute(on_wanted("reach"), parameters(wanted, now) | {"again_before": _again_before(now)})
        shops, due, too_soon, elsewhere, example = cursor.fetchone()
    return Reach(shops, due, too_soon, elsewhere, example or "")


def remind(code: str, wanted: ShopQuery, words: Words, officer: User, *, authority: str, now: datetime) -> Notice:
    """Open or go on with a case for every wanted shop, and send them one notice under a code that the page drew.

    The same code once more gives the notice that stands: pressed twice, it is sent once. Shops reminded of the same
    less than ``again_days`` ago, and those of other nodes, get nothing. Raises NotAllowed.
    """
    if wanted.concern is None:
        raise NotAllowed(_("请选择要提醒的事项。"))

    def choose(notice: Notice) -> list[str]:
        given = parameters(wanted, now) | {
            "notice_id": notice.pk,
            "now": now,
            "again_before": _again_before(now),
            "climbs_at": deadline(now, load_reminder_parameters().sms_after_days),
            "authority_code": officer.division_code,
            "authority": authority,
            "actor": officer.pk,
        }
        with connection.cursor() as cursor:
            # In this order: what is opened now must not look like an old case.
            for name in ("remind_again", "open_reminders"):
                cursor.execute(on_wanted(name), given)
            cursor.execute(SQL["note_reminded"], given)
            cursor.execute(SQL["reminded"], given)
            codes = [row[0] for row in cursor.fetchall()]
        if not codes:
            raise NotAllowed(_("没有要提醒的企业：都刚提醒过，或者已经改正。"))
        return codes

    writing = Writing(
        kind=NoticeKind.REMINDER,
        title=words.title,
        text=words.text,
        template=words.template,
        asks_acknowledgement=words.asks_acknowledgement,
    )
    return notices.send_at_once(code, writing, officer, authority=authority, now=now, choose=choose)


def end(public_id: str, officer: User, reason: str, *, organisation: str, now: datetime) -> Reminder:
    """Close a case without the figures' word, for a reason. Raises NotAllowed."""
    words = tidy(reason)
    if not words or len(words) > MOST_REASON:
        raise NotAllowed(_("请写明结束的原因，不超过 200 个字。"))
    with transaction.atomic():
        reminder = lock_open(public_id, officer)
        reminder.state, reminder.closed_at = ReminderState.ENDED, now
        note(reminder, ReminderDeed.ENDED, now=now, actor=officer, organisation=organisation, text=words)
    return reminder


def link_order(duty: Duty, officer: User, *, organisation: str, now: datetime) -> int:
    """Write in the shop's open cases that an order was issued for them; gives how many."""
    with transaction.atomic():
        found = Reminder.objects.open().of_shop(duty.company_code).filter(duty=None).select_for_update()
        cases = list(found.order_by("pk"))
        for reminder in cases:
            reminder.duty = duty
            note(reminder, ReminderDeed.ORDER, now=now, actor=officer, organisation=organisation, text=duty.code)
    return len(cases)


def lock_open(public_id: str, officer: User) -> Reminder:
    """An open case of the officer's division, locked. Raises NotAllowed, Overtaken for one that is closed."""
    reminder = Reminder.objects.select_for_update().filter(public_id=public_id).first()
    if reminder is None or not is_in_scope(reminder.division_code, officer.division_code):
        raise NotAllowed(_("没有这件提醒。"))
    if reminder.state != ReminderState.OPEN:
        raise Overtaken(_("这件提醒已经结束，请看最新进展。"))
    return reminder


def note(
    reminder: Reminder,
    deed: ReminderDeed,
    *,
    now: datetime,
    actor: User | None = None,
    organisation: str = "",
    text: str = "",
    figures: dict[str, Any] | None = None,
    letter: ReminderLetter | None = None,
) -> None:
    """Save the case with one more row of history."""
    reminder.step_count += 1
    reminder.save()
    ReminderStep.objects.create(
        reminder=reminder,
        place=reminder.step_count,
        at=now,
        deed=deed,
        actor=actor,
        organisation=organisation,
        text=text,
        figures=figures or {},
        letter=letter,
    )


def _again_before(now: datetime) -> datetime:
    return now - timedelta(days=load_reminder_parameters().again_days)
