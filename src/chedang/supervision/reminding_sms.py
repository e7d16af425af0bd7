"""The second rung: an SMS to who manages the shop, once a notice. It tells neither VIN nor plate, nor the concern.

Who sends marks the case first, then hands the text over, then writes down what became of it: two workers never send
twice, and no transaction waits for a gateway.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef

from chedang.access import sms
from chedang.access.models import User
from chedang.filing import staff_accounts, staff_phones
from chedang.reviews.clocks import deadline
from chedang.supervision.duty_rules import latest_missed
from chedang.supervision.models.notices import Recipient
from chedang.supervision.models.reminders import Reminder
from chedang.supervision.reminding import note
from chedang.supervision.reminding_model import ReminderDeed, ReminderState, Rung, load_reminder_parameters
from chedang.supervision.shops import SQL
from chedang.terms import phone
from chedang.terms.dates import SHANGHAI, day_in_china

NO_WAY: Final = "no_way"
"""This node sends no SMS."""
NO_PHONE: Final = "no_phone"
GATEWAY: Final = "gateway"
INTERRUPTED: Final = "interrupted"
_AT_ONCE: Final = 200
_LOST_AFTER: Final = timedelta(hours=1)

_log = structlog.get_logger(__name__)


def climb(now: datetime) -> int:
    """Send an SMS for every case whose notice stayed unread too long, some at a time; gives how many were sent.

    A limit of working days ends at midnight: nothing goes out before the morning.
    """
    _settle_interrupted(now)
    limits = load_reminder_parameters()
    first, last = limits.sms_hours
    if not limits.sends_sms_by_itself or not first <= now.astimezone(SHANGHAI).hour < last:
        return 0
    due = unread(Reminder.objects.open()).filter(rung=int(Rung.NOTICE), climbs_at__lte=latest_missed(now))
    numbers = list(due.order_by("climbs_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    return sum(send(number, None, organisation="", now=now) == "" for number in numbers)


def unread(reminders: models.QuerySet[Reminder]) -> models.QuerySet[Reminder]:
    """Of these the ones whose notice nobody at the shop has opened."""
    read = Recipient.objects.filter(
        notice=OuterRef("notice"), company_code=OuterRef("company_code"), read_at__isnull=False
    )
    return reminders.filter(~Exists(read))


def send(number: int, officer: User | None, *, organisation: str, now: datetime) -> str | None:
    """Send the SMS of a case: '' when it was handed over, else why not; ``None`` when it was sent or closed before."""
    with transaction.atomic():
        reminder = Reminder.objects.select_for_update().get(pk=number)
        if (reminder.state, reminder.rung) != (ReminderState.OPEN, Rung.NOTICE):
            return None
        reminder.rung, reminder.sms_claimed_at = int(Rung.SMS), now
        reminder.climbs_at = deadline(now, load_reminder_parameters().letter_after_days)
        reminder.save()
    fault = _hand_over(reminder)
    _write_down(number, fault, officer, organisation=organisation, now=now)
    return fault


def text_of(reminder: Reminder) -> str:
    """What the SMS says, without the signature."""
    on = day_in_china(reminder.reminded_at)
    return (
        f"{reminder.authority}{on.month}月{on.day}日发给贵单位的提醒还没有打开，请登录维修电子健康档案系统，"
        "在“来自主管机关和车主”中查看。已处理的请忽略。"
    )


def _hand_over(reminder: Reminder) -> str:
    if sms.sender() is None:
        return NO_WAY
    number = _phone_of(reminder.company_code)
    if not number:
        return NO_PHONE
    try:
        sms.send_text(number, text_of(reminder))
    except sms.NotSent:
        _log.warning("a shop was not reminded by SMS", reminder=reminder.public_id)
        return GATEWAY
    return ""


def _phone_of(company_code: str) -> str:
    """Of an account that manages the shop, else of the registration; '' for none that is a mobile number."""
    managers = staff_accounts.managers_of(company_code).order_by("pk")
    numbers = [number for user in managers if (number := staff_phones.number_of(user))]
    if not numbers:
        with connection.cursor() as cursor:
            cursor.execute(SQL["phones"], {"company_code": company_code})
            registered = cursor.fetchone() or ()
        numbers = [number for text in registered if phone.is_mobile(number := phone.normalise(text))]
    return numbers[0] if numbers else ""


def _write_down(number: int, fault: str, officer: User | None, *, organisation: str, now: datetime) -> None:
    with transaction.atomic():
        reminder = Reminder.objects.select_for_update().get(pk=number)
        reminder.sms_claimed_at = None
        deed = ReminderDeed.SMS_NOT_SENT if fault else ReminderDeed.SMS
        note(reminder, deed, now=now, actor=officer, organisation=organisation, text=fault)


def _settle_interrupted(now: datetime) -> None:
    """A worker that fell between marking and writing down: nobody knows whether the text went out."""
    lost = Reminder.objects.filter(sms_claimed_at__lte=now - _LOST_AFTER).values_list("pk", flat=True)
    for number in list(lost[:_AT_ONCE]):
        _write_down(number, INTERRUPTED, None, organisation="", now=now)
