"""What rules say reaches English pages in English: no sentence lacks it, and none is said past the catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from django.utils import translation

import chedang
from chedang.access.saying import words, words_of
from chedang.emission.model import Conflicting, Misstated
from chedang.emission.reading import read_failed_test, read_retest
from chedang.enterprises.errors import EnterpriseNotFound
from chedang.enterprises.model import FindingLevel, RegistrationFinding, RegistrationText
from chedang.enterprises.rules import read_registration
from chedang.platform.pdfs import PdfRefused, check_pdf
from chedang.site.registration_words import PATTERNS, finding_words
from chedang.terms.saying import Said, SaidRefusal, said
from chedang.watch.model import WatchRefused
from chedang.watch.reading import read_entry

PACKAGE = Path(chedang.__file__).parent
CHINESE = re.compile("[一-鿿]")
PLATE = re.compile("浙A12345")
"""An example of a plate has no other language."""
PLACE = re.compile(r"%\((\w+)\)s")
TODAY = date(2026, 9, 20)


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((PACKAGE / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def said_in(module: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said":
            yield node


def test_no_sentence_of_a_rule_lacks_its_english() -> None:
    found = {}
    for name, module in modules("."):
        for call in said_in(module):
            (pattern,) = call.args
            assert isinstance(pattern, ast.Constant), (name, call.lineno)
            assert {keyword.arg for keyword in call.keywords} == set(PLACE.findall(pattern.value)), (name, call.lineno)
            found[pattern.value] = name
    assert len(found) > 90
    with translation.override("en"):
        english = {pattern: translation.gettext(pattern) for pattern in found}
    for pattern, text in english.items():
        assert text != pattern, pattern
        assert not CHINESE.search(PLATE.sub("", text)), text
        assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(pattern)), text


def test_emission_and_watch_refuse_in_no_words_that_have_no_english() -> None:
    for name, module in modules("emission", "watch"):
        translated = {id(part) for call in said_in(module) for part in ast.walk(call)}
        for node in ast.walk(module):
            if isinstance(node, ast.Raise | ast.JoinedStr) or _is_refusal(node):
                for part in ast.walk(node):
                    is_text = isinstance(part, ast.Constant) and isinstance(part.value, str)
                    is_bare = is_text and id(part) not in translated and CHINESE.search(str(part.value))
                    assert not is_bare, (name, ast.dump(part))


def _is_refusal(node: ast.AST) -> bool:
    """Where readers note what is wrong."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute | ast.Name)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        in {"wrong", "append", "needed", "Fault"}
    )


def refusal(sentence: Said) -> SaidRefusal:
    return Conflicting(sentence)


def test_a_sentence_is_chinese_for_machines_and_in_the_readers_language_on_a_page() -> None:
    told = refusal(said("这个报告编号已报送过，%(fields)s不一致", fields=(said("车架号"), said("车牌号码"))))
    assert str(told) == told.sentence == "这个报告编号已报送过，车架号、车牌号码不一致"
    with translation.override("zh-hans"):
        assert words_of(told) == str(told)
    with translation.override("en"):
        english = words_of(told)
        assert not CHINESE.search(english)
        assert words("一句话") == "一句话"  # a text that somebody typed
        assert words_of(EnterpriseNotFound("330106000000001")) == "There is no shop with the code 330106000000001."
        assert words_of(WatchRefused(said("已经撤控"), said("应为文本"))).count("; ") == 1
    assert ", " in english


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_everything_that_is_wrong_is_read_in_the_language_of_the_page(language: str) -> None:
    nothing: dict[str, str] = {}
    wrong = {"vin": "?", "plate_number": "?", "since_on": "?", "until_on": "2000-01-01"}
    told: list[SaidRefusal] = []
    for read in (
        lambda: read_failed_test(nothing, today=TODAY),
        lambda: read_failed_test({**wrong, "tested_on": "2999-01-01", "failed_items": ["x" * 99]}, today=TODAY),
        lambda: read_failed_test({"tested_on": "2001-01-01", "deadline_on": "2999-01-01"}, today=TODAY),
        lambda: read_retest({"report_number": "AAAA", "retest_number": "AAAA", "vin": [7]}, today=TODAY),
        lambda: read_entry(nothing, today=TODAY),
        lambda: read_entry(wrong, today=TODAY),
        lambda: read_entry({"since_on": "2999-01-01"}, today=TODAY),
        lambda: check_pdf(b"%PDF-"),
    ):
        with pytest.raises((Misstated, WatchRefused, PdfRefused)) as refused:
            read()
        told.append(refused.value)
    with translation.override(language):
        for each in told:
            text = words_of(each)
            assert (text == each.sentence) == (language == "zh-hans")
            assert bool(CHINESE.search(PLATE.sub("", text))) == (language == "zh-hans"), text


def test_what_is_noticed_in_a_registration_is_read_in_english_and_was_kept_in_chinese() -> None:
    full = RegistrationText(
        company_name="杭州青禾汽车维修有限公司", password="a-password", division_code="330106", email="a@b.cn"
    )
    changes: list[dict[str, str]] = [
        {"company_name": "", "password": "", "division_code": "?"},
        {"company_name": "青" * 101, "password": "x" * 129, "division_code": "330199"},
        {"password": "ab", "division_code": "330100", "unified_credit_code": "913301"},
        {"division_code": "330103", "unified_credit_code": "无"},
        {"category": "?", "economic_category": "?", "operation_state": "?", "postal_code": "?", "email": "?"},
        {"unified_credit_code": "I" * 18, "license_start_date": "?", "license_end_date": "?"},
        {"unified_credit_code": "9" * 18, "license_start_date": "20250101", "license_end_date": "20240101"},
        {"unified_credit_code": "91330106MA27X0AA11", "license_end_date": "20240101"},
    ]
    seen = set()
    for change in changes:
        _, findings = read_registration(msgspec.structs.replace(full, **change), today=TODAY, shortest_password=4)
        for finding in findings:
            seen.add(finding.code)
            with translation.override("zh-hans"):
                assert finding_words(finding) == finding.message
            with translation.override("en"):
                english = finding_words(finding)
            assert not CHINESE.search(english), finding
            assert re.findall(r"\d{2,}", english) == re.findall(r"\d{2,}", finding.message), finding
    assert seen | {"CREDIT_CODE_PLACEHOLDER"} == set(PATTERNS)
    of_before = RegistrationFinding("OF_BEFORE", FindingLevel.WARN, "email", "从前的一句话")
    assert finding_words(of_before) == of_before.message
