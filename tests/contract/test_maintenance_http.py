"""The signed 二级维护 dialect over real HTTP: image, vehicle, order, inspections; what the tables hold after them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from chedang.platform.database import connect
from chedang.records.store import read_record
from tests.contract.conftest import SHOP_NAME, Gate
from tests.contract.signed import VIN, carlife_common, gate_with_accounts, records, rows

IMAGE = "upload/image"
CAR = "repair/car/upload"
ORDER = "repair/order/upload"
INCOMING = "incoming/order"
COMPLETED = "completed/submitInspectionOrder"
JPEG = b"\xff\xd8\xff" + bytes(range(256)) * 8
_numbers = count(1)


@pytest.fixture(scope="module")
def gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """Served under the usual path, and without one on the name of the host as one installation has it."""
    data_dir = tmp_path_factory.mktemp("maintenance")
    dialects = Path(data_dir) / "dialects.toml"
    dialects.write_text('[carlife]\nbases = ["/api/maintain", ""]\n', encoding="utf-8")
    with make_database() as url, gate_with_accounts(url, data_dir, CHEDANG_DIALECTS_FILE=str(dialects)) as running:
        yield running


@pytest.fixture
def inspection() -> str:
    return f"2026110200{next(_numbers):04d}"


def call(gate: Gate, path: str, members: dict[str, Any], base: str = "/api/maintain") -> dict[str, Any]:
    """Post JSON; the answer must be of the family's shape."""
    body = json.dumps(members, ensure_ascii=False).encode()
    return shape(httpx.post(f"{gate.url}{base}/{path}", content=body, timeout=60))


def shape(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert list(document) == ["code", "message", "data"]
    assert type(document["code"]) is int
    assert len(answer.text) <= 200
    return document


def send_image(gate: Gate, common: dict[str, str], image: bytes = JPEG, name: str = "file") -> dict[str, Any]:
    """As the client in the field writes it: no blank after the colons, the boundary after the charset."""
    query = "&".join(f"{key}={common[key]}" for key in ("companyIdentity", "nonce", "timestamp", "sign"))
    head = (
        f'\r\n--8DEEXAMPLE\r\nContent-Disposition:form-data;name="{name}";filename="1.jpg"\r\n'
        "Content-Type:application/octet-stream\r\n\r\n"
    )
    return shape(
        httpx.post(
            f"{gate.url}/api/maintain/{IMAGE}?{query}",
            content=head.encode() + image + b"\r\n--8DEEXAMPLE--\r\n",
            headers={"content-type": "multipart/form-data;charset=utf-8;boundary=8DEEXAMPLE"},
            timeout=60,
        )
    )


def car(inspection: str, **members: Any) -> dict[str, Any]:
    return {
        "incomingInspectionId": inspection,
        "licensePlate": "沪A12345",
        "vin": VIN,
        "vehicleType": "630",
        "engineNum": "MARK-ENGINE",
        "vehicleOwner": "MARK-OWNER",
        "entrustRepair": "MARK-OWNER",
        "contact": "MARK-CONTACT",
        "contactDetails": "MARK-CONTACT",
        "obd": "1",
        "carType": "轻型汽油车",
        "vehicleClassCode": "A",
        "drivingLicenseImg": "http://image.invalid/0",
        "color": "黑色",
        "brand": "示例",
    } | members


def order(inspection: str, *, as_text: bool = True, **members: Any) -> dict[str, Any]:
    values = {
        "incomingInspectionId": inspection,
        "deliveryDate": "2026-11-01",
        "repairMileage": "66666",
        "settlementDate": "2026-11-02",
        "settlementSeq": f"R{inspection}",
        "repairItems": {
            "subtotal": "MARK-PRICE",
            "items": [
                {"itemSeq": "1", "itemName": "二级维护", "settlementTime": "8.00",
                 "workHoursUnitPrice": "MARK-PRICE", "workHoursFee": "MARK-PRICE"},
            ],
        },
        "repairParts": {
            "subtotal": "1",
            "parts": [{"partSeq": "1", "partName": "防冻液", "partBrand": "", "partNo": "KG-810", "productSeq": "",
                       "partUnitPrice": "", "partUnitNumber": "1.00", "partMoney": "", "oneselfPart": "0"}],
        },
        "otherFee": [{"otherFeeSeq": "1", "project": "MARK-FEE", "otherFeeMoney": "1"}],
        "total": "MARK-PRICE",
        "oldPartDisposal": 3,
    }  # fmt: skip
    if as_text:
        for name in ("repairItems", "repairParts", "otherFee"):
            values[name] = json.dumps(values[name], ensure_ascii=False)
    return values | members


def test_image_vehicle_and_order_with_one_signature_make_a_record(gate: Gate, inspection: str) -> None:
    common = carlife_common()
    address = send_image(gate, common)["data"]["imageUrl"]
    assert address == f"http://image.invalid/{sha256(JPEG).hexdigest()}"
    vehicle = call(gate, CAR, common | car(inspection, drivingLicenseImg=address))
    assert vehicle == {"code": 0, "message": "success", "data": None}
    assert records(gate, f"R{inspection}") == []
    assert call(gate, ORDER, common | order(inspection)) == {"code": 0, "message": "success", "data": None}

    (version,) = records(gate, f"R{inspection}")
    assert (version.vin, version.version, version.dialect) == (VIN, 1, "carlife")
    text = version.text
    assert (text.company_name, text.plate_number, text.mileage) == (SHOP_NAME, "沪A12345", "66666")
    assert (text.repair_date, text.settle_date) == ("2026-11-01", "2026-11-02")
    assert [(project.name, project.hours) for project in text.projects] == [("二级维护", "8.00")]
    assert [(part.name, part.code, part.quantity) for part in text.parts] == [("防冻液", "KG-810", "1.00")]
    for table in ("record_version", "open_order", "order_extra", "kept_extra"):
        assert "MARK-" not in str(rows(gate, f"select {table}::text from {table}"))  # noqa: S608


def test_inner_values_may_be_objects_and_the_path_bare(gate: Gate, inspection: str) -> None:
    call(gate, CAR, carlife_common() | car(inspection), base="")
    assert call(gate, ORDER, carlife_common() | order(inspection, as_text=False), base="")["code"] == 0
    (version,) = records(gate, f"R{inspection}")
    assert len(version.text.projects) == len(version.text.parts) == 1


def test_a_repeated_vehicle_is_said_to_be_there_and_a_corrected_one_is_taken(gate: Gate, inspection: str) -> None:
    assert call(gate, CAR, carlife_common() | car(inspection))["message"] == "success"
    again = call(gate, CAR, carlife_common() | car(inspection))
    assert (again["code"], again["message"]) == (0, "检验单对应的车辆档案已上传")
    assert call(gate, CAR, carlife_common() | car(inspection, licensePlate="沪A54321"))["message"] == "success"
    call(gate, ORDER, carlife_common() | order(inspection))
    (version,) = records(gate, f"R{inspection}")
    assert version.text.plate_number == "沪A54321"
    assert call(gate, CAR, carlife_common() | car(inspection, licensePlate="沪A54321"))["message"] == again["message"]


def test_an_order_sent_again_makes_a_new_version_of_the_same_record(gate: Gate, inspection: str) -> None:
    call(gate, CAR, carlife_common() | car(inspection))
    call(gate, ORDER, carlife_common() | order(inspection))
    (first,) = records(gate, f"R{inspection}")
    assert call(gate, ORDER, carlife_common() | order(inspection))["code"] == 0
    assert call(gate, ORDER, carlife_common() | order(inspection, settlementSeq=f"S{inspection}"))["code"] == 0
    with connect(gate.database_url) as connection:
        versions = read_record(connection, first.record_id)
    assert [version.settlement_list_number for version in versions] == [f"R{inspection}", f"S{inspection}"]
    assert versions[-1].text.plate_number == "沪A12345"


def test_an_order_before_its_vehicle_is_stored_and_completed_later(gate: Gate, inspection: str) -> None:
    assert call(gate, ORDER, carlife_common() | order(inspection))["code"] == 0
    (version,) = records(gate, f"R{inspection}")
    assert version.vin == f"~{gate.company_code}"
    assert call(gate, CAR, carlife_common() | car(inspection))["message"] == "success"
    (version,) = records(gate, f"R{inspection}")
    assert (version.vin, version.version) == (VIN, 2)


def incoming(contract: str, **members: Any) -> dict[str, Any]:
    return {
        "image": "http://image.invalid/0",
        "entrustRepair": "MARK-OWNER",
        "licensePlate": "沪B12345",
        "vehicleType": "轻型普通货车",
        "engineNum": "MARK-ENGINE",
        "contractNum": contract,
        "chassisNum": VIN,
        "incomingDate": "2026-11-01",
        "faultDiagnosis": json.dumps({"information": "P0420", "desc": "催化器效率低", "evaluate": "不合格"}),
        "axleBrakingRatio": json.dumps({"axle1": {"result": "MARK-RESULT", "limit": "", "evaluate": "合格"}}),
        "brakingUnbalanceRate": "{}",
        "vehicle": "",
        "initialSpeed": "",
        "gasolineCar": "",
        "dieselVehicle": "",
        "conclusion": 0,
        "inspector": "MARK-PERSON",
        "entrustRepairOpinion": 1,
    } | members


def test_an_inspection_on_arrival_begins_the_order_that_shop_and_vendor_then_finish(gate: Gate) -> None:
    first = call(gate, INCOMING, carlife_common(contractNum="C-1") | incoming("C-1"))
    number = first["data"]["incomingInspectionId"]
    assert number.isdigit()
    assert len(number) == 18
    again = call(gate, INCOMING, carlife_common(contractNum="C-1") | incoming("C-1"))
    assert again["data"] == first["data"]
    usual_signature = call(gate, INCOMING, carlife_common() | incoming("C-2"))
    assert usual_signature["data"] != first["data"]
    call(gate, CAR, carlife_common() | car(number, licensePlate="沪B12345"))
    call(gate, ORDER, carlife_common() | order(number))
    (version,) = records(gate, f"R{number}")
    assert version.text.fault_description == "P0420；催化器效率低"
    completed = {"incomingInspectionId": number, "inspectionResult": 1, "inspector": "MARK-PERSON",
                 "sideSlip": json.dumps({"axle1": {"result": "MARK-RESULT"}})}  # fmt: skip
    for signed in ({}, {"incomingInspectionId": number}, {"id": "7", "incomingInspectionId": number}):
        assert call(gate, COMPLETED, carlife_common(**signed) | completed)["code"] == 0
    assert "MARK-" not in str(rows(gate, "select content from record_version"))


def test_an_inspection_without_a_contract_is_told_what_is_missing(gate: Gate) -> None:
    answer = call(gate, INCOMING, carlife_common(contractNum="") | incoming(""))
    assert (answer["code"], "contractNum" in answer["message"]) == (107, True)


def test_a_missing_image_gets_the_words_of_the_old_server(gate: Gate) -> None:
    for answer in (
        send_image(gate, carlife_common(), image=b""),
        send_image(gate, carlife_common(), name="picture", image=b""),
        shape(httpx.post(f"{gate.url}/api/maintain/{IMAGE}", params=carlife_common())),
    ):
        assert (answer["code"], answer["message"], answer["data"]) == (100, "图片不能为空", None)


def test_an_image_of_ten_megabytes_and_a_signature_inside_the_form(gate: Gate) -> None:
    answer = httpx.post(
        f"{gate.url}/api/maintain/{IMAGE}", data=carlife_common(), files={"file": b"\x89PNG" + b"0" * 10_000_000}
    )
    assert shape(answer)["code"] == 0


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=X", b"--X\r\nbroken"),
        ("multipart/form-data; boundary=X", b"--X\r\nContent-Disposition: nonsense\r\n\r\n\r\n--X--\r\n"),
        ("multipart/form-data", b"--X--"),
        ("application/json", b"{}"),
        ("", b"\xff\x00"),
    ],
)
def test_a_broken_form_gets_a_clear_answer(gate: Gate, content_type: str, body: bytes) -> None:
    answer = httpx.post(
        f"{gate.url}/api/maintain/{IMAGE}",
        params=carlife_common(),
        content=body,
        headers={"content-type": content_type} if content_type else {},
    )
    assert shape(answer)["code"] == 100


def test_wrong_stale_and_repeated_signatures_are_told(gate: Gate, inspection: str) -> None:
    assert call(gate, CAR, carlife_common("not the secret") | car(inspection))["code"] == 104
    stale = carlife_common(sent_at=time.time() + 25 * 3600)
    assert call(gate, CAR, stale | car(inspection))["code"] == 105
    common = carlife_common()
    assert call(gate, CAR, common | car(inspection))["code"] == 0
    assert call(gate, CAR, common | car(inspection))["code"] == 114
    assert call(gate, ORDER, common | order(inspection))["code"] == 0
    assert call(gate, CAR, {**common, "companyIdentity": "nobody"} | car(inspection))["code"] == 103
    assert call(gate, CAR, car(inspection))["code"] == 107
