"""The ministry's dialect for chains over real HTTP: what its client sends, answered byte for byte, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from chedang.enterprises import accounts, actions, store
from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.model import AccountKind, ReviewState, Source
from chedang.intake.outcomes import RefusalKind
from chedang.platform.database import connect
from chedang.platform.passwords import hash_password
from chedang.records.model import PartText, ProjectText, RecordText, StoredVersion
from chedang.records.store import read_company_records
from tests.contract.conftest import PASSWORD, Answer, Gate, gate_with_shops, register

FORBIDDEN_REMEDY = RefusalKind.FORBIDDEN.remedy
TOKEN = "lcipgetaccesstoken"
ALLOCATE = "lcipaccountcompany"
ADD = "lcipcarfixrecordaddall"
VIN = "LXXAA11A3R1000017"
USER = "chain-of-shops"
USER_PASSWORD = "example-chain-password"

_numbers = count(1)


class Chain:
    """A head office with its gate, its own code and its token."""

    def __init__(self, gate: Gate, code: str) -> None:
        self.gate = gate
        self.code = code
        self.token = str(self.post(TOKEN, {"username": USER, "password": USER_PASSWORD})["access_token"])

    def post(self, operation: str, document: object) -> dict[str, Any]:
        return dict(json.loads(self.send(operation, encoded(document)).text))

    def send(self, operation: str, body: bytes, *header_lines: str) -> Answer:
        lines = [
            f"POST /restservices/lciphostrest/{operation}/query HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Length: {len(body)}",
            *header_lines,
        ]
        return self.gate.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def allocate(self, name: str, licence: str, division: str = "310115", token: str | None = None) -> dict[str, Any]:
        return self.post(
            ALLOCATE,
            {
                "access_token": token or self.token,
                "companyname": name,
                "companyroadtransportationlicense": licence,
                "companyadministrativedivisioncode": division,
            },
        )

    def new_shop(self) -> str:
        number = next(_numbers)
        answer = self.allocate(f"上海青禾第{number}汽车维修店", f"3101150{number:05d}")
        assert answer["code"] == "1", answer
        return str(answer["companyuniquecode"])

    def records(self, company_code: str) -> list[StoredVersion]:
        with connect(self.gate.database_url) as connection:
            return read_company_records(connection, company_code)


@pytest.fixture(scope="module")
def chain(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chain]:
    """A chain whose head office signs in under a user name with a password of its own."""
    with make_database() as url, gate_with_shops(url, tmp_path_factory.mktemp("chain")) as gate:
        now = datetime.now(UTC)
        with connect(url) as connection:
            code = register(connection, "上海青禾连锁管理有限公司", "310115999999")
            actions.approve(connection, code, by="test", now=now)
            account = MachineAccount(AccountKind.LOGIN, USER, code, hash_password(USER_PASSWORD), None)
            assert accounts.save(connection, account, now=now)
            accounts.add_member(connection, code, code, now=now)
            connection.commit()
        yield Chain(gate, code)


def encoded(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def element(token: str | None, company_code: str, **basic: Any) -> dict[str, Any]:
    """One record as a chain's client writes it: header and lists are JSON text, the order's number is a number."""
    return {
        "access_token": token,
        "administrativedivisioncode": "310115",
        "companyuniquecode": company_code,
        "basicinfo": as_json(
            {
                "vehicleplatenumber": "沪A12345",
                "companyname": "上海青禾第1汽车维修店",
                "vin": VIN,
                "repairdate": "20260105",
                "repairmileage": "48210",
                "settledate": "20260105",
                "faultdescription": "常规保养",
                "costlistcode": 70_000_000 + next(_numbers),
            }
            | basic
        ),
        "vehiclepartslist": as_json([{"partsname": "机油", "partsquantity": "4", "partscode": "OL-MO-MO1|5"}]),
        "repairprojectlist": as_json([{"repairproject": "更换机油", "workinghours": 49.00}]),
    }


def wrapped(*elements: object) -> bytes:
    return encoded({"str": as_json(list(elements))})


def test_the_head_office_signs_in_under_its_user_name(chain: Chain) -> None:
    answer = chain.send(
        TOKEN,
        encoded({"username": USER, "password": USER_PASSWORD}),
        "Content-Type: application/json; charset=utf-8",
        "Connection: Keep-Alive",
    )
    token = json.loads(answer.text)["access_token"]
    assert answer.text == f'{{"code":"1","status":"获取成功","access_token":"{token}","accsss_token":"{token}"}}'
    assert chain.post(TOKEN, {"username": USER, "password": PASSWORD})["code"] == "-11"
    assert chain.post(TOKEN, {"username": USER + "2", "password": PASSWORD})["code"] == "-10"


def test_a_shop_gets_a_code_once_and_waits_for_its_review(chain: Chain) -> None:
    first = chain.send(
        ALLOCATE,
        encoded(
            {
                "access_token": chain.token,
                "companyname": "上海青禾世纪大道店",
                "companyroadtransportationlicense": "310115880001",
                "companyadministrativedivisioncode": 310115,
            }
        ),
    )
    code = json.loads(first.text)["companyuniquecode"]
    assert first.text == f'{{"code":"1","status":"分配成功，待审核","companyuniquecode":"{code}"}}'
    assert chain.allocate("上海青禾 世纪大道店", "310115880001") == json.loads(first.text)
    with connect(chain.gate.database_url) as connection:
        shop = store.find_by_code(connection, code)
    assert shop is not None
    assert (shop.source, shop.review_state, shop.division_code) == (Source.ALLOCATED, ReviewState.PENDING, "310115")


def test_a_shop_without_a_licence_is_known_by_name_and_division(chain: Chain) -> None:
    first = chain.allocate("上海青禾无证店", "无")
    assert chain.allocate("上海青禾无证店", "")["companyuniquecode"] == first["companyuniquecode"]
    assert chain.allocate("上海青禾无证店", "", "310104")["companyuniquecode"] != first["companyuniquecode"]


def test_two_shops_of_a_chain_never_share_a_code(chain: Chain) -> None:
    chain.allocate("上海青禾甲店", "310115880002")
    other = chain.allocate("上海青禾乙店", "310115880002")
    assert (other["code"], "companyuniquecode" in other) == ("-21", False)


def test_a_chain_cannot_take_a_shop_that_came_here_another_way(chain: Chain) -> None:
    with connect(chain.gate.database_url) as connection:
        code = register(connection, "上海独立汽车维修店", "310115770001")
        connection.commit()
    answer = chain.allocate("上海独立汽车维修店", "310115770001")
    assert answer["code"] == "-15"
    assert code not in json.dumps(answer)
    theirs = chain.post(ADD, {"str": as_json([element(chain.token, code)])})
    assert theirs["code"] == "-22"
    assert chain.records(code) == []
    with connect(chain.gate.database_url) as connection:
        accounts.add_member(connection, chain.code, code, now=datetime.now(UTC))
        connection.commit()
    assert chain.allocate("上海独立汽车维修店", "310115770001")["companyuniquecode"] == code


def test_an_ordinary_shop_is_no_head_office(chain: Chain) -> None:
    answer = chain.allocate("上海占位汽车维修店", "310115660001", token=chain.gate.token())
    refused = f"没有权限：本账户不是已确认的连锁总部。{FORBIDDEN_REMEDY}"
    assert (answer["code"], answer["status"]) == ("-22", refused)
    with connect(chain.gate.database_url) as connection:
        assert store.find_same_registration(connection, "", "310115660001") == []


@pytest.mark.parametrize(
    ("name", "division", "code"),
    [("", "310115", "-1"), ("上海青禾丙店", "", "-1"), ("上海青禾丙店", "999999", "-1")],
)
def test_a_shop_without_name_or_division_gets_none(chain: Chain, name: str, division: str, code: str) -> None:
    assert chain.allocate(name, "310115880003", division)["code"] == code


def test_a_record_in_three_levels_of_encoding_is_stored_under_its_shop(chain: Chain) -> None:
    shop = chain.new_shop()
    sent = element(chain.token, shop, companyname="上海青禾")
    answer = chain.send(ADD, wrapped(sent), "Content-Type: application/json; charset=utf-8")
    assert (answer.status, answer.text) == (200, '{"code":"1","status":"新增成功"}')
    (version,) = chain.records(shop)
    assert version.text == RecordText(
        company_name="上海青禾",
        vin=VIN,
        plate_number="沪A12345",
        repair_date="20260105",
        mileage="48210",
        settle_date="20260105",
        fault_description="常规保养",
        settlement_list_number=str(json.loads(sent["basicinfo"])["costlistcode"]),
        parts=(PartText("机油", "OL-MO-MO1|5", "4"),),
        projects=(ProjectText("更换机油", "49.0"),),
    )
    assert version.dialect == "lciphostrest"
    assert chain.send(ADD, wrapped(sent)).text == answer.text
    assert len(chain.records(shop)) == 1
    assert chain.records(chain.code) == []


def test_every_way_to_wrap_the_same_record_is_the_same_record(chain: Chain) -> None:
    shop = chain.new_shop()
    sent = element(chain.token, shop)
    plain = sent | {name: json.loads(sent[name]) for name in ("basicinfo", "vehiclepartslist", "repairprojectlist")}
    basic = {"basicInfo": plain["basicinfo"]}
    without_token = {name: value for name, value in plain.items() if name != "access_token"}
    ways = [
        wrapped(sent),
        wrapped(plain),
        encoded({"str": [plain]}),
        encoded({"STR": as_json([as_json(sent)])}),
        encoded([plain]),
        encoded(as_json([plain])),
        encoded(plain),
        encoded({"str": as_json(plain)}),
        encoded([{name: value for name, value in plain.items() if name != "basicinfo"} | basic]),
        encoded({"access_token": chain.token, "str": as_json([without_token])}),
    ]
    for way in ways:
        assert chain.send(ADD, way).text == '{"code":"1","status":"新增成功"}', way
    assert len(chain.records(shop)) == 1


def test_a_batch_of_five_hundred_records_is_stored_whole(chain: Chain) -> None:
    shops = [chain.new_shop() for _ in range(4)]
    elements = [element(chain.token, shops[number % 4]) for number in range(500)]
    assert chain.send(ADD, wrapped(*elements)).text == '{"code":"1","status":"新增成功"}'
    assert sum(len(chain.records(shop)) for shop in shops) == 500
    too_many = chain.post(ADD, {"str": as_json([*elements, element(chain.token, shops[0])])})
    assert (too_many["code"], "500" in too_many["status"]) == ("-2", True)


def test_a_part_of_a_batch_that_fails_is_told_and_costs_no_other(chain: Chain) -> None:
    shop = chain.new_shop()
    bad_list = element(chain.token, shop) | {"vehiclepartslist": "[{"}
    elements = [
        element(chain.token, shop),
        element("0" * 32, shop),
        element(chain.token, shop),
        element(chain.token, "330106000000001"),
        element(chain.token, ""),
        bad_list,
        "新增成功",
        None,
    ]
    answer = chain.send(ADD, wrapped(*elements))
    assert answer.status == 200
    assert "新增成功" not in answer.text
    assert json.loads(answer.text) == {
        "code": "-12",
        "status": "共8条，失败6条；第2条：凭证无效。请重新获取access_token",
        "total": 8,
        "stored": 2,
        "failed": [
            {"index": 2, "code": "-12", "status": "凭证无效。请重新获取access_token"},
            {"index": 4, "code": "-22", "status": f"没有权限：companyuniquecode不属于本账户。{FORBIDDEN_REMEDY}"},
            {"index": 5, "code": "-1", "status": "参数无效：companyuniquecode为空。请补上缺少的参数"},
            {"index": 6, "code": "-2", "status": "参数格式不对。请检查报文是否为完整的JSON"},
            {"index": 7, "code": "-2", "status": "参数格式不对。请检查报文是否为完整的JSON"},
            {"index": 8, "code": "-1", "status": "参数无效：companyuniquecode为空。请补上缺少的参数"},
        ],
    }
    assert len(chain.records(shop)) == 2


def test_a_single_record_that_fails_is_told_like_any_other_refusal(chain: Chain) -> None:
    answer = chain.post(ADD, {"str": as_json([element("0" * 32, chain.code)])})
    assert (answer["code"], answer["status"]) == ("-12", "凭证无效。请重新获取access_token")


def test_an_endless_list_of_failures_is_cut(chain: Chain) -> None:
    answer = chain.send(ADD, wrapped(*[element("0" * 32, chain.code) for _ in range(500)]))
    told = json.loads(answer.text)
    assert (told["total"], told["stored"], len(told["failed"])) == (500, 0, 20)
    assert len(answer.text) < 2_500


def test_a_shop_that_left_the_chain_is_no_longer_uploaded_for(chain: Chain) -> None:
    shop = chain.new_shop()
    with connect(chain.gate.database_url) as connection:
        assert accounts.remove_member(connection, chain.code, shop)
        assert not accounts.remove_member(connection, chain.code, shop)
        connection.commit()
    assert chain.post(ADD, {"str": as_json([element(chain.token, shop)])})["code"] == "-22"


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        (TOKEN, b"{}", "-1"),
        (TOKEN, b"<xml/>", "-2"),
        (ALLOCATE, b"{}", "-12"),
        (ALLOCATE, b"[]", "-2"),
        (ADD, b"", "-2"),
        (ADD, b'{"str":""}', "-2"),
        (ADD, b'{"str":"[]"}', "-1"),
        (ADD, b'{"str":7}', "-2"),
        (ADD, b'{"str":"[{]"}', "-2"),
        (ADD, b"[]", "-1"),
        (ADD, b"{}", "-1"),
    ],
)
def test_what_can_never_be_used_gets_a_clear_answer(chain: Chain, operation: str, body: bytes, code: str) -> None:
    answer = chain.send(operation, body)
    assert (answer.status, json.loads(answer.text)["code"]) == (200, code)
    assert "新增成功" not in answer.text


def test_a_shop_that_is_too_fast_makes_the_whole_batch_come_again(chain: Chain) -> None:
    shop = chain.new_shop()
    elements = [element(chain.token, shop) for _ in range(400)]
    first = chain.send(ADD, wrapped(*elements))
    assert first.status == httpx.codes.OK
    second = chain.send(ADD, wrapped(*elements))
    assert (second.status, json.loads(second.text)["code"]) == (httpx.codes.TOO_MANY_REQUESTS, "-17")
    assert int(second.headers["retry-after"]) >= 1
    assert len(chain.records(shop)) == 400
