"""Answers, differences and bounds of the native interface."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from chedang.gate.api.problems import STATUS
from chedang.intake.native.answers import finding_json
from chedang.intake.native.checking import Curiosity
from chedang.intake.native.keeping import differences, with_number
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.records.identity import content_digest, encode_content
from chedang.records.model import Finding, Level, PartText, ProjectText, RecordText

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(RefusalKind)
    assert STATUS[RefusalKind.UNAVAILABLE] == 503
    assert all(400 <= status < 500 for kind, status in STATUS.items() if kind is not RefusalKind.UNAVAILABLE)


def test_a_pointer_leads_into_the_flat_record() -> None:
    assert finding_json(Finding("VIN_EMPTY", Level.ERROR, "/basicInfo/vin")).pointer == "/vin"
    rows = finding_json(Finding("PART_NAME_MISSING", Level.ERROR, "/vehiclepartslist/3/partsname"))
    assert rows.pointer == "/vehiclepartslist/3/partsname"


def test_differences_name_elements_and_rows() -> None:
    before = RecordText(vin="A", parts=(PartText("a"), PartText("b")), projects=(ProjectText("c"),))
    after = RecordText(vin="B", parts=(PartText("a"), PartText("x")), projects=())
    told = {each.pointer: (each.before, each.after) for each in differences(before, after)}
    assert told["/vin"] == ("A", "B")
    assert told["/vehiclepartslist/1"][1]["partsname"] == "x"
    assert told["/repairprojectlist/0"][1] is None
    assert set(told) == {"/vin", "/vehiclepartslist/1", "/repairprojectlist/0"}


def test_the_number_of_the_address_fills_the_record_and_must_not_contradict_it() -> None:
    assert with_number(RecordText(), "JS-1").settlement_list_number == "JS-1"
    assert with_number(RecordText(settlement_list_number="ＪＳ-1"), "JS-1").settlement_list_number == "ＪＳ-1"
    with pytest.raises(Refused):
        with_number(RecordText(settlement_list_number="JS-2"), "JS-1")


def test_the_digest_is_the_one_that_is_documented() -> None:
    """The vector of docs/how-to/reconcile-a-day.md, made without our encoder."""
    canonical = (
        '{"companyname":"杭州青禾汽车维修有限公司","vin":"LZZ1A2B32GA000123","vehicleplatenumber":"浙A12345",'
        '"repairdate":"20260301","repairmileage":"48210","settledate":"20260302","faultdescription":"更换\\"机油\\"",'
        '"costlistcode":"JS-1","vehiclepartslist":[{"partsname":"机油","partscode":"5W-30","partsquantity":"4"}],'
        '"repairprojectlist":[]}'
    )
    sent = json.loads(canonical)
    assert json.dumps(sent, ensure_ascii=False, separators=(",", ":")) == canonical
    text = RecordText(
        company_name="杭州青禾汽车维修有限公司",
        vin="LZZ1A2B32GA000123",
        plate_number="浙A12345",
        repair_date="20260301",
        mileage="48210",
        settle_date="20260302",
        fault_description='更换"机油"',
        settlement_list_number="JS-1",
        parts=(PartText("机油", "5W-30", "4"),),
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    assert content_digest(encode_content(text)).hex() == digest
    assert digest == "6b616448f80ba4de0ff3a5a0b2bfd9b567c5626076477af799beea1f190bbd4a"


def test_a_shop_may_ask_about_few_readings_of_a_vehicle_and_few_vehicles_a_day() -> None:
    curiosity = Curiosity(readings_per_vehicle=2, vehicles_per_shop=2)
    assert curiosity.allows("shop", "V1", "1", MONDAY)
    assert curiosity.allows("shop", "V1", "2", MONDAY)
    assert not curiosity.allows("shop", "V1", "3", MONDAY)
    assert curiosity.allows("shop", "V1", "2", MONDAY)
    assert curiosity.allows("other", "V1", "3", MONDAY)
    assert curiosity.allows("shop", "V2", "1", MONDAY)
    assert not curiosity.allows("shop", "V3", "1", MONDAY)
    assert curiosity.allows("shop", "V3", "1", TUESDAY)


def test_what_is_remembered_of_questions_is_bounded() -> None:
    curiosity = Curiosity(most_remembered=2)
    assert curiosity.allows("a", "V1", "1", MONDAY)
    assert curiosity.allows("b", "V2", "1", MONDAY)
    assert not curiosity.allows("c", "V3", "1", MONDAY)
