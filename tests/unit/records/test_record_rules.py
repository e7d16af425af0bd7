"""Every code of the catalogue by example, what the rules make of the text, and what they leave alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from chedang.records.catalogue import describe, load_catalogue
from chedang.records.model import Judgement, Level, PartText, ProjectText, RecordText
from chedang.records.rules import judge, load_limits, refuses
from chedang.terms import vin

LIMITS = load_limits()
SHOP = "杭州示例汽车维修有限公司"
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # 4 March 2026, 12:00 in China


def with_check_digit(vin_text: str) -> str:
    return vin_text[:8] + vin.check_character(vin_text) + vin_text[9:]


VIN = with_check_digit("LZZ1A2B30GA000123")
WRONG = next(character for character in "0123456789X" if character != VIN[8])

CLEAN = RecordText(
    company_name=SHOP,
    vin=VIN,
    plate_number="浙A12345",
    repair_date="20260301",
    mileage="48210",
    settle_date="20260303",
    fault_description="5 万千米保养，前制动异响",
    settlement_list_number="JS202603030001",
    parts=(PartText("机油滤清器", "OF-1234", "1"), PartText("机油", "MO-5W30", "4.5")),
    projects=(ProjectText("更换机油", "0.5"), ProjectText("更换前制动片", "1.2")),
)


def judged(text: RecordText) -> Judgement:
    return judge(text, limits=LIMITS, registered_name=SHOP, received_at=NOON)


def changed(**elements: object) -> RecordText:
    return msgspec.structs.replace(CLEAN, **elements)


def part(**elements: str) -> RecordText:
    """The clean record whose second part differs."""
    return changed(parts=(CLEAN.parts[0], msgspec.structs.replace(CLEAN.parts[1], **elements)))


def project(**elements: str) -> RecordText:
    return changed(projects=(CLEAN.projects[0], msgspec.structs.replace(CLEAN.projects[1], **elements)))


BASIC = "/basicInfo/"
PART = "/vehiclepartslist/1/"
PROJECT = "/repairprojectlist/1/"
EXAMPLES = [
    ("NAME_MISSING", BASIC + "companyname", changed(company_name="")),
    ("NAME_TOO_LONG", BASIC + "companyname", changed(company_name="修" * 101)),
    ("NAME_MISMATCH", BASIC + "companyname", changed(company_name="杭州另一家汽车维修有限公司")),
    ("VIN_EMPTY", BASIC + "vin", changed(vin="")),
    ("VIN_PLACEHOLDER", BASIC + "vin", changed(vin="无")),
    ("VIN_PLACEHOLDER", BASIC + "vin", changed(vin="N/A")),
    ("VIN_PLACEHOLDER", BASIC + "vin", changed(vin="-")),
    ("VIN_PLACEHOLDER", BASIC + "vin", changed(vin="*****************")),
    ("VIN_DUMMY", BASIC + "vin", changed(vin="00000000000000000")),
    ("VIN_IS_PLATE", BASIC + "vin", changed(vin="浙A·12345")),
    ("VIN_LENGTH", BASIC + "vin", changed(vin=VIN[:-1])),
    ("VIN_CHARACTERS", BASIC + "vin", changed(vin="LZZ1A2B3?GA000123")),
    ("VIN_DUMMY", BASIC + "vin", changed(vin="11111111111111111")),
    ("VIN_CHECK_DIGIT", BASIC + "vin", changed(vin=VIN[:8] + WRONG + VIN[9:])),
    ("VIN_CHECK_DIGIT_ADVISORY", BASIC + "vin", changed(vin="WZZ1A2B3ZGA000123")),
    ("VIN_TAIL", BASIC + "vin", changed(vin=with_check_digit("LZZ1A2B30GA000ABC"))),
    ("PLATE_EMPTY", BASIC + "vehicleplatenumber", changed(plate_number="")),
    ("PLATE_PLACEHOLDER", BASIC + "vehicleplatenumber", changed(plate_number="N/A")),
    ("PLATE_PLACEHOLDER", BASIC + "vehicleplatenumber", changed(plate_number="-")),
    ("PLATE_NONE", BASIC + "vehicleplatenumber", changed(plate_number="未上牌")),
    ("PLATE_FORMAT", BASIC + "vehicleplatenumber", changed(plate_number="浙A1234")),
    ("PLATE_IS_VIN", BASIC + "vehicleplatenumber", changed(plate_number=VIN)),
    ("REPAIR_DATE_MISSING", BASIC + "repairdate", changed(repair_date="")),
    ("REPAIR_DATE_MISSING", BASIC + "repairdate", changed(repair_date="N/A")),
    ("REPAIR_DATE_UNREADABLE", BASIC + "repairdate", changed(repair_date="20260231")),
    ("REPAIR_DATE_FUTURE", BASIC + "repairdate", changed(repair_date="20260306")),
    ("REPAIR_DATE_TOO_OLD", BASIC + "repairdate", changed(repair_date="19991231")),
    ("SETTLE_DATE_MISSING", BASIC + "settledate", changed(settle_date="")),
    ("SETTLE_DATE_UNREADABLE", BASIC + "settledate", changed(settle_date="010101")),
    ("SETTLE_DATE_TOO_OLD", BASIC + "settledate", changed(settle_date="19991231")),
    ("SETTLED_BEFORE_REPAIR", BASIC + "settledate", changed(settle_date="20260228")),
    ("SETTLED_AFTER_RECEIPT", BASIC + "settledate", changed(settle_date="20260306")),
    ("MILEAGE_MISSING", BASIC + "repairmileage", changed(mileage="")),
    ("MILEAGE_MISSING", BASIC + "repairmileage", changed(mileage="无")),
    ("MILEAGE_UNREADABLE", BASIC + "repairmileage", changed(mileage="约五万")),
    ("MILEAGE_UNREADABLE", BASIC + "repairmileage", changed(mileage="NaN5")),
    ("MILEAGE_NEGATIVE", BASIC + "repairmileage", changed(mileage="-1")),
    ("MILEAGE_TOO_LARGE", BASIC + "repairmileage", changed(mileage="100000000")),
    ("MILEAGE_IS_DATE", BASIC + "repairmileage", changed(mileage="20260301")),
    ("MILEAGE_DOUBTFUL", BASIC + "repairmileage", changed(mileage="3000001")),
    ("MILEAGE_DECIMALS", BASIC + "repairmileage", changed(mileage="48210.25")),
    ("FAULT_MISSING", BASIC + "faultdescription", changed(fault_description="")),
    ("FAULT_PLACEHOLDER", BASIC + "faultdescription", changed(fault_description="无")),
    ("FAULT_TOO_LONG", BASIC + "faultdescription", changed(fault_description="响" * 201)),
    ("NUMBER_MISSING", BASIC + "costlistcode", changed(settlement_list_number="")),
    ("NUMBER_PLACEHOLDER", BASIC + "costlistcode", changed(settlement_list_number="n / a")),
    ("NUMBER_TOO_LONG", BASIC + "costlistcode", changed(settlement_list_number="J" * 51)),
    ("PART_NAME_MISSING", PART + "partsname", part(name="")),
    ("PART_NAME_PLACEHOLDER", PART + "partsname", part(name="N/A")),
    ("PART_NAME_TOO_LONG", PART + "partsname", part(name="油" * 51)),
    ("PART_CODE_MISSING", PART + "partscode", part(code="")),
    ("PART_CODE_PLACEHOLDER", PART + "partscode", part(code="无")),
    ("PART_CODE_TOO_LONG", PART + "partscode", part(code="M" * 51)),
    ("QUANTITY_MISSING", PART + "partsquantity", part(quantity="-")),
    ("QUANTITY_UNREADABLE", PART + "partsquantity", part(quantity="若干")),
    ("QUANTITY_NEGATIVE", PART + "partsquantity", part(quantity="-1")),
    ("QUANTITY_ZERO", PART + "partsquantity", part(quantity="0.00")),
    ("QUANTITY_TOO_LARGE", PART + "partsquantity", part(quantity="10000000000")),
    ("QUANTITY_DECIMALS", PART + "partsquantity", part(quantity="4.505")),
    ("PROJECT_MISSING", PROJECT + "repairproject", project(name="")),
    ("PROJECT_PLACEHOLDER", PROJECT + "repairproject", project(name="-")),
    ("PROJECT_TOO_LONG", PROJECT + "repairproject", project(name="换" * 201)),
    ("HOURS_MISSING", PROJECT + "workinghours", project(hours="")),
    ("HOURS_UNREADABLE", PROJECT + "workinghours", project(hours="半天")),
    ("HOURS_NEGATIVE", PROJECT + "workinghours", project(hours="-0.5")),
    ("HOURS_TOO_LARGE", PROJECT + "workinghours", project(hours="100000000000")),
    ("HOURS_LOOK_LIKE_MONEY", PROJECT + "workinghours", project(hours="49.00")),
    ("HOURS_DECIMALS", PROJECT + "workinghours", project(hours="0.25")),
    ("NOTHING_DONE", "/repairprojectlist", changed(parts=(), projects=())),
    ("TOO_MANY_ROWS", "/vehiclepartslist", changed(parts=CLEAN.parts * 251)),
    ("TEXT_CUT", BASIC + "faultdescription", changed(fault_description="响" * 4001)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "field", "text"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_fault_is_found_at_its_field_and_said_in_words(code: str, field: str, text: RecordText) -> None:
    found = {(finding.code, finding.field): finding for finding in judged(text).findings}

    assert (code, field) in found
    assert found[code, field].level is load_catalogue()[code].level
    for language in ("zh", "en"):
        sentence, hint = describe(found[code, field], language)
        assert sentence
        assert hint
        assert "…" not in sentence + hint, "an argument of the sentence is missing"
        assert "{" not in sentence + hint


def test_every_code_of_the_catalogue_has_an_example_and_no_other_code_is_produced() -> None:
    produced = {finding.code for _code, _field, text in EXAMPLES for finding in judged(text).findings}

    codes_of_records = {code for code, entry in load_catalogue().items() if entry.example}
    assert {code for code, _field, _text in EXAMPLES} == codes_of_records
    assert produced == codes_of_records


def test_a_clean_record_has_no_finding() -> None:
    assert judged(CLEAN).findings == ()


def test_all_faults_are_returned_in_the_order_of_the_elements() -> None:
    text = RecordText(vin="无", mileage="-5", parts=(PartText("", "A", "x"),), projects=(ProjectText("", "99"),))

    assert [finding.code for finding in judged(text).findings] == [
        "NAME_MISSING",
        "VIN_PLACEHOLDER",
        "PLATE_EMPTY",
        "REPAIR_DATE_MISSING",
        "MILEAGE_NEGATIVE",
        "SETTLE_DATE_MISSING",
        "FAULT_MISSING",
        "NUMBER_MISSING",
        "PART_NAME_MISSING",
        "QUANTITY_UNREADABLE",
        "PROJECT_MISSING",
        "HOURS_LOOK_LIKE_MONEY",
    ]


def test_the_text_is_normalised_into_values() -> None:
    text = changed(
        vin=VIN.lower(),
        plate_number="浙a·12345",
        repair_date="20260301 ",
        settle_date="2026-03-03 17:20:00",
        mileage="48,210.5 公里",
        projects=(ProjectText("更换机油", "0.50"),),
    )
    record = judged(text).record

    assert (record.vin, record.plate_number) == (VIN, "浙A12345")
    assert (record.repair_on, record.settled_on) == (date(2026, 3, 1), date(2026, 3, 3))
    assert record.mileage_km == Decimal("48210.5")
    assert record.parts[1].quantity == Decimal("4.5")
    assert record.projects[0].hours == Decimal("0.5")
    assert judged(text).findings == ()


def test_a_limit_is_told_in_digits_people_read() -> None:
    (mileage,) = judged(changed(mileage="3000001")).findings
    assert describe(mileage).text == "送修里程超过 3,000,000 千米，少见。"


def test_trailing_zeros_are_no_extra_decimals() -> None:
    assert judged(part(quantity="6.5000")).findings == ()


@pytest.mark.parametrize("text", ["", "无", "-", VIN[:-1], "11111111111111111", "浙A12345"])
def test_a_vin_that_names_no_vehicle_opens_no_file(text: str) -> None:
    assert judged(changed(vin=text)).record.vin is None


def test_a_wrong_check_digit_is_marked_and_still_finds_its_file() -> None:
    wrong = VIN[:8] + WRONG + VIN[9:]
    judgement = judged(changed(vin=wrong))

    assert judgement.record.vin == wrong
    assert judgement.findings[0].args == {"found": WRONG, "expected": VIN[8]}


def test_the_one_correction_of_a_mistyped_vin_is_offered_and_not_applied() -> None:
    judgement = judged(changed(vin=VIN.replace("0", "O")))

    assert judgement.record.vin is None
    assert judgement.findings[0].args == {"suggestion": VIN}
    assert VIN in describe(judgement.findings[0]).hint


def test_swapped_vin_and_plate_are_both_pointed_at() -> None:
    judgement = judged(changed(vin="浙A12345", plate_number=VIN))

    assert [finding.code for finding in judgement.findings] == ["VIN_IS_PLATE", "PLATE_IS_VIN"]
    assert (judgement.record.vin, judgement.record.plate_number) == (None, "")


def test_a_plate_of_unknown_form_is_kept_while_it_could_be_one() -> None:
    assert judged(changed(plate_number="浙A1234")).record.plate_number == "浙A1234"
    assert judged(changed(plate_number="浙" * 3000)).record.plate_number == ""


def test_the_clock_of_a_shop_may_be_one_day_ahead() -> None:
    assert judged(changed(settle_date="20260305")).findings == ()


def test_the_day_of_receipt_is_the_day_in_china() -> None:
    text = changed(settle_date="20260305")
    evening = datetime(2026, 3, 3, 15, 59, tzinfo=UTC)  # one minute before 4 March in China
    night = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)

    late = judge(text, limits=LIMITS, registered_name=SHOP, received_at=evening)
    assert [finding.code for finding in late.findings] == ["SETTLED_AFTER_RECEIPT"]
    assert "2026年3月3日" in describe(late.findings[0]).text
    assert judge(text, limits=LIMITS, registered_name=SHOP, received_at=night).findings == ()


def test_the_name_is_compared_without_regard_to_width_and_spaces() -> None:
    text = changed(company_name="示例（杭州） 汽修 abc")

    assert judge(text, limits=LIMITS, registered_name="示例(杭州)汽修ABC", received_at=NOON).findings == ()
    assert judge(text, limits=LIMITS, registered_name="", received_at=NOON).findings == ()


def test_placeholders_mean_nothing_after_normalising() -> None:
    text = changed(settlement_list_number="无", fault_description="N/A", parts=(PartText("无", "无", "1"),))
    record = judged(text).record

    assert (record.settlement_list_number, record.fault_description) == ("", "")
    assert (record.parts[0].name, record.parts[0].code) == ("", "")


@pytest.mark.parametrize("form", ["报告编码{%s}", "尾气检测，报告编码：｛%s｝合格", "报告编码%s"])
def test_the_emission_report_number_is_taken_from_the_fault_text(form: str) -> None:
    number = "330102012603021530220001"

    judgement = judged(changed(fault_description=form % number))
    assert judgement.record.emission_report_number == number
    assert judgement.findings == ()
    assert judged(changed(fault_description=form % (number + "1"))).record.emission_report_number is None
    assert judged(CLEAN).record.emission_report_number is None


def test_a_job_without_parts_is_pure_labour_and_fine() -> None:
    assert judged(changed(parts=())).findings == ()
    assert judged(changed(projects=())).findings == ()


def test_what_is_stored_is_bounded_and_the_rest_is_untouched() -> None:
    judgement = judged(changed(fault_description="响" * 10_000, projects=CLEAN.projects * 5_000))

    assert len(judgement.text.fault_description) == LIMITS.storage_characters
    assert len(judgement.text.projects) == LIMITS.kept_rows
    assert judgement.text.parts == CLEAN.parts
    codes = [finding.code for finding in judgement.findings]
    assert codes == ["TEXT_CUT", "TOO_MANY_ROWS", "FAULT_TOO_LONG"]


def test_a_record_within_the_bounds_is_kept_as_it_came() -> None:
    assert judged(CLEAN).text is CLEAN


def test_what_a_database_cannot_hold_is_taken_out_of_the_text() -> None:
    judgement = judged(changed(fault_description="前制动\0异响\ud800", parts=(PartText("机油\0", "M", "1"),)))

    assert judgement.text.fault_description == "前制动异响"
    assert judgement.text.parts[0].name == "机油"
    assert judgement.findings == ()


def test_strict_refuses_errors_and_compat_refuses_nothing() -> None:
    error, doubt = judged(changed(vin="")), judged(changed(company_name="另一家"))

    assert error.count(Level.ERROR) == 1
    assert refuses(error, "strict")
    assert not refuses(error, "compat")
    assert not refuses(doubt, "strict")
