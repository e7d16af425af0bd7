"""Which element waits for whom, and the class checklist as it ships."""

from __future__ import annotations

import dataclasses
from datetime import date
from random import Random

import msgspec
import pytest

from chedang.enterprises.amending import registration_text
from chedang.enterprises.model import WIRE_NAMES
from chedang.enterprises.rules import read_registration
from chedang.fiction.shops import make_shop
from chedang.filing.checklists import load_checklist
from chedang.filing.filing_model import FIELDS, FREE_FIELDS, KEY_FIELDS, Edit, edits_between, texts_of
from chedang.filing.paper_model import Answer, ChecklistClass, ItemAnswer, missing_items
from chedang.filing.words import FIELD_NAMES

TEXT = make_shop(Random(5), 5).registration


def read(text=TEXT):
    return read_registration(text, today=date(2026, 11, 22))[0]


def test_every_element_but_the_password_is_either_audited_or_free():
    assert set(FIELDS) == set(WIRE_NAMES) - {"password"}
    assert not set(KEY_FIELDS) & set(FREE_FIELDS)
    assert set(FIELD_NAMES) == set(FIELDS)


def test_what_stands_reads_back_as_what_stands():
    registration = read()
    again = read(msgspec.structs.replace(registration_text(registration), password="long-Enough-1"))
    assert again == registration
    assert texts_of(registration)["license_start_date"] == registration.license_start_on.isoformat()


def test_edits_name_what_differs_and_show_nothing_in_a_log():
    before = read()
    after = dataclasses.replace(before, linkman_name="某人", category_code="03")
    edits = edits_between(before, after)
    assert edits == (Edit("category", before.category_code, "03"), Edit("linkman_name", before.linkman_name, "某人"))
    assert "某人" not in repr(edits)
    assert edits_between(before, before) == ()


@pytest.mark.parametrize("wanted", list(ChecklistClass))
def test_every_class_has_conditions_of_all_six_subjects_and_claims_no_clause(wanted):
    groups = load_checklist().of_class(wanted)
    keys = [item.key for group in groups for item in group.items]
    assert len(keys) == len(set(keys)) >= 15
    assert [group.key for group in groups] == [
        "people", "organisation", "safety", "environment", "premises", "equipment",
    ]  # fmt: skip
    assert {item.clause for group in groups for item in group.items} == {"待核"}


def test_what_is_missing_is_what_is_not_there_or_not_answered():
    groups = load_checklist().of_class(ChecklistClass.MINOR)
    items = [item for group in groups for item in group.items]
    answers = {item.key: ItemAnswer(answer=Answer.YES) for item in items}
    assert missing_items(groups, answers) == ()
    answers[items[0].key] = ItemAnswer(answer=Answer.NO)
    answers[items[1].key] = ItemAnswer(answer=Answer.NOT_APPLICABLE)
    del answers[items[2].key]
    assert missing_items(groups, answers) == (items[0], items[2])
