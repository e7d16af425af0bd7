"""A node that takes one signed dialect strictly, and keeps fields of some categories on a legal basis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chedang.intake.orders import count_open, forget_stale, list_open
from chedang.platform.database import connect
from tests.contract.conftest import Gate
from tests.contract.signed import carlife_common, gate_with_accounts, openapi, openapi_body, records, rows
from tests.contract.test_maintenance_http import CAR, JPEG, ORDER, call, car, order, send_image
from tests.contract.test_signed_http import CORRECT, INSERT, ITEMS, PROJECTS, SETTLE, insert, items, settle

PRICE_BASIS = "示例市维修价格监测办法第三条"
OTHER_BASIS = "示例市二级维护管理规定第九条"
_numbers = count(1)


@pytest.fixture(scope="module")
def gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    data_dir = tmp_path_factory.mktemp("modes")
    dialects = data_dir / "dialects.toml"
    dialects.write_text('[openapi]\nmode = "strict"\n', encoding="utf-8")
    environment = {
        "CHEDANG_DIALECTS_FILE": str(dialects),
        "CHEDANG_EXTRA_BASIS": f"price={PRICE_BASIS};engine_number,photograph={OTHER_BASIS}",
    }
    with make_database() as url, gate_with_accounts(url, data_dir, **environment) as running:
        yield running


@pytest.fixture
def number() -> str:
    return f"M{next(_numbers):06d}"


@pytest.mark.parametrize(
    ("members", "code", "words"),
    [
        ({"vpn": ""}, 2000, "车牌号错误"),
        ({"vin": "无"}, 2001, "车辆识别码错误"),
        ({"repairTime": "昨天"}, 108, "参数错误"),
        ({"carPhoto": "A" * 7_100_000}, 2007, "车辆照片不能超过5M"),
        ({"drivingPermitPhoto": "A" * 7_100_000}, 2008, "行驶证照片不能超过5M"),
        ({"fuelType": "X"}, 2009, "燃料类型错误"),
        ({"natureOfUse": 3}, 2010, "使用性质错误"),
        ({"stranger": 1}, 108, "stranger"),
    ],
)
def test_a_strict_node_refuses_with_the_papers_codes(
    gate: Gate, number: str, members: dict[str, Any], code: int, words: str
) -> None:
    refused = openapi(gate, INSERT, insert(number, **members))
    assert (refused["code"], words in refused["message"]) == (code, True)
    assert rows(gate, "select 1 from open_order where order_key = %s", number) == []
    assert openapi(gate, INSERT, insert(number))["code"] == 0


def test_a_strict_node_tells_a_step_of_its_own_faults_only(gate: Gate, number: str) -> None:
    assert openapi(gate, INSERT, insert(number))["code"] == 0
    assert openapi(gate, ITEMS, items(number, []))["code"] == 2005
    part = {"partName": "机油", "partCode": "1", "partQty": -1}
    assert openapi(gate, ITEMS, items(number, [{**PROJECTS[0], "repairPartList": [part]}]))["code"] == 2006
    refused = openapi(gate, SETTLE, settle(number))
    assert (refused["code"], records(gate, number)) == (2005, [])
    assert openapi(gate, ITEMS, items(number))["code"] == 0
    assert openapi(gate, SETTLE, settle(number))["code"] == 0
    (version,) = records(gate, number)
    assert version.version == 1
    assert rows(gate, "select 1 from open_order where order_key = %s", number) == []


def test_a_strict_node_takes_corrections_of_a_settled_order_and_no_second_beginning(gate: Gate, number: str) -> None:
    for operation, body in ((INSERT, insert(number)), (ITEMS, items(number)), (SETTLE, settle(number))):
        assert openapi(gate, operation, body)["code"] == 0
    assert openapi(gate, INSERT, insert(number))["code"] == 0
    assert openapi(gate, INSERT, insert(number, faultDesc="别的"))["code"] == 2004
    assert openapi(gate, CORRECT, openapi_body(orderCode=number, vpn="沪A54321"))["code"] == 0
    (version,) = records(gate, number)
    assert (version.version, version.text.plate_number) == (2, "沪A54321")


KEPT = "select version, name, category, basis, value, image from kept_extra where record_id = %s order by version, name"


def test_what_has_a_basis_is_kept_with_its_version_and_the_rest_is_forgotten(gate: Gate, number: str) -> None:
    address = send_image(gate, carlife_common())["data"]["imageUrl"]
    call(gate, CAR, carlife_common() | car(number, drivingLicenseImg=address))
    held = rows(gate, "select name, image from order_extra where order_key = %s order by name", number)
    assert held == [("drivingLicenseImg", None), ("engineNum", None), ("file", JPEG)]
    call(gate, ORDER, carlife_common() | order(number))
    (version,) = records(gate, f"R{number}")
    assert rows(gate, "select 1 from order_extra") == []
    kept = rows(gate, KEPT, version.record_id)
    assert [(row[0], row[1], row[2], row[3]) for row in kept] == [
        (1, "drivingLicenseImg", "photograph", OTHER_BASIS),
        (1, "engineNum", "engine_number", OTHER_BASIS),
        (1, "file", "photograph", OTHER_BASIS),
        (1, "otherFee/0/otherFeeMoney", "price", PRICE_BASIS),
        (1, "repairItems/items/0/workHoursFee", "price", PRICE_BASIS),
        (1, "repairItems/items/0/workHoursUnitPrice", "price", PRICE_BASIS),
        (1, "repairItems/subtotal", "price", PRICE_BASIS),
        (1, "repairParts/subtotal", "price", PRICE_BASIS),
        (1, "total", "price", PRICE_BASIS),
    ]
    assert kept[2][5] == JPEG
    everything = str([rows(gate, f"select {table}::text from {table}") for table in ("kept_extra", "record_version")])  # noqa: S608
    assert "MARK-OWNER" not in everything
    assert "MARK-CONTACT" not in everything
    assert "MARK-PRICE" not in str(rows(gate, "select content from record_version"))

    assert call(gate, ORDER, carlife_common() | order(number))["code"] == 0
    assert rows(gate, KEPT, version.record_id) == kept
    call(gate, ORDER, carlife_common() | order(number, repairMileage="66667", total="400"))
    newer = [row for row in rows(gate, KEPT, version.record_id) if row[0] == 2]
    assert ("total", "400") in [(row[1], row[4]) for row in newer]


def test_orders_that_nobody_settles_are_listed_and_forgotten_with_what_they_held(gate: Gate, number: str) -> None:
    send_image(gate, carlife_common(), image=JPEG + b"another")
    call(gate, CAR, carlife_common() | car(number))
    with connect(gate.database_url) as connection:
        (waiting,) = [each for each in list_open(connection, gate.company_code, limit=100) if each.order_key == number]
        assert waiting.text.plate_number == "沪A12345"
        (counted,) = count_open(connection)
        assert (counted.company_code, counted.count >= 1) == (gate.company_code, True)
        assert forget_stale(connection, now=datetime.now(UTC), days=1) == 0
        assert forget_stale(connection, now=datetime.now(UTC) + timedelta(days=2), days=1) >= 1
        connection.commit()
        assert list_open(connection, gate.company_code, limit=100) == []
    assert rows(gate, "select 1 from order_extra") == []
