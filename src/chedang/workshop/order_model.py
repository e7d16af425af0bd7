"""工单: what an order holds, as it was typed. Pure; shapes only.

Everything is text, so that an unfinished order is kept whole and nothing typed is lost; ``order_rules`` reads figures
and days off it and says what does not fit.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

MOST_ROWS: Final = 60
"""Of items, of parts and of other fees, each."""


class OrderState(StrEnum):
    """开单 → 派工 → 结算. A reopened order is dispatched again."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Deed(StrEnum):
    """What was done to an order."""

    OPENED = "opened"
    CHANGED = "changed"
    DISPATCHED = "dispatched"
    STARTED = "started"
    """开工 of one item."""
    FINISHED = "finished"
    """完工 of one item."""
    SETTLED = "settled"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


class PartKind(StrEnum):
    """配件属性 (JT/T 816-2011 and the policies since 2015, 待核)."""

    OEM = "oem"
    """原厂配件."""
    EQUIVALENT = "equivalent"
    """同质配件."""
    AFTERMARKET = "aftermarket"
    """副厂配件."""
    REMANUFACTURED = "remanufactured"
    """再制造件."""
    REPAIRED = "repaired"
    """修复件."""
    USED = "used"
    """旧件, 拆车件."""
    UNKNOWN = "unknown"


class OldParts(StrEnum):
    """旧件处理."""

    UNSAID = ""
    """Nobody chose yet; where no part was replaced nobody has to."""
    NONE = "none"
    """No part was replaced."""
    CUSTOMER = "customer"
    """The customer saw them and takes them."""
    SHOP = "shop"
    """The customer saw them and leaves them to the shop."""


class Customer(msgspec.Struct, frozen=True):
    """Who the car belongs to and who brought it. Personal data: sealed where it is kept, and never sent on."""

    owner_name: str = ""
    """机动车所有人."""
    sender_name: str = ""
    """送修人."""
    phone: str = ""


class Item(msgspec.Struct, frozen=True):
    """维修项目."""

    key: str = ""
    """Names the item within its order as long as its name stays."""
    name: str = ""
    hours: str = ""
    unit_price: str = ""
    """Yuan per hour."""
    technician: str = ""
    note: str = ""


class PartLine(msgspec.Struct, frozen=True):
    """配件 or material."""

    name: str = ""
    code: str = ""
    brand: str = ""
    quantity: str = ""
    unit_price: str = ""
    """Yuan."""
    kind: str = PartKind.UNKNOWN.value
    is_customers: bool = False
    """托修方自备: no price and no warranty."""
    is_nev: bool = False
    """新能源专用部件."""


class OtherFee(msgspec.Struct, frozen=True):
    """其他费用."""

    name: str = ""
    amount: str = ""
    """Yuan."""


class OrderContent(msgspec.Struct, frozen=True):
    """One version of an order, without its customer."""

    plate_number: str = ""
    vin: str = ""
    model: str = ""
    """品牌型号."""
    engine_number: str = ""
    vehicle_kind: str = ""
    """车辆类型."""
    is_nev: bool = False
    arrived_on: str = ""
    """送修日期."""
    mileage: str = ""
    """送修里程, km."""
    fault_description: str = ""
    items: tuple[Item, ...] = ()
    parts: tuple[PartLine, ...] = ()
    other_fees: tuple[OtherFee, ...] = ()
    tax: str = ""
    discount: str = ""
    rounding: str = ""
    prepaid: str = ""
    old_parts: str = OldParts.UNSAID.value
    note: str = ""


class Promise(msgspec.Struct, frozen=True):
    """质量保证期 that a shop promises for one class of work: km or days, whichever comes first."""

    km: int
    days: int


class Paper(msgspec.Struct, frozen=True):
    """The shop as its settlement list names it, and what it promised, as of the day of settling."""

    company_name: str
    linkman: str
    address: str
    phone: str
    credit_code: str
    promise: Promise
    nev_promise: Promise
