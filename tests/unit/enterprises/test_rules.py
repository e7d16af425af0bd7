"""What a registration means and what is doubtful about it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from chedang.enterprises.model import WIRE_NAMES, FindingLevel, RegistrationText
from chedang.enterprises.rules import judge_password, read_registration, registration_keys
from chedang.fiction.shops import make_shops
from chedang.terms.credit_code import check_character

TODAY = date(2026, 11, 22)


@pytest.fixture
def text(random):
    return make_shops(random, 1)[0].registration


def codes(text: RegistrationText) -> list[str]:
    return [finding.code for finding in read_registration(text, today=TODAY)[1]]


def change(text: RegistrationText, **elements: str) -> RegistrationText:
    return msgspec.structs.replace(text, **elements)


def test_the_eighteen_elements_have_their_wire_names():
    assert len(WIRE_NAMES) == len(RegistrationText.__struct_fields__) == 18
    assert set(msgspec.to_builtins(RegistrationText())) == set(WIRE_NAMES.values())


def test_a_flawless_registration_has_no_finding(text):
    registration, findings = read_registration(text, today=TODAY)
    assert findings == ()
    assert registration is not None
    assert registration.category_code == "01"
    assert registration.license_start_on == date(2020, 1, 1)
    assert registration.license_end_on is None


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("company_name", ""),
        ("company_name", " 无 "),
        ("password", ""),
        ("password", "12345"),
        ("password", "x" * 129),
        ("division_code", ""),
        ("division_code", "3301"),
        ("division_code", "990101"),
        ("division_code", "杭州市西湖区"),
    ],
)
def test_what_no_shop_can_be_without_is_refused(text, attribute, value):
    registration, findings = read_registration(change(text, **{attribute: value}), today=TODAY)
    assert registration is None
    assert [finding.field for finding in findings] == [WIRE_NAMES[attribute]]
    assert findings[0].level is FindingLevel.ERROR


def test_all_findings_come_at_once_in_the_order_of_the_elements(text):
    faulty = change(text, company_name="", password="1", email="x", division_code="1", postal_code="31")
    assert [finding.field for finding in read_registration(faulty, today=TODAY)[1]] == [
        "companyname",
        "companypassword",
        "companypostalcode",
        "companyadministrativedivisioncode",
        "companyemail",
    ]


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("unified_credit_code", "", "CREDIT_CODE_EMPTY"),
        ("unified_credit_code", "9133", "CREDIT_CODE_LENGTH"),
        ("unified_credit_code", "111111111111111111", "CREDIT_CODE_DUMMY"),
        ("road_transport_license", "无", "LICENSE_MISSING"),
        ("division_code", "330199", "DIVISION_UNKNOWN"),
        ("division_code", "330100", "DIVISION_NOT_COUNTY"),
        ("division_code", "330103", "DIVISION_NOT_CURRENT"),
        ("category", "", "CATEGORY_MISSING"),
        ("category", "特级", "CATEGORY_UNKNOWN"),
        ("economic_category", "火星", "ECONOMIC_CATEGORY_UNKNOWN"),
        ("operation_state", "8", "OPERATION_STATE_UNKNOWN"),
        ("postal_code", "3100", "POSTAL_CODE_WRONG"),
        ("email", "front-desk", "EMAIL_WRONG"),
        ("license_start_date", "010101", "LICENSE_START_UNREADABLE"),
        ("license_end_date", "soon", "LICENSE_END_UNREADABLE"),
        ("license_end_date", "20190101", "LICENSE_PERIOD_REVERSED"),
        ("license_end_date", "20250101", "LICENSE_EXPIRED"),
        ("address", "路" * 201, "TOO_LONG"),
    ],
)
def test_a_doubt_is_a_warning_and_refuses_nothing(text, attribute, value, code):
    registration, findings = read_registration(change(text, **{attribute: value}), today=TODAY)
    assert registration is not None
    assert [(finding.code, finding.level) for finding in findings] == [(code, FindingLevel.WARN)]


def test_a_wrong_check_character_of_the_credit_code_is_kept_and_marked(text):
    code = text.unified_credit_code
    wrong = code[:17] + ("0" if check_character(code) != "0" else "1")
    registration, findings = read_registration(change(text, unified_credit_code=wrong), today=TODAY)
    assert registration is not None
    assert registration.unified_credit_code == wrong
    assert [finding.code for finding in findings] == ["CREDIT_CODE_CHECK_CHARACTER"]


def test_chinese_words_become_codes(text):
    words = change(text, category="二类", economic_category="个体自营", operation_state="营业")
    registration, findings = read_registration(words, today=TODAY)
    assert findings == ()
    assert registration is not None
    assert (registration.category_code, registration.economic_category_code, registration.operation_state_code) == (
        "02",
        "175",
        "1",
    )


@pytest.mark.parametrize("end", ["99990909", "99991231", "长期", ""])
def test_a_licence_without_end_has_no_end_day(text, end):
    registration, findings = read_registration(change(text, license_end_date=end), today=TODAY)
    assert findings == ()
    assert registration is not None
    assert registration.license_end_on is None


def test_an_endless_text_is_cut(text):
    registration, _ = read_registration(change(text, company_name="修" * 1_000_000), today=TODAY)
    assert registration is not None
    assert len(registration.company_name) == 100


def test_a_moved_in_shop_may_bring_a_password_of_three_characters():
    assert judge_password("abc") is not None
    assert judge_password("abc", shortest=3) is None
    assert judge_password("ab", shortest=3) is not None


def test_fillers_tell_no_shop_from_another(text):
    filled = change(text, unified_credit_code="无", road_transport_license="000000000000")
    registration, _ = read_registration(filled, today=TODAY)
    assert registration is not None
    assert registration_keys(registration) == ("", "")


def test_neither_password_nor_persons_show_in_a_representation(text):
    registration, _ = read_registration(text, today=TODAY)
    for shown in (repr(text), repr(registration)):
        assert text.password not in shown
        assert text.linkman_name not in shown
        assert text.linkman_phone not in shown
