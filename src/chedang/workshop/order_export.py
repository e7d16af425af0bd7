"""The order book as a shop takes it away: every order with its lines and amounts. For those who manage the shop."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from chedang.intake.files.csvs import guard
from chedang.terms.dates import SHANGHAI
from chedang.workshop.amounts import written
from chedang.workshop.models.orders import STATE_NAMES, Order
from chedang.workshop.order_model import OrderState
from chedang.workshop.order_rules import add_up, item_amount, part_amount
from chedang.workshop.orders import Version, version_of
from chedang.workshop.settlement_paper import KIND_WORDS

HEADINGS: Final = (
    "工单", "状态", "结算清单编号", "结算日期", "车牌号码", "车辆识别代号", "机动车所有人", "送修人", "联系电话",
    "送修日期", "送修里程", "故障描述", "行", "名称", "编码", "品牌", "工时或数量", "单价（元）", "金额（元）",
    "配件属性", "托修方自备", "技师", "备注",
)  # fmt: skip
"""One line of the table is one line of an order; the sums of an order have lines of their own."""
_BATCH: Final = 200


def orders_csv(company_code: str) -> Iterator[str]:
    """The book as CSV with a byte order mark, line by line, the oldest order first."""
    yield "\ufeff" + _line(HEADINGS)
    for order, version in _orders(company_code):
        head = _head(order, version)
        for line in _lines(version):
            yield _line((*head, *line))


def orders_json(company_code: str) -> Iterator[str]:
    """The book as a JSON array, order by order."""
    before = "["
    for order, version in _orders(company_code):
        yield before + json.dumps(_as_json(order, version), ensure_ascii=False)
        before = ",\n"
    yield "[]" if before == "[" else "]"


def _orders(company_code: str) -> Iterator[tuple[Order, Version]]:
    orders = Order.objects.select_related("settlement").filter(company_code=company_code).order_by("id")
    for order in orders.iterator(chunk_size=_BATCH):
        yield order, version_of(order)


def _head(order: Order, version: Version) -> tuple[str, ...]:
    content, customer, settlement = version.content, version.customer, order.settlement
    return (
        order.public_id,
        str(STATE_NAMES[OrderState(order.state)]),
        settlement.number if settlement else "",
        settlement.settled_on.isoformat() if settlement else "",
        content.plate_number,
        content.vin,
        customer.owner_name,
        customer.sender_name,
        customer.phone,
        content.arrived_on,
        content.mileage,
        content.fault_description,
    )


def _lines(version: Version) -> Iterator[tuple[str, ...]]:
    content = version.content
    for item in content.items:
        amount = item_amount(item.hours, item.unit_price)
        price = (item.hours, item.unit_price, "" if amount is None else written(amount))
        yield ("维修项目", item.name, "", "", *price, "", "", item.technician, item.note)
    kinds = {kind.value: words for kind, words in KIND_WORDS.items()}
    for part in content.parts:
        amount = part_amount(part.quantity, part.unit_price, is_customers=part.is_customers)
        price = (part.quantity, part.unit_price, "" if amount is None else written(amount))
        own = "是" if part.is_customers else "否"
        yield ("配件", part.name, part.code, part.brand, *price, kinds.get(part.kind, ""), own, "", "")
    for fee in content.other_fees:
        yield ("其他费用", fee.name, "", "", "", "", fee.amount, "", "", "", "")
    sums = add_up(content)
    if sums is not None:
        for name, figure in (("税费", sums.tax), ("优惠", -sums.discount), ("抹零", -sums.rounding)):
            yield (name, "", "", "", "", "", written(figure), "", "", "", "")
        for name, figure in (("总费用", sums.total), ("预付", -sums.prepaid), ("实收", sums.received)):
            yield (name, "", "", "", "", "", written(figure), "", "", "", "")


def _as_json(order: Order, version: Version) -> dict[str, Any]:
    sums = add_up(version.content)
    return {
        "order": order.public_id,
        "state": order.state,
        "opened_at": order.opened_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "settlement_number": order.settlement.number if order.settlement else None,
        "settled_on": order.settlement.settled_on.isoformat() if order.settlement else None,
        "customer": msgspec.to_builtins(version.customer),
        "content": msgspec.to_builtins(version.content),
        "sums_yuan": None if sums is None else {key: str(value) for key, value in msgspec.structs.asdict(sums).items()},
    }


def _line(values: tuple[str, ...]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow(guard(text) for text in values)
    return held.getvalue()
