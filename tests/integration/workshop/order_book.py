"""A shop with an order book, for tests of what is done with orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg
from tests.pages.filled_province import TODAY, Province

from chedang.access.models import User
from chedang.enterprises.store import find_by_code
from chedang.fiction.vehicles import make_vin
from chedang.platform.chance import new_public_id
from chedang.records.limits import load_limits
from chedang.records.model import StoredVersion
from chedang.records.store import read_company_records
from chedang.workshop import orders, settlement
from chedang.workshop.models import Order, Sending, Settlement
from chedang.workshop.order_model import Customer, Item, OrderContent, OtherFee, PartLine
from chedang.workshop.sending import send, send_waiting

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
LIMITS = load_limits()
VIN = make_vin(Random("order book car"))
CUSTOMER = Customer("张某某", "李某某", "14200003301")
CONTENT = OrderContent(
    plate_number="浙A3K301",
    vin=VIN,
    model="某牌 A6",
    engine_number="EA211-330100",
    arrived_on=(TODAY - timedelta(days=1)).isoformat(),
    mileage="45210",
    fault_description="制动时有异响",
    items=(
        Item(name="更换前制动片", hours="1.5", unit_price="120", technician="王师傅"),
        Item(name="检查制动液", hours="0.5", unit_price="120", technician="王师傅"),
    ),
    parts=(
        PartLine("前制动片", "D-1234", "某牌", "1", "268.50", "aftermarket"),
        PartLine("机油", "OIL-5W30", "", "4", "", "unknown", is_customers=True),
    ),
    other_fees=(OtherFee("拖车费", "200"),),
    discount="20",
    rounding="0.50",
    prepaid="100",
    old_parts="customer",
)


class Shop:
    """One approved shop, its clerk, another clerk and a technician."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.province = Province(psycopg.connect(url))
        self.province.add_shop("west lake", 0, division_code="330106", is_approved=True)
        self.code = self.province.shops["west lake"]
        found = find_by_code(self.connection, self.code)
        assert found is not None
        self.enterprise = found
        self.connection.commit()
        self.clerk = self.person("clerk", "文员甲")
        self.other = self.person("other", "文员乙")
        self.technician = self.person("technician", "王师傅", shop_post="technician")

    @property
    def connection(self) -> psycopg.Connection[Any]:
        return self.province.connection

    def person(self, username: str, name: str, **columns: Any) -> User:
        return User.objects.create(username=username, display_name=name, role="shop", company_code=self.code, **columns)

    def open(self, content: OrderContent = CONTENT, customer: Customer = CUSTOMER) -> Order:
        return orders.open_order(new_public_id(), self.code, content, customer, by=self.clerk, now=NOW)

    def save(self, order: Order, revision: int, by: User | None = None, **changes: Any) -> Order:
        version = orders.version_of(order, revision)
        content = msgspec.structs.replace(version.content, **changes)
        return orders.save_order(
            order.public_id, self.code, revision, content, version.customer, by=by or self.clerk, now=NOW
        )

    def settle(self, order: Order, revision: int | None = None) -> Settlement:
        order.refresh_from_db()
        return settlement.settle_order(
            order.public_id, self.enterprise, revision or order.revision, limits=LIMITS, by=self.clerk, now=NOW
        )

    def reopen(self, order: Order, reason: str = "少算了一项") -> Sending | None:
        return settlement.reopen_order(order.public_id, self.code, reason, by=self.clerk, now=NOW)

    def send(self, sending: Sending | None) -> Sending:
        assert sending is not None
        return send(self.connection, sending.pk, limits=LIMITS, now=NOW)

    def send_all(self) -> int:
        """What the worker does."""

        def lend() -> Any:
            return psycopg.connect(self.url)

        return send_waiting(lend, LIMITS, NOW)

    def records(self) -> list[StoredVersion]:
        """The newest version of every record of the shop."""
        found = read_company_records(self.connection, self.code, limit=50)
        self.connection.commit()
        return list(found)
