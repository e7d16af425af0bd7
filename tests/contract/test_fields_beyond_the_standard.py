"""Nothing beyond the 13 elements reaches a table, whichever dialect brings it and wherever it stands.

Strict nodes refuse it by name; the others drop and count it.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import quote_plus

import httpx
import psycopg
import pytest
from psycopg import sql

from chedang.platform.database import connect
from chedang.records.limits import load_limits
from chedang.records.rules import judge
from tests.contract.conftest import PASSWORD, SHOP_NAME, Gate, gate_with_shops
from tests.contract.test_province_http import stored

MARK = "ZQXJ"
"""Begins every value that must not be found anywhere, and nothing else."""

# Every field beyond the 13 elements that any interface of the field is known to carry.
_STRANGERS = """
    gd_id id support vehicleplatecolor enginenumber caruser linkman mobilephone carmodel cartype repairnature repairtype
    workorderno faultreason materialsum mlaborsum otherexpsum total securitymile securitydate companylinker companyphone
    companyaddress partsort partsmanufacture partscost partsallcost partsattribute caruserparts laborhourprice
    repaircost othercostlist repairyear carPhoto drivingPermitPhoto fuelType natureOfUse requirement serviceType
    totalCost payTime brandName partType unit projectType incomingInspectionId vehicleType engineNum vehicleOwner
    entrustRepair contact contactDetails obd carType vehicleClassCode drivingLicenseImg color brand repairOrderSeq
    otherFee oldPartDisposal deliveryDate price amount money phone idcard remark x
"""
STRANGERS = _STRANGERS.split()
FORM_STRANGERS = ("support", "corporatetel", "companyaddresspoint", "idcard", "bankaccount", "photo")

_numbers = count(1)


def marked(names: list[str] | tuple[str, ...]) -> dict[str, str]:
    return {name: f"{MARK}-{name}" for name in names}


def elements(**changes: Any) -> dict[str, Any]:
    return {
        "companyname": SHOP_NAME,
        "vin": "LXXAA11A3R1000017",
        "vehicleplatenumber": "粤E12345",
        "repairdate": "20260101",
        "repairmileage": "48210",
        "settledate": "20260102",
        "faultdescription": "更换机油",
        "costlistcode": f"BY{next(_numbers):06d}",
    } | changes


class Speaker(ABC):
    """One dialect as its clients speak it: a record with strangers wherever an object is."""

    name: str
    places: tuple[str, ...]
    documented: tuple[str, ...] = ()

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.token = gate.token()

    def upload(self, basic: dict[str, Any], place: str = "", strangers: dict[str, str] | None = None) -> dict[str, str]:
        """Send one record, strangers in the object called ``place``; the members of the answer."""
        more = {key: {} for key in self.places} | {place: strangers or {}}
        parts = [{"partsname": "机油", "partsquantity": "4.5", "partscode": "OIL-5W30"} | more["part"]]
        projects = [{"repairproject": "更换机油", "workinghours": "0.5"} | more["project"]]
        return self._send(basic, {"vehiclepartslist": parts, "repairprojectlist": projects}, more)

    @abstractmethod
    def _send(self, basic: dict[str, Any], lists: dict[str, Any], more: dict[str, Any]) -> dict[str, str]:
        """Wrap the parts of a record as the vocabulary has it and send it; the members of the answer."""

    def _post(self, path: str, document: object) -> Any:
        body = json.dumps(document, ensure_ascii=False).encode()
        return httpx.post(self._gate.url + path, content=body, timeout=30).json()


class Province(Speaker):
    name = "lcippro"
    places = ("document", "basic", "part", "project")

    def _send(self, basic: dict[str, Any], lists: dict[str, Any], more: dict[str, Any]) -> dict[str, str]:
        document = {"access_token": self.token, "basicInfo": basic | more["basic"]} | lists | more["document"]
        return dict(self._post(self._gate.path("lcipprocarfixrecordadd"), document))

    def register(self, form: dict[str, str]) -> dict[str, str]:
        return dict(self._post(self._gate.path("lcipproaccountcompany"), form))


class Foshan(Speaker):
    name = "ashx"
    places = ("document", "basic", "part", "project")
    documented = ("vehicleplatecolor",)

    def _send(self, basic: dict[str, Any], lists: dict[str, Any], more: dict[str, Any]) -> dict[str, str]:
        body = basic | lists | more["basic"]
        document = {"access_token": self.token, "header": {}, "body": body} | more["document"]
        value = quote_plus(json.dumps(document, ensure_ascii=False))
        return dict(httpx.get(f"{self._gate.url}/api/upRepairInfo.ashx?repairdata={value}", timeout=30).json())


class Chengdu(Speaker):
    name = "carhealth"
    places = ("document", "transaction", "body", "info", "basic", "part", "project")

    def _send(self, basic: dict[str, Any], lists: dict[str, Any], more: dict[str, Any]) -> dict[str, str]:
        info = {"access_token": self.token, "basicInfo": basic | more["basic"]} | lists | more["info"]
        return self._wrapped("record", info, more)

    def register(self, form: dict[str, str]) -> dict[str, str]:
        return self._wrapped("register", form, {key: {} for key in self.places})

    def _wrapped(self, operation: str, info: dict[str, Any], more: dict[str, Any]) -> dict[str, str]:
        transaction = {"header": {}, "body": {"reqInfo": info} | more["body"]} | more["transaction"]
        document = {"transaction": transaction} | more["document"]
        return dict(self._post(f"/carhealth/{operation}", document)["respInfo"])


SPEAKERS = (Province, Foshan, Chengdu)
PLACES = [(speaker, place) for speaker in SPEAKERS for place in speaker.places]
each_place = pytest.mark.parametrize(
    ("speaks", "place"), PLACES, ids=[f"{speaker.name} {place}" for speaker, place in PLACES]
)


@pytest.fixture(scope="module")
def strict(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """A gate of a strict node."""
    with (
        make_database() as url,
        gate_with_shops(url, tmp_path_factory.mktemp("strict"), CHEDANG_MODE="strict") as running,
    ):
        yield running


def rows_with(database_url: str, text: str) -> list[str]:
    """Tables of any schema that hold ``text`` in any column, as text or as bytes."""
    found = []
    with connect(database_url) as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("select count(*) from {} as line where line::text like %s or line::text like %s")
            patterns = (f"%{text}%", f"%{text.encode().hex()}%")
            row = connection.execute(query.format(sql.Identifier(schema, table)), patterns).fetchone()
            assert row is not None
            if row[0]:
                found.append(f"{schema}.{table}")
    assert len(tables) > 20
    return found


@each_place
def test_strangers_are_dropped_and_the_record_is_stored_without_them(
    gate: Gate, speaks: type[Speaker], place: str
) -> None:
    basic = elements()
    assert speaks(gate).upload(basic, place, marked(STRANGERS))["status"] == "新增成功"
    (version,) = stored(gate, basic["costlistcode"])
    assert version.findings == ()
    assert rows_with(gate.database_url, MARK) == []


@pytest.mark.parametrize("speaks", [Province, Chengdu])
def test_strangers_of_a_registration_are_dropped(gate: Gate, speaks: Any) -> None:
    form = {
        "companyname": "杭州外项汽车维修有限公司",
        "companypassword": PASSWORD,
        "companyroadtransportationlicense": f"33010655{next(_numbers):04d}",
        "companyadministrativedivisioncode": "330106",
    }
    assert speaks(gate).register(form | marked(FORM_STRANGERS) | marked(["vin", "gd_id"]))["code"] == "1"
    assert rows_with(gate.database_url, MARK) == []


def test_what_is_an_element_would_be_found(gate: Gate) -> None:
    """Without this, the two tests above could pass by looking wrongly."""
    mark = "ZQXK-control"
    Province(gate).upload(elements(faultdescription=mark))
    assert "public.record_version" in rows_with(gate.database_url, mark)


@each_place
def test_a_strict_node_refuses_a_stranger_and_names_it(strict: Gate, speaks: type[Speaker], place: str) -> None:
    speaker = speaks(strict)
    for name in ("vehicleOwner", "price"):
        basic = elements()
        answer = speaker.upload(basic, place, marked([name]))
        assert answer["code"] == "-18"
        assert name in answer["status"]
        assert MARK not in answer["status"]
        assert stored(strict, basic["costlistcode"]) == []
    assert rows_with(strict.database_url, MARK) == []


@pytest.mark.parametrize("speaks", SPEAKERS)
def test_a_strict_node_takes_a_clean_record_and_what_the_dialect_documents(strict: Gate, speaks: type[Speaker]) -> None:
    basic = elements()
    assert speaks(strict).upload(basic, "basic", marked(speaks.documented))["code"] == "1"
    assert len(stored(strict, basic["costlistcode"])) == 1
    assert rows_with(strict.database_url, MARK) == []


@pytest.mark.parametrize("speaks", [Province, Chengdu])
def test_a_strict_node_refuses_a_registration_with_strangers_and_takes_the_portals_form(
    strict: Gate, speaks: Any
) -> None:
    form = {
        "companyname": "杭州严格汽车维修有限公司",
        "companypassword": PASSWORD,
        "companyroadtransportationlicense": f"33010656{next(_numbers):04d}",
        "companyadministrativedivisioncode": "330106",
    }
    speaker = speaks(strict)
    refused = speaker.register(form | marked(["idcard"]))
    assert (refused["code"], "idcard" in refused["status"]) == ("-18", True)
    assert speaker.register(form | marked(["support", "corporatetel", "companyaddresspoint"]))["code"] == "1"
    assert rows_with(strict.database_url, MARK) == []


@pytest.mark.parametrize("speaks", SPEAKERS)
def test_the_number_of_an_emission_report_is_found_in_the_fault_text(gate: Gate, speaks: type[Speaker]) -> None:
    number = "330106202601020000012345"
    basic = elements(faultdescription=f"尾气超标，更换三元催化器 报告编码{{{number}}}")
    assert speaks(gate).upload(basic)["code"] == "1"
    (version,) = stored(gate, basic["costlistcode"])
    judgement = judge(version.text, limits=load_limits(), registered_name=SHOP_NAME, received_at=datetime.now(UTC))
    assert judgement.record.emission_report_number == number


# Columns of the archive that hold text or bytes from outside: exactly those that the 13 elements need.
_ARCHIVE = {
    "record_version": {
        "vin", "state", "company_code", "settlement_list_number", "plate_number", "content", "findings", "origin",
        "dialect", "actor", "reason",
    },
    "record_head": {"vin", "previous_vin", "content_digest", "uploaded_digest", "state"},
    "record_change": {"vin"},
    "vehicle": {"vin", "plate_number", "home_province_code"},
    "vehicle_plate": {"vin", "plate_number"},
}  # fmt: skip
_PERSONAL = re.compile(
    r"owner|linkman|contact|phone|mobile|tel\b|id_?card|engine|price|cost|fee|amount|photo|image|colou?r|address|email"
    r"|superintendent|value"
)
# 企业备案 names its own contacts; extras stand in tables of their own, each row with the legal basis it is kept on; a
# node has the address of a machine, and we know when it was last heard of. What owners do stands apart from the
# archive: keyed digests and ends of phones, who speaks in a case, a sealed number for who handles a complaint.
_ELSEWHERE = {
    "enterprise": {
        "address", "linkman_name", "linkman_phone", "superintendent_name", "superintendent_phone", "email",
    },
    "exchange_peer": {"address", "last_contact_at"},
    "owners_binding_request": {"owner_said", "owner_said_at"},
    "owners_fleet_member": {"phone_digest", "phone_end"},
    "owners_invitation": {"phone_digest", "phone_end"},
    "reviews_case": {"owner_id"},
    "reviews_complaint": {"contact_sealed"},
    "reviews_correction": {"said_value"},
    "supervision_sanction": {"amount_yuan"},
    "watch_duty": {"phone_sealed"},
    "workshop_shop_terms": {"hour_price"},
}  # fmt: skip
_EXTRAS = {"kept_extra", "order_extra"}


def test_no_table_has_a_column_for_anything_else(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        ).fetchall()
    texts: dict[str, set[str]] = {}
    names: dict[str, set[str]] = {}
    for table, column, kind in columns:
        names.setdefault(table, set()).add(column)
        if kind in {"text", "character varying", "json", "jsonb", "bytea", "ARRAY"}:
            texts.setdefault(table, set()).add(column)
    assert {table: texts[table] for table in _ARCHIVE} == _ARCHIVE
    personal = {
        table: {column for column in held if _PERSONAL.search(column)}
        for table, held in names.items()
        if table not in _EXTRAS
    }
    assert {table: held for table, held in personal.items() if held} == _ELSEWHERE
