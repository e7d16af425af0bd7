"""总部对总部 over real HTTP: a maker's head office at the ministry, and its dealers at their province."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from chedang.cli.seed_summary import maker_upload_command
from chedang.enterprises import actions, channels, known, makers
from chedang.enterprises.maker_model import Application, DealerLine
from chedang.enterprises.maker_rules import day_name
from chedang.enterprises.model import Channel
from chedang.fiction.makers import make_application
from chedang.fiction.uploading import GateRefused
from chedang.fiction.world import last_jobs, make_world
from chedang.intake.service import new_version
from chedang.platform.database import connect
from chedang.records.model import RecordText, StoredVersion
from chedang.records.rules import judge, load_limits
from chedang.records.store import append, read_company_records
from chedang.terms.credit_code import check_character
from chedang.terms.dates import day_in_china
from tests.contract.conftest import PASSWORD, Answer, Gate, gate_with_shops, register
from tests.contract.native import Client, make_secret, record
from tests.contract.test_chain_http import ADD, ALLOCATE, TOKEN, element, encoded, wrapped

NOW = datetime.now(UTC)
TODAY = day_in_china(NOW)
DAY = timedelta(days=1)
DEALER, STRANGER, SET_BACK, UNTOLD = "330106000900012", "320102000900034", "330106000900056", "330106000900078"

_serials = count(1)


class Ministry:
    """A gate at node 00 and the makers that have accounts there."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.tokens: dict[str, str] = {}

    def send(self, operation: str, body: bytes) -> Answer:
        head = f"POST /restservices/lciphostrest/{operation}/query HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        return self.gate.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def post(self, operation: str, document: object) -> dict[str, Any]:
        return dict(json.loads(self.send(operation, encoded(document)).text))

    def token(self, maker_code: str) -> str:
        if maker_code not in self.tokens:
            answer = self.post(TOKEN, {"username": maker_code, "password": PASSWORD})
            self.tokens[maker_code] = str(answer["access_token"])
        return self.tokens[maker_code]

    def reason(self, maker_code: str, shop: str) -> str:
        """What is told of the one record that could not be stored; '' when it was."""
        answer = json.loads(self.send(ADD, wrapped(element(self.token(maker_code), shop))).text)
        return str(answer["failed"][0]["status"]) if "failed" in answer else ""

    def allocate(self, maker_code: str, name: str, licence: str, division: str = "330106") -> dict[str, Any]:
        return self.post(
            ALLOCATE,
            {
                "access_token": self.token(maker_code),
                "companyname": name,
                "companyroadtransportationlicense": licence,
                "companyadministrativedivisioncode": division,
            },
        )

    def records(self, company_code: str) -> list[StoredVersion]:
        with connect(self.gate.database_url) as connection:
            return read_company_records(connection, company_code)


class World(msgspec.Struct):
    """The ministry, and codes of makers by how they stand."""

    ministry: Ministry
    makers: dict[str, str]


@pytest.fixture(scope="module")
def world(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    directory: Path = tmp_path_factory.mktemp("ministry")
    with make_database() as url, gate_with_shops(url, directory, CHEDANG_NODE="00") as gate:
        with connect(url) as connection:
            for code in (DEALER, STRANGER, SET_BACK):
                tell_of(connection, code)
            codes = {
                "approved": apply(connection, DEALER, SET_BACK, UNTOLD),
                "applied": apply(connection, DEALER),
                "expired": apply(connection, DEALER),
                "coming": apply(connection, DEALER),
            }
            approve(connection, codes["approved"], TODAY, TODAY + DAY, NOW)
            approve(connection, codes["expired"], TODAY - 9 * DAY, TODAY - DAY, NOW - 9 * DAY)
            approve(connection, codes["coming"], TODAY + DAY, TODAY + DAY, NOW)
            channels.set_channel(
                connection, SET_BACK, Channel.SHOP, TODAY, decided_by="33", reason="软件更换", now=NOW + DAY
            )
            connection.commit()
        yield World(Ministry(gate), codes)


def tell_of(connection: psycopg.Connection[Any], code: str) -> None:
    shop = {"company_code": code, "company_name": f"青禾{code[-2:]}店", "division_code": code[:6]}
    content = msgspec.json.encode(shop | {"review_state": "approved"})
    known.apply_notice(connection, code[:2], code, content, now=NOW)


def apply(connection: psycopg.Connection[Any], *dealers: str) -> str:
    body = f"91310115MA1K{next(_serials):05d}"
    lines = tuple(DealerLine(number, code, "青禾") for number, code in enumerate(dealers, 1))
    application = Application("青禾汽车有限公司", body + check_character(body), ("青禾",), lines, PASSWORD)
    return makers.apply(connection, application, now=NOW - 9 * DAY).maker_code


def approve(connection: psycopg.Connection[Any], code: str, first: date, last: date, now: datetime) -> None:
    makers.approve(connection, code, valid_from=first, valid_until=last, by="test", now=now)


def test_a_batch_for_a_dealer_is_stored_under_the_dealers_code(world: World) -> None:
    ministry, maker = world.ministry, world.makers["approved"]
    answer = ministry.send(TOKEN, encoded({"username": maker, "password": PASSWORD}))
    token = json.loads(answer.text)["access_token"]
    assert answer.text == f'{{"code":"1","status":"获取成功","access_token":"{token}","accsss_token":"{token}"}}'
    sent = wrapped(element(token, DEALER, companyname="青禾12店"), element(token, DEALER, companyname="青禾12店"))
    assert ministry.send(ADD, sent).text == '{"code":"1","status":"新增成功"}'
    stored = ministry.records(DEALER)
    assert [(each.dialect, each.company_code) for each in stored] == [("lciphostrest", DEALER)] * 2
    assert not any(finding.code.startswith("COMPANY_NAME") for each in stored for finding in each.findings)
    assert ministry.send(ADD, sent).text == '{"code":"1","status":"新增成功"}'
    assert len(ministry.records(DEALER)) == 2


def test_each_element_that_may_not_be_uploaded_is_told_why(world: World) -> None:
    ministry, maker = world.ministry, world.makers["approved"]
    token, before = ministry.token(maker), len(ministry.records(DEALER))
    shops = (DEALER, STRANGER, SET_BACK, UNTOLD, maker)
    answer = json.loads(ministry.send(ADD, wrapped(*(element(token, shop) for shop in shops))).text)
    assert (answer["code"], answer["total"], answer["stored"]) == ("-22", 5, 1)
    assert [(each["index"], each["status"]) for each in answer["failed"]] == [
        (2, "没有权限：门店不在本总部申报的经销商名单内。请按说明办理或联系主管部门"),
        (3, f"没有权限：门店自{day_name(TODAY)}起为单店上传，总部不能代为上传。请按说明办理或联系主管部门"),
        (4, "没有权限：门店所在省尚未报送该门店的登记信息。请按说明办理或联系主管部门"),
        (5, "没有权限：本账户是汽车生产企业总部，请填写经销商的企业编码。请按说明办理或联系主管部门"),
    ]
    assert len(ministry.records(DEALER)) == before + 1
    assert not any(ministry.records(shop) for shop in shops[1:])


@pytest.mark.parametrize(
    ("standing", "why"),
    [
        ("applied", "未列入总部对总部名录"),
        ("expired", f"批准已于{day_name(TODAY - DAY)}到期"),
        ("coming", f"批准自{day_name(TODAY + DAY)}起生效"),
    ],
)
def test_a_maker_that_is_not_on_the_list_today_uploads_nothing_and_gets_no_codes(
    world: World, standing: str, why: str
) -> None:
    ministry, maker = world.ministry, world.makers[standing]
    sentence = f"没有权限：{why}。请按说明办理或联系主管部门"
    assert ministry.reason(maker, DEALER) == sentence
    assert ministry.allocate(maker, "青禾12店", "") == {"code": "-22", "status": sentence}


def test_a_dealer_has_its_code_and_a_new_shop_gets_one_and_may_be_uploaded_for(world: World) -> None:
    ministry, maker = world.ministry, world.makers["approved"]
    assert ministry.allocate(maker, "青禾12店", "") == {
        "code": "1",
        "status": "分配成功，待审核",
        "companyuniquecode": DEALER,
    }
    new = str(ministry.allocate(maker, "青禾新店", "330106880001")["companyuniquecode"])
    assert new.startswith("330106")
    assert ministry.allocate(maker, "青禾新店", "330106880001")["companyuniquecode"] == new
    assert ministry.reason(maker, new) == ""
    assert len(ministry.records(new)) == 1
    strange = ministry.allocate(maker, "青禾34店", "", "320102")
    assert (strange["code"], "属于本总部" in strange["status"]) == ("-15", True)
    renamed = ministry.allocate(maker, "别的店", "330106880001")
    assert (renamed["code"], "本总部另一名称" in renamed["status"]) == ("-21", True)


def test_a_maker_has_no_records_of_its_own_through_any_door(world: World) -> None:
    ministry, maker = world.ministry, world.makers["approved"]
    answer = post_single(ministry.gate, ministry.token(maker), "MK1")
    assert (answer["code"], "请填写经销商的企业编码" in answer["status"]) == ("-22", True)


def post_single(gate: Gate, token: str, number: str) -> dict[str, Any]:
    return dict(json.loads(send_single(gate, token, number).text))


def send_single(gate: Gate, token: str, number: str, *header_lines: str) -> Answer:
    basic = {name: value for name, value in record(costlistcode=number).items() if not name.endswith("list")}
    body = encoded({"access_token": token, "basicInfo": basic, "vehiclepartslist": [], "repairprojectlist": []})
    lines = [
        f"POST {gate.path('lcipprocarfixrecordadd')} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Length: {len(body)}",
        *header_lines,
    ]
    return gate.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def dealer_of(gate: Gate, *decisions: tuple[Channel, date]) -> str:
    """An approved shop of the province about which this was decided."""
    with connect(gate.database_url) as connection:
        code = register(connection, "杭州青禾授权店", f"3301069{next(_serials):05d}")
        actions.approve(connection, code, by="test", now=NOW)
        for channel, since_on in decisions:
            channels.set_channel(connection, code, channel, since_on, decided_by="33", reason="理由", now=NOW)
        connection.commit()
    return code


def test_the_province_refuses_the_dealers_single_upload_on_the_short_way_and_the_ordinary_way(gate: Gate) -> None:
    code = dealer_of(gate, (Channel.HEAD_OFFICE, TODAY - DAY))
    token = gate.token(code)
    since = f"本店自{day_name(TODAY - DAY)}起为总部对总部上传，不再单店上传；要改回请联系当地主管部门"
    expected = f'{{"code":"-22","status":"没有权限：{since}。请按说明办理或联系主管部门"}}'
    # The first request of a head goes the ordinary way, the second the short one.
    texts = [send_single(gate, token, "HO1", "X-Way: head-office").text for _ in range(3)]
    assert texts == [expected] * 3
    with connect(gate.database_url) as connection:
        assert read_company_records(connection, code) == []


def test_the_native_interface_refuses_it_for_one_record_a_batch_and_a_check(gate: Gate) -> None:
    code = dealer_of(gate, (Channel.HEAD_OFFICE, TODAY))
    client = Client(f"{gate.url}/api/v1", make_secret(gate.database_url, code))
    answers: list[httpx.Response] = [
        client.put("HO2", record()),
        client.batch([record(costlistcode="HO3")]),
        client.post("/records/check", record(costlistcode="HO4")),
    ]
    for answer in answers:
        assert answer.status_code == httpx.codes.FORBIDDEN, answer.text
        assert "总部对总部上传" in answer.text


def test_a_record_from_before_the_change_is_still_corrected_where_it_came_in(gate: Gate) -> None:
    code = dealer_of(gate, (Channel.HEAD_OFFICE, TODAY))
    text = RecordText(settlement_list_number="HO5", vin="LXXAA11A3R1000017", mileage="48210")
    judgement = judge(text, registered_name="", received_at=NOW - DAY, limits=load_limits(None))
    with connect(gate.database_url) as connection:
        append(connection, [new_version(judgement, code, "lcippro", NOW - DAY)])
        connection.commit()
    client = Client(f"{gate.url}/api/v1", make_secret(gate.database_url, code))
    assert client.put("HO5", record()).status_code == httpx.codes.FORBIDDEN
    sent = {"reason": "里程抄错", "record": record(repairmileage="48310")}
    assert client.post("/records/HO5/amendments", sent).json()["outcome"] == "amended"


def test_a_shop_uploads_by_itself_until_the_day_of_change(gate: Gate) -> None:
    code = dealer_of(gate, (Channel.HEAD_OFFICE, TODAY + DAY))
    assert post_single(gate, gate.token(code), "HO6")["code"] == "1"


def test_a_shop_set_back_by_its_province_uploads_again(gate: Gate) -> None:
    code = dealer_of(gate, (Channel.HEAD_OFFICE, TODAY - DAY), (Channel.SHOP, TODAY))
    assert post_single(gate, gate.token(code), "HO7")["code"] == "1"


def test_the_line_that_is_printed_for_trying_uploads_a_record_of_the_dealer(world: World) -> None:
    ministry = world.ministry
    fictional = make_world(33, shops=2, vehicles=3, until=TODAY)
    example = next(iter(last_jobs(fictional, at_least=1)))
    with connect(ministry.gate.database_url) as connection:
        maker = makers.apply(connection, make_application(DEALER), now=NOW).maker_code
        approve(connection, maker, TODAY, TODAY, NOW)
        connection.commit()
    words = shlex.split(maker_upload_command(ministry.gate.url, maker, example, fictional.shops[0], DEALER))
    url, header, body = (words[words.index(flag) + 1] for flag in ("-sS", "-H", "-d"))
    before = len(ministry.records(DEALER))
    for _ in range(2):  # pasted twice it uploads one record
        answer = httpx.post(url, headers=[tuple(header.split(": "))], content=body.encode()).json()
        assert answer == {"code": "1", "status": "新增成功"}
    assert len(ministry.records(DEALER)) == before + 1
    with pytest.raises(GateRefused):  # its password is another
        maker_upload_command(ministry.gate.url, world.makers["approved"], example, fictional.shops[0], DEALER)
