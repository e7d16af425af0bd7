"""The pilot's dialect over real HTTP: what its two known clients send, answered byte for byte, and what is stored."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from chedang.enterprises import accounts
from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.model import AccountKind
from chedang.platform.database import connect
from chedang.records.model import PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.records.store import read_record
from tests.contract.conftest import PASSWORD, SHOP_NAME, Answer, Gate, gate_with_shops

TOKEN = "lcipgetaccesstoken"
REGISTER = "lcipaccountcompany"
ADD = "lcipcarfixrecordadd"
ADD_PART = "lcipcarpartsrecordadd"
MODIFY = "lcipfixrecordmodify"
DELETE = "lcipdeletefixrecord"
SEARCH = "lcipsearchfixdatainfo"
VIN = "LXXAA11A3R1000017"
MOBILE = "13800000000"
OWNER = "车主某某某"

_numbers = count(1)


@pytest.fixture(scope="module")
def token(gate: Gate) -> str:
    return str(post(gate, TOKEN, {"username": gate.company_code, "password": PASSWORD})["access_token"])


def post(gate: Gate, operation: str, document: object, *, prefix: str = "", suffix: str = "") -> dict[str, Any]:
    answer = httpx.post(address(gate, operation, prefix, suffix), content=encoded(document), timeout=60)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


def address(gate: Gate, operation: str, prefix: str = "", suffix: str = "") -> str:
    return f"{gate.url}{prefix}/restservices/lciprest/{operation}/query{suffix}"


def encoded(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def send(gate: Gate, operation: str, body: bytes, *header_lines: str, prefix: str = "", suffix: str = "") -> Answer:
    """Bytes on a socket, with the header lines of the client at hand."""
    lines = [
        f"POST {prefix}/restservices/lciprest/{operation}/query{suffix} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        *header_lines,
    ]
    return gate.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def car_info(token: str, **changes: Any) -> dict[str, Any]:
    """All members of the pilot's ``carInfo``, as sihui sends them."""
    return {
        "access_token": token,
        "carno": "粤H12345",
        "carvin": VIN,
        "enginenumber": "EN-778899",
        "company": SHOP_NAME,
        "repairnature": "1",
        "repairtype": "40",
        "cartype": "1",
        "repairdate": "2026-01-05",
        "repairmile": "48210",
        "workorderno": "WO-7",
        "faultdescript": "更换机油",
        "faultreason": "到期",
        "materialsum": "200.00",
        "mlaborsum": "80.00",
        "otherexpsum": "5.00",
        "total": "285.00",
        "settledate": "2026-01-06",
        "statementno": f"PJ{next(_numbers):06d}",
    } | changes


PARTS = [
    {
        "partsort": "1",
        "partsname": "机油",
        "partsno": "OIL-5W30",
        "partsmanufacture": "某厂",
        "partsquantity": "4.5",
        "partscost": "40.00",
        "partsallcost": "180.00",
        "partsattribute": "10",
        "caruserparts": "0",
    }
]
HOURS = [{"repairname": "更换机油", "repairhours": "0.5", "laborhourprice": "160", "repaircost": "80.00"}]
OTHERS = [{"othername": "环保费", "othercost": "5.00"}]


def job(token: str, **changes: Any) -> dict[str, Any]:
    """The lists are JSON text, as sihui sends them."""
    return {
        "carInfo": car_info(token, **changes),
        "carpartslist": json.dumps(PARTS, ensure_ascii=False),
        "repairhourslist": json.dumps(HOURS, ensure_ascii=False),
        "othercostlist": json.dumps(OTHERS, ensure_ascii=False),
    }


def versions(gate: Gate, record_id: str) -> list[StoredVersion]:
    with connect(gate.database_url) as connection:
        return read_record(connection, record_id)


def dump(gate: Gate) -> str:
    """All rows of all tables as text."""
    with connect(gate.database_url) as connection:
        names = connection.execute(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        rows = [connection.execute(f"select t::text from {name} t").fetchall() for (name,) in names]  # noqa: S608
    assert rows
    return "\n".join(row[0] for table in rows for row in table)


def test_a_token_is_given_to_the_company_code_and_to_a_mobile_with_and_without_a_slash(gate: Gate) -> None:
    with connect(gate.database_url) as connection:
        account = MachineAccount(AccountKind.LOGIN, MOBILE, gate.company_code, "", None)
        assert accounts.save(connection, account, now=datetime.now(UTC))
        connection.commit()
    for user in (gate.company_code, MOBILE):
        for prefix, suffix in (("", ""), ("", "/"), ("/4h", "/"), ("/4h", "")):
            body = encoded({"username": user, "password": PASSWORD})
            answer = send(gate, TOKEN, body, "Content-Type: application/json", prefix=prefix, suffix=suffix)
            token = json.loads(answer.text)["access_token"]
            assert len(token) == 32
            assert answer.text == (
                f'{{"code":"1","status":"获取成功","access_token":"{token}","accsss_token":"{token}"}}'
            )
    assert post(gate, TOKEN, {"username": MOBILE, "password": "wrong"}) == {
        "code": "-11",
        "status": "密码错误。请核对密码",
    }


def test_a_record_as_sihui_sends_it_is_answered_byte_for_byte_and_kept_in_thirteen_elements(
    gate: Gate, token: str
) -> None:
    document = job(token)
    answer = send(gate, ADD, encoded(document), "Content-Type: application/json", prefix="/4h")
    record_id = json.loads(answer.text)["recordid"]
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json;charset=UTF-8")
    assert answer.text == (
        f'{{"code":"1","status":"新增成功","recordid":"{record_id}","carno":"粤H12345",'
        f'"carvin":"{VIN}","enginenumber":"EN-778899"}}'
    )
    (version,) = versions(gate, record_id)
    assert version.text == RecordText(
        company_name=SHOP_NAME,
        vin=VIN,
        plate_number="粤H12345",
        repair_date="2026-01-05",
        mileage="48210",
        settle_date="2026-01-06",
        fault_description="更换机油",
        settlement_list_number=document["carInfo"]["statementno"],
        parts=(PartText("机油", "OIL-5W30", "4.5"),),
        projects=(ProjectText("更换机油", "0.5"),),
    )
    assert (version.dialect, version.company_code, version.findings) == ("lciprest", gate.company_code, ())


def test_every_way_to_write_the_same_job_is_the_same_record(gate: Gate, token: str) -> None:
    plain = job(token)
    info = plain["carInfo"]
    first = post(gate, ADD, plain)
    ways: list[dict[str, Any]] = [
        {"carinfo": info, "carpartslist": PARTS, "repairhourslist": HOURS, "othercostlist": []},
        {**plain, "carInfo": json.dumps(info)},
        {"carInfo": {**info, "carpartslist": PARTS, "repairhourslist": HOURS}},
        {**info, "carpartslist": PARTS, "repairhourslist": HOURS},
        {**plain, "carInfo": {**info, "access_token": None}, "access_token": token},
        {**plain, "carInfo": {**info, "repairmile": 48210, "statementno": info["statementno"] + " "}},
    ]
    for way in ways:
        assert post(gate, ADD, way) == first
    assert len(versions(gate, first["recordid"])) == 1


@pytest.mark.parametrize(
    "day",
    ["2026/01/05 10:30:00", "2026-01-05 10:30:00", "2026-1-5", "2026/1/5", "2026-1-5 下午3点", "于2026/1/5送修"],
)
def test_dates_are_read_in_all_the_forms_that_the_old_server_took(gate: Gate, token: str, day: str) -> None:
    added = post(gate, ADD, job(token, repairdate=day, settledate="2026-01-06"))
    (version,) = versions(gate, added["recordid"])
    assert str(version.repair_on) == "2026-01-05"
    assert version.findings == ()


def test_a_part_is_added_once_however_often_it_is_sent(gate: Gate, token: str) -> None:
    record_id = post(gate, ADD, job(token))["recordid"]
    part = {
        "access_token": token,
        "recordid": record_id,
        "partsname": "机油滤清器",
        "partsno": "1012010-A1",
        "partsquantity": 1,
        "partscost": "30.00",
    }
    answer = send(gate, ADD_PART, encoded(part))
    part_id = json.loads(answer.text)["partsid"]
    assert answer.text == f'{{"code":"1","status":"新增成功","partsid":"{part_id}"}}'
    again = send(gate, ADD_PART, encoded(part))
    assert again.text == f'{{"code":"1","status":"新增成功，与已有的一行相同","partsid":"{part_id}"}}'
    stored = versions(gate, record_id)
    assert [version.version for version in stored] == [1, 2]
    assert stored[1].text.parts == (*stored[0].text.parts, PartText("机油滤清器", "1012010-A1", "1"))
    assert (stored[1].actor, stored[1].reason) == (gate.company_code, "接口增加配件")


def test_a_modification_changes_what_it_gives_and_leaves_the_rest(gate: Gate, token: str) -> None:
    added = post(gate, ADD, job(token))
    change = {
        "access_token": token,
        "recordid": added["recordid"],
        "caruser": OWNER,
        "linkman": OWNER,
        "mobilephone": MOBILE,
        "carmodel": "某型",
        "company": "",
        "repairdate": "",
        "repairmile": 48300,
        "workorderno": "WO-8",
        "faultdescript": "更换机油，机滤",
        "settledate": "2026-01-07",
        "settleno": "",
        "securitymile": "5000",
        "securitydate": "2026-07-01",
        "repairyear": "2026",
    }
    answer = send(gate, MODIFY, encoded(change))
    assert answer.text == f'{{"code":"1","status":"修改成功","recordid":"{added["recordid"]}"}}'
    before, after = versions(gate, added["recordid"])
    assert after.text == RecordText(
        company_name=before.text.company_name,
        vin=before.text.vin,
        plate_number=before.text.plate_number,
        repair_date=before.text.repair_date,
        mileage="48300",
        settle_date="2026-01-07",
        fault_description="更换机油，机滤",
        settlement_list_number=before.text.settlement_list_number,
        parts=before.text.parts,
        projects=before.text.projects,
    )
    assert send(gate, MODIFY, encoded(change)).text == answer.text
    assert len(versions(gate, added["recordid"])) == 2


def test_two_modifications_at_once_are_both_in_the_newest_version(gate: Gate, token: str) -> None:
    record_id = post(gate, ADD, job(token))["recordid"]
    changes = [{"repairmile": "50001"}, {"faultdescript": "异响"}, {"settledate": "2026-01-08"}]
    parts = [{"partsname": f"配件{number}", "partsno": "无", "partsquantity": "1"} for number in range(5)]
    calls = [(MODIFY, change) for change in changes] + [(ADD_PART, part) for part in parts]
    answers: list[dict[str, Any]] = []

    def call(operation: str, members: dict[str, str]) -> None:
        answers.append(post(gate, operation, {"access_token": token, "recordid": record_id, **members}))

    threads = [threading.Thread(target=call, args=each) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["code"] for answer in answers] == ["1"] * len(calls)
    stored = versions(gate, record_id)
    assert [version.version for version in stored] == list(range(1, len(calls) + 2))
    newest = stored[-1].text
    assert (newest.mileage, newest.fault_description, newest.settle_date) == ("50001", "异响", "2026-01-08")
    assert {part.name for part in newest.parts} == {"机油", *(part["partsname"] for part in parts)}


def test_a_late_repeat_of_an_upload_does_not_undo_a_correction(gate: Gate, token: str) -> None:
    document = job(token)
    record_id = post(gate, ADD, document)["recordid"]
    part = {"access_token": token, "recordid": record_id, "partsname": "机滤", "partsno": "无", "partsquantity": "1"}
    post(gate, ADD_PART, part)
    assert post(gate, ADD, document)["recordid"] == record_id
    assert [version.version for version in versions(gate, record_id)] == [1, 2]
    document["carInfo"]["faultdescript"] = "更换机油和机滤"
    post(gate, ADD, document)
    assert versions(gate, record_id)[-1].text.fault_description == "更换机油和机滤"


def test_a_number_may_be_corrected_and_the_next_job_of_the_old_number_is_a_record_of_its_own(
    gate: Gate, token: str
) -> None:
    document = job(token)
    wrong, right = document["carInfo"]["statementno"], f"PJ-RIGHT-{next(_numbers)}"
    old_id = post(gate, ADD, document)["recordid"]
    change = {"access_token": token, "recordid": old_id, "settleno": right}
    new_id = post(gate, MODIFY, change)["recordid"]
    assert [(each.state, each.settlement_list_number) for each in versions(gate, old_id)] == [
        (RecordState.ACTIVE, wrong),
        (RecordState.VOID, right),
    ]
    assert versions(gate, old_id)[-1].reason == "接口更正（结算清单编号更正）"
    # The identifier that the client knows leads on, a late repeat of the upload brings nothing back.
    assert post(gate, ADD, document)["recordid"] == old_id
    assert post(gate, MODIFY, change | {"repairmile": "48888"})["recordid"] == new_id
    assert [(each.state, each.text.mileage) for each in versions(gate, new_id)] == [
        (RecordState.ACTIVE, "48210"),
        (RecordState.ACTIVE, "48888"),
    ]
    other = job(token, statementno=wrong, carvin="LXXAA11A5R1000018", faultdescript="异响")
    assert post(gate, ADD, other)["recordid"] == old_id
    assert versions(gate, new_id)[-1].text.settlement_list_number == right
    assert versions(gate, new_id)[-1].state is RecordState.ACTIVE


def test_every_number_that_a_record_ever_had_leads_to_it(gate: Gate, token: str) -> None:
    document = job(token)
    first, second = document["carInfo"]["statementno"], f"PJ-SECOND-{next(_numbers)}"
    ids = [post(gate, ADD, document)["recordid"]]
    for number in (second, first, second):
        change = {"access_token": token, "recordid": ids[0], "settleno": number}
        ids.append(post(gate, MODIFY, change)["recordid"])
    assert (ids[2], ids[3]) == (ids[0], ids[1])
    for record_id in ids[:2]:
        assert post(gate, DELETE, {"access_token": token, "recordid": record_id})["recordid"] == ids[1]
    assert [versions(gate, record_id)[-1].state for record_id in ids[:2]] == [RecordState.VOID, RecordState.VOID]
    assert len(versions(gate, ids[1])) == 4


def test_a_number_cannot_be_corrected_to_that_of_another_record(gate: Gate, token: str) -> None:
    mine, other = job(token), job(token)
    record_id = post(gate, ADD, mine)["recordid"]
    post(gate, ADD, other)
    taken = {"access_token": token, "recordid": record_id, "settleno": other["carInfo"]["statementno"]}
    assert post(gate, MODIFY, taken) == {
        "code": "-21",
        "status": "与已有内容不一致：结算清单编号已用于另一条记录。请核对后用新的编号或更正接口",
    }
    assert len(versions(gate, record_id)) == 1


def test_a_deleted_record_is_void_stays_so_on_a_repeat_and_comes_back_when_it_says_something_else(
    gate: Gate, token: str
) -> None:
    document = job(token)
    record_id = post(gate, ADD, document)["recordid"]
    deletion = {"access_token": token, "recordid": record_id, "repairyear": "2026"}
    for _ in range(2):
        assert send(gate, DELETE, encoded(deletion)).text == (
            f'{{"code":"1","status":"删除成功","recordid":"{record_id}"}}'
        )
    assert [(version.state, version.reason) for version in versions(gate, record_id)] == [
        (RecordState.ACTIVE, ""),
        (RecordState.VOID, "接口删除"),
    ]
    assert post(gate, ADD, document)["recordid"] == record_id
    part = {"access_token": token, "recordid": record_id, "partsname": "机滤", "partsquantity": "1"}
    assert post(gate, ADD_PART, part)["code"] == "-19"
    assert found(gate, token, carno="粤H12345", settledate="2026-01-06", record_id=record_id) == []
    assert len(versions(gate, record_id)) == 2
    assert post(gate, MODIFY, {"access_token": token, "recordid": record_id, "repairmile": "1"})["code"] == "1"
    assert versions(gate, record_id)[-1].state is RecordState.ACTIVE


@pytest.mark.parametrize("operation", [ADD_PART, MODIFY, DELETE])
def test_the_record_of_another_shop_is_as_unknown_as_one_that_never_was(gate: Gate, token: str, operation: str) -> None:
    theirs = post(gate, ADD, job(gate.token(gate.pending_code)))["recordid"]
    members = {"access_token": token, "partsname": "机滤", "repairmile": "1"}
    answers = [
        send(gate, operation, encoded(members | {"recordid": record_id})).text
        for record_id in (theirs, "0" * 32, "1", "'; drop table enterprise; --", "机滤" * 1000)
    ]
    assert set(answers) == {'{"code":"-19","status":"维修记录不存在。请核对记录编号或结算清单编号"}'}
    assert len(versions(gate, theirs)) == 1
    missing = post(gate, operation, members)
    assert (missing["code"], missing["status"]) == ("-1", "参数无效：没有记录编号。请补上缺少的参数")


def found(gate: Gate, token: str, *, record_id: str = "", **wanted: object) -> list[dict[str, Any]]:
    answer = post(gate, SEARCH, {"access_token": token, "pagenum": 1, "pagesize": 100, **wanted})
    assert (answer["code"], answer["status"]) == ("1", "查询成功")
    return [each for each in answer["data"] if not record_id or each["carInfo"]["recordid"] == record_id]


def test_a_shop_finds_its_own_records_in_the_shape_in_which_it_sent_them(gate: Gate, token: str) -> None:
    document = job(token, carno="粤H·0SEEK", settledate="2026/01/09 08:00:00")
    record_id = post(gate, ADD, document)["recordid"]
    wanted = {"access_token": token, "carno": "粤h0seek", "settledate": "2026-1-9", "pagenum": "1", "pagesize": "5"}
    answer = send(gate, SEARCH, encoded(wanted))
    assert answer.text == (
        '{"code":"1","status":"查询成功","data":[{"carInfo":{'
        f'"recordid":"{record_id}","carno":"粤H·0SEEK","carvin":"{VIN}","company":"{SHOP_NAME}",'
        '"repairdate":"2026-01-05","repairmile":"48210","faultdescript":"更换机油","settledate":"2026-01-09",'
        f'"statementno":"{document["carInfo"]["statementno"]}"}},'
        '"carpartslist":[{"partsname":"机油","partsno":"OIL-5W30","partsquantity":"4.5"}],'
        '"repairhourslist":[{"repairname":"更换机油","repairhours":"0.5"}],"othercostlist":[]}]}'
    )
    assert found(gate, token, carno="粤H0SEEK", settledate="2026-01-10") == []
    assert found(gate, token, carno="粤H0SEEK", settledate="某日") == []
    assert found(gate, gate.token(gate.pending_code), carno="粤H0SEEK") == []


def test_pages_of_a_search_hold_each_record_once_the_newest_first(gate: Gate, token: str) -> None:
    ids = [post(gate, ADD, job(token, carno="粤H7PAGE"))["recordid"] for _ in range(5)]
    pages = [
        [each["carInfo"]["recordid"] for each in found(gate, token, carno="粤H7PAGE", pagenum=number, pagesize=2)]
        for number in (1, 2, 3, 4)
    ]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [record_id for page in pages for record_id in page] == ids[::-1]


def test_nothing_beyond_the_thirteen_elements_is_anywhere_in_the_database(gate: Gate, token: str) -> None:
    added = post(gate, ADD, job(token, caruser=OWNER, enginenumber="EN-SECRET-1", linkman=OWNER, total="98765.43"))
    change = {"access_token": token, "recordid": added["recordid"], "caruser": OWNER, "mobilephone": "13911112222"}
    post(gate, MODIFY, change | {"repairmile": "48999"})
    part = {"access_token": token, "recordid": added["recordid"], "partsname": "机滤", "partscost": "98765.43"}
    post(gate, ADD_PART, part)
    everything = dump(gate)
    assert added["recordid"] in everything.replace("-", "")
    for kept_nowhere in (OWNER, "EN-SECRET-1", "13911112222", "98765.43", "环保费"):
        assert kept_nowhere not in everything


def test_a_shop_registers_in_the_pilots_words(gate: Gate) -> None:
    registration = {
        "name": "四会新禾汽车维修有限公司",
        "password": "example-password-2",
        "industryid": "441284009999",
        "orgnumber": "",
        "address": "示例路1号",
        "emails": "shop@example.com",
        "linkzip": "526200",
        "businesstype": "175",
        "levels": "02",
        "linkman": "某人",
        "linktel": "13800000001",
        "legalname": "某人",
        "legaltel": "13800000002",
        "businessrange": "汽车维修",
        "certificatefirsttime": "2014-05-01",
        "starttime": "2020-05-01",
        "endtime": "2030-04-30",
        "operatestate": "1",
        "areaid": "441284",
    }
    answer = send(gate, REGISTER, encoded(registration))
    code = json.loads(answer.text)["companycode"]
    assert answer.text == f'{{"code":"1","status":"注册成功，待审核","companycode":"{code}"}}'
    assert post(gate, REGISTER, registration)["companycode"] == code
    with connect(gate.database_url) as connection:
        row = connection.execute(
            "select company_name, category_code, economic_category_code, road_transport_license, license_end_on::text,"
            " superintendent_phone, operation_state_code from enterprise where company_code = %s",
            [code],
        ).fetchone()
    assert row == ("四会新禾汽车维修有限公司", "02", "175", "441284009999", "2030-04-30", "13800000002", "1")


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        (TOKEN, b'{"username":"330106999999999","password":"x"}', "-10"),
        (TOKEN, b'{"username":"330106999999999"}', "-1"),
        (TOKEN, b"", "-2"),
        (ADD, b'{"carInfo":{"access_token":"x","carvin":"1"}}', "-12"),
        (ADD, b'{"carInfo":[],"carpartslist":"[]"}', "-2"),
        (ADD, b'{"carInfo":{"access_token":"x"},"carpartslist":]}', "-2"),
        (ADD, b"{}", "-12"),
        (ADD_PART, b'{"access_token":"x","recordid":"1"}', "-1"),
        (ADD_PART, b'{"access_token":"x","recordid":"1","partsname":"a"}', "-12"),
        (MODIFY, b"{}", "-12"),
        (DELETE, b"{}", "-12"),
        (SEARCH, b"{}", "-12"),
        (SEARCH, b"[]", "-2"),
        (REGISTER, b"{}", "-1"),
    ],
)
def test_what_can_never_be_used_gets_a_clear_answer(gate: Gate, operation: str, body: bytes, code: str) -> None:
    answer = httpx.post(address(gate, operation), content=body)
    assert (answer.status_code, answer.json()["code"]) == (200, code)
    assert answer.json()["status"]


@pytest.fixture(scope="module")
def strict_gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    with make_database() as url, gate_with_shops(url, tmp_path_factory.mktemp("strict"), CHEDANG_MODE="strict") as gate:
        yield gate


def test_a_strict_node_names_the_field_in_the_pilots_words_and_lets_a_faulty_record_be_deleted(
    strict_gate: Gate,
) -> None:
    token = strict_gate.token()
    refused = post(strict_gate, ADD, job(token, carvin="无"))
    assert refused["code"] == "-1"
    assert "/carInfo/carvin：" in refused["status"]
    record_id = post(strict_gate, ADD, job(token))["recordid"]
    change = {"access_token": token, "recordid": record_id}
    assert "/carInfo/repairmile：" in post(strict_gate, MODIFY, change | {"repairmile": "许多"})["status"]
    assert post(strict_gate, MODIFY, change | {"repairmile": "49000", "caruser": OWNER})["code"] == "1"
    unknown = post(strict_gate, MODIFY, change | {"repairmile": "49001", "surprise": "1"})
    assert (unknown["code"], "surprise" in unknown["status"]) == ("-18", True)
    assert post(strict_gate, DELETE, change)["code"] == "1"
    assert [version.state for version in versions(strict_gate, record_id)] == [
        RecordState.ACTIVE,
        RecordState.ACTIVE,
        RecordState.VOID,
    ]
