"""Every code of the rules has an example in the catalogue, and the example really yields the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from chedang.records.catalogue import describe, load_catalogue
from chedang.records.examples import CLEAN, RECEIVED_AT, example_finding, example_of, list_changes
from chedang.records.limits import load_limits
from chedang.records.model import RecordText
from chedang.records.rules import judge

LIMITS = load_limits()
OF_RECORDS = [code for code, entry in load_catalogue().items() if entry.example]


def codes_of(text: RecordText) -> set[str]:
    judgement = judge(text, limits=LIMITS, registered_name=CLEAN.company_name, received_at=RECEIVED_AT)
    return {finding.code for finding in judgement.findings}


def test_every_code_has_an_example_of_one_kind() -> None:
    for code, entry in load_catalogue().items():
        assert [bool(entry.example), bool(entry.sheet), bool(entry.lines)].count(True) == 1, code
        assert code.startswith("FILE_") != bool(entry.example)


def test_the_record_around_the_examples_is_clean() -> None:
    assert codes_of(CLEAN) == set()


# What cannot be without the other.
COMPANIONS = {
    "NAME_TOO_LONG": {"NAME_MISMATCH"},
    "REPAIR_DATE_FUTURE": {"SETTLED_BEFORE_REPAIR"},
    "SETTLE_DATE_TOO_OLD": {"SETTLED_BEFORE_REPAIR"},
    "TEXT_CUT": {"FAULT_TOO_LONG"},
}


@pytest.mark.parametrize("code", OF_RECORDS)
def test_the_example_yields_its_code_and_no_other(code: str) -> None:
    assert codes_of(example_of(code)) == {code} | COMPANIONS.get(code, set())


@pytest.mark.parametrize("code", OF_RECORDS)
def test_the_finding_names_a_field_of_the_example_and_is_said_in_words(code: str) -> None:
    finding = example_finding(code, LIMITS)
    assert finding is not None
    changes = list_changes(code)
    assert finding.field.rsplit("/", 1)[1] in {change.wire_name for change in changes}
    assert "…" not in "".join([*describe(finding), *describe(finding, "en")])
    assert all(change.is_list or change.sent != change.mended for change in changes)


def test_long_texts_and_rows_are_shown_by_their_size() -> None:
    (text,) = list_changes("NAME_TOO_LONG")
    assert (text.sent, text.size, text.is_list) == ("修" * 20 + "…", 101, False)
    (rows,) = list_changes("TOO_MANY_ROWS")
    assert (rows.size, rows.is_list) == (501, True)


def test_a_node_may_let_an_example_pass(tmp_path: Path) -> None:
    own = tmp_path / "rules.toml"
    own.write_text("[element.companyname]\nlongest = 200\n", encoding="utf-8")
    assert example_finding("NAME_TOO_LONG", load_limits(own)) is None
