"""What is done with 工单 before they are settled. Every deed holds the order, and leaves a step with who and when.

Two people may have one order on their screens: a save names the revision it began from, and is not done when another
came before it, so that nobody overwrites what they never saw.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

import msgspec
from django.db import transaction
from django.db.models import F

from chedang.access.models import User
from chedang.platform.sealing import Sealer
from chedang.platform.settings import Settings
from chedang.terms.spoken import ALPHABET
from chedang.terms.text import tidy
from chedang.workshop.models.orders import Order, OrderStep, OrderVersion
from chedang.workshop.order_figures import order_figures
from chedang.workshop.order_model import MOST_ROWS, Customer, Deed, OrderContent, OrderState

_PURPOSE: Final = "shop-customers"
_UNSETTLED: Final = (OrderState.OPEN, OrderState.DISPATCHED)
_YEAR: Final = timedelta(days=365.25)
_LONGEST: Final = 4000
_ID_LENGTH: Final = 12
_read_content = msgspec.json.Decoder(OrderContent).decode
_read_customer = msgspec.json.Decoder(Customer).decode
_write = msgspec.json.Encoder().encode

_Row = TypeVar("_Row", bound=msgspec.Struct)
Reason = Literal[
    "settled", "cancelled", "not_settled", "no_items", "no_reason", "no_such_item", "no_such_order", "void_refused"
]


class NotAllowed(Exception):
    """The order is not in a state for it, or something is missing."""

    def __init__(self, why: Reason) -> None:
        super().__init__(why)
        self.why = why


class Changed(Exception):
    """Somebody else changed the order since it was opened here. Nothing was done."""

    def __init__(self, order_id: str, base: Version, current: Version) -> None:
        super().__init__(current.revision)
        self.order_id = order_id
        self.base = base
        """What the person began from."""
        self.current = current
        """What it says now."""


class Version(msgspec.Struct, frozen=True):
    """One version of an order, opened. Holds personal data."""

    revision: int
    content: OrderContent
    customer: Customer
    made_by: str
    made_at: datetime


def is_order_id(text: str) -> bool:
    """May an order be called so?"""
    return len(text) == _ID_LENGTH and set(text) <= set(ALPHABET.lower())


def open_order(
    order_id: str, company_code: str, content: OrderContent, customer: Customer, *, by: User, now: datetime
) -> Order:
    """开单 under a name of chance; the same name again is the order that is there, and what differs is saved.

    Raises NotAllowed for what is no name, or another shop's; and whatever saving raises.
    """
    if not is_order_id(order_id):
        raise NotAllowed("no_such_order")
    with transaction.atomic():
        order, is_new = Order.objects.get_or_create(
            public_id=order_id,
            defaults={
                "company_code": company_code,
                "state": OrderState.OPEN,
                "revision": 1,
                "opened_at": now,
                "changed_at": now,
            },
        )
        if order.company_code != company_code:
            raise NotAllowed("no_such_order")
        if not is_new:
            return save_order(order_id, company_code, 1, content, customer, by=by, now=now)
        _add_version(order, bounded(content, OrderContent()), customer, by, now)
        add_step(order, Deed.OPENED, by=by, now=now)
    return order


def save_order(
    order_id: str,
    company_code: str,
    revision: int,
    content: OrderContent,
    customer: Customer,
    *,
    by: User,
    now: datetime,
) -> Order:
    """Keep what was typed on top of ``revision``; saving what stands already changes nothing.

    Raises Order.DoesNotExist, NotAllowed for a settled or cancelled order, Changed.
    """
    with transaction.atomic():
        order = hold(order_id, company_code)
        require(order, *_UNSETTLED)
        current = version_of(order)
        content = bounded(content, current.content)
        if (current.content, current.customer) == (content, customer):
            return order
        refuse_if_changed(order, revision, current)
        order.revision += 1
        _add_version(order, content, customer, by, now)
        touch(order, now)
        add_step(order, Deed.CHANGED, by=by, now=now)
    return order


def dispatch_order(order_id: str, company_code: str, *, by: User, now: datetime) -> Order:
    """派工: technicians see their items from now on; once more changes nothing.

    Raises Order.DoesNotExist, NotAllowed.
    """
    with transaction.atomic():
        order = hold(order_id, company_code)
        require(order, *_UNSETTLED)
        if not version_of(order).content.items:
            raise NotAllowed("no_items")
        if order.state != OrderState.DISPATCHED:
            order.state = OrderState.DISPATCHED
            touch(order, now)
            add_step(order, Deed.DISPATCHED, by=by, now=now)
    return order


def cancel_order(order_id: str, company_code: str, reason: str, *, by: User, now: datetime) -> Order:
    """取消 with a reason; once more changes nothing. Raises Order.DoesNotExist, NotAllowed."""
    reason = read_reason(reason)
    with transaction.atomic():
        order = hold(order_id, company_code)
        if order.state != OrderState.CANCELLED:
            require(order, *_UNSETTLED)
            order.state = OrderState.CANCELLED
            touch(order, now)
            add_step(order, Deed.CANCELLED, reason=reason, by=by, now=now)
    return order


class Job(msgspec.Struct, frozen=True):
    """A technician's item: what to do at which car. No price, nobody's name or phone."""

    order_id: str
    item_key: str
    plate_number: str
    model: str
    fault_description: str
    name: str
    hours: str
    note: str
    started_at: datetime | None
    finished_at: datetime | None


def jobs_of(technician: User) -> list[Job]:
    """Items of dispatched orders that name the technician, the oldest order first."""
    dispatched = Order.objects.filter(company_code=technician.company_code, state=OrderState.DISPATCHED)
    orders = list(dispatched.order_by("opened_at", "id"))
    newest = OrderVersion.objects.filter(order__in=orders, revision=F("order__revision"))
    contents = dict(newest.values_list("order_id", "content"))
    marks_by_order: dict[int, dict[tuple[str, Deed], datetime]] = {}
    for step in OrderStep.objects.filter(order__in=orders).exclude(item_key="").order_by("id"):
        marks_by_order.setdefault(step.order_id, {})[step.item_key, Deed(step.deed)] = step.done_at
    jobs = []
    for order in orders:
        content, marks = _read_content(contents[order.pk]), marks_by_order.get(order.pk, {})
        jobs += [
            Job(
                order_id=order.public_id,
                item_key=item.key,
                plate_number=content.plate_number,
                model=content.model,
                fault_description=content.fault_description,
                name=item.name,
                hours=item.hours,
                note=item.note,
                started_at=marks.get((item.key, Deed.STARTED)),
                finished_at=marks.get((item.key, Deed.FINISHED)),
            )
            for item in content.items
            if is_technicians(item.technician, technician)
        ]
    return jobs


def is_technicians(typed: str, technician: User) -> bool:
    """Does an item name this person? By the name on the account, or that with the account's own name after it."""
    return typed in {technician.display_name, f"{technician.display_name}（{technician.username}）"}


def mark_item(order_id: str, item_key: str, deed: Deed, *, by: User, now: datetime) -> None:
    """开工 or 完工 of one's own item; once more changes nothing.

    Raises Order.DoesNotExist, NotAllowed when the order is not dispatched or has no such item of this person.
    """
    with transaction.atomic():
        order = hold(order_id, by.company_code)
        require(order, OrderState.DISPATCHED)
        items = {item.key: item for item in content_of(order).items}
        if item_key not in items or not is_technicians(items[item_key].technician, by):
            raise NotAllowed("no_such_item")
        if (item_key, deed) not in marks_of(order):
            add_step(order, deed, item_key=item_key, by=by, now=now)


def marks_of(order: Order) -> Mapping[tuple[str, Deed], datetime]:
    """When which item was begun and finished."""
    steps = order.steps.exclude(item_key="").order_by("id")
    return {(step.item_key, Deed(step.deed)): step.done_at for step in steps}


def content_of(order: Order, revision: int | None = None) -> OrderContent:
    """What an order says, or said at ``revision``; without its customer."""
    wanted = revision or order.revision
    return _read_content(order.versions.only("content").get(revision=wanted).content)


def version_of(order: Order, revision: int | None = None) -> Version:
    """What an order says, or said at ``revision``, with its customer."""
    row = order.versions.select_related("made_by").get(revision=revision or order.revision)
    sealed = bytes(row.customer_sealed)
    return Version(
        revision=row.revision,
        content=_read_content(row.content),
        customer=_read_customer(_sealer().open(sealed, _place(order))) if sealed else Customer(),
        made_by=row.made_by.display_name,
        made_at=row.made_at,
    )


def forget_customers(now: datetime) -> int:
    """Drop the customers of orders that nobody changed for as long as they are kept; gives of how many orders."""
    before = now - order_figures().customer_kept_years * _YEAR
    with transaction.atomic():
        rows = Order.objects.select_for_update(skip_locked=True).filter(is_forgotten=False, changed_at__lt=before)
        ids = list(rows.values_list("pk", flat=True)[:1000])
        OrderVersion.objects.filter(order__in=ids).update(customer_sealed=b"")
        Order.objects.filter(pk__in=ids).update(is_forgotten=True)
    return len(ids)


def hold(order_id: str, company_code: str) -> Order:
    """An order of the shop, held until the transaction ends. Raises Order.DoesNotExist."""
    return Order.objects.select_for_update().get(public_id=order_id, company_code=company_code)


def require(order: Order, *states: OrderState) -> None:
    """Raises NotAllowed for an order in another state."""
    if order.state in states:
        return
    if order.state == OrderState.CANCELLED:
        raise NotAllowed("cancelled")
    raise NotAllowed("settled" if order.state == OrderState.SETTLED else "not_settled")


def refuse_if_changed(order: Order, revision: int, current: Version) -> None:
    """Raises Changed when the order went on since ``revision``; one that never was counts as the first."""
    if revision != order.revision:
        base = revision if 1 <= revision < order.revision else 1
        raise Changed(order.public_id, version_of(order, base), current)


def read_reason(typed: str) -> str:
    """Why something is taken back. Raises NotAllowed(no_reason)."""
    reason = " ".join(tidy(typed).split())[: order_figures().most_reason_characters]
    if not reason:
        raise NotAllowed("no_reason")
    return reason


def add_step(order: Order, deed: Deed, *, by: User, now: datetime, item_key: str = "", reason: str = "") -> OrderStep:
    """Write down what was done."""
    return OrderStep.objects.create(
        order=order, deed=deed, revision=order.revision, item_key=item_key, reason=reason, done_by=by, done_at=now
    )


def bounded(content: OrderContent, before: OrderContent) -> OrderContent:
    """What was typed, with no text and no list longer than is kept; an item named as one before keeps its key."""
    keys: dict[str, list[str]] = {}
    for item in before.items:
        keys.setdefault(item.name, []).append(item.key)
    items = tuple(
        msgspec.structs.replace(item, key=keys[item.name].pop(0) if keys.get(item.name) else secrets.token_hex(6))
        for item in _bounded_rows(content.items)
    )
    parts, other_fees = _bounded_rows(content.parts), _bounded_rows(content.other_fees)
    return msgspec.structs.replace(_bounded_texts(content), items=items, parts=parts, other_fees=other_fees)


def _bounded_rows(rows: tuple[_Row, ...]) -> tuple[_Row, ...]:
    return tuple(_bounded_texts(row) for row in rows[:MOST_ROWS])


def _bounded_texts(row: _Row) -> _Row:
    texts = {name: value[:_LONGEST] for name, value in msgspec.structs.asdict(row).items() if isinstance(value, str)}
    return msgspec.structs.replace(row, **texts)


def _add_version(order: Order, content: OrderContent, customer: Customer, by: User, now: datetime) -> None:
    OrderVersion.objects.create(
        order=order,
        revision=order.revision,
        content=_write(content).decode(),
        customer_sealed=_sealer().seal(_write(customer), _place(order)),
        made_by=by,
        made_at=now,
    )


def touch(order: Order, now: datetime) -> None:
    """Save the order as changed now."""
    order.changed_at = now
    order.save()


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)


def _place(order: Order) -> str:
    return f"order-customer:{order.public_id}"
