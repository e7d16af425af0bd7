"""全国唯一企业编码: given by the ministry without a gap, asked for by provinces, waited for when it is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import msgspec
import psycopg
import pytest
from tests.integration.pair_of_nodes import Node, databases, undone

from chedang.enterprises import accounts, actions, codes, known, store
from chedang.enterprises.codes import AllocationAnswer, AllocationAsk, Allocator, fetch_codes, request_key
from chedang.enterprises.errors import AlreadyRegistered
from chedang.enterprises.importing import import_rows
from chedang.enterprises.model import RegistrationText, ReviewState, Source
from chedang.enterprises.permissions import find_shop
from chedang.enterprises.rules import read_registration
from chedang.enterprises.table import REQUIRED_COLUMNS, read_table
from chedang.fiction.shops import make_shops
from chedang.terms import enterprise_code
from chedang.terms.dates import day_in_china

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEXTS = [shop.registration for shop in make_shops(Random(7), 6)]
TEXT = TEXTS[0]
BOX = accounts.SecretBox(bytes(32))
KEY = "ab" * 32

__all__ = ["databases"]  # a fixture is used by its name alone


@pytest.fixture
def ministry(databases: tuple[str, str]) -> Iterator[Node]:
    """The ministry; whatever a test does to it is undone."""
    yield from undone(databases[0])


@pytest.fixture
def province(databases: tuple[str, str]) -> Iterator[Node]:
    """A province."""
    yield from undone(databases[1])


class Line:
    """A province's line to the ministry, which can be cut."""

    def __init__(self, ministry: Node) -> None:
        self._ministry = ministry
        self.is_up = True
        self.asked: list[str] = []

    def __call__(self, ask: AllocationAsk) -> str | None:
        self.asked.append(ask.request_key)
        if not self.is_up:
            return None
        answer = codes.CALLS["allocate"](self._ministry, "33", msgspec.msgpack.encode(ask), NOW)
        return msgspec.msgpack.decode(answer, type=AllocationAnswer).company_code


@pytest.fixture
def line(ministry: Node) -> Line:
    return Line(ministry)


@pytest.fixture
def allocator(line: Line) -> Allocator:
    return Allocator("33", line)


def by_a_maker(ministry: Node, text: RegistrationText) -> str:
    """The code that a maker has allocated for a dealer: it tells licence, name and division, no credit code."""
    registration, findings = read_registration(
        msgspec.structs.replace(text, unified_credit_code=""), today=day_in_china(NOW)
    )
    assert registration is not None
    code = codes.allocate(ministry, "00", request_key(registration), registration.division_code, now=NOW)
    store.insert(
        ministry, registration, findings, company_code=code, national_code=code, password_hash="-",
        password_is_weak=False, source=Source.ALLOCATED, now=NOW,
    )  # fmt: skip
    return code


def serials(ministry: Node) -> list[int]:
    return [serial for (serial,) in ministry.execute("select serial from code_allocation order by serial")]


def test_many_at_once_get_serials_without_a_gap_though_some_are_rolled_back(database_url: str) -> None:
    def ask(number: int) -> str:
        node, division = (("33", "330106"), ("32", "320106"))[number % 2]
        with psycopg.connect(database_url) as connection:
            if number % 3 == 0:
                with connection.transaction(force_rollback=True):
                    codes.allocate(connection, node, f"{number + 1000:064x}", division, now=NOW)
            return codes.allocate(connection, node, f"{number % 40:064x}", division, now=NOW)

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(ask, range(80)))  # everybody twice
    assert given[:40] == given[40:]
    assert sorted(int(code[6:]) for code in given[:40]) == list(range(1, 41))
    with psycopg.connect(database_url) as connection:
        assert serials(connection) == list(range(1, 41))


def test_a_connection_killed_before_its_commit_leaves_no_gap(database_url: str) -> None:
    doomed = psycopg.connect(database_url)
    doomed.execute("select")  # a transaction of its own, of which the allocation becomes a part
    assert codes.allocate(doomed, "33", KEY, "330106", now=NOW) == "330106000000001"
    with psycopg.connect(database_url, autocommit=True) as other, ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(codes.allocate, other, "32", KEY, "320106", now=NOW)
        with psycopg.connect(database_url, autocommit=True) as killer:
            killer.execute("select pg_terminate_backend(%s)", [doomed.info.backend_pid])
        assert waiting.result(10) == "320106000000001"
        doomed.close()
        assert codes.allocate(other, "33", KEY, "330106", now=NOW) == "330106000000002"


def test_a_code_that_a_shop_holds_is_passed_over_and_its_serial_accounted_for(ministry: Node) -> None:
    held = known.KnownEnterprise(
        company_code="330106000000001", company_name="旧户", division_code="330106", review_state=ReviewState.APPROVED
    )
    known.apply_notice(ministry, "33", held.company_code, msgspec.json.encode(held), now=NOW)
    table = f"{','.join(REQUIRED_COLUMNS)}\n330106000000002,old-password-1,部级旧户,330106,02\n"
    list(import_rows(ministry, read_table(table.encode()).rows, box=BOX, now=NOW))
    assert codes.allocate(ministry, "33", KEY, "330106", now=NOW) == "330106000000003"
    rows = ministry.execute("select serial, node_code, request_key from code_allocation order by serial").fetchall()
    assert rows == [(1, "33", "held/330106000000001"), (2, "00", "held/330106000000002"), (3, "33", KEY)]


def test_the_same_key_of_two_nodes_is_two_requests(ministry: Node) -> None:
    assert codes.allocate(ministry, "33", KEY, "330106", now=NOW) != codes.allocate(
        ministry, "32", KEY, "330106", now=NOW
    )


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"\xc1", "无法读取"),
        (msgspec.msgpack.encode(["x", "330106"]), "请求标识"),
        (msgspec.msgpack.encode([KEY, "330"]), "行政区划"),
        (msgspec.msgpack.encode([KEY, "990106"]), "行政区划"),
    ],
)
def test_a_call_that_cannot_be_answered_is_told_why_and_uses_no_serial(
    ministry: Node, contents: bytes, reason: str
) -> None:
    answer = msgspec.msgpack.decode(codes.answer_allocate(ministry, "33", contents, NOW), type=AllocationAnswer)
    assert answer.company_code == ""
    assert reason in answer.reason
    assert serials(ministry) == []


def test_a_county_of_another_province_is_no_reason_to_refuse(ministry: Node) -> None:
    """兵团 stands in 新疆's counties."""
    contents = msgspec.msgpack.encode(AllocationAsk(KEY, "650102"))
    answer = msgspec.msgpack.decode(codes.answer_allocate(ministry, "66", contents, NOW), type=AllocationAnswer)
    assert answer.company_code == "650102000000001"


def test_a_shop_of_a_joined_province_registers_under_the_national_code(
    province: Node, allocator: Allocator, line: Line
) -> None:
    shop = actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise
    assert shop.company_code == shop.national_code == shop.answered_code == f"{TEXT.division_code}000000001"
    assert not shop.awaits_national_code
    again = actions.register(province, TEXT, now=NOW, allocator=allocator)
    assert (again.is_new, again.enterprise) == (False, shop)
    assert len(line.asked) == 1
    with pytest.raises(AlreadyRegistered):
        actions.register(
            province, msgspec.structs.replace(TEXT, password="of-somebody-else"), now=NOW, allocator=allocator
        )
    assert len(line.asked) == 1


def test_a_registration_whose_answer_was_lost_before_the_shop_was_stored_gets_the_same_code(
    ministry: Node, province: Node, allocator: Allocator
) -> None:
    with province.transaction(force_rollback=True):
        lost = actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise.company_code
    assert actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise.company_code == lost
    assert serials(ministry) == [1]


def test_a_shop_that_registers_while_the_ministry_is_away_gets_a_provisional_code_and_later_the_national_one(
    province: Node, allocator: Allocator, line: Line
) -> None:
    line.is_up = False
    shops = [actions.register(province, text, now=NOW, allocator=allocator).enterprise for text in TEXTS[:3]]
    assert [shop.company_code for shop in shops] == [
        f"{text.division_code}33{number:06d}" for number, text in enumerate(TEXTS[:3], 1)
    ]
    assert all(shop.awaits_national_code and shop.answered_code == shop.company_code for shop in shops)
    assert not any(enterprise_code.is_issued_form(shop.company_code) for shop in shops)
    assert fetch_codes(province, line, NOW) == 0
    line.is_up = True
    assert fetch_codes(province, line, NOW) == 3
    assert fetch_codes(province, line, NOW) == 0
    later = [actions.register(province, text, now=NOW, allocator=allocator).enterprise for text in TEXTS[:3]]
    assert [shop.company_code for shop in later] == [shop.company_code for shop in shops]
    assert [shop.answered_code[6:] for shop in later] == ["000000001", "000000002", "000000003"]
    told = msgspec.json.decode(known.read_notice(province, later[0].company_code))
    assert (told["company_code"], told["national_code"]) == (later[0].company_code, later[0].national_code)


def test_both_codes_name_the_shop(province: Node, allocator: Allocator, line: Line) -> None:
    line.is_up = False
    provisional = actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise.company_code
    line.is_up = True
    fetch_codes(province, line, NOW)
    shop = store.find_by_code(province, provisional)
    assert shop is not None
    national = shop.national_code
    assert store.find_by_code(province, national) == shop
    assert store.find_by_codes(province, [provisional, national, "1"]) == {provisional: shop, national: shop}
    assert store.code_exists(province, national)
    assert actions.approve(province, national, by="officer", now=NOW).enterprise.company_code == provisional
    changed = actions.change_password(province, national, "a-better-password-1", now=NOW, ends_tokens=False)
    assert changed.company_code == provisional
    table = (
        f"{','.join(REQUIRED_COLUMNS)},accountkind,account,chaincode\n"
        f"{national},a-better-password-1,新名称汽修,330106,02,login,shop-login,{national}\n"
    )
    list(import_rows(province, read_table(table.encode()).rows, box=BOX, now=NOW))
    assert [each.company_name for each in store.list_by_state(province)] == ["新名称汽修"]
    assert [each.account for each in accounts.accounts_of(province, provisional)] == ["shop-login"]
    assert accounts.members_of(province, provisional) == {provisional}


def test_shops_that_moved_in_keep_the_codes_they_brought(province: Node, line: Line) -> None:
    table = f"{','.join(REQUIRED_COLUMNS)}\n33010620000123,old-password-1,杭州旧户汽修,330106,02\n"
    list(import_rows(province, read_table(table.encode()).rows, box=BOX, now=NOW))
    (shop,) = store.list_by_state(province)
    assert not shop.awaits_national_code
    assert fetch_codes(province, line, NOW) == 0
    assert line.asked == []


def test_a_national_code_that_a_shop_of_the_province_holds_already_is_asked_anew(
    ministry: Node, province: Node, allocator: Allocator
) -> None:
    """It moved in with that code, and the ministry has not heard of it yet."""
    table = f"{','.join(REQUIRED_COLUMNS)}\n{TEXT.division_code}000000001,old-password-1,旧户,330106,02\n"
    list(import_rows(province, read_table(table.encode()).rows, box=BOX, now=NOW))
    shop = actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise
    assert shop.company_code == f"{TEXT.division_code}000000002"
    assert serials(ministry) == [1, 2]


def test_a_shop_for_which_a_maker_had_a_code_allocated_registers_under_it(
    ministry: Node, province: Node, allocator: Allocator
) -> None:
    registration, _ = read_registration(TEXT, today=day_in_china(NOW))
    assert registration is not None
    code = by_a_maker(ministry, TEXT)
    told = known.KnownEnterprise(
        company_code=code,
        company_name=registration.company_name,
        division_code=registration.division_code,
        review_state=ReviewState.PENDING,
    )
    known.apply_notice(province, "00", code, msgspec.json.encode(told), now=NOW)
    assert actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise.company_code == code
    assert known.find(province, code) is None
    actions.approve(province, code, by="officer", now=NOW)
    assert store.unapproved_codes(province, [code]) == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        {"company_name": "另一家汽修"},
        {"road_transport_license": "330106880099"},
        {"division_code": "320102"},
    ],
)
def test_another_shop_than_the_makers_dealer_gets_a_code_of_its_own(
    ministry: Node, province: Node, allocator: Allocator, change: dict[str, str]
) -> None:
    code = by_a_maker(ministry, TEXT)
    other = msgspec.structs.replace(TEXT, **change)
    assert actions.register(province, other, now=NOW, allocator=allocator).enterprise.company_code != code
    assert ministry.execute("select node_code from code_allocation order by serial").fetchall() == [("00",), ("33",)]


def test_a_dealers_code_is_the_provinces_once_and_a_maker_finds_it_again(
    ministry: Node, province: Node, allocator: Allocator, line: Line
) -> None:
    unlicensed = msgspec.structs.replace(TEXT, road_transport_license="")
    code = by_a_maker(ministry, unlicensed)
    assert actions.register(province, unlicensed, now=NOW, allocator=allocator).enterprise.company_code == code
    assert line(codes.ask_for(store.list_by_state(province)[0])) == code
    content = known.read_notice(province, code)
    known.apply_notice(ministry, "33", code, content, now=NOW)
    shop = find_shop(ministry, code)
    assert shop is not None
    assert (shop.company_code, shop.source) == (code, Source.TOLD)
    assert serials(ministry) == [1]


def test_bingtuan_registers_a_makers_dealer_in_a_county_of_xinjiang(ministry: Node) -> None:
    text = msgspec.structs.replace(TEXT, division_code="650102")
    code = by_a_maker(ministry, text)
    registration, _ = read_registration(text, today=day_in_china(NOW))
    assert registration is not None
    asked = msgspec.msgpack.encode(codes.ask_for(registration))
    for sender, answered in (("33", False), ("66", True), ("65", False)):
        answer = msgspec.msgpack.decode(codes.answer_allocate(ministry, sender, asked, NOW), type=AllocationAnswer)
        assert (answer.company_code == code) is answered


def test_two_shops_known_by_the_same_name_only_get_two_codes(province: Node, allocator: Allocator, line: Line) -> None:
    nameless = msgspec.structs.replace(TEXT, unified_credit_code="", road_transport_license="")
    namesake = msgspec.structs.replace(nameless, password="of-somebody-else")
    for is_up, text in ((True, nameless), (False, namesake)):
        line.is_up = is_up
        actions.register(province, text, now=NOW, allocator=allocator)
    line.is_up = True
    assert fetch_codes(province, line, NOW) == 1
    national = [shop.national_code[6:] for shop in store.list_by_state(province)]
    assert sorted(national) == ["000000001", "000000002"]


def test_a_chains_shop_gets_its_code_in_the_same_way(province: Node, allocator: Allocator, line: Line) -> None:
    office = actions.register(province, TEXT, now=NOW, allocator=allocator).enterprise.company_code
    accounts.add_member(province, office, office, now=NOW)
    first, second = (msgspec.structs.replace(text, unified_credit_code="", password="") for text in TEXTS[1:3])
    given = actions.allocate(province, office, first, now=NOW, allocator=allocator).enterprise
    assert given.national_code == given.company_code
    line.is_up = False
    waiting = actions.allocate(province, office, second, now=NOW, allocator=allocator).enterprise
    assert waiting.awaits_national_code
    line.is_up = True
    assert fetch_codes(province, line, NOW) == 1
    again = actions.allocate(province, office, second, now=NOW, allocator=allocator).enterprise
    assert again.answered_code == f"{second.division_code}000000003"
    assert accounts.members_of(province, office) == {office, given.company_code, waiting.company_code}


def test_no_transaction_is_open_and_nothing_locked_while_the_ministry_is_asked(database_url: str) -> None:
    asked = threading.Event()

    def ask(asked_for: AllocationAsk) -> str:
        with psycopg.connect(database_url, autocommit=True) as other:
            other.execute("set lock_timeout = '1s'")
            actions.register(other, TEXTS[1], now=NOW)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        asked.set()
        return f"{asked_for.division_code}000000099"

    with psycopg.connect(database_url, autocommit=True) as connection:
        shop = actions.register(connection, TEXT, now=NOW, allocator=Allocator("33", ask)).enterprise
    assert asked.is_set()
    assert shop.company_code.endswith("000000099")


def test_a_request_says_which_shop_without_naming_it() -> None:
    registration, _ = read_registration(TEXT, today=day_in_china(NOW))
    assert registration is not None
    key = request_key(registration)
    assert len(key) == 64
    assert registration.unified_credit_code not in key
    without_credit, _ = read_registration(
        msgspec.structs.replace(TEXT, unified_credit_code="0"), today=day_in_china(NOW)
    )
    without_both, _ = read_registration(
        msgspec.structs.replace(TEXT, unified_credit_code="0", road_transport_license="无"), today=day_in_china(NOW)
    )
    assert without_credit is not None
    assert without_both is not None
    assert len({key, request_key(without_credit), request_key(without_both)}) == 3
