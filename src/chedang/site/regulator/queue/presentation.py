"""Reminders as an officer's page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from chedang.site.regulator.queue import words
from chedang.supervision.models.notices import Recipient
from chedang.supervision.models.reminders import Reminder, ReminderStep
from chedang.supervision.reminding_model import Concern, ReminderDeed, ReminderState, Rung
from chedang.terms.spoken import in_groups


@dataclass(frozen=True, slots=True)
class ReminderStepView:
    """One row of the history."""

    at: datetime
    who: str
    what: str
    text: str
    letter_id: str


@dataclass(frozen=True, slots=True)
class ReminderView:
    """One case."""

    public_id: str
    concern: str
    tone: str
    sign: str
    word: str
    is_open: bool
    may_send_sms: bool
    authority: str
    notice_id: str
    read_at: datetime | None
    duty_code: str
    duty_number: str
    steps: list[ReminderStepView]


def reminder_views(reminders: Iterable[Reminder]) -> list[ReminderView]:
    """The cases of one shop with their receipts and history."""
    listed = list(reminders)
    steps: dict[int, list[ReminderStepView]] = {}
    for row in ReminderStep.objects.filter(reminder__in=listed).select_related("letter"):
        steps.setdefault(row.reminder_id, []).append(_step(row))
    receipts = Recipient.objects.filter(notice__in=[each.notice_id for each in listed if each.notice_id])
    read = {(row.notice_id, row.company_code): row.read_at for row in receipts}
    return [_view(each, steps.get(each.pk, []), read.get((each.notice_id or 0, each.company_code))) for each in listed]


def _view(reminder: Reminder, steps: list[ReminderStepView], read_at: datetime | None) -> ReminderView:
    tone, sign, word = words.STATES[ReminderState(reminder.state)]
    is_open = reminder.state == ReminderState.OPEN
    return ReminderView(
        public_id=reminder.public_id,
        concern=str(words.CONCERNS[Concern(reminder.concern)]),
        tone=tone,
        sign=sign,
        word=str(word),
        is_open=is_open,
        may_send_sms=is_open and reminder.rung == Rung.NOTICE,
        authority=reminder.authority,
        notice_id=reminder.notice.public_id if reminder.notice else "",
        read_at=read_at,
        duty_code=reminder.duty.code if reminder.duty else "",
        duty_number=in_groups(reminder.duty.code) if reminder.duty else "",
        steps=steps,
    )


def _step(row: ReminderStep) -> ReminderStepView:
    """The system's own words are kept as keys; what a person typed stands as it was typed."""
    text = str(words.WHY_NOT.get(row.text, row.text))
    if row.deed == ReminderDeed.FIXED:
        text = _figures(row.figures)
    elif row.deed == ReminderDeed.ORDER:
        text = in_groups(row.text)
    letter_id = row.letter.public_id if row.letter else ""
    return ReminderStepView(
        row.at, row.organisation or _("系统"), str(words.DEEDS[ReminderDeed(row.deed)]), text, letter_id
    )


def _figures(found: dict[str, object]) -> str:
    """What the figures said when the case closed itself."""
    said = []
    if "last_on" in found:
        said.append(_("最近一次上传 %(last_on)s") % found)
    if "observed" in found:
        said.append(_("上传 %(observed)s 条，预期约 %(expected)s 条") % found)
    if found.get("standing"):
        said.append(_("近 30 天 %(standing)s 条，有错误 %(faulty)s 条") % found)
    return _("；").join(said)
