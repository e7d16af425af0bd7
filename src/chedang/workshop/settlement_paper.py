"""机动车维修费用结算清单: everything the paper says, in its order, for page and PDF alike. Pure.

Blocks and columns as software prints them that follows annex A of JT/T 1133 (the standard's text was not read, 待核);
amounts with 大写 and the claim code are ours. In Chinese whatever the page's language: it is a paper of the field.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from chedang.terms import plate as plates
from chedang.workshop.amounts import MOST_YUAN, Amounts, in_capitals, read_figure, written
from chedang.workshop.order_model import Customer, OldParts, OrderContent, Paper, PartKind, PartLine, Promise
from chedang.workshop.order_rules import add_up, item_amount, part_amount

KIND_WORDS: Final = {
    PartKind.OEM: "原厂",
    PartKind.EQUIVALENT: "同质",
    PartKind.AFTERMARKET: "副厂",
    PartKind.REMANUFACTURED: "再制造",
    PartKind.REPAIRED: "修复",
    PartKind.USED: "旧件",
    PartKind.UNKNOWN: "未知",
}
OLD_PARTS_WORDS: Final = {
    OldParts.CUSTOMER: "已确认，由托修方收回",
    OldParts.SHOP: "已确认，由承修方处理",
    OldParts.NONE: "无旧件",
}
_NONE: Final = "–"


class Fact(msgspec.Struct, frozen=True):
    """A name and what stands beside it."""

    name: str
    value: str


class Table(msgspec.Struct, frozen=True):
    """Lines with their 小计."""

    rows: tuple[tuple[str, ...], ...]
    subtotal: str


class Choice(msgspec.Struct, frozen=True):
    """One box, ticked or not."""

    is_chosen: bool
    words: str


class SettlementPaper(msgspec.Struct, frozen=True):
    """The whole list. Holds personal data and amounts."""

    number: str
    settled_on: str
    company_name: str
    customer: tuple[Fact, ...]
    vehicle: tuple[Fact, ...]
    shop: tuple[Fact, ...]
    fault_description: str
    labour: Table
    """序号, 维修项目, 工时, 工时单价, 工时费用, 备注."""
    material: Table
    """序号, 材料名称, 配件编码, 品牌, 数量, 单价, 金额, 配件属性, 托修方自备."""
    other: Table
    """序号, 项目, 金额."""
    totals: tuple[Fact, ...]
    received_name: str
    received: str
    received_in_capitals: str
    old_parts: tuple[Choice, ...]
    notes: tuple[str, ...]
    claim_code: str
    claim_days: int


def make_paper(
    content: OrderContent,
    customer: Customer,
    shop: Paper,
    *,
    number: str,
    settled_on: date,
    claim_code: str,
    claim_days: int,
) -> SettlementPaper:
    """The list of a settled order. Raises ValueError for one that is not fit to be settled."""
    sums = add_up(content)
    if sums is None:
        raise ValueError("a settled order adds up")
    return SettlementPaper(
        number=number,
        settled_on=_day(settled_on),
        company_name=shop.company_name,
        customer=_facts(机动车所有人=customer.owner_name, 送修人=customer.sender_name, 联系电话=customer.phone),
        vehicle=_facts(
            品牌型号=content.model,
            车牌号码=plates.display(plates.normalise(content.plate_number)),
            发动机号=content.engine_number,
            车辆识别代号=content.vin.upper(),
            车辆类型=content.vehicle_kind + ("（新能源）" if content.is_nev else ""),
            **{
                "送修里程（千米）": _thousands(content.mileage),
                "送修日期": _day(date.fromisoformat(content.arrived_on)),
            },
        ),
        shop=_facts(
            企业名称=shop.company_name,
            联系人=shop.linkman,
            企业地址=shop.address,
            联系电话=shop.phone,
            统一社会信用代码=shop.credit_code,
        ),
        fault_description=content.fault_description,
        labour=Table(_labour(content), written(sums.labour)),
        material=Table(_material(content), written(sums.material)),
        other=Table(
            tuple((str(n), fee.name, _price(fee.amount)) for n, fee in enumerate(content.other_fees, 1)),
            written(sums.other),
        ),
        totals=_totals(sums),
        received_name="应退金额" if sums.received < 0 else "实收金额",
        received=written(abs(sums.received)),
        received_in_capitals=in_capitals(abs(sums.received)),
        old_parts=tuple(
            Choice((content.old_parts or OldParts.NONE) == choice, words) for choice, words in OLD_PARTS_WORDS.items()
        ),
        notes=_notes(content, shop),
        claim_code=claim_code,
        claim_days=claim_days,
    )


def _facts(**values: str) -> tuple[Fact, ...]:
    return tuple(Fact(name, value or _NONE) for name, value in values.items())


def _labour(content: OrderContent) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            str(n),
            item.name,
            item.hours,
            _price(item.unit_price),
            _amount(item_amount(item.hours, item.unit_price)),
            item.note,
        )
        for n, item in enumerate(content.items, 1)
    )


def _material(content: OrderContent) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            str(n),
            part.name,
            part.code,
            part.brand,
            part.quantity,
            _price("0" if part.is_customers else part.unit_price),
            _amount(part_amount(part.quantity, part.unit_price, is_customers=part.is_customers)),
            _kind(part),
            "是" if part.is_customers else "否",
        )
        for n, part in enumerate(content.parts, 1)
    )


def _kind(part: PartLine) -> str:
    known = PartKind(part.kind) if part.kind in set(PartKind) else PartKind.UNKNOWN
    return KIND_WORDS[known]


def _totals(sums: Amounts) -> tuple[Fact, ...]:
    return (
        Fact("工时费用", written(sums.labour)),
        Fact("材料费用", written(sums.material)),
        Fact("其他费用", written(sums.other)),
        Fact("税费", written(sums.tax)),
        Fact("优惠", written(-sums.discount)),
        Fact("抹零", written(-sums.rounding)),
        Fact("总费用", written(sums.total)),
        Fact("预付", written(-sums.prepaid)),
    )


def _notes(content: OrderContent, shop: Paper) -> tuple[str, ...]:
    own = _names(part for part in content.parts if part.is_customers)
    nev = _names(part for part in content.parts if part.is_nev)
    return (
        "本清单一式两份，承修方、托修方各执一份，经托修方签字后生效。",
        f"质量保证期：从竣工出厂之日起，{_within(shop.promise)}。",
        f"新能源专用部件质量保证期：{nev}，{_within(shop.nev_promise)}。"
        if nev
        else "新能源专用部件质量保证期：本次维修不涉及新能源专用部件。",
        f"托修方自备配件不予质量保证：{own}。" if own else "托修方自备配件不予质量保证：本次维修没有自备配件。",
    )


def _within(promise: Promise) -> str:
    return f"行驶 {promise.km:,} 千米或者 {promise.days} 天，以先达到的为准"


def _names(parts: Iterable[PartLine]) -> str:
    return "、".join(part.name for part in parts)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _thousands(typed: str) -> str:
    """A mileage as it was typed, to be read at a glance."""
    return f"{read_figure(typed, most=MOST_YUAN):,f}"


def _price(typed: str) -> str:
    """A price as it was typed, written as amounts are."""
    return written(read_figure(typed, most=MOST_YUAN))


def _amount(amount: Decimal | None) -> str:
    return _NONE if amount is None else written(amount)
