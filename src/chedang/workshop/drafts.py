"""草稿: jobs that are being typed on the quick form, kept from the first pause on, until the archive has them.

A draft is the shop's: whoever of it may upload goes on with it. It is named by the page that begins it, so that the
same form sent twice is one draft, and one record.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from chedang.access.models import User
from chedang.records.identity import decode_content, encode_content
from chedang.records.model import RecordText
from chedang.terms.dates import day_in_china
from chedang.workshop.models import Draft, Sending
from chedang.workshop.numbers import next_number
from chedang.workshop.sending import queue
from chedang.workshop.sending_model import SendingState

KEPT: Final = timedelta(days=30)
MOST_OF_A_SHOP: Final = 200


class AlreadySent(Exception):
    """The draft was sent, and is no longer to be changed."""

    def __init__(self, sending: Sending) -> None:
        super().__init__(sending.pk)
        self.sending = sending


class TooManyDrafts(Exception):
    """The shop has so many that some are to be deleted first."""


def text_of(draft: Draft) -> RecordText:
    """What was typed, element by element."""
    return decode_content(draft.text)


def find(company_code: str, public_id: UUID) -> Draft | None:
    """The shop's draft. Raises Draft.DoesNotExist for another shop's, AlreadySent."""
    if (sending := sending_of(company_code, public_id)) is not None and _is_under_way(sending):
        raise AlreadySent(sending)
    draft = Draft.objects.filter(public_id=public_id).select_related("sending", "made_by").first()
    if draft is not None and draft.company_code != company_code:
        raise Draft.DoesNotExist
    return draft


def sending_of(company_code: str, public_id: UUID) -> Sending | None:
    """What became of a draft that was sent; ``None`` for one that was not."""
    return Sending.objects.filter(company_code=company_code, origin=_origin(public_id)).first()


def save(company_code: str, public_id: UUID, text: RecordText, *, by: User, now: datetime) -> Draft:
    """Keep what was typed so far, as it is. Raises Draft.DoesNotExist, AlreadySent, TooManyDrafts."""
    content = encode_content(text).decode()
    with transaction.atomic():
        if not Draft.objects.filter(public_id=public_id).exists() and _count(company_code) >= MOST_OF_A_SHOP:
            raise TooManyDrafts
        draft, is_new = Draft.objects.select_for_update(of=("self",)).get_or_create(
            public_id=public_id,
            defaults={"company_code": company_code, "made_by": by, "text": content, "made_at": now, "changed_at": now},
        )
        find(company_code, public_id)
        if not is_new and draft.text != content:
            draft.text, draft.changed_at = content, now
            draft.save(update_fields=["text", "changed_at"])
        return draft


def give_number(company_code: str, public_id: UUID, *, by: User, now: datetime) -> Draft:
    """Give a draft without 结算清单编号 the shop's next one. Raises Draft.DoesNotExist, AlreadySent."""
    with transaction.atomic():
        draft = _lock(company_code, public_id)
        text = text_of(draft)
        if text.settlement_list_number:
            return draft
        number = next_number(company_code, day_in_china(now))
        return save(
            company_code, public_id, msgspec.structs.replace(text, settlement_list_number=number), by=by, now=now
        )


def submit(company_code: str, public_id: UUID, text: RecordText, *, by: User, now: datetime) -> Sending:
    """Write down that a draft is to be sent as ``text``; to be handed over after the commit (``sending.send``).

    A second time gives the same row. Raises Draft.DoesNotExist.
    """
    with transaction.atomic():
        try:
            draft = _lock(company_code, public_id)
        except AlreadySent as sent:
            return sent.sending
        draft.sending = queue(company_code, _origin(public_id), text, by=by, now=now)
        draft.save(update_fields=["sending"])
        return draft.sending


def delete(company_code: str, public_id: UUID) -> bool:
    """Drop a draft, with what was refused of it; False when there is none, or it is under way."""
    with transaction.atomic():
        try:
            draft = _lock(company_code, public_id)
        except (Draft.DoesNotExist, AlreadySent):
            return False
        refused = draft.sending
        draft.delete()
        if refused is not None:
            refused.delete()
        return True


def open_of(company_code: str) -> QuerySet[Draft]:
    """The shop's drafts, those refused or still under way too, last changed first."""
    drafts = Draft.objects.filter(company_code=company_code).exclude(sending__state=SendingState.SENT)
    return drafts.select_related("sending", "made_by").order_by("-changed_at")


def sent_of(company_code: str, *, since: datetime) -> QuerySet[Sending]:
    """What of the shop's drafts arrived since then, newest first: for whoever missed the answer."""
    sent = Sending.objects.filter(company_code=company_code, state=SendingState.SENT, sent_at__gte=since)
    return sent.filter(origin__startswith=_origin("")).order_by("-sent_at")


def clear_sent() -> int:
    """Drop the drafts that the archive has as records; gives how many."""
    return Draft.objects.filter(sending__state=SendingState.SENT).delete()[0]


def forget_old(now: datetime) -> int:
    """Drop drafts that nobody touched for 30 days, but none that still waits for the archive."""
    old = Draft.objects.filter(changed_at__lt=now - KEPT).exclude(sending__state=SendingState.WAITING)
    refused = Sending.objects.filter(draft__in=old, state=SendingState.REFUSED)
    return old.filter(sending__isnull=True).delete()[0] + refused.delete()[0]


def _lock(company_code: str, public_id: UUID) -> Draft:
    """The shop's draft, held until the transaction ends. Raises Draft.DoesNotExist, AlreadySent."""
    Draft.objects.select_for_update(of=("self",)).filter(public_id=public_id).first()
    draft = find(company_code, public_id)
    if draft is None:
        raise Draft.DoesNotExist
    return draft


def _is_under_way(sending: Sending) -> bool:
    return sending.state != SendingState.REFUSED


def _origin(public_id: UUID | str) -> str:
    return f"draft:{public_id}"


def _count(company_code: str) -> int:
    return Draft.objects.filter(company_code=company_code).count()
