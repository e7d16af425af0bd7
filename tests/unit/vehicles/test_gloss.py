"""Plain words stand beside an item where the vocabulary knows it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import chedang
from chedang.fiction.catalogue import Power, job_kinds
from chedang.vehicles.gloss import explain, explain_all, vocabulary
from chedang.vehicles.phrases import normalise, split

ENTRIES = tuple(vocabulary().values())


def key_of(text: str) -> str | None:
    gloss = explain(text)
    return gloss.key if gloss else None


def test_the_vocabulary_is_large_enough() -> None:
    assert len(ENTRIES) >= 150


def test_every_entry_is_short_and_whole() -> None:
    for entry in ENTRIES:
        assert entry.names, entry
        assert len("".join(entry.zh)) <= 40, entry
        assert all(sentence.endswith("。") for sentence in entry.zh), entry
        assert all(sentence.endswith((".", "?")) for sentence in entry.en), entry
        assert all(span is None or 0 < span.low < span.high for span in (entry.months, entry.km)), entry


def test_every_name_stands_in_the_spelling_that_is_looked_for() -> None:
    for entry in ENTRIES:
        for name in entry.names:
            assert normalise(name) == name
            assert len(name) >= 2
            assert explain(name) is entry


def test_every_item_and_part_of_the_fictional_jobs_is_explained() -> None:
    kinds = [kind for power in Power for kind in job_kinds(power)]
    texts = {name for kind in kinds for name, *_rest in (*kind.projects, *kind.parts)}

    assert {text for text in texts if explain(text) is None} == set()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("更换机油泵", "oil_pump"),
        ("更换刹车油", "brake_fluid"),
        ("前刹车片（左右）", "brake_pad"),
        ("雨刮片 26寸", "wiper_blade"),
        ("变速箱油底壳垫", "gearbox_seal"),
        ("空调滤芯", "cabin_filter"),
        ("Ｄ Ｃ / Ｄ Ｃ转换器", "dcdc_converter"),
        ("手动变速器油", "manual_gearbox_oil"),
        ("更换胎压传感器", "tyre_pressure_sensor"),
    ],
)
def test_the_longest_name_counts_whatever_the_spelling(text: str, key: str) -> None:
    assert key_of(text) == key


@pytest.mark.parametrize("text", ["", "工时费", "其他", "-", "ABC123", "油", "×××"])
def test_an_unknown_text_has_no_gloss(text: str) -> None:
    assert explain(text) is None


def test_one_row_may_name_several_things() -> None:
    assert [gloss.key for gloss in explain_all("更换火花塞、空滤及空调滤芯")] == [
        "spark_plug",
        "air_filter",
        "cabin_filter",
    ]
    assert split("更换机油/机滤+空滤") == ("更换机油", "机油滤清器", "空气滤清器")


def test_both_languages_say_what_and_why() -> None:
    gloss = vocabulary()["spark_plug"]

    assert gloss.what("zh").startswith("在发动机里")
    assert gloss.why("en").startswith("Old ones")


@given(st.text(max_size=300))
def test_any_text_can_be_looked_up(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert (explain(text) is None) == (explain_all(text) == ())


def test_no_text_promises_what_only_a_maker_may_promise() -> None:
    """三包 is another law's word, for sellers; it and its look-alikes would promise what the table does not."""
    package = Path(chedang.__file__).parent
    folders = (package / "vehicles", package / "site" / "owner" / "service", package / "site" / "templates" / "service")
    files = [file for folder in folders for file in folder.rglob("*") if file.suffix in {".py", ".toml", ".html"}]
    assert len(files) > 20
    for file in files:
        text = "".join(file.read_text(encoding="utf-8").split())
        assert [
            word for word in ("三包", "叁包", "3包", "包修", "包换", "包退", "包赔", "质保终身") if word in text
        ] == [], file
