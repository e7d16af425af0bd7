"""What a province tells first when it begins to exchange, and how much more there is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chedang.enterprises import store
from chedang.enterprises.model import Registration, Source
from chedang.exchange import province
from chedang.exchange.messages import decode_items, open_kept
from chedang.records.merging import merge

from .lines import NOW, Pair
from .rows import SHOP, row


def test_shops_from_before_the_joining_are_told_of_before_any_record(pair: Pair) -> None:
    pair.know_each_other()
    connection = pair.province.connection
    try:
        store.insert(
            connection,
            Registration(company_name="某某汽车维修厂", division_code="330106"),
            (),
            company_code=SHOP,
            password_hash="",
            password_is_weak=False,
            source=Source.REGISTERED,
            now=NOW,
        )
        connection.execute("delete from announcement")  # it was here before anything was announced
        merge(connection, [row()], node_code="33")
        assert pair.steps.make_ahead(connection) == 2
        message = connection.execute("select message from exchange_outgoing").fetchone()
        assert message is not None
        assert [notice.key for notice in decode_items(open_kept(message[0]).body).notices] == [SHOP]
    finally:
        connection.execute("delete from enterprise")


def test_a_large_backlog_is_not_counted_anew_every_second(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(province, "_MANY", 2)
    pair.know_each_other()
    steps = pair.steps
    told = []
    for seconds in (0, 1, 2, 5, 11, 12):
        pair.at(NOW + timedelta(seconds=seconds))
        merge(pair.province.connection, [row(f"JS{seconds:03}")], node_code="33")
        steps.collect(pair.province.connection)
        told.append(pair.ministry.connection.execute("select backlog_records from exchange_peer").fetchone())
    assert told == [(1,), (2,), (2,), (2,), (5,), (5,)]
