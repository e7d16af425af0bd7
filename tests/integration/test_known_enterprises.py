"""What nodes tell each other of their shops, on real databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from tests.integration.pair_of_nodes import Node, databases, undone
from tests.integration.test_writer import upload

from chedang.enterprises import accounts, actions, codes, known, store
from chedang.enterprises.importing import ImportResult, import_rows
from chedang.enterprises.known import KnownEnterprise
from chedang.enterprises.model import ReviewState, Source
from chedang.enterprises.rules import read_registration
from chedang.enterprises.table import REQUIRED_COLUMNS, read_table
from chedang.fiction.shops import make_shops
from chedang.platform.announcements import NoticeRefused, read_announcements
from chedang.records.store import append
from chedang.terms.dates import day_in_china
from chedang.vehicles.new_reading import read_readings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TEXT = make_shops(Random(1), 1)[0].registration
CODE = f"{TEXT.division_code}000000001"
BOX = accounts.SecretBox(bytes(32))

__all__ = ["databases"]  # a fixture is used by its name alone


@pytest.fixture
def here(databases: tuple[str, str]) -> Iterator[Node]:
    """A node; whatever a test does to it is undone."""
    yield from undone(databases[0])


@pytest.fixture
def there(databases: tuple[str, str]) -> Iterator[Node]:
    """Another one."""
    yield from undone(databases[1])


def told(**changes: Any) -> bytes:
    shop = KnownEnterprise(
        company_code=CODE,
        company_name=TEXT.company_name,
        division_code=TEXT.division_code,
        category_code="02",
        review_state=ReviewState.APPROVED,
    )
    return msgspec.json.encode(replace(shop, **changes))


def announced(connection: Node) -> list[tuple[str, str]]:
    return [tuple(row) for row in connection.execute("select kind, key from announcement order by seq")]


def test_a_province_tells_the_ministry_of_its_shop_and_the_ministry_another_province(here: Node, there: Node) -> None:
    shop = actions.register(here, TEXT, now=NOW).enterprise
    content = known.read_notice(here, shop.company_code)
    with pytest.raises(NoticeRefused, match="本节点"):  # the node's own shop is nobody else's
        known.apply_notice(here, "32", shop.company_code, content, now=NOW)
    known.apply_notice(there, "33", shop.company_code, content, now=NOW)
    found = known.find(there, shop.company_code)
    assert found == KnownEnterprise(
        company_code=CODE,
        node_code="33",
        company_name=TEXT.company_name,
        division_code=TEXT.division_code,
        category_code=shop.category_code,
        review_state=ReviewState.PENDING,
    )
    passed_on = known.read_notice(there, shop.company_code)
    assert msgspec.json.decode(passed_on)["node_code"] == "33"
    assert announced(there) == [("enterprise", CODE)]
    known.apply_notice(here, "00", shop.company_code, passed_on, now=NOW)  # its own shop comes back
    assert known.find(here, CODE) is None


def test_a_province_keeps_the_node_that_the_ministry_names_and_passes_nothing_on(here: Node) -> None:
    known.apply_notice(here, "00", CODE, told(node_code="33"), now=NOW)
    known.apply_notice(here, "00", CODE[:-1] + "2", told(company_code=CODE[:-1] + "2"), now=NOW)
    shops = known.find_all(here, [CODE, CODE[:-1] + "2"])
    assert [shop.node_code for shop in shops.values()] == ["33", "00"]
    assert announced(here) == []


def test_nothing_personal_travels(here: Node) -> None:
    registration, _ = read_registration(TEXT, today=day_in_china(NOW))
    assert registration is not None
    code = actions.register(here, TEXT, now=NOW).enterprise.company_code
    content = known.read_notice(here, code)
    assert set(msgspec.json.decode(content)) == set(KnownEnterprise.__struct_fields__)
    personal = (registration.linkman_name, registration.linkman_phone, registration.superintendent_name,
                registration.superintendent_phone, registration.address, registration.email)  # fmt: skip
    assert all(personal)
    assert not [text for text in personal if text in content.decode()]


def test_every_change_that_others_must_know_is_announced_with_the_change_and_not_without_it(here: Node) -> None:
    table = f"{','.join(REQUIRED_COLUMNS)}\n330106200001,old-password-1,杭州旧户汽修,330106,02\n"
    with here.transaction(force_rollback=True):
        actions.register(here, TEXT, now=NOW)
    assert announced(here) == []
    actions.register(here, TEXT, now=NOW)
    list(import_rows(here, read_table(table.encode()).rows, box=BOX, now=NOW))
    renamed = table.replace("旧户", "新户")
    list(import_rows(here, read_table(renamed.encode()).rows, box=BOX, now=NOW))
    actions.approve(here, CODE, by="officer", now=NOW)
    actions.reject(here, CODE, by="officer", now=NOW, reason="材料不符")
    store.save_national_code(here, CODE, "330106000000077", now=NOW)
    keys = [key for _, key in announced(here)]
    assert keys == [CODE, "330106200001", "330106200001", CODE, CODE, CODE]
    actions.change_password(here, CODE, "a-better-password-1", now=NOW, ends_tokens=False)
    store.save_national_code(here, CODE, "330106000000078", now=NOW)  # it has one
    list(import_rows(here, read_table(renamed.encode()).rows, box=BOX, now=NOW))
    assert len(announced(here)) == len(keys)


def test_a_node_that_joins_announces_the_shops_it_has(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert known.announce_all(connection, NOW) == 0
        actions.register(connection, TEXT, now=NOW)
        connection.execute("delete from announcement")  # it came in before nodes announced anything
        assert known.announce_all(connection, NOW) == 1
        assert [(each.kind, each.key) for each in read_announcements(connection, after=0, limit=10)] == [
            ("enterprise", CODE)
        ]


def test_the_ministry_announces_what_is_new_only(here: Node) -> None:
    known.apply_notice(here, "33", CODE, told(), now=NOW)
    known.apply_notice(here, "33", CODE, told(), now=LATER)
    known.apply_notice(here, "33", CODE, told(review_state=ReviewState.REJECTED), now=LATER)
    assert len(announced(here)) == 2
    assert store.unapproved_codes(here, [CODE]) == {CODE}


@pytest.mark.parametrize(
    ("sender", "key", "content", "reason"),
    [
        ("32", CODE, told(), "另一节点"),
        ("00", CODE, told(node_code="31"), "另一节点"),
        ("32", "330106000000009", told(company_code="330106000000009", national_code=CODE), "另一节点"),
        ("33", "330106000000009", told(company_code="330106000000009", national_code=CODE), "同一节点"),
        ("32", "330106000000008", told(company_code="330106000000008"), "分配"),
        ("33", CODE[:-1] + "5", told(), "标识不符"),
        ("33", "12345", told(company_code="12345"), "12 至 15 位"),
        ("33", CODE, b"", "不能撤销"),
        ("33", CODE, b"[]", "不完整"),
        ("33", CODE, told(company_name=""), "不完整"),
        ("33", CODE, told(national_code="12"), "不完整"),
        ("33", CODE, told(division_code="abcdef"), "不完整"),
        ("33", CODE, told().replace(b"approved", b"excellent"), "不完整"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_and_changes_nothing(
    here: Node, sender: str, key: str, content: bytes, reason: str
) -> None:
    known.apply_notice(here, "33", CODE, told(), now=NOW)
    here.execute("update enterprise_serial set next_serial = 8")
    assert codes.allocate(here, "33", "a" * 64, "330106", now=NOW) == "330106000000008"
    before = known.find(here, CODE)
    with pytest.raises(NoticeRefused, match=reason):
        known.apply_notice(here, sender, key, content, now=LATER)
    assert known.find(here, CODE) == before
    assert known.find_all(here, ["330106000000008", "330106000000009"]) == {}


def test_a_shop_that_a_maker_had_allocated_in_a_provinces_name_becomes_the_provinces(here: Node) -> None:
    registration, findings = read_registration(TEXT, today=day_in_china(NOW))
    assert registration is not None
    code = codes.allocate(here, "33", codes.request_key(registration), registration.division_code, now=NOW)
    store.insert(
        here, registration, findings, company_code=code, national_code=code, password_hash="-",
        password_is_weak=False, source=Source.ALLOCATED, now=NOW,
    )  # fmt: skip
    content = told(company_code=code, national_code=code, company_name="本省登记的名称")
    with pytest.raises(NoticeRefused):
        known.apply_notice(here, "32", code, content, now=NOW)
    known.apply_notice(here, "33", code, content, now=NOW)
    assert store.names(here, [code]) == {code: "本省登记的名称"}
    assert store.unapproved_codes(here, [code]) == frozenset()
    (shop,) = store.list_by_state(here, ReviewState.APPROVED)  # by its province: nobody here is asked any more
    assert (shop.company_code, shop.reviewed_by) == (code, "33")


def test_such_a_shop_may_have_registered_under_a_provisional_code_meanwhile(here: Node) -> None:
    registration, findings = read_registration(TEXT, today=day_in_china(NOW))
    assert registration is not None
    code = codes.allocate(here, "33", codes.request_key(registration), registration.division_code, now=NOW)
    store.insert(
        here, registration, findings, company_code=code, national_code=code, password_hash="-",
        password_is_weak=False, source=Source.ALLOCATED, now=NOW,
    )  # fmt: skip
    provisional = f"{TEXT.division_code}33000001"
    content = told(company_code=provisional, national_code=code)
    known.apply_notice(here, "33", provisional, content, now=NOW)
    assert known.find(here, code) == known.find(here, provisional)
    another = told(company_code=provisional[:-1] + "2", national_code=code)
    with pytest.raises(NoticeRefused, match="同一节点"):
        known.apply_notice(here, "33", provisional[:-1] + "2", another, now=NOW)


def test_names_and_holding_back_reach_shops_of_other_nodes(here: Node) -> None:
    own = actions.register(here, TEXT, now=NOW).enterprise.company_code
    other = "320106000000003"
    known.apply_notice(here, "00", other, told(company_code=other, node_code="32", company_name="南京"), now=NOW)
    assert store.names(here, [own, other, "999999999999"]) == {own: TEXT.company_name, other: "南京"}
    assert store.unapproved_codes(here, [own, other]) == {own}
    pending = told(company_code=other, node_code="32", review_state=ReviewState.PENDING)
    known.apply_notice(here, "00", other, pending, now=LATER)
    assert store.unapproved_codes(here, [own, other]) == {own, other}


def test_a_record_of_a_shop_that_is_not_approved_at_home_has_no_say_about_the_odometer(database_url: str) -> None:
    vin = "LSVAM4187C2184841"
    counts = []
    with psycopg.connect(database_url, autocommit=True) as node:
        append(node, [replace(upload(1), vin=vin, company_code=CODE, settled_on=date(2026, 9, 10))])
        counts.append(len(read_readings(node, vin, without=None)))
        for state in (ReviewState.PENDING, ReviewState.APPROVED):
            known.apply_notice(node, "00", CODE, told(node_code="32", review_state=state), now=NOW)
            counts.append(len(read_readings(node, vin, without=None)))
    assert counts == [1, 0, 1]


def test_a_shop_of_another_node_cannot_move_in(here: Node) -> None:
    known.apply_notice(here, "00", "330106200001", told(company_code="330106200001", node_code="32"), now=NOW)
    table = (
        f"{','.join(REQUIRED_COLUMNS)},accountkind,account\n"
        "330106200001,old-password-1,杭州旧户汽修,330106,02,login,first\n"
        "330106200001,old-password-1,杭州旧户汽修,330106,02,login,second\n"
    )
    outcomes = list(import_rows(here, read_table(table.encode()).rows, box=BOX, now=NOW))
    assert [each.result for each in outcomes] == [ImportResult.FAULTY, ImportResult.FAULTY]
    assert "32" in outcomes[0].remarks[0]
    assert store.find_by_code(here, "330106200001") is None
