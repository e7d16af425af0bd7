"""Figures of supervision after any interleaving of what can happen to records and shops, against two oracles.

However uploads, late records, corrections, moves to other VINs, voids, rows of other nodes in any order, mended rows
and changes of shops come between the steps of the follower: what it has in the end is what a slow recount in Python
finds, and what making everything again from the records leaves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chedang.enterprises import actions as enterprises
from chedang.fiction.shops import make_shop
from chedang.fiction.vehicles import make_vin
from chedang.intake.service import new_version
from chedang.quality.indicators import load_file
from chedang.quality.statistics_model import Tally
from chedang.quality.tallying import follow, rebuild, refresh_shops
from chedang.records import mending, merging
from chedang.records.identity import decode_content, record_id
from chedang.records.limits import load_limits
from chedang.records.model import PartText, ProjectText, RecordState, RecordText, RowKey, StoredRow
from chedang.records.rules import judge
from chedang.records.store import Connection, append, decode_findings
from chedang.terms.dates import SHANGHAI

FIRST_ON = date(2026, 9, 27)  # days of two months
TODAY = date(2026, 11, 20)
SHOPS = 3
NAME = "杭州示例汽车维修有限公司"
FOREIGN = "320102000000001"
VINS = tuple(make_vin(Random(f"statistics {number}")) for number in range(3))
FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"fault_description": ""},
    {"vin": "无"},
    {"plate_number": "ABC"},
    {"settle_date": "soon"},
    {"vin": "无", "plate_number": ""},
)

small = st.integers(0, 2)
ACTIONS = st.one_of(
    st.tuples(st.just("upload"), small, small, small, st.integers(0, 5), st.integers(0, 6)),
    st.tuples(st.just("correct"), small, small, small, st.integers(0, 5), st.integers(0, 6)),
    st.tuples(st.just("void"), small, small),
    st.tuples(st.just("merge"), small, st.integers(0, 3)),
    st.tuples(st.just("take out"), st.integers(0, 20)),
    st.tuples(st.just("put back"), st.integers(0, 5)),
    st.tuples(st.just("follow"), st.integers(1, 4)),
    st.tuples(st.just("shop"), small, st.sampled_from(["division", "category", "approved", "state", "vendor"]), small),
    st.tuples(st.just("refresh"), st.integers(1, 2)),
    st.tuples(st.just("register foreign"), small),
    st.tuples(st.just("rebuild"), st.integers(1, 3)),
)


def clock() -> datetime:
    return datetime.combine(TODAY, time(12), SHANGHAI)


@pytest.fixture(scope="module")
def connection(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Connection]:
    with make_database() as url, psycopg.connect(url, autocommit=True) as opened:
        opened.execute("set synchronous_commit = off")
        yield opened


@dataclass
class Country:
    """What one example does to the database, which it finds empty."""

    connection: Connection
    shops: list[str] = field(default_factory=list)
    taken_out: list[StoredRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        for table in (*TABLES, "record_version", "record_head", "record_change", "feed_position", "enterprise",
                      "known_enterprise", "shop_software", "enterprise_serial"):  # fmt: skip
            self.connection.execute(f"delete from {table}")  # noqa: S608 - names written here
        self.connection.execute("insert into enterprise_serial (next_serial) values (1)")
        for number in range(SHOPS):
            registration = msgspec.structs.replace(
                make_shop(Random(number), number).registration, division_code=f"33010{5 + number % 2}"
            )
            shop = enterprises.register(self.connection, registration, now=clock() - timedelta(days=90)).enterprise
            enterprises.approve(self.connection, shop.company_code, by="tests", now=clock() - timedelta(days=10))
            self.shops.append(shop.company_code)

    def run(self, action: tuple[Any, ...]) -> None:
        getattr(self, "_" + action[0].replace(" ", "_"))(*action[1:])

    def settle(self) -> None:
        while follow(self.connection, clock=clock, node_code="33"):
            pass
        refresh_shops(self.connection, clock=clock)

    def _upload(self, shop: int, number: int, car: int, fault: int, days: int, *, deliberate: bool = False) -> None:
        code = self.shops[shop]
        received_at = datetime.combine(FIRST_ON + timedelta(days=days), time(days * 3 + number, 30), SHANGHAI)
        text = text_of(number, car, fault, days)
        judgement = judge(text, limits=load_limits(), registered_name=NAME, received_at=received_at)
        version = new_version(judgement, code, "lcippro", received_at)
        append(self.connection, [msgspec.structs.replace(version, is_deliberate=deliberate)])

    def _correct(self, shop: int, number: int, car: int, fault: int, days: int) -> None:
        self._upload(shop, number, car, fault, days, deliberate=True)

    def _void(self, shop: int, number: int) -> None:
        identity = record_id(self.shops[shop], f"N{number}", b"")
        head = self.connection.execute(
            "select v.vin, v.content, v.findings, v.plate_number, v.repair_on, v.settled_on, v.mileage_km,"
            " v.error_count, v.warn_count, v.settlement_list_number"
            " from record_head join record_version as v using (vin, record_id, version) where record_id = %s",
            [identity],
        ).fetchone()
        if head is None:
            return
        judgement = judge(decode_content(head[1]), limits=load_limits(), registered_name=NAME, received_at=clock())
        version = new_version(judgement, self.shops[shop], "lcippro", clock())
        append(self.connection, [msgspec.structs.replace(version, state=RecordState.VOID, is_deliberate=True)])

    def _merge(self, number: int, piece: int) -> None:
        """One row of a record of another node's shop; pieces come in any order, and again."""
        with self.connection.transaction():
            merging.merge(self.connection, [foreign_rows(number)[piece]], node_code="33")

    def _take_out(self, place: int) -> None:
        rows = self.connection.execute(
            "select vin, record_id, version from record_version order by record_id, version, vin"
        ).fetchall()
        if rows:
            vin, identity, version = rows[place % len(rows)]
            with self.connection.transaction():
                row = mending.take_out(self.connection, RowKey(vin, identity.bytes, version))
            assert row is not None
            self.taken_out.append(row)

    def _put_back(self, place: int) -> None:
        if self.taken_out:
            with self.connection.transaction():
                mending.put_row(self.connection, self.taken_out.pop(place % len(self.taken_out)))

    def _follow(self, limit: int) -> None:
        follow(self.connection, clock=clock, node_code="33", limit=limit)

    def _shop(self, shop: int, what: str, value: int) -> None:
        if what == "vendor":
            self.connection.execute(
                "insert into shop_software values (%s, %s, '1', 'tests', now())"
                " on conflict (company_code) do update set vendor = excluded.vendor",
                [self.shops[shop], f"软件{value}"],
            )
            return
        column, values = {
            "division": ("division_code", ("330105", "330106", "330212")),
            "category": ("category_code", ("01", "02", "03")),
            "approved": ("review_state", ("approved", "rejected", "pending")),
            "state": ("operation_state_code", ("1", "2", "")),
        }[what]
        self.connection.execute(
            f"update enterprise set {column} = %s where company_code = %s",  # noqa: S608 - names written here
            [values[value], self.shops[shop]],
        )

    def _refresh(self, limit: int) -> None:
        refresh_shops(self.connection, clock=clock, limit=limit)

    def _register_foreign(self, value: int) -> None:
        self.connection.execute(
            "insert into known_enterprise (company_code, node_code, company_name, division_code, category_code,"
            " review_state, is_cancelled, told_at) values (%s, '32', '外地店', %s, '02', 'approved', %s, now())"
            " on conflict (company_code) do update set division_code = excluded.division_code,"
            " is_cancelled = excluded.is_cancelled",
            [FOREIGN, ("320102", "320104", "320102")[value], value == 2],
        )

    def _rebuild(self, page_shops: int) -> None:
        rebuild(self.connection, clock=clock, node_code="33", page_shops=page_shops)


def text_of(number: int, car: int, fault: int, days: int) -> RecordText:
    """Some of these are the same job under another number: what is done depends on the car alone."""
    settled_on = FIRST_ON + timedelta(days=car)
    text = RecordText(
        company_name=NAME,
        vin=VINS[car],
        plate_number=f"浙A12{car}45",
        repair_date=f"{settled_on:%Y%m%d}",
        mileage="12000",
        settle_date=f"{settled_on:%Y%m%d}",
        fault_description="按期保养" if days % 2 else "异响",
        settlement_list_number=f"N{number}",
        parts=(PartText("机油", "OIL-1", "4"),),
        projects=(ProjectText("更换机油", "0.5"),),
    )
    return msgspec.structs.replace(text, **FAULTS[fault])


@cache
def foreign_rows(number: int) -> list[StoredRow]:
    """Rows of one record of a shop of another node: it moved to another VIN, and its first version came twice."""
    judgement = judge(text_of(number, number, 0, 1), limits=load_limits(), registered_name=NAME, received_at=clock())
    first = new_version(judgement, FOREIGN, "lcippro", datetime(2026, 10, 1, number, tzinfo=UTC))
    columns = msgspec.structs.asdict(first)
    row = StoredRow(
        **{name: columns[name] for name in StoredRow.__struct_fields__ if name not in {"record_id", "version", "origin",
           "mileage_km"}},
        record_id=bytes.fromhex(first.record_id), version=1, origin="32", mileage_km="12000.0",
    )  # fmt: skip
    other = VINS[(number + 1) % 3]
    again = msgspec.structs.replace(row, vin=other, received_at=row.received_at - timedelta(days=2))
    later = row.received_at + timedelta(days=3)
    left = msgspec.structs.replace(
        row, version=2, state="moved", content="{}", findings="[]", error_count=0, warn_count=0, received_at=later
    )
    arrived = msgspec.structs.replace(row, version=2, vin=other, origin="00", received_at=later)
    return [row, again, left, arrived]


TABLES = {
    "counted_record": "record_id, company_code, received_at, is_standing, is_dated, is_on_time, is_late, is_complete,"
    " is_valid, is_doubtful, is_vin_valid, is_plate_valid, is_duplicate, is_head_office",
    "shop_day": "company_code, received_on, " + ", ".join(Tally.__struct_fields__),
    "shop_month": "company_code, month, " + ", ".join(Tally.__struct_fields__),
    "counted_shop": "company_code, division_code, category_code, is_filed, is_in_business, filed_on, vendor,"
    " maker_code, first_on, last_on",
    "area_day": "kind, received_on, division_code, category_code, part, is_counted, shops, "
    + ", ".join(Tally.__struct_fields__),
    "area_month": "kind, month, division_code, category_code, part, is_counted, shops, "
    + ", ".join(Tally.__struct_fields__),
}


def stored(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every table; rows of areas that say nothing are left out, once it is sure that they do."""
    found = {}
    for table, columns in TABLES.items():
        rows = connection.execute(f"select {columns} from {table}").fetchall()  # noqa: S608 - names written here
        if table.startswith("area"):
            assert not any(any(row[7:]) for row in rows if row[6] == 0), "a row without shops has counts"
            rows = [row for row in rows if row[6]]
        found[table] = sorted(rows, key=repr)
    return found


def recounted(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The same tables, counted slowly from all rows of all records and from the registers."""
    records = [_count_record(rows) for rows in _rows_by_record(connection).values()]
    counted = _mark_duplicates([record for record in records if record is not None])
    days: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for record in counted:
        day = record["received_at"].astimezone(SHANGHAI).date()
        days[record["company_code"], day].update({"received": 1} | {name[3:]: on for name, on in record.items()
                                                                 if name.startswith("is_")})  # fmt: skip
    months: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
    for (code, day), counts in days.items():
        months[code, day.replace(day=1)].update(counts)
    shops = _registered(connection, {code for code, _ in days})
    for code, shop in shops.items():
        shop["first_on"] = min((day for each, day in days if each == code), default=None)
        shop["last_on"] = max((day for each, day in days if each == code), default=None)
    names = {table: columns.replace(" ", "").split(",") for table, columns in TABLES.items()}
    tables = {
        "counted_record": [tuple(record[name] for name in names["counted_record"]) for record in counted],
        "shop_day": [(*cell, *_counts(counts)) for cell, counts in days.items()],
        "shop_month": [(*cell, *_counts(counts)) for cell, counts in months.items()],
        "counted_shop": [(code, *(shop[name] for name in names["counted_shop"][1:])) for code, shop in shops.items()],
        "area_day": _areas(days, shops),
        "area_month": _areas(months, shops),
    }
    return {table: sorted(rows, key=repr) for table, rows in tables.items()}


def _rows_by_record(connection: Connection) -> dict[Any, list[dict[str, Any]]]:
    names = (
        "record_id", "vin", "version", "state", "company_code", "plate_number", "repair_on", "settled_on", "mileage_km",
        "content", "findings", "origin", "received_at",
    )  # fmt: skip
    records: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(f"select {', '.join(names)} from record_version"):  # noqa: S608 - names written here
        records[row[0]].append(dict(zip(names, row, strict=True)))
    return records


def _count_record(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    firsts = [row["received_at"] for row in rows if row["version"] == 1]
    if not firsts:
        return None
    newest = max(rows, key=lambda row: (row["version"], row["state"] != "moved", row["vin"]))
    stands = newest["state"] == "active"
    findings = decode_findings(newest["findings"])
    codes, levels = {finding.code for finding in findings}, {finding.level.value for finding in findings}
    file, settled_on = load_file(), newest["settled_on"]
    late = (min(firsts).astimezone(SHANGHAI).date() - settled_on).days if settled_on else None
    car = newest["vin"] if not newest["vin"].startswith("~") else newest["plate_number"]
    text = decode_content(newest["content"])
    job = (car, newest["repair_on"], settled_on, newest["mileage_km"], text.parts, text.projects)
    marks = {
        "is_standing": True,
        "is_dated": late is not None,
        "is_on_time": late is not None and late <= 1,
        "is_late": late is not None and 1 < late <= 3,
        "is_complete": not codes & set(file.incomplete),
        "is_valid": "error" not in levels,
        "is_doubtful": bool(levels & {"error", "warn"}),
        "is_vin_valid": not codes & set(file.vin_wrong),
        "is_plate_valid": not codes & set(file.plate_wrong),
        "is_head_office": newest["origin"] == "00",
    }
    return {
        "record_id": newest["record_id"],
        "company_code": newest["company_code"],
        "received_at": min(firsts),
        "job": job if stands and car else None,
    } | {name: stands and on for name, on in marks.items()}


def _mark_duplicates(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen = set()
    for record in sorted(records, key=lambda record: (record["received_at"], record["record_id"])):
        job = record["job"] and (record["company_code"], *record["job"])
        record["is_duplicate"] = job is not None and job in seen
        seen.add(job)
    return records


def _registered(connection: Connection, counted: set[str]) -> dict[str, dict[str, Any]]:
    vendors = dict(connection.execute("select company_code, vendor from shop_software").fetchall())
    shops = {
        code: {"division_code": code[:6], "category_code": "", "is_filed": False, "is_in_business": True,
               "filed_on": None}
        for code in counted
    }  # fmt: skip
    for code, division, category, state, operation, reviewed_at in connection.execute(
        "select company_code, division_code, category_code, review_state, operation_state_code, reviewed_at"
        " from enterprise"
    ):
        is_filed = state == "approved"
        shops[code] = {"division_code": division, "category_code": category, "is_filed": is_filed,
                       "is_in_business": operation not in {"2", "4", "5", "6"},
                       "filed_on": reviewed_at.astimezone(SHANGHAI).date() if is_filed else None}  # fmt: skip
    for code, division, is_cancelled in connection.execute(
        "select company_code, division_code, is_cancelled from known_enterprise"
    ):
        shops[code] = {"division_code": division, "category_code": "02", "is_filed": True,
                       "is_in_business": not is_cancelled, "filed_on": None}  # fmt: skip
    for code, shop in shops.items():
        shop |= {"vendor": vendors.get(code, ""), "maker_code": ""}
    return shops


def _counts(counts: Counter[str]) -> tuple[int, ...]:
    return tuple(counts[name] for name in Tally.__struct_fields__)


def _areas(cells: dict[tuple[str, date], Counter[str]], shops: dict[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    areas: dict[tuple[Any, ...], list[Counter[str]]] = defaultdict(list)
    for (code, on), counts in cells.items():
        shop = shops[code]
        for kind, part in (("", ""), ("vendor", shop["vendor"]), ("maker", shop["maker_code"])):
            is_counted = shop["is_filed"] and shop["is_in_business"]
            key = (kind, on, shop["division_code"], shop["category_code"], part, is_counted)
            areas[key].append(counts)
    return [(*key, len(all_of), *_counts(sum(all_of, Counter()))) for key, all_of in areas.items()]


@settings(max_examples=25)
# The first of two that are alike is void: the other one, which nothing was said of, is no duplicate any more.
@example([("upload", 0, 0, 0, 0, 1), ("upload", 0, 1, 0, 0, 2), ("follow", 4), ("void", 0, 0)])
# A correction makes the earlier one like the later one, of which nothing was said: that is a duplicate now.
@example(
    [("upload", 0, 0, 1, 0, 1), ("upload", 0, 1, 0, 0, 2), ("follow", 4), ("correct", 0, 0, 0, 0, 3), ("follow", 4)]
)
# A first version stands under two VINs, and one of them is taken out; then a record is taken out whole.
@example([("merge", 0, 0), ("follow", 4), ("merge", 0, 1), ("follow", 4), ("take out", 0)])
@example([("merge", 0, 0), ("follow", 4), ("merge", 0, 1), ("follow", 4), ("take out", 1)])
@example([("upload", 0, 0, 0, 0, 1), ("follow", 4), ("take out", 0), ("follow", 4), ("put back", 0)])
@given(actions=st.lists(ACTIONS, min_size=5, max_size=40))
def test_after_any_interleaving_the_figures_are_those_of_a_recount(
    connection: Connection, actions: list[tuple[Any, ...]]
) -> None:
    country = Country(connection)
    for action in actions:
        country.run(action)
    country.settle()
    found = stored(connection)
    assert found == recounted(connection)

    # A second reading of the whole feed changes nothing, and figures that went wrong are made good.
    connection.execute("delete from feed_position")
    country.settle()
    assert stored(connection) == found
    connection.execute("delete from shop_day where random() < 0.5")
    connection.execute("update area_day set received = received + 1 where random() < 0.5")
    connection.execute("update counted_record set is_valid = not is_valid where random() < 0.5")
    connection.execute("delete from counted_shop where random() < 0.3")
    rebuild(connection, clock=clock, node_code="33", page_shops=2)
    assert stored(connection) == found
