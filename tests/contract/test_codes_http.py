"""A shop registers while the ministry is away: a code that works at once, the national one later, and both good."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from chedang.enterprises import accounts, codes, store
from chedang.exchange.code_asking import CodeAsker
from chedang.records.store import read_company_records
from tests.conftest import free_port
from tests.contract.conftest import PASSWORD, Gate, running_gate
from tests.integration.joined import DeskLink, NodeAt, join_nodes

REGISTRATION = {
    "companyname": "杭州青禾临时编码汽车维修有限公司",
    "companypassword": PASSWORD,
    "companyroadtransportationlicense": "330106880001",
    "companyadministrativedivisioncode": "330106",
    "companycategory": "02",
}
PROVISIONAL = "33010633000001"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def nodes(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[NodeAt, NodeAt]]:
    with make_database() as first, make_database() as second:
        province = NodeAt("33", first, tmp_path_factory.mktemp("33"))
        ministry = NodeAt("00", second, tmp_path_factory.mktemp("00"))
        join_nodes(province, ministry, f"http://127.0.0.1:{free_port()}", now)  # where nobody listens
        yield province, ministry


@pytest.fixture(scope="module")
def gate(nodes: tuple[NodeAt, NodeAt]) -> Iterator[Gate]:
    with running_gate(nodes[0].database_url, nodes[0].data_dir) as (port, _process):
        yield Gate(port, nodes[0].database_url, "", "")


def post(gate: Gate, operation: str, document: object) -> dict[str, Any]:
    return dict(gate.post(operation, json.dumps(document).encode()).json())


def chain_post(gate: Gate, operation: str, document: object) -> dict[str, Any]:
    url = f"{gate.url}/restservices/lciphostrest/{operation}/query"
    return dict(httpx.post(url, json=document, timeout=60).json())


def record(number: str, token: str) -> dict[str, object]:
    basic = {"vehicleplatenumber": "浙A00001", "companyname": REGISTRATION["companyname"], "vin": "LXXAA11A3R1000017",
             "repairdate": "20261101", "repairmileage": "12000", "settledate": "20261102", "faultdescription": "保养",
             "costlistcode": number}  # fmt: skip
    project = {"repairproject": "更换机油", "workinghours": "0.5"}
    return {"access_token": token, "basicInfo": basic, "vehiclepartslist": [], "repairprojectlist": [project]}


def test_registering_while_the_ministry_is_away(nodes: tuple[NodeAt, NodeAt], gate: Gate) -> None:
    province, ministry = nodes
    registered = post(gate, "lcipproaccountcompany", REGISTRATION)
    assert registered == {"code": "1", "status": "注册成功，待审核", "companycode": PROVISIONAL}
    assert post(gate, "lcipproaccountcompany", REGISTRATION)["companycode"] == PROVISIONAL
    early = gate.token(PROVISIONAL)
    assert post(gate, "lcipprocarfixrecordadd", record("JS-1", early))["code"] == "1"

    asker = CodeAsker("33", province.data_dir, now, open_link=lambda _address: DeskLink(ministry, now))
    with province.connect() as connection:
        ask = asker.on(connection)
        assert ask is not None
        assert codes.fetch_codes(connection, ask, now()) == 1
    national = post(gate, "lcipproaccountcompany", REGISTRATION)["companycode"]
    assert national == "330106000000001"

    for code in (PROVISIONAL, national):
        token = gate.token(code)
        answer = post(gate, "lcipprocarfixrecordadd", record(f"JS-{code}", token))
        assert answer["code"] == "1", answer
    secrets = [httpx.get(f"{gate.url}/api/v1/secrets", auth=(code, PASSWORD)) for code in (PROVISIONAL, national)]
    assert [answer.status_code for answer in secrets] == [200, 200]
    with province.connect() as connection:
        stored = read_company_records(connection, PROVISIONAL)
        assert read_company_records(connection, national) == []
    assert {each.settlement_list_number for each in stored} == {"JS-1", f"JS-{PROVISIONAL}", f"JS-{national}"}


def test_a_head_office_names_its_shop_by_either_code(nodes: tuple[NodeAt, NodeAt], gate: Gate) -> None:
    province, ministry = nodes
    office = post(gate, "lcipproaccountcompany", REGISTRATION | {"companyroadtransportationlicense": "330106880002"})[
        "companycode"
    ]
    with province.connect() as connection:
        accounts.add_member(connection, office, office, now=now())
    token = chain_post(gate, "lcipgetaccesstoken", {"username": office, "password": PASSWORD})["access_token"]
    wanted = {
        "access_token": token,
        "companyname": "杭州青禾连锁一店",
        "companyroadtransportationlicense": "330106880003",
        "companyadministrativedivisioncode": "330106",
    }
    provisional = chain_post(gate, "lcipaccountcompany", wanted)["companyuniquecode"]
    assert len(provisional) == 14
    asker = CodeAsker("33", province.data_dir, now, open_link=lambda _address: DeskLink(ministry, now))
    with province.connect() as connection:
        codes.fetch_codes(connection, lambda asked: asker.ask(connection, asked), now())
        shop = store.find_by_code(connection, provisional)
        assert shop is not None
    assert chain_post(gate, "lcipaccountcompany", wanted)["companyuniquecode"] == shop.national_code
    for number, code in enumerate((provisional, shop.national_code)):
        fields = record(f"LS-{number}", token)
        item = {
            "access_token": token,
            "administrativedivisioncode": "330106",
            "companyuniquecode": code,
            "basicinfo": json.dumps(fields["basicInfo"]),
            "vehiclepartslist": "[]",
            "repairprojectlist": json.dumps(fields["repairprojectlist"]),
        }
        answer = chain_post(gate, "lcipcarfixrecordaddall", {"str": json.dumps([item])})
        assert answer["code"] == "1", answer
    with province.connect() as connection:
        assert len(read_company_records(connection, provisional)) == 2
