"""Forms of reviews and how their answers stand on the national scale."""

from __future__ import annotations

from itertools import product

import pytest

from chedang.reviews.rating_model import NotAllowed, Refusal
from chedang.reviews.schemes import Scheme, SchemesError, load_schemes, read_schemes

SCHEMES = load_schemes()
SHIPPED = [pytest.param(scheme, id=scheme.key) for scheme in SCHEMES.schemes]
SMALL = """
satisfied_from = 4.0
default = "one"
national = { quality = { name = "质量", name_en = "" } }
tags = []
[use]
"37" = "one"
[[schemes]]
key = "one"
version = 1
name = "一项"
name_en = ""
overall = ""
national_marks = [1.0, 5.0]
words = [{ name = "差", name_en = "" }, { name = "好", name_en = "" }]
dimensions = [{ key = "quality", name = "质量", name_en = "", national = "quality" }]
"""


def all_answers(scheme: Scheme) -> list[dict[str, int]]:
    steps = range(1, len(scheme.words) + 1)
    keys = [dimension.key for dimension in scheme.dimensions]
    return [dict(zip(keys, each, strict=True)) for each in product(steps, repeat=len(keys))]


def test_the_five_questions_of_most_provinces_are_shipped() -> None:
    scheme = SCHEMES.of_division("330106")
    assert [each.name for each in scheme.dimensions] == ["履约", "态度", "质量", "速度", "价格"]
    assert len(scheme.words) == 5


def test_rizhao_asks_for_the_whole_and_five_questions_in_three_steps() -> None:
    scheme = SCHEMES.of_division("371102")
    assert [each.name for each in scheme.dimensions] == ["总体", "服务", "价格", "质量", "环境", "效率"]
    assert len(scheme.words) == 3
    assert SCHEMES.of_division("370102").key == "national-five"


def test_rizhaos_overall_mark_is_satisfied_from_two_upward_and_so_is_its_national_mark() -> None:
    scheme = SCHEMES.of_division("371102")
    answers = dict.fromkeys([each.key for each in scheme.dimensions], 1)
    verdicts = [SCHEMES.is_satisfied(scheme.mark(answers | {"allComment": step})) for step in (1, 2, 3)]
    assert verdicts == [False, True, True]


@pytest.mark.parametrize("scheme", SHIPPED)
def test_worst_answers_are_one_and_best_are_five_on_the_national_scale(scheme: Scheme) -> None:
    every = all_answers(scheme)
    assert (scheme.mark(every[0]), scheme.mark(every[-1])) == (1.0, 5.0)


@pytest.mark.parametrize("scheme", SHIPPED)
def test_a_better_answer_never_lowers_a_mark(scheme: Scheme) -> None:
    for answers in all_answers(scheme):
        for key, step in answers.items():
            if step < len(scheme.words):
                better = answers | {key: step + 1}
                assert scheme.mark(better) >= scheme.mark(answers)
                assert all(value >= scheme.national(answers)[name] for name, value in scheme.national(better).items())


def test_only_mapped_questions_reach_the_national_dimensions() -> None:
    scheme = SCHEMES.find("rizhao")
    answers = dict.fromkeys([each.key for each in scheme.dimensions], 2)
    assert scheme.national(answers) == {"attitude": 4.0, "price": 4.0, "quality": 4.0, "speed": 4.0}


@pytest.mark.parametrize(
    "answers",
    [{}, {"quality": 0}, {"quality": 3}, {"quality": 1, "more": 1}],
    ids=["missing", "below", "above", "unknown"],
)
def test_answers_that_are_not_of_the_form_are_refused(answers: dict[str, int]) -> None:
    with pytest.raises(NotAllowed) as refused:
        read_schemes(SMALL).find("one").mark(answers)
    assert refused.value.why is Refusal.WRONG_ANSWERS


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[1.0, 5.0]", "[5.0, 1.0]", "must rise"),
        ("[1.0, 5.0]", "[1.0, 3.0, 5.0]", "a word and a national mark"),
        ("[1.0, 5.0]", "[0.0, 5.0]", "1.0"),
        ('overall = ""', 'overall = "whole"', "must be one of the form"),
        ('national = "quality"', 'national = "beauty"', "answered once, and known"),
        ('"37" = "one"', '"37" = "two"', "no scheme two"),
        ('default = "one"', 'default = ""', "no scheme"),
        ("version = 1", "versions = 1", "versions"),
        ("tags = []", "tags = [", "line"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(old: str, new: str, complaint: str) -> None:
    assert old in SMALL
    with pytest.raises(SchemesError, match=complaint):
        read_schemes(SMALL.replace(old, new, 1))


def test_words_come_in_english_where_there_are_any() -> None:
    assert SCHEMES.find("rizhao").in_language("en") == "Rizhao, three steps"
    assert read_schemes(SMALL).find("one").in_language("en-gb") == "一项"
    assert SCHEMES.find("rizhao").in_language("zh-hans") == "日照三档"
