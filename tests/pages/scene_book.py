"""The order book of the shop of the scene: orders in every state."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from chedang.fiction.vehicles import make_vin
from chedang.workshop.models import Order
from tests.pages.filled_province import TODAY, Car

if TYPE_CHECKING:
    from tests.pages.stage import Stage

PAID = Car("浙A6B601", make_vin(Random("scene order car")))


def typed(car: Car, order_id: str, **fields: object) -> dict[str, object]:
    """What a clerk types into an order of two items."""
    return {
        "order_id": order_id,
        "revision": "0",
        "do": "save",
        "plate_number": car.plate_number,
        "vin": car.vin,
        "mileage": "45210",
        "arrived_on": TODAY.isoformat(),
        "fault_description": "制动时有异响",
        "owner_name": "张某某",
        "sender_name": "张某某",
        "phone": "14200006601",
        "old_parts": "customer",
        "items-name": ["更换前制动片", "检查制动液"],
        "items-hours": ["1.5", "0.5"],
        "items-unit_price": ["120", "120"],
        "items-technician": ["演示维修企业", ""],
        "items-note": ["", ""],
        "parts-name": ["前制动片"],
        "parts-code": ["D-1234"],
        "parts-brand": ["某牌"],
        "parts-quantity": ["1"],
        "parts-unit_price": ["268.50"],
        "parts-kind": ["oem"],
        "parts-is_customers": [""],
        "parts-is_nev": [""],
    } | fields


def make_book(stage: Stage) -> None:
    """One order just opened with figures that cannot be read, one dispatched, one settled, one cancelled."""
    names = {
        "order_open": {"items-hours": ["半天", "0.5"]},
        "order_dispatched": {"do": "dispatch"},
        "order_settled": {},
        "order_cancelled": {},
    }
    for number, (name, fields) in enumerate(names.items()):
        order_id = f"22222222222{number + 2}"
        typing = typed(PAID, order_id, **fields)
        technician = stage.users["shop"].display_name
        stage.post("shop", "/shop/orders/new", **typing | {"items-technician": [technician, ""]})
        stage.ids[name] = order_id
    stage.post("shop", f"/shop/orders/{stage.ids['order_settled']}/settle", revision="1")
    stage.post("shop", f"/shop/orders/{stage.ids['order_cancelled']}/cancel", reason="客户不修了")
    settled = Order.objects.get(public_id=stage.ids["order_settled"])
    assert settled.settlement is not None
