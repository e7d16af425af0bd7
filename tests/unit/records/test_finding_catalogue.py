"""The catalogue is words for people: whole sentences, in both languages, without blame."""

from __future__ import annotations

import re

import pytest

from chedang.records.catalogue import Entry, describe, load_catalogue
from chedang.records.model import Finding, Level


@pytest.mark.parametrize(("code", "entry"), load_catalogue().items(), ids=load_catalogue())
def test_every_entry_is_complete(code: str, entry: Entry) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)
    for sentence in (entry.zh, entry.zh_hint):
        assert sentence.endswith(("。", "？"))
        assert "造假" not in sentence
        assert "！" not in sentence
    for sentence in (entry.en, entry.en_hint):
        assert sentence.endswith((".", "?"))
    assert bool(entry.zh_hint_with_suggestion) == bool(entry.en_hint_with_suggestion)


def test_the_row_is_counted_from_one() -> None:
    finding = Finding("PART_NAME_MISSING", Level.ERROR, "/vehiclepartslist/1/partsname")

    assert describe(finding).text == "第 2 行配件没有名称。"
    assert describe(finding, "en").text == "Part 2 has no name."


def test_a_finding_of_a_newer_release_is_shown_by_its_code() -> None:
    assert describe(Finding("TYRE_PRESSURE", Level.WARN, "/basicInfo/vin")) == ("TYRE_PRESSURE", "")


def test_a_stored_finding_without_a_newer_argument_still_reads() -> None:
    assert "…" in describe(Finding("NAME_TOO_LONG", Level.WARN, "/basicInfo/companyname")).text
