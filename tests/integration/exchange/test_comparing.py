"""Reconciliation of a province with the ministry, on two databases, over a line that is a function call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chedang.enterprises import store
from chedang.enterprises.model import Registration, Source
from chedang.exchange import comparisons, events
from chedang.exchange.comparing import CALLS, Side, key_of, to_wire
from chedang.exchange.comparing_model import (
    ChangedAnswer,
    Denial,
    DifferenceKind,
    Direction,
    FetchAnswer,
    HeldRow,
    KeysAsk,
    RowMark,
    RowsAnswer,
    RowsAsk,
    Summary,
    TakeAsk,
)
from chedang.exchange.events import EventKind
from chedang.exchange.messages import encode_body
from chedang.exchange.model import ExchangeRefused, RecordRow
from chedang.exchange.reconciling import Comparison, ordinary_days, reconcile
from chedang.exchange.rows import row_digest
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.platform.database import connect
from chedang.records.mending import read_heads, read_rows
from chedang.records.merging import merge
from chedang.records.model import RecordState, RowKey, StoredRow
from chedang.records.store import Connection, append

from .sound_rows import JIANGSU_SHOP, RECEIVED_AT, VINS, judge_plainly, upload

FIRST_ON = date(2026, 9, 14)
LAST_ON = date(2026, 9, 20)
NOW = RECEIVED_AT + timedelta(days=10)
EVERYTHING = 1_000_000
TABLES = (
    "record_version, record_head, record_change, exchange_feed, exchange_channel, exchange_comparison,"
    " exchange_difference, exchange_set_aside, exchange_event, known_enterprise"
)


class World:
    """浙江 and the ministry, which agree: eight rows of 浙江's, three rows of 江苏's in 浙江's feed."""

    def __init__(self, province: Connection, ministry: Connection) -> None:
        self.province = province
        self.ministry = ministry
        self.sender = "33"

    def fill(self) -> None:
        first = upload("JS001")
        append(self.province, [first, upload("JS002", days=1), upload("JS003", vin=VINS[1], days=2)])
        append(self.province, [upload("JS001", fault="更换机油和机滤", days=1)])
        append(self.province, [upload("JS001", fault="更换机油", vin=VINS[2], days=3, amends=first.record_id)])
        voided = upload("JS002", days=4)
        append(self.province, [upload("JS002", days=4, amends=voided.record_id, state=RecordState.VOID)])
        append(self.province, [upload("", fault="无编号", days=2)])
        merge(self.ministry, [to_wire(row, "33") for row in rows_of(self.province)], node_code="00")
        self.bring_from_jiangsu(self.ministry)
        self.bring_from_jiangsu(self.province)
        for key in self.foreign_keys():
            self.feed(key)
        self.acknowledge()

    def bring_from_jiangsu(self, connection: Connection) -> None:
        rows = [
            wire(upload(f"SZ{number}", shop=JIANGSU_SHOP, vin=VINS[1], days=number), origin="32") for number in range(3)
        ]
        merge(connection, rows, node_code="33" if connection is self.province else "00")

    def foreign_keys(self) -> list[RowKey]:
        return [row.key for row in rows_of(self.ministry) if row.origin == "32"]

    def feed(self, key: RowKey) -> None:
        self.ministry.execute(
            "insert into exchange_feed (destination, kind, vin, record_id, version, queued_at)"
            " values ('33', 'record', %s, %s, %s, %s)",
            [key.vin, key.record_id.hex(), key.version, NOW],
        )

    def acknowledge(self, *, out: int = EVERYTHING, fed: int = EVERYTHING) -> None:
        for connection, peer, position in ((self.province, "00", out), (self.ministry, "33", fed)):
            connection.execute(
                "insert into exchange_channel (peer, direction, epoch, sequence, digest, acknowledged_position,"
                " changed_at) values (%s, 'out', 1, 1, '', %s, %s)"
                " on conflict (peer, direction) do update set acknowledged_position = excluded.acknowledged_position",
                [peer, position, NOW],
            )

    def ask(self, operation: str, contents: bytes) -> bytes:
        return CALLS[operation](self.ministry, self.sender, contents, NOW)

    def reconcile(self, *, repair: bool = True, reached: Reached = nowhere) -> list[Comparison]:
        return reconcile(
            self.province,
            self.ask,
            node_code="33",
            from_on=FIRST_ON,
            until_on=LAST_ON,
            judge=judge_plainly,
            now=NOW,
            repair=repair,
            reached=reached,
        )

    def find(self, *, repair: bool = True) -> list[str]:
        """Kinds of the differences that a run finds."""
        return [kind for each in self.reconcile(repair=repair) for kind in Counter(each.found).elements()]

    def is_equal(self) -> bool:
        """Does a second run find nothing, and is everything on both sides as it was filled?"""
        ours = {to_wire(row, "33") for row in rows_of(self.province)}
        theirs = {to_wire(row, "00") for row in rows_of(self.ministry)}
        heads = [
            connection.execute(
                "select record_id, vin, previous_vin, version, content_digest, state from record_head order by 1"
            ).fetchall()
            for connection in (self.province, self.ministry)
        ]
        return self.find() == [] and ours == theirs and heads[0] == heads[1]


def rows_of(connection: Connection) -> list[StoredRow]:
    found = connection.execute("select vin, uuid_send(record_id), version from record_version order by 1, 2, 3")
    return list(read_rows(connection, [RowKey(*row) for row in found]).values())


def wire(new: Any, *, origin: str) -> RecordRow:
    """A version as another node would bring it."""
    row = RecordRow(
        vin=new.vin,
        record_id=bytes.fromhex(new.record_id),
        version=1,
        state=new.state.value,
        company_code=new.company_code,
        settlement_list_number=new.settlement_list_number,
        plate_number=new.plate_number,
        repair_on=new.repair_on,
        settled_on=new.settled_on,
        mileage_km="48210.6",
        content=new.content,
        findings=new.findings,
        error_count=new.error_count,
        warn_count=new.warn_count,
        origin=origin,
        dialect=new.dialect,
        actor=new.actor,
        reason=new.reason,
        received_at=new.received_at,
    )
    return msgspec.structs.replace(row, digest=row_digest(row))


@pytest.fixture(scope="module")
def databases(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[tuple[Connection, Connection]]:
    with ExitStack() as stack:
        urls = [stack.enter_context(make_database()) for _ in range(2)]
        province, ministry = [stack.enter_context(connect(url, autocommit=True)) for url in urls]
        yield province, ministry


@pytest.fixture
def world(databases: tuple[Connection, Connection]) -> World:
    for connection in databases:
        connection.execute(f"truncate {TABLES}")
    world = World(*databases)
    world.fill()
    return world


def own_key(world: World, number: str, version: int) -> RowKey:
    (row,) = [
        row
        for row in rows_of(world.province)
        if (row.settlement_list_number, row.version) == (number, version) and not row.is_moved
    ]
    return row.key


def delete(connection: Connection, key: RowKey) -> None:
    connection.execute(
        "delete from record_version where (vin, record_id, version) = (%s, %s, %s)",
        [key.vin, UUID(bytes=key.record_id), key.version],
    )


def alter(connection: Connection, key: RowKey, **columns: object) -> None:
    """Damage a row behind the programme's back."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    connection.execute(
        f"update record_version set {assignments} where (vin, record_id, version) = (%s, %s, %s)",  # noqa: S608
        [*columns.values(), key.vin, UUID(bytes=key.record_id), key.version],
    )


def test_the_statement_and_the_programme_make_the_same_digest(world: World) -> None:
    side = Side(world.province, own_code="33", peer="00")
    marks = {
        mark.key: mark.digest
        for direction, shop in ((Direction.OUT, "330106"), (Direction.IN, "320505"))
        for day in range(7)
        for mark in side.mark(RowsAsk(direction, FIRST_ON + timedelta(days=day), shop)).marks
    }
    rows = rows_of(world.province)
    assert marks == {row.key: row_digest(to_wire(row, "33")) for row in rows}
    assert len(rows) == 11


def test_two_nodes_that_agree_have_no_difference_and_both_write_that_down(world: World) -> None:
    compared = world.reconcile()
    assert [(each.direction, each.ours, each.theirs, each.difference_count) for each in compared] == [
        (Direction.OUT, 8, 8, 0),
        (Direction.IN, 3, 3, 0),
    ]
    (kept,) = [each for each in comparisons.newest_comparisons(world.ministry) if each.direction is Direction.OUT]
    assert (kept.peer, kept.from_on, kept.until_on, kept.ours, kept.unrepaired_count) == (
        "33",
        FIRST_ON,
        LAST_ON,
        8,
        0,
    )


def test_a_row_that_the_ministry_lost_is_named_and_brought_again(world: World) -> None:
    key = own_key(world, "JS003", 1)
    delete(world.ministry, key)
    (out, _) = world.reconcile()
    assert out.found == out.repaired == {DifferenceKind.MISSING_THERE: 1}
    (found,) = comparisons.read_differences(world.province, out.comparison_id)
    assert (found.difference.key, found.difference.division_code) == (key, "330106")
    assert found.repaired_at == NOW
    assert world.is_equal()


def test_a_row_that_the_province_lost_comes_back_from_the_ministry_as_its_own(world: World) -> None:
    key = own_key(world, "JS001", 3)
    delete(world.province, key)
    assert world.find() == [DifferenceKind.MISSING_HERE]
    (row,) = read_rows(world.province, [key]).values()
    assert row.origin == "local"
    assert world.is_equal()


def test_a_province_back_from_a_backup_gets_its_newest_records_again(world: World) -> None:
    """Nothing here tells of them any more: neither row nor head nor change."""
    world.province.execute("delete from record_version where settlement_list_number = 'JS003' or version = 3")
    world.province.execute("delete from record_head")
    world.province.execute("delete from record_change")
    assert set(world.find()) == {DifferenceKind.MISSING_HERE}
    assert Counter(row.origin for row in rows_of(world.province)) == {"local": 8, "32": 3}
    assert world.find() == []


@pytest.mark.parametrize(
    ("number", "version", "changes"),
    [
        pytest.param("JS003", 1, {"vin": VINS[0]}, id="under another VIN"),
        pytest.param("JS001", 3, {"version": 4}, id="as one more version"),
        pytest.param("JS001", 1, {"version": 4}, id="as the newest version"),
        pytest.param("JS003", 1, {"record_id": bytes(16)}, id="as another record"),
    ],
)
def test_a_duplicate_at_the_ministry_is_taken_out_and_kept_as_evidence(
    world: World, number: str, version: int, changes: dict[str, Any]
) -> None:
    (row,) = read_rows(world.ministry, [own_key(world, number, version)]).values()
    copy = msgspec.structs.replace(row, **changes)
    insert(world.ministry, copy)
    world.feed(copy.key)
    assert world.find() == [DifferenceKind.EXTRA_THERE]
    (kept,) = world.ministry.execute("select vin, version, row_text from exchange_set_aside").fetchall()
    assert kept[:2] == (copy.vin, copy.version)
    assert f'"settlement_list_number":"{number}"' in kept[2]
    assert world.is_equal()


def test_a_duplicate_in_the_province_of_a_row_from_elsewhere_is_taken_out(world: World) -> None:
    (row,) = read_rows(world.province, [world.foreign_keys()[0]]).values()
    insert(world.province, msgspec.structs.replace(row, version=2))
    assert world.find() == [DifferenceKind.EXTRA_HERE]
    assert world.is_equal()


def test_a_row_of_the_feed_that_the_province_lost_is_fetched_again(world: World) -> None:
    delete(world.province, world.foreign_keys()[1])
    assert world.find() == [DifferenceKind.MISSING_HERE]
    assert world.is_equal()


def test_a_row_of_the_feed_that_the_ministry_lost_is_given_back(world: World) -> None:
    delete(world.ministry, world.foreign_keys()[1])
    assert world.find() == [DifferenceKind.MISSING_THERE]
    assert world.is_equal()


@pytest.mark.parametrize(
    "columns",
    [
        {"plate_number": "苏E00001"},
        {"mileage_km": 1},
        {"received_at": RECEIVED_AT + timedelta(days=6)},
        {"received_at": RECEIVED_AT - timedelta(days=90)},
        {"company_code": "330106000000009"},
        {"actor": "某人"},
    ],
    ids="-".join,
)
def test_an_altered_row_at_the_ministry_becomes_what_the_province_has(world: World, columns: dict[str, object]) -> None:
    key = own_key(world, "JS003", 1)
    alter(world.ministry, key, **columns)
    assert world.find() == [DifferenceKind.ALTERED_THERE]
    assert world.is_equal()


@pytest.mark.parametrize(
    "columns",
    [{"plate_number": "苏E00001"}, {"content": "{}"}, {"origin": "32"}],
    ids="-".join,
)
def test_a_damaged_row_at_home_is_mended_from_the_ministrys_sound_copy(
    world: World, columns: dict[str, object]
) -> None:
    key = own_key(world, "JS003", 1)
    alter(world.province, key, **columns)
    (out, _) = world.reconcile()
    assert out.repaired == {DifferenceKind.ALTERED_HERE: 1}
    (found,) = comparisons.read_differences(world.province, out.comparison_id)
    assert found.difference.detail.startswith("本节点的行自相矛盾：")
    assert world.is_equal()


def test_changed_content_that_a_head_disproves_is_mended(world: World) -> None:
    key = own_key(world, "JS003", 1)
    (row,) = read_rows(world.province, [key]).values()
    alter(world.province, key, content=row.content.replace("更换机油", "更换轮胎"))
    assert world.find() == [DifferenceKind.ALTERED_HERE]
    assert world.is_equal()


def test_of_two_sound_rows_that_of_the_node_where_the_record_came_in_counts_and_it_says_so(world: World) -> None:
    alter(world.province, own_key(world, "JS003", 1), actor="某人")
    (out, _) = world.reconcile()
    assert out.repaired == {DifferenceKind.ALTERED_THERE: 1}
    (found,) = comparisons.read_differences(world.province, out.comparison_id)
    assert "以产生该记录的一方为准" in found.difference.detail
    assert [row.actor for row in rows_of(world.ministry) if row.settlement_list_number == "JS003"] == ["某人"]
    assert world.find() == []


def test_rows_from_elsewhere_are_mended_on_whichever_side_they_are_damaged(world: World) -> None:
    here, there, _ = world.foreign_keys()
    alter(world.province, here, plate_number="苏E00001")
    alter(world.ministry, there, plate_number="苏E00002")
    assert sorted(world.find()) == [DifferenceKind.ALTERED_HERE, DifferenceKind.ALTERED_THERE]
    assert world.is_equal()


def test_rows_under_way_are_no_difference(world: World) -> None:
    position = newest(world.province, "record_change")
    fed = newest(world.ministry, "exchange_feed")
    world.acknowledge(out=position, fed=fed)
    append(world.province, [upload("JS004", days=5)])
    brought = wire(upload("SZ9", shop=JIANGSU_SHOP, days=5), origin="32")
    merge(world.ministry, [brought], node_code="00")
    world.feed(RowKey(brought.vin, brought.record_id, 1))
    assert world.find() == []


def test_rows_that_arrived_before_their_acknowledgement_are_no_difference(world: World) -> None:
    position = newest(world.province, "record_change")
    world.acknowledge(out=position, fed=newest(world.ministry, "exchange_feed"))
    append(world.province, [upload("JS004", days=5)])
    merge(world.ministry, [to_wire(row, "33") for row in rows_of(world.province)], node_code="00")
    brought = wire(upload("SZ9", shop=JIANGSU_SHOP, days=5), origin="32")
    for connection, code in ((world.ministry, "00"), (world.province, "33")):
        merge(connection, [brought], node_code=code)
    world.feed(RowKey(brought.vin, brought.record_id, 1))
    assert world.find() == []


def test_without_repair_differences_are_named_and_the_alarm_holds_until_they_are_gone(world: World) -> None:
    key = own_key(world, "JS003", 1)
    delete(world.ministry, key)
    (out, _) = world.reconcile(repair=False)
    assert (out.unrepaired_count, read_rows(world.ministry, [key])) == (1, {})
    for node, peer in ((world.province, "00"), (world.ministry, "33")):
        assert [(event.kind, event.peer) for event in events.open_alarms(node)] == [(EventKind.DIFFERENCES.code, peer)]
    world.reconcile()
    assert [events.open_alarms(node) for node in (world.province, world.ministry)] == [[], []]


def test_what_the_ministry_will_not_take_stays_a_difference_with_the_reason(world: World) -> None:
    world.ministry.execute(
        "insert into known_enterprise (company_code, node_code, company_name, division_code, review_state, told_at)"
        " values (%s, '32', '某某', '330106', 'approved', %s)",
        [upload("").company_code, NOW],
    )
    delete(world.ministry, own_key(world, "JS003", 1))
    (out, _) = world.reconcile()
    (found,) = comparisons.read_differences(world.province, out.comparison_id)
    assert (out.unrepaired_count, found.difference.detail) == (1, Denial.NOT_YOURS.sentence)


@pytest.mark.parametrize("step", [Step.DIFFERENCES_NOTED, Step.MENDED_THERE, Step.MENDED_HERE, Step.COMPARISON_ENDED])
def test_a_run_that_breaks_off_anywhere_is_finished_by_the_next(world: World, step: Step) -> None:
    delete(world.ministry, own_key(world, "JS003", 1))
    delete(world.province, world.foreign_keys()[1])

    def break_off(at: Step) -> None:
        if at is step:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        world.reconcile(reached=break_off)
    world.reconcile()
    assert world.is_equal()


def test_mending_a_row_mends_its_head_and_tells_the_followers(world: World) -> None:
    key = own_key(world, "JS001", 3)
    world.ministry.execute("delete from record_version where record_id = %s", [UUID(bytes=key.record_id)])
    world.ministry.execute("delete from record_head where record_id = %s", [UUID(bytes=key.record_id)])
    before = newest(world.ministry, "record_change")
    world.reconcile()
    told = world.ministry.execute("select vin, version from record_change where seq > %s", [before]).fetchall()
    assert sorted(told) == [(VINS[0], 1), (VINS[0], 2), (VINS[0], 3), (VINS[2], 3)]
    head = read_heads(world.ministry, [key.record_id])[key.record_id]
    assert (head.vin, head.previous_vin, head.version, head.state) == (VINS[2], VINS[0], 3, "active")
    assert world.is_equal()


def test_a_province_sees_and_touches_nothing_of_another(world: World) -> None:
    world.sender = "44"
    foreign = world.foreign_keys()
    own = own_key(world, "JS003", 1)
    (row,) = read_rows(world.province, [own]).values()
    before = rows_of(world.ministry)
    for direction in Direction:
        fetched = world.ask("compare.fetch", encode_body(KeysAsk(direction, [*foreign, own])))
        answer = msgspec.msgpack.decode(fetched, type=FetchAnswer)
        assert (answer.held, answer.named) == ([], [])
        for claimed in ("33", "44"):
            taken = to_wire(msgspec.structs.replace(row, actor="某人"), claimed)
            assert denials(world.ask("compare.take", encode_body(TakeAsk(direction, [taken])))) != [""]
    assert denials(world.ask("compare.remove", encode_body(KeysAsk(Direction.OUT, [own])))) == [Denial.NOT_YOURS.value]
    with pytest.raises(ExchangeRefused):
        world.ask("compare.remove", encode_body(KeysAsk(Direction.IN, foreign)))
    assert rows_of(world.ministry) == before


def test_a_province_cannot_put_a_worse_copy_over_what_its_feed_holds(world: World) -> None:
    key = world.foreign_keys()[0]
    (row,) = read_rows(world.ministry, [key]).values()
    forged = to_wire(msgspec.structs.replace(row, actor="某人"), "00")
    asked = encode_body(TakeAsk(Direction.IN, [forged]))
    assert denials(world.ask("compare.take", asked)) == [Denial.UNSOUND.value]


def test_a_province_brings_no_row_of_a_shop_of_the_ministry_itself(world: World) -> None:
    (row,) = read_rows(world.province, [own_key(world, "JS003", 1)]).values()
    before = rows_of(world.ministry)
    with world.ministry.transaction(force_rollback=True):
        register(world.ministry, row.company_code)
        newer = to_wire(msgspec.structs.replace(row, version=2), "33")
        assert denials(world.ask("compare.take", encode_body(TakeAsk(Direction.OUT, [newer])))) == ["not_yours"]
        assert rows_of(world.ministry) == before


@pytest.mark.parametrize(
    ("columns", "denial"),
    [
        ({"content": "no JSON"}, Denial.UNACCEPTABLE),
        ({"state": "odd"}, Denial.UNACCEPTABLE),
        ({"version": 0}, Denial.UNACCEPTABLE),
        ({"received_at": datetime(9999, 12, 31, 20, tzinfo=UTC)}, Denial.UNACCEPTABLE),
        ({"plate_number": "浙A99999", "digest": b""}, Denial.WRONG_DIGEST),
    ],
)
def test_a_repair_takes_no_row_that_a_message_could_not_bring(
    world: World, columns: dict[str, object], denial: Denial
) -> None:
    """A row whose content nobody can read would end everything that follows the feed."""
    (row,) = read_rows(world.province, [own_key(world, "JS003", 1)]).values()
    bad = msgspec.structs.replace(to_wire(row, "33"), **columns)
    if "digest" not in columns:
        bad = msgspec.structs.replace(bad, digest=row_digest(bad))
    before = rows_of(world.ministry)
    assert denials(world.ask("compare.take", encode_body(TakeAsk(Direction.OUT, [bad])))) == [denial.value]
    assert rows_of(world.ministry) == before


@pytest.mark.parametrize(
    ("direction", "origin", "content"),
    [(Direction.IN, "33", None), (Direction.OUT, "32", None), (Direction.OUT, "33", "no JSON")],
)
def test_the_ministry_is_not_believed_more_than_it_may_say(
    world: World, direction: Direction, origin: str, content: str | None
) -> None:
    """It names a row as lost here that it has no business to give."""
    made = wire(upload("JS900", days=1), origin=origin)
    if content is not None:
        made = msgspec.structs.replace(made, content=content)
        made = msgspec.structs.replace(made, digest=row_digest(made))
    before = rows_of(world.province)

    def lie(operation: str, contents: bytes) -> bytes:
        if operation == "compare.report":
            return b""
        asked_in, asked, *_ = msgspec.msgpack.decode(contents)
        is_lie = asked_in == direction.value
        if operation == "compare.summaries":
            return encode_body([Summary(FIRST_ON, made.company_code[:6], 99, b"")] * is_lie)
        if operation == "compare.rows":
            return encode_body(RowsAnswer([RowMark(key_of(made), made.digest, is_settled=True)] * is_lie, is_last=True))
        if operation == "compare.fetch":
            return encode_body(FetchAnswer(len(asked), [HeldRow(made)] * is_lie, [key_of(made)] * is_lie))
        return encode_body(ChangedAnswer([""] * len(asked)))

    world.ask = lie  # type: ignore[method-assign]
    found = sum((Counter(each.found) for each in world.reconcile()), Counter[DifferenceKind]())
    assert found[DifferenceKind.MISSING_HERE] or found[DifferenceKind.EXTRA_THERE]
    assert [row for row in rows_of(world.province) if row not in before] == []


def register(connection: Connection, company_code: str) -> None:
    """A shop of this node."""
    store.insert(
        connection,
        Registration(company_name="某某汽车维修厂", division_code="330106"),
        (),
        company_code=company_code,
        password_hash="",
        password_is_weak=False,
        source=Source.MAKER,
        now=NOW,
    )


def test_a_daily_run_takes_up_where_the_last_good_one_ended(world: World) -> None:
    world.acknowledge(out=newest(world.province, "record_change"))
    assert ordinary_days(world.province, "33", NOW) == (FIRST_ON, date(2026, 9, 23))
    world.reconcile()
    assert ordinary_days(world.province, "33", NOW) == (date(2026, 9, 21), date(2026, 9, 23))
    append(world.province, [upload("JS004", days=8)])
    assert ordinary_days(world.province, "33", NOW) == (date(2026, 9, 21), date(2026, 9, 21))


def newest(connection: Connection, table: str) -> int:
    (seq,) = connection.execute(f"select coalesce(max(seq), 0) from {table}").fetchone() or (0,)  # noqa: S608
    return int(seq)


def denials(answer: bytes) -> list[str]:
    return msgspec.msgpack.decode(answer, type=ChangedAnswer).denials


def insert(connection: Connection, row: StoredRow) -> None:
    """Put a row in behind the programme's back."""
    columns = msgspec.structs.asdict(row) | {"record_id": UUID(bytes=row.record_id)}
    names = ", ".join(columns)
    places = ", ".join(f"%({name})s" for name in columns)
    connection.execute(f"insert into record_version ({names}) values ({places})", columns)  # noqa: S608
