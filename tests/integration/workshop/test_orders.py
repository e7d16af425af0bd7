"""工单 from 开单 to 结算 and back, with two clerks, second presses and stops in between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import msgspec
import psycopg
import pytest
from django.db import connection as django_connection
from django.test.utils import CaptureQueriesContext
from tests.integration.workshop.order_book import CONTENT, CUSTOMER, LIMITS, NOW, VIN, Shop

from chedang.enterprises import actions as enterprises
from chedang.records.model import RecordState
from chedang.workshop import orders, settlement
from chedang.workshop.models import Order, Sending, Settlement
from chedang.workshop.order_export import orders_csv, orders_json
from chedang.workshop.order_model import Customer, Deed, Item, OrderState, Promise
from chedang.workshop.order_rules import add_up, merge
from chedang.workshop.orders import Changed, NotAllowed
from chedang.workshop.sending import refusal_of
from chedang.workshop.sending_model import SendingState
from chedang.workshop.settlement import NotReady
from chedang.workshop.shop_terms import BelowMinimum, Promised, Terms, least_promise, set_terms, terms_of


def deeds(order: Order) -> list[str]:
    return list(order.steps.order_by("id").values_list("deed", flat=True))


def test_an_order_goes_from_opening_to_one_uploaded_record_and_each_step_says_who(shop: Shop) -> None:
    order = shop.open()
    assert orders.version_of(order).customer == CUSTOMER
    orders.dispatch_order(order.public_id, shop.code, by=shop.clerk, now=NOW)
    settled = shop.settle(order)
    assert shop.send(settled.sending).state == SendingState.SENT
    order.refresh_from_db()
    assert (order.state, order.settlement_id) == (OrderState.SETTLED, settled.pk)
    assert deeds(order) == ["opened", "dispatched", "settled"]
    assert {step.done_by for step in order.steps.all()} == {shop.clerk}
    (record,) = shop.records()
    assert (record.record_id, record.vin, record.settlement_list_number) == (
        settlement.record_id_of(settled),
        VIN,
        settled.number,
    )
    assert [project.hours for project in record.text.projects] == ["1.5", "0.5"]
    sums = add_up(settlement.settled_content(settled))
    assert sums is not None
    assert (sums.labour, sums.material, sums.total, sums.received) == tuple(
        map(Decimal, ("240.00", "268.50", "688.00", "588.00"))
    )


def test_a_second_press_on_settle_gives_the_same_list_and_one_record(shop: Shop) -> None:
    order = shop.open()
    found: list[Settlement] = []

    def press() -> None:
        try:
            found.append(
                settlement.settle_order(order.public_id, shop.enterprise, 1, limits=LIMITS, by=shop.clerk, now=NOW)
            )
        finally:
            django_connection.close()

    presses = [Thread(target=press) for _ in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    assert len(found) == 2
    assert len({each.pk for each in found}) == Sending.objects.count() == 1
    for each in found:
        shop.send(each.sending)
    assert shop.send_all() == 0
    assert len(shop.records()) == 1


def test_a_stop_between_settling_and_uploading_loses_nothing_and_uploads_once(shop: Shop) -> None:
    settled = shop.settle(shop.open())
    assert shop.records() == []  # the process ended here
    assert (shop.send_all(), shop.send_all()) == (1, 0)
    assert [record.settlement_list_number for record in shop.records()] == [settled.number]


def test_the_archive_ends_with_one_active_record_after_settling_twice(shop: Shop) -> None:
    order = shop.open()
    first = shop.settle(order)
    shop.send(first.sending)
    void = shop.reopen(order)
    assert void is not None
    assert shop.reopen(order) is None  # a second press
    order.refresh_from_db()
    assert (order.state, order.settlement) == (OrderState.OPEN, None)
    shop.save(order, 1, note="重新核对")
    second = shop.settle(order)
    assert second.number != first.number
    shop.send(second.sending)
    shop.send_all()
    states = {record.settlement_list_number: record.state for record in shop.records()}
    assert states == {first.number: RecordState.VOID, second.number: RecordState.ACTIVE}
    assert deeds(order) == ["opened", "settled", "reopened", "changed", "settled"]
    assert order.steps.get(deed=Deed.REOPENED).reason == "少算了一项"


def test_a_record_that_never_arrived_is_voided_after_it_arrives(shop: Shop) -> None:
    order = shop.open()
    first = shop.settle(order)
    shop.reopen(order)
    second = shop.settle(order)
    shop.send_all()
    states = {record.settlement_list_number: record.state for record in shop.records()}
    assert states == {first.number: RecordState.VOID, second.number: RecordState.ACTIVE}


def test_a_refused_upload_says_why_and_goes_through_once_the_reason_is_gone(shop: Shop) -> None:
    enterprises.reject(shop.connection, shop.code, reason="材料不全", by="tests", now=NOW)
    shop.connection.commit()
    order = shop.open()
    settled = shop.settle(order)
    refused = shop.send(settled.sending)
    refusal = refusal_of(refused)
    assert (refused.state, refusal is not None) == (SendingState.REFUSED, True)
    enterprises.approve(shop.connection, shop.code, by="tests", now=NOW)
    shop.connection.commit()
    (again,) = settlement.send_again(order.public_id, shop.code, by=shop.clerk, now=NOW)
    assert shop.send(again).state == SendingState.SENT
    assert len(shop.records()) == 1


def test_an_order_whose_upload_was_refused_is_reopened_without_a_void(shop: Shop) -> None:
    enterprises.reject(shop.connection, shop.code, reason="材料不全", by="tests", now=NOW)
    shop.connection.commit()
    order = shop.open()
    shop.send(shop.settle(order).sending)
    assert shop.reopen(order) is None
    order.refresh_from_db()
    assert (order.state, Sending.objects.count()) == (OrderState.OPEN, 0)


def test_nothing_is_settled_beside_a_record_that_could_not_be_voided(shop: Shop) -> None:
    order = shop.open()
    shop.send(shop.settle(order).sending)
    void = shop.reopen(order)
    assert void is not None
    void.state = SendingState.REFUSED
    void.save()
    with pytest.raises(NotAllowed, match="void_refused"):
        shop.settle(order)
    (again,) = settlement.send_again(order.public_id, shop.code, by=shop.clerk, now=NOW)
    assert shop.send(again).state == SendingState.SENT
    second = shop.settle(order)
    shop.send_all()
    states = {record.settlement_list_number: record.state for record in shop.records()}
    assert (states[second.number], sorted(states.values())) == (RecordState.ACTIVE, ["active", "void"])


def test_an_upload_and_its_void_that_were_both_refused_leave_nothing_behind(shop: Shop) -> None:
    order = shop.open()
    shop.settle(order)
    shop.reopen(order)
    enterprises.reject(shop.connection, shop.code, reason="材料不全", by="tests", now=NOW)
    shop.connection.commit()
    shop.send_all()
    assert list(Sending.objects.values_list("state", flat=True)) == [SendingState.REFUSED] * 2
    second = shop.settle(order)
    assert list(Sending.objects.values_list("number", flat=True)) == [second.number]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"vin": "LSVAA4182E2100009"}, "/basicInfo/vin"),
        ({"items": (), "parts": ()}, "items"),
        ({"items": (Item(name="换机油", hours="半天", unit_price="1"),)}, "items-0-hours"),
        ({"discount": "9999"}, "discount"),
        ({"mileage": ""}, "mileage"),
    ],
)
def test_what_has_an_error_is_kept_and_not_settled(shop: Shop, changes: dict[str, Any], place: str) -> None:
    order = shop.open(msgspec.structs.replace(CONTENT, **changes))
    with pytest.raises(NotReady) as caught:
        shop.settle(order)
    places = [fault.place for fault in caught.value.faults] + [found.field for found in caught.value.findings]
    assert place in places
    order.refresh_from_db()
    assert (order.state, Sending.objects.count(), Settlement.objects.count()) == (OrderState.OPEN, 0, 0)


def test_the_second_of_two_clerks_sees_what_the_other_changed_and_loses_nothing(shop: Shop) -> None:
    order = shop.open()
    shop.save(order, 1, by=shop.other, mileage="45300", tax="35.5")
    with pytest.raises(Changed) as caught:
        shop.save(order, 1, mileage="45210", fault_description="制动时有异响，跑偏", note="客户在等")
    changed = caught.value
    assert (changed.current.made_by, changed.current.content.mileage) == ("文员乙", "45300")
    typed = msgspec.structs.replace(changed.base.content, fault_description="制动时有异响，跑偏", note="客户在等")
    both = merge(changed.base.content, typed, changed.current.content)
    assert (both.mileage, both.tax, both.fault_description, both.note) == (
        "45300",
        "35.5",
        "制动时有异响，跑偏",
        "客户在等",
    )
    saved = orders.save_order(
        order.public_id, shop.code, changed.current.revision, both, CUSTOMER, by=shop.clerk, now=NOW
    )
    assert (saved.revision, orders.content_of(saved).tax) == (3, "35.5")
    with pytest.raises(Changed):
        shop.settle(order, 1)


def test_saving_twice_is_one_version_and_a_new_order_sent_twice_is_one_order(shop: Shop) -> None:
    order = shop.open()
    for _ in range(2):
        shop.save(order, 1, items=(*CONTENT.items, Item(name="四轮定位", hours="1")))
    order.refresh_from_db()
    assert (order.revision, order.versions.count()) == (2, 2)
    other = shop.open()
    for note in ("", "忘了写"):  # sent again; then sent again with more from the page one went back to
        typed = msgspec.structs.replace(CONTENT, note=note)
        again = orders.open_order(other.public_id, shop.code, typed, CUSTOMER, by=shop.clerk, now=NOW)
        assert (again.pk, orders.content_of(again).note, Order.objects.count()) == (other.pk, note, 2)
    with pytest.raises(Changed):
        orders.open_order(other.public_id, shop.code, CONTENT, CUSTOMER, by=shop.clerk, now=NOW)
    with pytest.raises(NotAllowed):
        orders.open_order(order.public_id, "330106999999", CONTENT, CUSTOMER, by=shop.clerk, now=NOW)


def test_a_technician_sees_the_own_items_once_dispatched_and_marks_them(shop: Shop) -> None:
    items = (*CONTENT.items, Item(name="喷漆", hours="3", technician="赵师傅"))
    order = shop.open(msgspec.structs.replace(CONTENT, items=items))
    assert orders.jobs_of(shop.technician) == []
    orders.dispatch_order(order.public_id, shop.code, by=shop.clerk, now=NOW)
    jobs = orders.jobs_of(shop.technician)
    assert [job.name for job in jobs] == ["更换前制动片", "检查制动液"]
    assert not {"unit_price", "phone", "owner_name", "vin"} & set(type(jobs[0]).__struct_fields__)
    for _ in range(2):
        orders.mark_item(order.public_id, jobs[0].item_key, Deed.STARTED, by=shop.technician, now=NOW)
    order.refresh_from_db()
    shop.save(order, 1, note="先做这张")  # an item keeps its marks through a change
    marked = orders.jobs_of(shop.technician)
    assert ([job.started_at for job in marked], deeds(order).count("started")) == ([NOW, None], 1)
    paint = orders.content_of(order, 1).items[2].key
    with pytest.raises(NotAllowed):
        orders.mark_item(order.public_id, paint, Deed.FINISHED, by=shop.technician, now=NOW)


def test_a_cancelled_order_is_closed_and_says_why(shop: Shop) -> None:
    order = shop.open()
    with pytest.raises(NotAllowed):
        orders.cancel_order(order.public_id, shop.code, " ", by=shop.clerk, now=NOW)
    for _ in range(2):
        orders.cancel_order(order.public_id, shop.code, "客户不修了", by=shop.clerk, now=NOW)
    assert order.steps.get(deed=Deed.CANCELLED).reason == "客户不修了"
    for act in (lambda: shop.settle(order), lambda: shop.save(order, 1, note="x"), lambda: shop.reopen(order)):
        with pytest.raises(NotAllowed):
            act()


def test_no_shop_reaches_another_shops_order(shop: Shop) -> None:
    order = shop.open()
    with pytest.raises(Order.DoesNotExist):
        orders.cancel_order(order.public_id, "330106999999", "x", by=shop.clerk, now=NOW)


def test_the_paper_promises_the_legal_minimum_or_what_the_shop_promises_beyond_it(shop: Shop) -> None:
    first = settlement.paper_of(shop.settle(shop.open()))
    assert first.promise == least_promise(Promised.MINOR) == Promise(2000, 10)
    better = Terms(Decimal("120.00"), {"minor": Promise(5000, 30), "nev": Promise(20000, 365)})
    set_terms(shop.code, better, by=shop.clerk, now=NOW)
    assert terms_of(shop.code) == better
    second = settlement.paper_of(shop.settle(shop.open()))
    assert (second.promise, second.nev_promise) == (Promise(5000, 30), Promise(20000, 365))
    whole = msgspec.structs.replace(CONTENT, items=(Item(name="发动机总成修理", hours="20", unit_price="120"),))
    assert settlement.paper_of(shop.settle(shop.open(whole))).promise == Promise(20000, 100)
    with pytest.raises(BelowMinimum):
        set_terms(shop.code, Terms(None, {"minor": Promise(1999, 30)}), by=shop.clerk, now=NOW)


def test_customers_are_sealed_and_forgotten_after_their_years(shop: Shop) -> None:
    order = shop.open()
    shop.save(order, 1, note="x")
    with psycopg.connect(shop.url) as connection:
        sealed = connection.execute("select customer_sealed, content from workshop_order_version").fetchall()
    for customer, content in sealed:
        for text in (*msgspec.structs.astuple(CUSTOMER),):
            assert text.encode() not in bytes(customer)
            assert text not in content
    order.refresh_from_db()
    assert orders.forget_customers(NOW + timedelta(days=5 * 365)) == 0
    assert orders.forget_customers(NOW + timedelta(days=5 * 366 + 1)) == 1
    assert orders.forget_customers(NOW + timedelta(days=5 * 366 + 1)) == 0
    assert {orders.version_of(order, revision).customer for revision in (1, 2)} == {Customer()}
    assert orders.content_of(order).mileage == "45210"


def test_a_shop_takes_its_whole_book_away_and_nobody_elses(shop: Shop) -> None:
    settled = shop.settle(shop.open())
    table = "".join(orders_csv(shop.code))
    for text in ("268.50", "总费用", "688.00", settled.number, "14200003301", "=1+1"):
        assert (text in table) is (text != "=1+1")
    shop.open(msgspec.structs.replace(CONTENT, note="", fault_description="=1+1"))
    assert "'=1+1" in "".join(orders_csv(shop.code))
    (first, second) = msgspec.json.decode("".join(orders_json(shop.code)))
    assert (first["sums_yuan"]["received"], second["state"]) == ("588.00", "open")
    assert ("".join(orders_csv("1")).count("\n"), "".join(orders_json("1"))) == (1, "[]")


def test_a_stale_page_takes_back_the_list_that_it_showed_and_no_later_one(shop: Shop) -> None:
    order = shop.open()
    first = shop.settle(order)
    shop.reopen(order)
    second = shop.settle(order)
    again = settlement.reopen_order(
        order.public_id, shop.code, "少算了一项", number=first.number, by=shop.other, now=NOW
    )
    order.refresh_from_db()
    assert again is None
    assert order.settlement == second
    shown = second.number
    assert settlement.reopen_order(order.public_id, shop.code, "错", number=shown, by=shop.other, now=NOW) is not None


def test_jobs_of_many_orders_are_read_at_once(shop: Shop) -> None:
    for _ in range(6):
        orders.dispatch_order(shop.open().public_id, shop.code, by=shop.clerk, now=NOW)
    first = Order.objects.order_by("id")[0]
    key = orders.content_of(first).items[0].key
    orders.mark_item(first.public_id, key, Deed.STARTED, by=shop.technician, now=NOW)
    with CaptureQueriesContext(django_connection) as asked:
        jobs = orders.jobs_of(shop.technician)
    assert len(jobs) == 12
    assert [job.item_key for job in jobs if job.started_at] == [key]
    assert len(asked) == 3
