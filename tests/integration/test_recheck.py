"""``chedang recheck``: a clean node passes, and each kind of damage is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from typer.testing import CliRunner, Result

from chedang.cli.main import app
from chedang.intake.service import Amendment, new_version
from chedang.platform.database import connect
from chedang.records.limits import load_limits
from chedang.records.model import PartText, RecordState, RecordText
from chedang.records.rules import judge
from chedang.records.store import NewVersion, append
from chedang.vehicles.follow import follow

SHOP = "330106000000001"
VINS = ("LXXAA11A5R1000017", "LXXAA11A9R1000019", "LXXAA11A5R1000020")
RECEIVED_AT = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)
TABLES = (
    "record_version, record_head, record_change, feed_position, vehicle, vehicle_plate, exchange_feed,"
    " exchange_channel, exchange_outgoing, exchange_dead_letter"
)


def upload(
    number: str, *, vin: str = VINS[0], fault: str = "更换机油", days: int = 0, amends: str = "", is_void: bool = False
) -> NewVersion:
    text = RecordText(
        company_name="某某汽车维修厂",
        vin=vin,
        plate_number="浙A12345",
        repair_date="20260912",
        mileage="48210.55",
        settle_date="20260931",
        fault_description=fault,
        settlement_list_number=number,
        parts=(PartText("机油", "LP-1", "4.5"), PartText("", "LP-2", "1")),
    )
    received_at = RECEIVED_AT + timedelta(days=days)
    judgement = judge(text, limits=load_limits(), registered_name="另一家维修厂", received_at=received_at)
    state = RecordState.VOID if is_void else RecordState.ACTIVE
    return new_version(
        judgement, SHOP, "lcippro", received_at, Amendment(amends, "张某", "更正", state) if amends else None
    )


@pytest.fixture(scope="module")
def url(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    with make_database() as made:
        yield made


@pytest.fixture
def node(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A node whose records have been amended, voided, moved to another VIN and stored without one."""
    with connect(url, autocommit=True) as connection:
        connection.execute(f"truncate {TABLES}")
        first, second = upload("JS001"), upload("JS002", days=1)
        append(connection, [first, second, upload("JS003", vin=VINS[1]), upload("JS004", vin="无"), upload("", days=2)])
        append(connection, [upload("JS001", fault="更换机滤", vin=VINS[2], days=3, amends=first.record_id)])
        append(connection, [upload("JS002", days=4, amends=second.record_id, is_void=True)])
        follow(connection, clock=lambda: RECEIVED_AT, node_code="33")
        yield connection


@pytest.fixture
def recheck(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CHEDANG_DATABASE_URL", url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))
    return partial(_run, "recheck")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def wrong(result: Result) -> dict[str, int]:
    return {each["name"]: each["wrong"] for each in json.loads(result.stdout) if each["wrong"]}


@pytest.mark.usefixtures("node")
def test_a_clean_node_passes(recheck: Callable[..., Result]) -> None:
    result = recheck("--json")
    looked_at = {each["name"]: each["looked_at"] for each in json.loads(result.stdout)}
    assert (result.exit_code, wrong(result)) == (0, {})
    assert looked_at["content"] == 8
    assert looked_at["heads"] == looked_at["versions"] == 5
    assert looked_at["vehicles"] == 3
    assert "各列与内容一致" in recheck().stdout


DAMAGE: list[tuple[str, LiteralString]] = [
    ("content", "update record_version set plate_number = '苏E00001' where settlement_list_number = 'JS003'"),
    ("content", "update record_version set content = replace(content, '机油', '轮胎') where version = 2"),
    ("content", "update record_version set error_count = 7 where settlement_list_number = 'JS004'"),
    ("versions", "delete from record_version where settlement_list_number = 'JS002' and version = 1"),
    ("versions", "delete from record_version where state = 'moved'"),
    ("heads", "delete from record_head where vin like '~%'"),
    ("heads", "delete from record_version where settlement_list_number = 'JS003'"),
    ("heads", "update record_head set state = 'active' where state = 'void'"),
    ("announced", "delete from record_change where seq = (select min(seq) from record_change)"),
    ("vehicles", "update vehicle set record_count = 9 where vin = 'LXXAA11A9R1000019'"),
    ("vehicles", "delete from vehicle where vin = 'LXXAA11A9R1000019'"),
    ("vehicles", "update vehicle set vin = 'LXXAA11A5R1000099' where vin = 'LXXAA11A9R1000019'"),
    ("plates", "delete from vehicle_plate where vin = 'LXXAA11A9R1000019'"),
    (
        "outgoing",
        "insert into exchange_channel (peer, direction, epoch, sequence, digest, acknowledged_sequence, changed_at)"
        " values ('00', 'out', 1, 3, '', 2, now())",
    ),
    (
        "positions",
        "insert into exchange_channel (peer, direction, epoch, sequence, digest, record_position,"
        " acknowledged_sequence, changed_at) values ('00', 'out', 1, 3, '', 1000000, 3, now())",
    ),
    (
        "feed",
        "insert into exchange_feed (destination, kind, vin, record_id, version, queued_at)"
        " values ('32', 'record', 'LXXAA11A9R1000019', '00000000-0000-5000-8000-000000000000', 1, now())",
    ),
    (
        "feed",
        "insert into exchange_feed (destination, kind, vin, record_id, version, queued_at)"
        " select '32', 'record', vin, record_id, version, now() from record_version, (values (1), (2)) as twice",
    ),
    (
        "dead_letters",
        "insert into exchange_dead_letter (peer, epoch, sequence, item, kind, payload, reason, arrived_at)"
        " values ('33', 1, 1, 0, 'record', '', 'conflict', now())",
    ),
]


@pytest.mark.parametrize(("check", "damage"), DAMAGE)
def test_each_kind_of_damage_is_found(
    node: psycopg.Connection[Any], recheck: Callable[..., Result], check: str, damage: LiteralString
) -> None:
    node.execute(damage)
    result = recheck("--json")
    assert result.exit_code == 1
    assert check in wrong(result)


def test_a_rule_that_has_changed_since_is_a_note_and_no_fault(
    node: psycopg.Connection[Any], recheck: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[element.faultdescription]\nlongest = 2\n", encoding="utf-8")
    monkeypatch.setenv("CHEDANG_RULES_FILE", str(rules))
    result = recheck("--json")
    assert (result.exit_code, wrong(result)) == (0, {"findings": 7})


def test_records_that_the_worker_has_not_come_to_are_no_fault(
    node: psycopg.Connection[Any], recheck: Callable[..., Result]
) -> None:
    append(node, [upload("JS009", vin=VINS[1], days=5)])
    assert wrong(recheck("--json")) == {}


def test_only_what_came_in_since_a_day_is_looked_at(
    node: psycopg.Connection[Any], recheck: Callable[..., Result]
) -> None:
    node.execute("update record_version set plate_number = '苏E00001' where settlement_list_number = 'JS003'")
    result = recheck("--json", "--since", "2026-09-16")
    looked_at = {each["name"]: each["looked_at"] for each in json.loads(result.stdout)}
    assert (result.exit_code, looked_at["content"], looked_at["heads"]) == (0, 4, 3)


def test_what_is_wrong_is_named_by_identifier_alone(
    node: psycopg.Connection[Any], recheck: Callable[..., Result]
) -> None:
    node.execute("update record_version set plate_number = '苏E00001' where settlement_list_number = 'JS003'")
    node.execute("delete from vehicle")
    (record_id,) = node.execute(
        "select replace(record_id::text, '-', '') from record_version where settlement_list_number = 'JS003'"
    ).fetchone() or ("",)
    shown = recheck().stdout
    assert record_id in shown
    assert not [vin for vin in VINS if vin in shown]
    assert "苏E" not in shown
