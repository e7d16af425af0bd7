"""The signed three-step dialect over real HTTP: golden conversations, and what the tables hold after them."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from chedang.enterprises.channels import set_channel
from chedang.enterprises.model import Channel
from chedang.platform.database import connect
from chedang.records.model import StoredVersion
from chedang.records.store import read_record
from chedang.terms.dates import day_in_china
from tests.contract.conftest import SHOP_NAME, Gate
from tests.contract.signed import SECRET, VIN, gate_with_accounts, openapi, openapi_body, openapi_sign, records, rows

INSERT = "insert"
ITEMS = "updateRepairItemByOrderCode"
SETTLE = "updateSettleInfoByOrderCode"
CORRECT = "updateRepairInfoByOrderCode"
QUERY = "queryCompanyErrRepairRecord"

PROJECTS = [
    {
        "projectName": "更换机油机滤",
        "projectType": "保养",
        "workingHours": 1.0,
        "repairPartList": [
            {
                "partName": "机油",
                "brandName": "示例",
                "partType": "",
                "partCode": "OIL+5W 30",
                "partQty": 4.5,
                "unit": "升",
            },
            {"partName": "机滤", "brandName": None, "partCode": "1012010", "partQty": 1.0},
        ],
    },
    {"projectName": "四轮定位100％", "workingHours": 0.5, "repairPartList": []},
]
_numbers = count(1)


@pytest.fixture(scope="module")
def gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    with make_database() as url, gate_with_accounts(url, tmp_path_factory.mktemp("signed")) as running:
        yield running


@pytest.fixture
def order_code() -> str:
    return f"GD{next(_numbers) + 100:06d}"


def insert(order_code: str, **members: Any) -> bytes:
    values = {
        "vin": VIN,
        "vpn": "沪AD12345",
        "orderCode": order_code,
        "repairTime": "2026-11-01 09:30:00",
        "repairMileage": 45000.0,
        "serviceType": "保养",
        "fuelType": "C",
        "requirement": None,
        "faultDesc": "五万公里保养",
        "natureOfUse": 2,
        "carPhoto": "",
        "drivingPermitPhoto": "",
    }
    return openapi_body(**(values | members))


def items(order_code: str, projects: Any = PROJECTS) -> bytes:
    return openapi_body(orderCode=order_code, repairProjectList=projects)


def settle(order_code: str, pay_time: str = "2026-11-02 18:31:44") -> bytes:
    return openapi_body(orderCode=order_code, totalCost=388.0, payTime=pay_time)


def run_job(gate: Gate, order_code: str, **members: Any) -> StoredVersion:
    for operation, body in (
        (INSERT, insert(order_code, **members)),
        (ITEMS, items(order_code)),
        (SETTLE, settle(order_code)),
    ):
        assert openapi(gate, operation, body)["code"] == 0
    (version,) = records(gate, order_code)
    return version


def versions(gate: Gate, version: StoredVersion) -> list[StoredVersion]:
    with connect(gate.database_url) as connection:
        return read_record(connection, version.record_id)


def test_three_calls_grow_into_one_settled_record(gate: Gate, order_code: str) -> None:
    assert openapi(gate, INSERT, insert(order_code)) == {"code": 0, "message": "调用成功", "data": None}
    assert records(gate, order_code) == []
    ((content, settled_at),) = rows(gate, "select content, settled_at from open_order where order_key = %s", order_code)
    assert settled_at is None
    assert json.loads(content)["vin"] == VIN
    assert openapi(gate, ITEMS, items(order_code))["code"] == 0
    assert records(gate, order_code) == []
    assert openapi(gate, SETTLE, settle(order_code))["code"] == 0

    (version,) = records(gate, order_code)
    assert (version.vin, version.version, version.dialect) == (VIN, 1, "openapi")
    text = version.text
    assert (text.company_name, text.plate_number, text.mileage) == (SHOP_NAME, "沪AD12345", "45000.0")
    assert (text.repair_date, text.settle_date) == ("2026-11-01 09:30:00", "2026-11-02 18:31:44")
    assert [(part.name, part.code, part.quantity) for part in text.parts] == [
        ("机油", "OIL+5W 30", "4.5"),
        ("机滤", "1012010", "1.0"),
    ]
    assert [(project.name, project.hours) for project in text.projects] == [
        ("更换机油机滤", "1.0"),
        ("四轮定位100％", "0.5"),
    ]
    assert [finding for finding in version.findings if finding.level == "error"] == []
    assert rows(gate, "select 1 from open_order where order_key = %s", order_code) == []


def test_both_paths_and_a_slash_at_the_end_are_served(gate: Gate, order_code: str) -> None:
    assert openapi(gate, INSERT, insert(order_code), base="/api/openapi")["code"] == 0
    answer = httpx.post(f"{gate.url}/openapi/repairRecord/{ITEMS}/", content=items(order_code))
    assert answer.json()["code"] == 0


def test_every_step_may_be_repeated(gate: Gate, order_code: str) -> None:
    version = run_job(gate, order_code)
    for operation, body in (
        (SETTLE, settle(order_code)),
        (INSERT, insert(order_code)),
        (ITEMS, items(order_code)),
        (SETTLE, settle(order_code)),
    ):
        assert openapi(gate, operation, body)["code"] == 0
    assert len(versions(gate, version)) == 1


def test_a_repeated_step_before_settlement_replaces_what_it_carries(gate: Gate, order_code: str) -> None:
    openapi(gate, INSERT, insert(order_code, faultDesc="异响"))
    openapi(gate, ITEMS, items(order_code))
    openapi(gate, INSERT, insert(order_code, faultDesc="底盘异响"))
    openapi(gate, ITEMS, items(order_code, [{"projectName": "检查底盘", "workingHours": 1.0}]))
    openapi(gate, SETTLE, settle(order_code))
    (version,) = records(gate, order_code)
    assert version.version == 1
    assert version.text.fault_description == "底盘异响"
    assert [project.name for project in version.text.projects] == ["检查底盘"]
    assert version.text.parts == ()


def test_a_step_after_settlement_makes_a_new_version(gate: Gate, order_code: str) -> None:
    first = run_job(gate, order_code)
    assert openapi(gate, INSERT, insert(order_code, repairMileage=45100.0))["code"] == 0
    assert openapi(gate, SETTLE, settle(order_code, "2026-11-03 08:00:00"))["code"] == 0
    found = versions(gate, first)
    assert [version.text.mileage for version in found] == ["45000.0", "45100.0", "45100.0"]
    assert found[-1].text.settle_date == "2026-11-03 08:00:00"
    assert found[-1].text.parts == first.text.parts


@pytest.mark.parametrize("operation", [ITEMS, SETTLE, CORRECT])
def test_a_step_without_an_order_is_told_so(gate: Gate, order_code: str, operation: str) -> None:
    body = {ITEMS: items, SETTLE: settle, CORRECT: items}[operation](order_code)
    assert openapi(gate, operation, body)["code"] == 2003
    assert records(gate, order_code) == []


def test_the_error_query_lists_what_a_correction_then_mends(gate: Gate, order_code: str) -> None:
    run_job(gate, order_code, vin="无", vpn="沪AD12345")
    answer = openapi(gate, QUERY, openapi_body())
    mine = [row for row in answer["data"] if row["orderCode"] == order_code]
    assert mine == [
        {
            "orderCode": order_code,
            "vin": "无",
            "vpn": "沪AD12345",
            "repairTime": "2026-11-01 09:30:00",
            "projectName": project,
            "projectType": "",
            "workingHours": hours,
            "partName": part,
            "partType": "",
            "partCode": code,
            "partQty": quantity,
            "unit": "",
        }
        for project, hours, part, code, quantity in (
            ("更换机油机滤", "1.0", "机油", "OIL+5W 30", "4.5"),
            ("四轮定位100％", "0.5", "机滤", "1012010", "1.0"),
        )
    ]
    correction = openapi_body(orderCode=order_code, vin=VIN, vpn="", repairProjectList=None)
    assert openapi(gate, CORRECT, correction)["code"] == 0
    (version,) = records(gate, order_code)
    assert (version.version, version.vin, version.text.plate_number) == (2, VIN, "沪AD12345")
    assert (version.actor, version.reason) == (gate.company_code, "企业更正")
    after = openapi(gate, QUERY, openapi_body())
    assert [row for row in after["data"] if row["orderCode"] == order_code] == []


def test_a_step_repeated_after_a_correction_leaves_the_correction(gate: Gate, order_code: str) -> None:
    first = run_job(gate, order_code, vin="无")
    assert openapi(gate, CORRECT, openapi_body(orderCode=order_code, vin=VIN))["code"] == 0
    assert openapi(gate, INSERT, insert(order_code, vin="无"))["code"] == 0
    assert openapi(gate, SETTLE, settle(order_code))["code"] == 0
    assert [version.text.vin for version in versions(gate, first)] == ["无", VIN]
    assert openapi(gate, INSERT, insert(order_code, vin="LXXR9S194MB292903"))["code"] == 0
    (version,) = records(gate, order_code)
    assert (version.version, version.vin) == (3, "LXXR9S194MB292903")


def test_a_correction_of_an_open_order_settles_it_when_it_brings_the_day(gate: Gate, order_code: str) -> None:
    openapi(gate, INSERT, insert(order_code, vin="LXX"))
    assert openapi(gate, CORRECT, openapi_body(orderCode=order_code, vin=VIN))["code"] == 0
    assert records(gate, order_code) == []
    whole = openapi_body(orderCode=order_code, payTime="2026-11-02 10:00:00", repairProjectList=PROJECTS)
    assert openapi(gate, CORRECT, whole)["code"] == 0
    (version,) = records(gate, order_code)
    assert (version.vin, version.text.settle_date, len(version.text.parts)) == (VIN, "2026-11-02 10:00:00", 2)


def test_a_number_known_from_another_dialect_is_the_same_record(gate: Gate, order_code: str) -> None:
    version = run_job(gate, order_code)
    upload = {
        "access_token": gate.token(),
        "basicInfo": {"companyname": SHOP_NAME, "vin": VIN, "vehicleplatenumber": "沪AD12345",
                      "repairdate": "20261101", "repairmileage": "45000", "settledate": "20261102",
                      "faultdescription": "五万公里保养", "costlistcode": order_code},
        "repairprojectlist": [{"repairproject": "更换机油机滤", "workinghours": "1"}],
        "vehiclepartslist": [],
    }  # fmt: skip
    assert gate.post("lcipprocarfixrecordadd", json.dumps(upload).encode()).json()["code"] == "1"
    assert openapi(gate, ITEMS, items(order_code))["code"] == 0
    assert [each.dialect for each in versions(gate, version)] == ["openapi", "lcippro", "openapi"]


def test_a_wrong_signature_is_told_and_a_right_one_passes_however_many_were_wrong(gate: Gate, order_code: str) -> None:
    body = openapi_body(secret="not the secret", orderCode=order_code)
    assert [openapi(gate, INSERT, body)["code"] for _ in range(22)] == [104] * 20 + [115] * 2
    assert openapi(gate, INSERT, insert(order_code))["code"] == 0
    assert openapi(gate, INSERT, insert(order_code) + b" ")["code"] == 0
    changed = insert(order_code).replace("五万公里保养".encode(), "六万公里保养".encode())
    assert openapi(gate, INSERT, changed)["code"] == 104


def test_an_upper_case_signature_and_an_unknown_account(gate: Gate, order_code: str) -> None:
    document = json.loads(insert(order_code))
    document["sign"] = openapi_sign(document).upper()
    assert openapi(gate, INSERT, json.dumps(document).encode())["code"] == 0
    assert openapi(gate, INSERT, openapi_body(app_id="app-2", orderCode=order_code))["code"] == 3025


def test_the_same_bytes_again_are_a_replay_on_the_same_path_only(gate: Gate, order_code: str) -> None:
    body = openapi_body(orderCode=order_code, vin=VIN, payTime="2026-11-02 10:00:00", repairProjectList=PROJECTS)
    assert openapi(gate, SETTLE, body)["code"] == 2003
    assert openapi(gate, INSERT, body)["code"] == 0
    assert openapi(gate, INSERT, body)["code"] == 114
    assert openapi(gate, ITEMS, body)["code"] == 0
    assert openapi(gate, SETTLE, body)["code"] == 0, "a call that was refused did not use its signature up"
    assert openapi(gate, SETTLE, body)["code"] == 114


def test_a_stale_call_is_told_how_far_the_clock_is_off(gate: Gate, order_code: str) -> None:
    late = openapi(gate, INSERT, openapi_body(sent_at=time.time() - 25 * 3600, orderCode=order_code))
    assert late["code"] == 105
    assert "本机时钟比服务器慢1500分钟" in late["message"]
    wrong_zone = openapi_body(sent_at=time.time() - 8 * 3600, orderCode=order_code)
    assert openapi(gate, INSERT, wrong_zone)["code"] == 0


def test_an_order_without_a_number_of_its_own_is_refused(gate: Gate) -> None:
    for order_code in ("", "无", "N/A", "9" * 300):
        assert openapi(gate, INSERT, insert(order_code))["code"] == 2002


_COMMON = b'"appId":"app-1","nonce":1,"timestamp":"@","sign":"0123"'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"", 108, id="no body"),
        pytest.param(b"[]", 108, id="a list"),
        pytest.param(b'{"appId":', 108, id="cut off"),
        pytest.param(b'{"appId":"app-1"}', 107, id="unsigned"),
        pytest.param(b'{"appId":"app-1","nonce":1,"timestamp":"x","sign":"00"}', 107, id="no time"),
        pytest.param(b"{%s}" % _COMMON, 104, id="another signature"),
        pytest.param(b'{%s,"repairProjectList":{"a":1}}' % _COMMON, 104, id="a lone object is a list of one"),
        pytest.param(b'{%s,"repairProjectList":[1]}' % _COMMON, 108, id="no rows"),
        pytest.param(b'{%s,"a":%s%s}' % (_COMMON, b"[" * 300, b"]" * 300), 108, id="deep"),
        pytest.param(b'{%s,"a":"%s"}' % (_COMMON, b"%41" * 600_000), 108, id="escapes"),
        pytest.param(b'{%s,"a":"%s"}' % (_COMMON, b"x" * (17 * 1024 * 1024)), 112, id="too large"),
    ],
)
def test_what_can_never_be_used_gets_a_clear_answer(gate: Gate, body: bytes, code: int) -> None:
    body = body.replace(b"@", b"%d" % (time.time() * 1000))
    assert openapi(gate, ITEMS, body)["code"] == code


def test_photographs_of_five_megabytes_are_taken_and_not_kept(gate: Gate, order_code: str) -> None:
    photo = base64.b64encode(b"\xff\xd8\xff" + bytes(range(256)) * 20_479).decode()
    body = insert(order_code, carPhoto=photo, drivingPermitPhoto=photo)
    assert len(body) > 13_000_000
    assert openapi(gate, INSERT, body)["code"] == 0
    assert openapi(gate, SETTLE, settle(order_code))["code"] == 0
    assert rows(gate, "select 1 from kept_extra") == []
    assert rows(gate, "select 1 from order_extra") == []
    ((content,),) = rows(gate, "select content from record_version where settlement_list_number = %s", order_code)
    assert len(content) < 2_000


def test_nothing_beyond_the_thirteen_elements_reaches_a_table(gate: Gate, order_code: str) -> None:
    openapi(gate, INSERT, insert(order_code, serviceType="MARK-1", requirement="MARK-2", stranger="MARK-3"))
    openapi(gate, ITEMS, items(order_code, [PROJECTS[0] | {"projectType": "MARK-4"}]))
    for table in ("open_order", "order_extra", "kept_extra", "record_version"):
        assert "MARK-" not in str(rows(gate, f"select {table}::text from {table}"))  # noqa: S608
    openapi(gate, SETTLE, settle(order_code))
    assert "MARK-" not in str(rows(gate, "select content from record_version"))
    metrics = httpx.get(f"{gate.url}/metrics").text
    dropped = next(line for line in metrics.splitlines() if line.startswith("chedang_gate_dropped_fields_total"))
    assert float(dropped.split(" ")[1]) >= 5


def test_a_shop_that_settles_after_the_store_was_cut_finds_its_order(gate: Gate, order_code: str) -> None:
    openapi(gate, INSERT, insert(order_code))
    with connect(gate.database_url) as connection:
        connection.execute("update open_order set settled_at = now() where order_key = %s", [order_code])
    assert openapi(gate, ITEMS, items(order_code))["code"] == 0
    (version,) = records(gate, order_code)
    assert (version.version, len(version.text.projects)) == (2, 2)
    assert rows(gate, "select 1 from open_order where order_key = %s", order_code) == []


def test_steps_at_the_same_moment_do_not_lose_each_other(gate: Gate, order_code: str) -> None:
    run_job(gate, order_code)
    bodies = [(INSERT, insert(order_code, repairMileage=46_000.0 + number)) for number in range(10)]
    for number in range(10):
        bodies.append((ITEMS, items(order_code, [{"projectName": f"项目{number}", "workingHours": 1.0}])))
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda call: openapi(gate, *call), bodies))
    assert {answer["code"] for answer in answers} == {0}
    (version,) = records(gate, order_code)
    assert version.version == 21
    before = versions(gate, version)[-2]
    changed = (before.text.mileage != version.text.mileage, before.text.projects != version.text.projects)
    assert changed.count(True) == 1
    assert version.text.mileage != "45000.0"
    assert version.text.projects[0].name.startswith("项目")


def test_the_example_of_the_reference_runs(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "dialect-openapi.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    example = example.replace("http://127.0.0.1:8100", gate.url).replace("the secret of app-1", SECRET)
    exec(compile(example, str(page), "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in printed] == ["{'code': 0"] * 3
    assert len(records(gate, "GD000001")) == 1


def test_a_shop_whose_head_office_uploads_opens_no_order(gate: Gate, order_code: str) -> None:
    with connect(gate.database_url) as connection:
        connection.execute(
            "insert into machine_account (kind, account, company_code, password_hash, sealed_secret, created_at)"
            " select kind, 'app-2', %s, password_hash, sealed_secret, created_at from machine_account"
            " where account = 'app-1'",
            [gate.pending_code],
        )
        now = datetime.now(UTC)
        day = day_in_china(now)
        set_channel(connection, gate.pending_code, Channel.HEAD_OFFICE, day, decided_by="00", reason="名录", now=now)
    for operation in (INSERT, SETTLE):
        body = openapi_body(app_id="app-2", orderCode=order_code, vin=VIN, payTime="2026-11-02 18:31:44")
        answer = openapi(gate, operation, body)
        assert answer["code"] == 102
        assert "总部对总部上传" in answer["message"]
    assert rows(gate, "select 1 from open_order where order_key = %s", order_code) == []
