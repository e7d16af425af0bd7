"""What is done with notices: written, sent to shops of one's own division, read, withdrawn; old ones go.

Sending writes one row a shop in one statement, so that a province reaches all its shops at once. A receipt is written
by opening the notice; nothing takes it back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.platform.database import load_queries
from chedang.supervision.duty_rules import latest_missed
from chedang.supervision.model import NotAllowed, NoticeKind, NoticeState, Overtaken
from chedang.supervision.models.notices import Notice, Recipient
from chedang.supervision.notice_texts import MOST_TEXT, MOST_TITLE, gaps_of, unknown_gaps
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy

KEPT: Final = timedelta(days=2 * 365)
"""How long a notice and its receipts are kept after it was sent, or written where it never was (ours)."""
MOST_REASON: Final = 200
MOST_CHOSEN: Final = 500
_DOUBTS_LOOKED_BACK: Final = timedelta(days=30)
_FORGOTTEN_AT_ONCE: Final = 20
_SQL: Final = load_queries("chedang.supervision", "notices.sql")
_DELIVER: Final = _SQL["deliver"].replace("from filled", f"from (\n{_SQL['filled']}\n) as filled")


class Writing(msgspec.Struct, frozen=True):
    """A notice as its officer wrote it."""

    kind: NoticeKind
    title: str
    text: str
    template: str = ""
    asks_acknowledgement: bool = False
    is_to_all: bool = False
    """To all approved shops of the division; ``audience`` are classes then, none means every class."""
    audience: tuple[str, ...] = ()
    """Codes of the chosen shops otherwise. Those of other divisions get nothing."""
    silent_days: int | None = None
    """Only shops of which no record came in for so many days."""


def draft(public_id: str, writing: Writing, officer: User, *, authority: str, now: datetime) -> Notice:
    """Write a notice down, or over its draft of this name. Raises NotAllowed: no words, unknown gaps, sent already."""
    title, text = tidy(writing.title), _lines(writing.text)
    _check(title, text, writing)
    with transaction.atomic():
        notice = Notice.objects.select_for_update().filter(public_id=public_id).first()
        if notice is None:
            notice = Notice(public_id=public_id, division_code=officer.division_code)
        elif notice.state != NoticeState.DRAFT or notice.division_code != officer.division_code:
            raise Overtaken(_("这份通知已经发出，不能再改。需要改的，请撤回后另发一份。"))
        notice.kind, notice.title, notice.text = writing.kind, title, text
        notice.template, notice.asks_acknowledgement = writing.template, writing.asks_acknowledgement
        notice.is_to_all, notice.audience = writing.is_to_all, sorted(set(writing.audience))
        notice.silent_days = writing.silent_days
        notice.authority, notice.drafted_by, notice.drafted_at = authority, officer, now
        notice.save()
    return notice


def send(public_id: str, officer: User, *, now: datetime) -> Notice:
    """Deliver a draft to its shops; one that is sent already is given back as it is. Raises NotAllowed."""
    with transaction.atomic():
        notice = _lock(public_id)
        if notice.state == NoticeState.SENT:
            return notice
        if notice.state != NoticeState.DRAFT or notice.division_code != officer.division_code:
            raise NotAllowed(_("这份通知现在不能发出，请刷新页面看最新状态。"))
        notice.recipient_count = _deliver(notice, now)
        if not notice.recipient_count:
            raise NotAllowed(_("没有符合条件的企业，通知没有发出。请改选企业、类别或天数。"))
        notice.state, notice.sent_at, notice.sent_by = NoticeState.SENT, now, officer
        notice.save()
    return notice


def send_at_once(
    public_id: str,
    writing: Writing,
    officer: User,
    *,
    authority: str,
    now: datetime,
    choose: Callable[[Notice], Sequence[str]],
) -> Notice:
    """Write and send in one step, to as many shops as ``choose`` names once the notice has a row.

    The same name once more gives the notice that stands, and ``choose`` is not asked. Raises NotAllowed: no words,
    unknown gaps, nobody to send it to; then nothing is left of it.
    """
    title, text = tidy(writing.title), _lines(writing.text)
    _check_words(title, text)
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            public_id=public_id,
            defaults={
                "kind": writing.kind,
                "title": title,
                "text": text,
                "template": writing.template,
                "asks_acknowledgement": writing.asks_acknowledgement,
                "division_code": officer.division_code,
                "authority": authority,
                "drafted_at": now,
                "drafted_by": officer,
                "state": NoticeState.SENT,
                "sent_at": now,
                "sent_by": officer,
            },
        )
        if not is_new:
            if (notice.state, notice.sent_by_id) != (NoticeState.SENT, officer.pk):
                raise Overtaken(_("这个编号已经用过，请重新打开页面再发。"))
            return notice
        notice.audience = sorted(set(choose(notice)))
        notice.recipient_count = _deliver(notice, now)
        if not notice.recipient_count:
            raise NotAllowed(_("没有符合条件的企业，通知没有发出。请改选企业、类别或天数。"))
        notice.save()
    return notice


def withdraw(public_id: str, officer: User, reason: str, *, now: datetime) -> Notice:
    """Take a sent notice back: shops go on seeing it, marked, with the reason. Raises NotAllowed."""
    words = tidy(reason)
    if not words or len(words) > MOST_REASON:
        raise NotAllowed(_("请写明撤回的原因，不超过 200 个字，企业会看到。"))
    with transaction.atomic():
        notice = _lock(public_id)
        if not is_in_scope(notice.division_code, officer.division_code):
            raise NotAllowed(_("这份通知由上级机关发出，不能撤回。"))
        if notice.state == NoticeState.WITHDRAWN and notice.withdrawal_reason == words:
            return notice
        if notice.state != NoticeState.SENT:
            raise Overtaken(_("这份通知没有发出，或者已经撤回。"))
        notice.state, notice.withdrawal_reason = NoticeState.WITHDRAWN, words
        notice.withdrawn_at, notice.withdrawn_by = now, officer
        notice.save()
    return notice


def drop_draft(public_id: str, officer: User) -> None:
    """Throw a draft of one's own authority away. Raises NotAllowed."""
    with transaction.atomic():
        notice = _lock(public_id)
        if notice.state != NoticeState.DRAFT or notice.division_code != officer.division_code:
            raise Overtaken(_("这份通知已经发出，不能删除。"))
        notice.delete()


def read(recipient: Recipient, reader: User, *, now: datetime) -> None:
    """Write the receipt: who opened the notice first, and when. A later look changes nothing."""
    unread = Recipient.objects.filter(pk=recipient.pk, read_at=None)
    if unread.update(read_at=now, read_by=reader):
        recipient.read_at, recipient.read_by = now, reader


def acknowledge(recipient: Recipient, reader: User, *, now: datetime) -> None:
    """我已知悉, once. Raises NotAllowed for a notice that does not ask for it or is withdrawn."""
    if not recipient.notice.asks_acknowledgement or recipient.notice.state != NoticeState.SENT:
        raise NotAllowed(_("这份通知不需要确认。"))
    read(recipient, reader, now=now)
    waiting = Recipient.objects.filter(pk=recipient.pk, acknowledged_at=None)
    if waiting.update(acknowledged_at=now, acknowledged_by=reader):
        recipient.acknowledged_at, recipient.acknowledged_by = now, reader


def forget_old(now: datetime) -> int:
    """Remove notices older than :data:`KEPT` with their receipts, some at a time; gives how many."""
    before = now - KEPT
    old = Notice.objects.filter(drafted_at__lt=before).exclude(sent_at__gte=before).order_by("pk")
    numbers = list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
    for number in numbers:
        Notice.objects.filter(pk=number).delete()
    return len(numbers)


def _check_words(title: str, text: str) -> None:
    if not title or not text:
        raise NotAllowed(_("请写明标题和正文。"))
    if len(title) > MOST_TITLE or len(text) > MOST_TEXT:
        raise NotAllowed(_("标题不超过 100 个字，正文不超过 2000 个字。"))
    if unknown := unknown_gaps(title + text):
        raise NotAllowed(_("花括号里的“%(name)s”不能自动填写，请改用列出的名称。") % {"name": unknown[0]})


def _check(title: str, text: str, writing: Writing) -> None:
    _check_words(title, text)
    if not writing.is_to_all and not writing.audience:
        raise NotAllowed(_("请选择至少一家企业，或者选发给全部企业。"))
    if not writing.is_to_all and len(writing.audience) > MOST_CHOSEN:
        raise NotAllowed(_("一次最多选 500 家企业；更多的请选发给全部企业。"))


def would_reach(notice: Notice, *, now: datetime) -> int:
    """How many shops a draft would go to at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["would_reach"], _audience(notice, now))
        (count,) = cursor.fetchone()
    return int(count)


def fills_of(company_code: str, words: str, scope: str, *, now: datetime) -> dict[str, str]:
    """What would stand in the gaps of ``words`` for one shop of a division if they were sent now; {} for no shop."""
    given = _gaps(words, now) | {
        "division_prefix": division_prefix(scope),
        "is_to_all": False,
        "audience": [company_code],
        "silent_since": None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL["filled"], given)
        row = cursor.fetchone()
    return json.loads(row[2]) if row else {}


def _deliver(notice: Notice, now: datetime) -> int:
    given = _gaps(notice.title + notice.text, now) | {"notice_id": notice.pk, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_DELIVER, given | _audience(notice, now))
        return int(cursor.rowcount)


def _gaps(words: str, now: datetime) -> dict[str, Any]:
    return {
        "gaps": [str(gap) for gap in gaps_of(words)],
        "today": day_in_china(now),
        "month_ago": now - _DOUBTS_LOOKED_BACK,
        "missed": latest_missed(now),
    }


def _audience(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "division_prefix": division_prefix(notice.division_code),
        "is_to_all": notice.is_to_all,
        "audience": notice.audience,
        "silent_since": now - timedelta(days=notice.silent_days) if notice.silent_days else None,
    }


def _lock(public_id: str) -> Notice:
    notice = Notice.objects.select_for_update().filter(public_id=public_id).first()
    if notice is None:
        raise NotAllowed(_("没有这份通知。"))
    return notice


def _lines(text: str) -> str:
    """Tidy line by line: paragraphs stay."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip()
