"""旧件处理: chosen by a person whenever parts were replaced, never by silence."""

from __future__ import annotations

from datetime import date
from random import Random

import msgspec
import pytest

from chedang.fiction.vehicles import make_vin
from chedang.workshop.order_model import Customer, Item, OldParts, OrderContent, Paper, PartLine, Promise
from chedang.workshop.order_rules import Fault, Lack, find_faults
from chedang.workshop.settlement_paper import make_paper

TODAY = date(2026, 11, 23)
CONTENT = OrderContent(
    plate_number="浙A7P201",
    vin=make_vin(Random("old parts car")),
    arrived_on="2026-11-03",
    mileage="66255",
    fault_description="保养",
    items=(Item(name="更换机油机滤", hours="0.5", unit_price="120"),),
    parts=(PartLine("机油滤清器", "06E115561", "", "1", "39", "oem"),),
)
SHOP = Paper("虚构修理铺", "联系人甲", "虚构路 1 号", "0571-00000000", "", Promise(2_000, 10), Promise(2_000, 10))


def test_replaced_parts_ask_what_becomes_of_the_old_ones():
    assert find_faults(CONTENT, today=TODAY) == (Fault("old_parts", Lack.MISSING),)


@pytest.mark.parametrize("choice", [OldParts.CUSTOMER, OldParts.SHOP, OldParts.NONE])
def test_any_answer_will_do(choice):
    assert find_faults(msgspec.structs.replace(CONTENT, old_parts=choice.value), today=TODAY) == ()


def test_without_parts_nobody_is_asked_and_the_paper_says_none():
    content = msgspec.structs.replace(CONTENT, parts=())
    assert find_faults(content, today=TODAY) == ()
    paper = _paper(content)
    assert [choice.words for choice in paper.old_parts if choice.is_chosen] == ["无旧件"]


def test_days_and_mileage_stand_on_the_paper_as_people_read_them():
    paper = _paper(msgspec.structs.replace(CONTENT, old_parts="shop"))
    said = {fact.name: fact.value for fact in paper.vehicle}
    assert (said["送修日期"], said["送修里程（千米）"], paper.settled_on) == (
        "2026年11月3日",
        "66,255",
        "2026年11月23日",
    )
    assert "行驶 2,000 千米或者 10 天，以先达到的为准" in paper.notes[1]


def _paper(content):
    return make_paper(
        content,
        Customer(),
        SHOP,
        number="CD20261123-0001",
        settled_on=TODAY,
        claim_code="AAAA-BBBB-CCCC",
        claim_days=180,
    )
