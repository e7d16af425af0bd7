"""What an order's text means and what does not fit. Pure.

The rules of the archive judge the thirteen elements when the record is made (``records.rules``); here stand those of
the order itself: figures, days, and that what is printed can be added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.terms import plate as plates
from chedang.terms import vin as vins
from chedang.workshop import amounts
from chedang.workshop.amounts import Amounts, Charges, Line, NotAnAmount, Why
from chedang.workshop.order_model import Customer, OldParts, OrderContent

_Row = TypeVar("_Row", bound=msgspec.Struct)
_HOUR_PLACES: Final = 1
"""维修工时 has one place after the point."""
_FIGURES: Final = ("tax", "discount", "rounding", "prepaid")


class Lack(StrEnum):
    """What is missing, or why a figure or day is not taken."""

    MISSING = "missing"
    NOT_A_DAY = "not_a_day"
    IN_FUTURE = "in_future"
    NO_LINES = "no_lines"
    """Neither an item nor a part."""
    PRICED_THOUGH_CUSTOMERS = "priced_though_customers"
    """A part that the customer brought has a price."""
    NOT_A_NUMBER = Why.NOT_A_NUMBER.value
    NEGATIVE = Why.NEGATIVE.value
    TOO_LARGE = Why.TOO_LARGE.value
    TOO_FINE = Why.TOO_FINE.value
    MORE_THAN_ALL = Why.MORE_THAN_ALL.value


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend before the order can be settled."""

    place: str
    """Name of the field on the page: ``mileage``, ``items-0-hours``; '' for the order as a whole."""
    lack: Lack


def find_faults(content: OrderContent, *, today: date) -> tuple[Fault, ...]:
    """Everything that keeps the order from being settled, in the order of the page."""
    return (*_vehicle_faults(content, today), *_line_faults(content), *_sum_faults(content))


def add_up(content: OrderContent) -> Amounts | None:
    """The sums of the figures that can be read; a line with a fault counts nothing. ``None``: too much is taken off."""
    try:
        return amounts.add_up(_charges(content))
    except NotAnAmount:
        return None


def item_amount(hours: str, unit_price: str) -> Decimal | None:
    """工时费 of one item; ``None`` while it cannot be read."""
    return _product(hours, amounts.MOST_HOURS, unit_price, _HOUR_PLACES)


def part_amount(quantity: str, unit_price: str, *, is_customers: bool) -> Decimal | None:
    """材料费 of one part; a customer's own part costs nothing. ``None`` while it cannot be read."""
    return _product(quantity, amounts.MOST_QUANTITY, "0" if is_customers else unit_price)


def record_of(content: OrderContent, *, company_name: str, settlement_list_number: str, settled_on: date) -> RecordText:
    """The thirteen elements of a settled order: no price, nobody's name or phone."""
    return RecordText(
        company_name=company_name,
        vin=vins.normalise(content.vin),
        plate_number=plates.normalise(content.plate_number),
        repair_date=content.arrived_on.replace("-", ""),
        mileage=_plain(content.mileage),
        settle_date=f"{settled_on:%Y%m%d}",
        fault_description=content.fault_description,
        settlement_list_number=settlement_list_number,
        parts=tuple(PartText(part.name, part.code, _plain(part.quantity)) for part in content.parts),
        projects=tuple(ProjectText(item.name, _plain(item.hours)) for item in content.items),
    )


def with_plain_figures(content: OrderContent) -> OrderContent:
    """The order with its readable figures written plainly: ``４５，２１０`` and ``¥1,200`` as 45210 and 1200."""
    return msgspec.structs.replace(
        content,
        items=tuple(_plain_row(row, "hours", "unit_price") for row in content.items),
        parts=tuple(_plain_row(row, "quantity", "unit_price") for row in content.parts),
        other_fees=tuple(_plain_row(row, "amount") for row in content.other_fees),
        **{name: _plain(getattr(content, name)) for name in ("mileage", *_FIGURES)},
    )


def changes_between(before: OrderContent, after: OrderContent) -> tuple[str, ...]:
    """Names of the fields of an order that differ; a list is one field."""
    return tuple(name for name in OrderContent.__struct_fields__ if getattr(before, name) != getattr(after, name))


def merge(base: OrderContent, mine: OrderContent, theirs: OrderContent) -> OrderContent:
    """What somebody typed on top of what another saved meanwhile: whatever he left as it was becomes the other's."""
    untouched = {
        name: getattr(theirs, name)
        for name in OrderContent.__struct_fields__
        if getattr(mine, name) == getattr(base, name)
    }
    return msgspec.structs.replace(mine, **untouched)


def merge_customer(base: Customer, mine: Customer, theirs: Customer) -> Customer:
    """The same for the customer."""
    untouched = {
        name: getattr(theirs, name) for name in Customer.__struct_fields__ if getattr(mine, name) == getattr(base, name)
    }
    return msgspec.structs.replace(mine, **untouched)


def _vehicle_faults(content: OrderContent, today: date) -> Iterator[Fault]:
    for name in ("plate_number", "vin", "mileage", "fault_description"):
        if not getattr(content, name):
            yield Fault(name, Lack.MISSING)
    if content.mileage and (why := _why_not(content.mileage, amounts.MOST_YUAN)):
        yield Fault("mileage", why)
    try:
        if date.fromisoformat(content.arrived_on) > today:
            yield Fault("arrived_on", Lack.IN_FUTURE)
    except ValueError:
        yield Fault("arrived_on", Lack.NOT_A_DAY if content.arrived_on else Lack.MISSING)


def _line_faults(content: OrderContent) -> Iterator[Fault]:
    if not content.items and not content.parts:
        yield Fault("items", Lack.NO_LINES)
    for row, item in enumerate(content.items):
        yield from _figure(f"items-{row}-name", item.name)
        yield from _figure(f"items-{row}-hours", item.hours, amounts.MOST_HOURS, _HOUR_PLACES)
        yield from _figure(f"items-{row}-unit_price", item.unit_price, amounts.MOST_YUAN)
    for row, part in enumerate(content.parts):
        yield from _figure(f"parts-{row}-name", part.name)
        yield from _figure(f"parts-{row}-code", part.code)
        yield from _figure(f"parts-{row}-quantity", part.quantity, amounts.MOST_QUANTITY)
        if not part.is_customers:
            yield from _figure(f"parts-{row}-unit_price", part.unit_price, amounts.MOST_YUAN)
        elif _read(part.unit_price, amounts.MOST_YUAN):
            yield Fault(f"parts-{row}-unit_price", Lack.PRICED_THOUGH_CUSTOMERS)
    for row, fee in enumerate(content.other_fees):
        yield from _figure(f"other_fees-{row}-name", fee.name)
        yield from _figure(f"other_fees-{row}-amount", fee.amount, amounts.MOST_YUAN)


def _sum_faults(content: OrderContent) -> Iterator[Fault]:
    if content.parts and content.old_parts == OldParts.UNSAID:
        yield Fault("old_parts", Lack.MISSING)
    for name in _FIGURES:
        typed = getattr(content, name)
        most = amounts.MOST_ROUNDING if name == "rounding" else amounts.MOST_YUAN
        if typed and (why := _why_not(typed, most)):
            yield Fault(name, why)
    if add_up(content) is None:
        yield Fault("discount", Lack.MORE_THAN_ALL)


def _figure(place: str, typed: str, most: Decimal | None = None, places: int = 2) -> Iterator[Fault]:
    """A text that must be there, and where ``most`` is given must be a figure."""
    if not typed:
        yield Fault(place, Lack.MISSING)
    elif most is not None and (why := _why_not(typed, most, places)):
        yield Fault(place, why)


def _charges(content: OrderContent) -> Charges:
    return Charges(
        labour=tuple(
            Line(hours, price)
            for item in content.items
            if (hours := _read(item.hours, amounts.MOST_HOURS, _HOUR_PLACES)) is not None
            and (price := _read(item.unit_price, amounts.MOST_YUAN)) is not None
        ),
        material=tuple(
            Line(quantity, price)
            for part in content.parts
            if not part.is_customers
            and (quantity := _read(part.quantity, amounts.MOST_QUANTITY)) is not None
            and (price := _read(part.unit_price, amounts.MOST_YUAN)) is not None
        ),
        other=tuple(fee for row in content.other_fees if (fee := _read(row.amount, amounts.MOST_YUAN)) is not None),
        tax=_read(content.tax, amounts.MOST_YUAN) or amounts.NOTHING,
        discount=_read(content.discount, amounts.MOST_YUAN) or amounts.NOTHING,
        rounding=_read(content.rounding, amounts.MOST_ROUNDING) or amounts.NOTHING,
        prepaid=_read(content.prepaid, amounts.MOST_YUAN) or amounts.NOTHING,
    )


def _plain_row(row: _Row, *names: str) -> _Row:
    return msgspec.structs.replace(row, **{name: _plain(getattr(row, name)) for name in names})


def _product(quantity: str, most: Decimal, unit_price: str, places: int = 2) -> Decimal | None:
    read, price = _read(quantity, most, places), _read(unit_price, amounts.MOST_YUAN)
    return None if read is None or price is None else Line(read, price).amount


def _read(typed: str, most: Decimal, places: int = 2) -> Decimal | None:
    try:
        return amounts.read_figure(typed, most=most, places=places)
    except NotAnAmount:
        return None


def _why_not(typed: str, most: Decimal, places: int = 2) -> Lack | None:
    try:
        amounts.read_figure(typed, most=most, places=places)
    except NotAnAmount as fault:
        return Lack(fault.why.value)
    return None


def _plain(typed: str) -> str:
    """A figure without dress; what is none stays as it is, for the rules to say so."""
    figure = _read(typed, amounts.MOST_YUAN, places=6)
    return typed if figure is None else f"{figure:f}"
