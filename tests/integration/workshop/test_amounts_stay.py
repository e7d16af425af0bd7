"""What a shop charges never leaves its order book: not into another table, a message, an export or an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from tests.integration.exchange.nodes import Node
from tests.integration.workshop.order_book import CONTENT, NOW, VIN, Shop

from chedang.exchange.messages import open_kept
from chedang.exchange.signing import Signer
from chedang.intake.native.answers import record_json
from chedang.owners.certificate_content import CertificateContent, canonical_json, say
from chedang.records.store import read_file, read_record
from chedang.vehicles import exports
from chedang.vehicles.follow import follow
from chedang.vehicles.homes import read_home_facts
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.views import View, redact
from chedang.workshop.amounts import in_capitals, written
from chedang.workshop.models import Sending
from chedang.workshop.order_export import orders_csv
from chedang.workshop.order_model import Item, OtherFee, PartLine
from chedang.workshop.order_rules import add_up

# No other figure of the test looks like these.
CANARIES = ("7193.17", "6151.31", "5147.53", "4139.71", "3137.37", "89.83", "2129.29")
ORDER = msgspec.structs.replace(
    CONTENT,
    items=(Item(name="更换前制动片", hours="1.5", unit_price=CANARIES[0]),),
    parts=(PartLine("前制动片", "D-1234", "某牌", "2", CANARIES[1], "oem"),),
    other_fees=(OtherFee("拖车费", CANARIES[2]),),
    tax=CANARIES[3],
    discount=CANARIES[4],
    rounding=CANARIES[5],
    prepaid=CANARIES[6],
)


def amounts() -> set[str]:
    """Every figure of the order as it may be written: typed, reckoned, with commas, without a point, in capitals."""
    sums = add_up(ORDER)
    assert sums is not None
    reckoned = [figure for figure in msgspec.structs.asdict(sums).values() if figure]
    plain = {*CANARIES, *(f"{figure}" for figure in reckoned)}
    return (
        plain
        | {written(figure) for figure in reckoned}
        | {text.replace(".", "") for text in plain}
        | {in_capitals(figure) for figure in reckoned}
    )


def tables(connection: psycopg.Connection[Any], *, of_workshop: bool) -> str:
    """Every row of the tables as text; bytes as what they are in UTF-8 where they are that."""
    names = connection.execute(
        "select tablename from pg_tables where schemaname = 'public' and (tablename like 'workshop\\_%%') = %s",
        (of_workshop,),
    ).fetchall()
    held = []
    for (name,) in names:
        with connection.cursor() as cursor:
            rows = cursor.execute(sql.SQL("select * from {}").format(sql.Identifier(name))).fetchall()
        held += [_text(value) for row in rows for value in row]
    return "\n".join(held)


def _text(value: object) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def test_no_amount_is_found_outside_the_order_book(shop: Shop) -> None:
    # given an order full of amounts that nothing else says, settled, uploaded and followed
    settled = shop.settle(shop.open(ORDER))
    shop.send(settled.sending)
    while follow(shop.connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    shop.connection.commit()
    # when it goes up to the ministry, and everybody who may reads it
    node = Node("33", "00", shop.url, Signer(bytes(range(32))))
    node.join(Node("00", "33", shop.url, Signer(bytes(range(32)))))
    assert node.sender().prepare(node.connection) > 0
    message = node.sender().pending(node.connection)
    assert message is not None
    said = [
        open_kept(message).body.decode("utf-8", "replace"),
        *everything_read(shop, settled.number),
        tables(shop.connection, of_workshop=False),
    ]
    node.crash()
    # then the record is in all of it, and no amount is
    for text in said:
        assert "D-1234" in text
        assert [amount for amount in amounts() if amount in text] == []
    assert (Sending.objects.get().text, settled.number in tables(shop.connection, of_workshop=True)) == ("", True)
    # and the search would find them: the book and its own export have them
    book = tables(shop.connection, of_workshop=True) + "".join(orders_csv(shop.code))
    assert [canary for canary in CANARIES if canary not in book] == []


def everything_read(shop: Shop, number: str) -> list[str]:
    """What owners, officers, programs and papers are given of the vehicle."""
    versions = list(read_file(shop.connection, VIN))
    facts = read_home_facts(shop.connection, VIN, {shop.code}, node_code="33")
    file = assemble_file(VIN, versions, home_facts=facts)
    answers = []
    for view in (View.OWNER, View.AUTHORITY):
        seen = redact(file, view, companies={})
        answers += [
            exports.as_json(seen, made_at=NOW, node_code="33").decode(),
            exports.as_csv(seen).decode(),
            exports.as_lubelogger(seen).decode(),
            canonical_json(
                CertificateContent(
                    number=number,
                    issued_at="",
                    valid_until="",
                    node_code="33",
                    node_name="",
                    check_at="",
                    vehicle=say(seen, most_visits=50),
                )
            ),
        ]
    (held,) = [list(read_record(shop.connection, version.record_id)) for version in versions][:1]
    answers.append(msgspec.json.encode(record_json(held[-1])).decode())
    shop.connection.commit()
    return answers
