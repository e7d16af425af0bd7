"""结算 and 反结算 of an order, and the record that comes of it.

The settlement, its number and the record to be uploaded are written in one transaction, so that neither is without the
other whatever stops; handing over is ``sending``'s. Each settling has a number of its own: the list that was printed
before a 反结算 is void with its record, and no number ever stands for two papers (ADR 0040).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import transaction

from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.records.identity import record_id
from chedang.records.limits import Limits
from chedang.records.model import Finding, Level, RecordText
from chedang.records.rules import judge
from chedang.terms.dates import day_in_china
from chedang.workshop.models.orders import Order, Settlement
from chedang.workshop.models.sending import Sending
from chedang.workshop.numbers import next_number
from chedang.workshop.order_model import Deed, OrderContent, OrderState, Paper
from chedang.workshop.order_rules import Fault, find_faults, record_of
from chedang.workshop.orders import (
    NotAllowed,
    add_step,
    content_of,
    hold,
    read_reason,
    refuse_if_changed,
    require,
    touch,
    version_of,
)
from chedang.workshop.sending import queue, queue_void
from chedang.workshop.sending_model import SendingState
from chedang.workshop.shop_terms import promises_for, terms_of

_NUMBER_TO_COME = "CD00000000-0000"
_read_paper = msgspec.json.Decoder(Paper).decode


class NotReady(Exception):
    """Something has to be mended before the order can be settled. Nothing was done."""

    def __init__(self, faults: tuple[Fault, ...], findings: tuple[Finding, ...]) -> None:
        super().__init__(len(faults) + len(findings))
        self.faults = faults
        """Of the order."""
        self.findings = findings
        """Errors that the archive's rules find in its record."""


class Readiness(msgspec.Struct, frozen=True):
    """What would come of settling an order now."""

    faults: tuple[Fault, ...]
    findings: tuple[Finding, ...]
    """Of the record: errors keep it from being settled, warnings do not."""

    @property
    def is_ready(self) -> bool:
        """May it be settled?"""
        return not self.faults and not any(found.level is Level.ERROR for found in self.findings)


def look_ahead(content: OrderContent, shop: Enterprise, *, limits: Limits, now: datetime) -> Readiness:
    """Check an order as settling it would."""
    return _check(content, _text(content, shop, _NUMBER_TO_COME, day_in_china(now)), shop, limits, now)


def settle_order(
    order_id: str, shop: Enterprise, revision: int, *, limits: Limits, by: User, now: datetime
) -> Settlement:
    """结算: give the number, and queue the record for upload. A second press gives the settlement that stands.

    Raises Order.DoesNotExist; NotAllowed for a cancelled order, or while the record of an earlier settlement could not
    be voided (void_refused); Changed when the order is not what was looked at; NotReady.
    """
    with transaction.atomic():
        order = hold(order_id, shop.company_code)
        if order.settlement is not None:
            return order.settlement
        require(order, OrderState.OPEN, OrderState.DISPATCHED)
        current = version_of(order)
        refuse_if_changed(order, revision, current)
        _refuse_beside_another(order)
        on = day_in_china(now)
        number = next_number(shop.company_code, on)
        text = _text(current.content, shop, number, on)
        readiness = _check(current.content, text, shop, limits, now)
        if not readiness.is_ready:
            errors = tuple(found for found in readiness.findings if found.level is Level.ERROR)
            raise NotReady(readiness.faults, errors)
        settlement = Settlement.objects.create(
            order=order,
            company_code=shop.company_code,
            number=number,
            revision=order.revision,
            paper=msgspec.json.encode(_paper(shop, text, current.content)).decode(),
            sending=queue(shop.company_code, f"order:{order.public_id}:{number}", text, by=by, now=now),
            settled_on=on,
            settled_at=now,
        )
        order.state, order.settlement = OrderState.SETTLED, settlement
        touch(order, now)
        add_step(order, Deed.SETTLED, by=by, now=now)
    return settlement


def reopen_order(
    order_id: str, company_code: str, reason: str, *, number: str | None = None, by: User, now: datetime
) -> Sending | None:
    """反结算 with a reason: the order can be changed again, and its record is queued to be voided.

    ``number``: of the settlement list that the page showed; one that was taken back already is left at that, though
    the order was settled again. Gives the void to be sent; ``None`` where the archive never took the record, and for a
    second press. Raises Order.DoesNotExist, NotAllowed.
    """
    reason = read_reason(reason)
    with transaction.atomic():
        order = hold(order_id, company_code)
        settlement = order.settlement
        if number is not None and order.settlements.filter(number=number, reopened_at__isnull=False).exists():
            return None
        if settlement is None:
            last = order.steps.order_by("-id").first()
            if last is not None and last.deed == Deed.REOPENED:
                return None
            raise NotAllowed("not_settled")
        void = _void(settlement, reason, by, now)
        settlement.void_sending, settlement.reopened_at = void, now
        settlement.save()
        was_dispatched = order.steps.filter(deed=Deed.DISPATCHED).exists()
        order.state = OrderState.DISPATCHED if was_dispatched else OrderState.OPEN
        order.settlement = None
        touch(order, now)
        add_step(order, Deed.REOPENED, reason=reason, by=by, now=now)
    return void


def send_again(order_id: str, company_code: str, *, by: User, now: datetime) -> list[Sending]:
    """Let what was refused wait again, for a reason that lay not in it: the upload, and voids of earlier settlements.

    Gives what is to be sent. Raises Order.DoesNotExist.
    """
    with transaction.atomic():
        order = hold(order_id, company_code)
        refused = []
        for each in order.settlements.order_by("id"):
            if each.sending is not None and each.reopened_at is None and each.sending.state == SendingState.REFUSED:
                text = msgspec.json.decode(each.sending.text, type=RecordText)
                refused.append(queue(company_code, each.sending.origin, text, by=by, now=now))
            if each.void_sending is not None and each.void_sending.state == SendingState.REFUSED:
                refused.append(_queue_void(each, each.void_sending.reason, by, now))
        return refused


def record_id_of(settlement: Settlement) -> UUID:
    """The record of a settlement, before it is uploaded too: it follows from shop and number."""
    return UUID(record_id(settlement.company_code, settlement.number, b""))


def paper_of(settlement: Settlement) -> Paper:
    """The shop and its promise, as on the day of settling."""
    return _read_paper(settlement.paper)


def settled_content(settlement: Settlement) -> OrderContent:
    """What was settled."""
    return content_of(settlement.order, settlement.revision)


def _void(settlement: Settlement, reason: str, by: User, now: datetime) -> Sending | None:
    """Queue the void of a record; one that the archive never took needs none, and its upload is dropped."""
    if settlement.sending is None:
        return None
    sending = Sending.objects.select_for_update().get(pk=settlement.sending.pk)
    if sending.state != SendingState.REFUSED:
        return _queue_void(settlement, reason, by, now)
    _drop(settlement, sending)
    return None


def _queue_void(settlement: Settlement, reason: str, by: User, now: datetime) -> Sending:
    return queue_void(
        settlement.company_code,
        f"order:{settlement.order.public_id}:{settlement.number}:void",
        record_id_of(settlement),
        reason,
        by=by,
        now=now,
        number=settlement.number,
    )


def _refuse_beside_another(order: Order) -> None:
    """The archive must not end with two records of one job. Raises NotAllowed(void_refused)."""
    for each in order.settlements.select_related("sending", "void_sending").filter(void_sending__isnull=False):
        void, sending = each.void_sending, each.sending
        if void is None or sending is None or void.state != SendingState.REFUSED:
            continue
        if sending.state == SendingState.SENT:
            raise NotAllowed("void_refused")
        if sending.state == SendingState.REFUSED:  # both waited, and there was nothing to be voided
            _drop(each, sending, void)


def _drop(settlement: Settlement, *sendings: Sending) -> None:
    settlement.sending = settlement.void_sending = None
    settlement.save()
    for sending in sendings:
        sending.delete()


def _text(content: OrderContent, shop: Enterprise, number: str, on: date) -> RecordText:
    return record_of(content, company_name=shop.company_name, settlement_list_number=number, settled_on=on)


def _check(content: OrderContent, text: RecordText, shop: Enterprise, limits: Limits, now: datetime) -> Readiness:
    faults = find_faults(content, today=day_in_china(now))
    judged = judge(text, limits=limits, registered_name=shop.company_name, received_at=now)
    return Readiness(faults, judged.findings)


def _paper(shop: Enterprise, text: RecordText, content: OrderContent) -> Paper:
    promise, nev_promise = promises_for(text, content.vehicle_kind, terms_of(shop.company_code))
    return Paper(
        company_name=shop.company_name,
        linkman=shop.linkman_name,
        address=shop.address,
        phone=shop.linkman_phone,
        credit_code=shop.unified_credit_code,
        promise=promise,
        nev_promise=nev_promise,
    )
