"""The commands about shops and records, as an operator types them, on a real database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from chedang.cli.main import app
from chedang.enterprises import accounts, actions, known, store
from chedang.enterprises.model import ReviewState
from chedang.fiction.jobs import make_job
from chedang.fiction.shops import FictionalShop, make_shops
from chedang.fiction.vehicles import FictionalVehicle, make_vehicle
from chedang.intake.service import new_version
from chedang.records.limits import load_limits
from chedang.records.model import RecordText
from chedang.records.rules import judge
from chedang.records.store import append

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ELEMENTS = {
    "companyname",
    "vin",
    "vehicleplatenumber",
    "repairdate",
    "repairmileage",
    "settledate",
    "faultdescription",
    "costlistcode",
    "vehiclepartslist",
    "repairprojectlist",
}


@pytest.fixture
def chedang(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``chedang …`` with the database of this test."""
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def shops() -> list[FictionalShop]:
    return make_shops(Random(1), 2)


@pytest.fixture
def vehicle() -> FictionalVehicle:
    return make_vehicle(Random(2))


@pytest.fixture
def code(connection: psycopg.Connection, shops: list[FictionalShop]) -> str:
    code = actions.register(connection, shops[0].registration, now=NOW).enterprise.company_code
    actions.approve(connection, code, by="test", now=NOW)
    return code


def job(vehicle: FictionalVehicle, shop: FictionalShop, settled_on: date, **changes: str) -> RecordText:
    text = make_job(Random(str(settled_on)), vehicle, shop, repaired_on=settled_on, settled_on=settled_on)
    return msgspec.structs.replace(text, **changes)


def upload(connection: psycopg.Connection, code: str, text: RecordText, minutes: int = 0) -> None:
    received_at = NOW + timedelta(minutes=minutes)
    judgement = judge(text, registered_name=text.company_name, received_at=received_at, limits=load_limits())
    append(connection, [new_version(judgement, code, "lcippro", received_at)])


def test_a_vehicle_is_shown_whole_with_versions_findings_and_origin(chedang, connection, shops, vehicle, code):
    first = job(vehicle, shops[0], date(2026, 10, 1), settlement_list_number="A1", fault_description="-")
    upload(connection, code, first)
    upload(connection, code, msgspec.structs.replace(first, fault_description="制动异响"), minutes=1)
    upload(connection, code, job(vehicle, shops[0], date(2026, 11, 1), settlement_list_number="A2"), minutes=2)
    done = chedang("vehicle", vehicle.vin.lower(), "--json")
    assert done.exit_code == 0
    file = json.loads(done.stdout)
    assert file["vin"] == vehicle.vin
    assert [record["costlistcode"] for record in file["records"]] == ["A2", "A1"]
    amended = file["records"][1]
    assert set(amended) >= ELEMENTS | {"recordid", "version", "state", "receivedat", "origin", "findings"}
    assert (amended["version"], amended["faultdescription"], amended["origin"]) == (2, "制动异响", "local")
    assert amended["receivedat"] == "2026-11-22T10:01:00+08:00"
    (earlier,) = amended["versions"]
    assert (earlier["version"], earlier["faultdescription"]) == (1, "-")
    (finding,) = [found for found in earlier["findings"] if found["field"] == "/basicInfo/faultdescription"]
    assert finding["level"] in {"error", "warn"}
    assert finding["code"]
    assert finding["text"]
    assert finding["hint"]
    shown = chedang("vehicle", vehicle.vin).stdout
    assert "A1" in shown
    assert "第 2 版" in shown
    assert "第 1 版" in shown
    assert "本地上传" in shown
    assert finding["code"] in shown.replace("\n", "")


def test_a_vehicle_of_a_shop_under_review_is_shown_and_marked(chedang, connection, shops, vehicle):
    pending = actions.register(connection, shops[1].registration, now=NOW).enterprise.company_code
    upload(connection, pending, job(vehicle, shops[1], date(2026, 10, 1)))
    file = json.loads(chedang("vehicle", vehicle.vin, "--json").stdout)
    assert file["heldbackcount"] == 1
    assert [record["heldback"] for record in file["records"]] == [True]
    assert "尚未审核通过" in chedang("vehicle", vehicle.vin).stdout.replace("\n", "")


def test_a_shop_of_another_province_is_called_by_its_registered_name(chedang, connection, shops, vehicle):
    other = "320106000000007"
    told = {"company_name": "南京外省汽修", "division_code": "320106", "review_state": "approved"}
    known.apply_notice(connection, "00", other, msgspec.json.encode(told | {"company_code": other}), now=NOW)
    upload(connection, other, job(vehicle, shops[0], date(2026, 10, 1), company_name="随手填的"))
    (record,) = json.loads(chedang("vehicle", vehicle.vin, "--json").stdout)["records"]
    assert (record["companyname"], record["registeredname"]) == ("随手填的", "南京外省汽修")
    assert "2026-10-01　南京外省汽修" in chedang("vehicle", vehicle.vin).stdout


def test_a_record_that_moved_to_another_vin_stands_among_what_is_gone(chedang, connection, shops, vehicle, code):
    other = make_vehicle(Random(3))
    text = job(vehicle, shops[0], date(2026, 10, 1), settlement_list_number="A1")
    upload(connection, code, text)
    upload(connection, code, msgspec.structs.replace(text, vin=other.vin), minutes=1)
    left = json.loads(chedang("vehicle", vehicle.vin, "--json").stdout)
    assert left["records"] == []
    assert [record["state"] for record in left["gone"]] == ["moved"]
    assert "已移至另一 VIN" in chedang("vehicle", vehicle.vin).stdout
    arrived = json.loads(chedang("vehicle", other.vin, "--json").stdout)
    assert [record["costlistcode"] for record in arrived["records"]] == ["A1"]


def test_a_shops_records_come_newest_first_with_those_in_no_file(chedang, connection, shops, vehicle, code):
    upload(connection, code, job(vehicle, shops[0], date(2026, 10, 1), settlement_list_number="A1"))
    upload(connection, code, job(vehicle, shops[0], date(2026, 11, 1), vin="无", settlement_list_number="A2"), 1)
    found = json.loads(chedang("records", code, "--json").stdout)
    assert [(record["costlistcode"], record["vin"], record["filevin"]) for record in found] == [
        ("A2", "无", None),
        ("A1", vehicle.vin, vehicle.vin),
    ]
    assert set(found[0]) >= ELEMENTS
    assert set(found[0]["vehiclepartslist"][0]) == {"partsname", "partscode", "partsquantity"}
    assert set(found[0]["repairprojectlist"][0]) == {"repairproject", "workinghours"}
    shown = chedang("records", code).stdout
    assert "不在任何车辆档案中" in shown
    assert "共 2 条记录" in shown


def test_a_shop_without_records_has_an_empty_array(chedang, code):
    assert json.loads(chedang("records", code, "--json").stdout) == []


@pytest.mark.parametrize("as_json", [(), ("--json",)])
@pytest.mark.parametrize(("command", "key"), [("vehicle", "LXX00000000000000"), ("records", "330106999999999")])
def test_what_is_unknown_gets_one_sentence_and_exit_code_1(chedang, command, key, as_json):
    done = chedang(command, key, *as_json)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert key in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_database_without_tables_gets_one_sentence(empty_database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("CHEDANG_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["records", "330106999999999"])
    assert done.exit_code == 1
    assert "chedang migrate" in done.stderr


def test_import_prints_a_result_per_row_and_repeats_harmlessly(chedang, connection, tmp_path):
    table = tmp_path / "shops.csv"
    table.write_text(
        "companycode,companypassword,companyname,companyadministrativedivisioncode,companycategory,note\n"
        "330106000056746,old-password-1,杭州旧户汽修,330106,02,x\n"
        "330106000056747,abc,杭州弱码汽修,330106,03,x\n"
        "12,abcdef,杭州错码汽修,330106,02,x\n",
        encoding="gbk",
    )
    first = chedang("enterprise", "import", str(table))
    assert first.exit_code == 1
    assert "新增 2，已有未变 0，已更新 0，有误 1；密码较弱 1。" in first.stdout
    assert "未使用的列：note" in first.stdout
    again = [json.loads(line) for line in chedang("enterprise", "import", str(table), "--json").stdout.splitlines()]
    assert [outcome["result"] for outcome in again] == ["已有未变", "已有未变", "有误"]
    assert again[2]["remarks"][0].startswith("companycode")
    assert "old-password-1" not in first.output
    assert len(store.list_by_state(connection, ReviewState.APPROVED)) == 2


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04\x00"])
def test_a_file_that_is_no_table_gets_one_sentence(chedang, tmp_path, content):
    file = tmp_path / "shops.csv"
    if content is not None:
        file.write_bytes(content)
    done = chedang("enterprise", "import", str(file))
    assert done.exit_code == 1
    assert done.stdout == ""
    assert str(file) in done.stderr


def test_shops_are_approved_by_code_or_all_at_once(chedang, connection, shops):
    codes = [actions.register(connection, shop.registration, now=NOW).enterprise.company_code for shop in shops]
    first = chedang("enterprise", "approve", codes[0], "999999999999", "--by", "王科长")
    assert first.exit_code == 1
    assert f"{codes[0]} {shops[0].registration.company_name}：审核通过" in first.stdout
    assert "999999999999" in first.stderr
    assert "此前已审核通过" in chedang("enterprise", "approve", codes[0]).stdout
    rest = chedang("enterprise", "approve", "--all-pending")
    assert rest.exit_code == 0
    assert codes[1] in rest.stdout
    assert codes[0] not in rest.stdout
    assert "没有待审核的企业" in chedang("enterprise", "approve", "--all-pending").stdout
    known = store.find_by_codes(connection, codes)
    assert known[codes[0]].reviewed_by == "王科长"
    assert {enterprise.review_state for enterprise in known.values()} == {ReviewState.APPROVED}


@pytest.mark.parametrize("arguments", [(), ("330106000000001", "--all-pending")])
def test_approving_nothing_in_particular_is_a_mistake(chedang, arguments):
    assert chedang("enterprise", "approve", *arguments).exit_code == 1


def test_shops_are_listed_by_state(chedang, connection, shops):
    codes = [actions.register(connection, shop.registration, now=NOW).enterprise.company_code for shop in shops]
    chedang("enterprise", "approve", codes[1])
    lines = chedang("enterprise", "list", "--state", "pending", "--json").stdout.splitlines()
    assert [json.loads(line)["companycode"] for line in lines] == [codes[0]]
    listed = chedang("enterprise", "list").stdout
    assert codes[0] in listed
    assert codes[1] in listed


def test_a_shop_leaves_its_chain_and_one_that_is_in_none_is_told_apart(chedang, connection, code, shops):
    other = actions.register(connection, shops[1].registration, now=NOW).enterprise.company_code
    accounts.add_member(connection, code, code, now=NOW)
    accounts.add_member(connection, code, other, now=NOW)
    left = chedang("enterprise", "leave-chain", code, other)
    assert (left.exit_code, left.stdout) == (0, f"{other}：已退出连锁 {code}\n")
    again = chedang("enterprise", "leave-chain", code, other, code)
    assert (again.exit_code, again.stdout) == (1, f"{code}：已退出连锁 {code}\n")
    assert again.stderr == f"{other}：不在连锁 {code}\n"
    assert accounts.members_of(connection, code) == frozenset()


def test_a_shop_is_set_back_to_its_own_upload_from_a_day_on(chedang, connection, code):
    since = date.today() + timedelta(days=2)  # noqa: DTZ011 - a day that is to come in every zone
    for arguments in (("shop",), ("shop", "--since", "2020-01-01"), ("shop", "--since", str(since)), ("head_office",)):
        assert chedang("enterprise", "channel", code, *arguments).exit_code == 1
    assert chedang("enterprise", "channel", "330106999999999").exit_code == 1
    done = chedang("enterprise", "channel", code, "shop", "--since", str(since), "--reason", "总部停止上传")
    assert (done.exit_code, done.stdout) == (0, f"{code}：{since} 起 单店上传。\n")
    assert chedang("enterprise", "channel", code).stdout == f"{since} 起 单店上传（33：总部停止上传）\n"
