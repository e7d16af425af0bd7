"""What a real gate refuses is kept for the shop as it was answered, whichever vocabulary it came in (ADR 0038)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest

from chedang.intake import refusals, software
from chedang.intake.refusals import KeptRefusal
from chedang.platform.database import connect
from tests.contract.conftest import PASSWORD, Gate
from tests.contract.native import Client, make_secret, record
from tests.contract.signed import carlife_common, gate_with_accounts, openapi_body

BAD_VIN = "LZZ1A2B3XGA00012"
PLATE = "浙A1W345"
OWNER = "欧阳某某"
PHONE = "14200008888"


@pytest.fixture(scope="module")
def gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """A gate of its own, strict, so that the rules refuse."""
    with (
        make_database() as url,
        gate_with_accounts(url, tmp_path_factory.mktemp("gate"), CHEDANG_MODE="strict") as running,
    ):
        yield running


def kept(gate: Gate, enough: Callable[[list[KeptRefusal]], bool]) -> list[KeptRefusal]:
    """What is kept for the approved shop, as soon as it is enough."""
    for _ in range(100):
        with connect(gate.database_url) as connection:
            found = refusals.list_of(connection, gate.company_code, datetime.now(UTC))
        if enough(found):
            return found
        time.sleep(0.1)
    raise AssertionError([(each.dialect, each.operation, each.kind, each.answer) for each in found])


def by_dialect(found: list[KeptRefusal]) -> dict[str, KeptRefusal]:
    return {each.dialect: each for each in found}


class Caller:
    """Calls that are refused, one of each vocabulary; each gives the answer's text."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.token = gate.token()

    def lcippro(self) -> str:
        return self._post(
            "/restservices/lcipprodatarest/lcipprocarfixrecordadd/query",
            {"access_token": self.token, "basicInfo": {"vin": BAD_VIN, "vehicleplatenumber": PLATE}},
        )

    def lciprest(self) -> str:
        job = {"access_token": self.token, "carvin": BAD_VIN, "carno": PLATE, "caruser": OWNER, "mobilephone": PHONE}
        return self._post("/restservices/lciprest/lcipcarfixrecordadd/query", {"carInfo": job})

    def lciphostrest(self) -> str:
        element = {
            "access_token": self.token,
            "companyuniquecode": self.gate.company_code,
            "basicinfo": {"vin": BAD_VIN, "vehicleplatenumber": PLATE},
        }
        return self._post("/restservices/lciphostrest/lcipcarfixrecordaddall/query", {"str": [element]})

    def ashx(self) -> str:
        document = {"access_token": self.token, "body": {"vin": BAD_VIN, "vehicleplatenumber": PLATE}}
        value = quote_plus(json.dumps(document, ensure_ascii=False))
        return httpx.get(f"{self.gate.url}/api/upRepairInfo.ashx?repairdata={value}", timeout=30).text

    def carhealth(self) -> str:
        info = {"access_token": self.token, "basicInfo": {"vin": BAD_VIN, "vehicleplatenumber": PLATE}}
        return self._post("/carhealth/record", {"transaction": {"header": {}, "body": {"reqInfo": info}}})

    def openapi(self) -> str:
        body = openapi_body(orderCode="K-1", vin=BAD_VIN, vpn=PLATE)
        url = f"{self.gate.url}/openapi/repairRecord/updateSettleInfoByOrderCode"
        return httpx.post(url, content=body, timeout=30).text

    def carlife(self) -> str:
        members = carlife_common() | {"incomingInspectionId": "", "vin": BAD_VIN, "licensePlate": PLATE}
        return self._post("/api/maintain/repair/car/upload", members)

    def native(self) -> str:
        shop = Client(f"{self.gate.url}/api/v1", make_secret(self.gate.database_url, self.gate.company_code))
        return shop.put("N-1", record(vin=BAD_VIN, vehicleplatenumber=PLATE)).text

    def _post(self, path: str, document: Any) -> str:
        body = json.dumps(document, ensure_ascii=False).encode()
        return httpx.post(self.gate.url + path, content=body, headers={"User-Agent": "Repair-5.2"}, timeout=30).text


DIALECTS = ("lcippro", "lciprest", "lciphostrest", "ashx", "carhealth", "openapi", "carlife", "native")


def test_every_vocabulary_s_refusals_are_kept_as_they_were_answered(gate: Gate) -> None:
    caller = Caller(gate)
    answers: dict[str, str] = {name: getattr(caller, name)() for name in DIALECTS}
    found = by_dialect(kept(gate, lambda found: {each.dialect for each in found} >= set(DIALECTS)))
    assert {name: found[name].answer for name in DIALECTS} == answers
    assert all(each.is_proven for each in found.values())
    assert found["native"].http_status == 422
    assert found["lcippro"].http_status == 200
    assert found["lcippro"].client == "Repair-5.2"
    assert ("VIN_LENGTH", "/basicInfo/vin") in {(each.code, each.field) for each in found["lcippro"].findings}
    everything = rows_text(gate)
    for secret in (BAD_VIN, PLATE, OWNER, PHONE):
        assert secret not in everything


def rows_text(gate: Gate) -> str:
    """All that the tables about a shop's calls hold."""
    with connect(gate.database_url) as connection:
        rows = connection.execute(
            "select refusal::text from intake_refusal as refusal union all select c::text from intake_client as c"
        ).fetchall()
    assert rows
    return "\n".join(text for (text,) in rows)


def test_a_malformed_call_is_known_by_its_token_and_a_wrong_password_by_its_name(gate: Gate) -> None:
    token = gate.token()
    broken = gate.post("lcipprocarfixrecordadd", f'{{"access_token":"{token}","basicInfo":{{'.encode())
    wrong = gate.post(
        "lcipprogetaccesstoken",
        json.dumps({"companycode": gate.company_code, "companypassword": PASSWORD + "x"}).encode(),
    )
    unknown = httpx.get(f"{gate.url}/api/v1/records", headers={"Authorization": "Bearer cd_00000000_" + "x" * 43})
    assert unknown.status_code == 401
    found = kept(gate, lambda found: {"MALFORMED", "WRONG_PASSWORD"} <= {each.kind for each in found})
    kinds = {each.kind: each for each in found}
    assert (kinds["MALFORMED"].answer, kinds["MALFORMED"].is_proven) == (broken.text, True)
    assert (kinds["WRONG_PASSWORD"].answer, kinds["WRONG_PASSWORD"].is_proven) == (wrong.text, False)
    assert PASSWORD not in rows_text(gate)


def test_the_same_refusal_again_is_counted_not_added(gate: Gate) -> None:
    token = gate.token()
    before = len(kept(gate, lambda _: True))
    for _ in range(3):
        gate.post("lcipprocarfixrecordadd", json.dumps({"access_token": token, "basicInfo": {}}).encode())
    found = kept(gate, lambda found: any(each.kind == "EMPTY_RECORD" and each.times == 3 for each in found))
    assert len(found) <= before + 1


def test_software_that_uploads_well_is_seen(gate: Gate) -> None:
    gate.token()
    caller = Caller(gate)
    httpx.post(
        f"{gate.url}{gate.path('lcipprogetaccesstoken')}",
        json={"companycode": gate.company_code, "companypassword": PASSWORD},
        headers={"User-Agent": f"YK-Soft 2018 {PHONE}"},
    )
    caller.native()
    for _ in range(100):
        with connect(gate.database_url) as connection:
            seen = {(each.dialect, each.client) for each in software.list_of(connection, gate.company_code)}
        if ("lcippro", "YK-Soft 2018 ***") in seen and any(dialect == "native" for dialect, _ in seen):
            return
        time.sleep(0.1)
    raise AssertionError(seen)
