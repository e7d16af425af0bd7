"""The file of dialects: what it may say, and what it is told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from chedang.intake.dialect import Answer, Dialect, Operation
from chedang.intake.dialects import DIALECTS
from chedang.intake.families import FamiliesError, Family, load_families, modes_of


def toy(name: str, *paths: str, bases: tuple[str, ...] = ("",)) -> Dialect:
    operations = tuple(Operation(path.strip("/"), path, lambda wire: wire) for path in paths)
    return Dialect(name, bases, operations, lambda *_: Answer(b""))


ONE = toy("one", "/add", "/token", bases=("/one",))
TWO = toy("two", "/add", "/time", bases=("/two",))


def load(tmp_path: Path, toml: str, *dialects: Dialect) -> dict[str, Family]:
    path = tmp_path / "dialects.toml"
    path.write_text(toml, encoding="utf-8")
    return {family.dialect.name: family for family in load_families(dialects or (ONE, TWO), path, "compat")}


def test_without_a_file_every_dialect_is_served_on_every_host_in_the_nodes_mode() -> None:
    families = load_families(DIALECTS, None, "strict")
    assert [family.dialect for family in families] == list(DIALECTS)
    assert all(family.bases == family.dialect.bases and family.hosts == () for family in families)
    assert {modes_of(families, "compat")(dialect.name) for dialect in DIALECTS} == {"strict"}
    assert modes_of(families, "compat")("no dialect at all") == "compat"


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    families = load(tmp_path, '[one]\nbases = ["/a/", "/"]\nhosts = ["City.Example"]\nmode = "strict"\n')
    assert families["one"] == Family(ONE, ("/a", ""), ("city.example",), "strict")
    assert families["two"] == Family(TWO, ("/two",), (), "compat")


def test_a_dialect_that_is_not_served_is_gone(tmp_path: Path) -> None:
    assert set(load(tmp_path, "[two]\nserve = false\n")) == {"one"}


@pytest.mark.parametrize(
    ("toml", "word"),
    [
        pytest.param("[one", "不是有效的 TOML", id="no TOML"),
        pytest.param("[three]\n", "没有名为 three 的报文，可用的有 one、two", id="no such dialect"),
        pytest.param("one = 1\n", "Expected `object`", id="no table"),
        pytest.param("[one]\nhost = 'x'\n", "unknown field `host`", id="no such key"),
        pytest.param("[one]\nmode = 'lax'\n", "Invalid enum value 'lax'", id="no such mode"),
        pytest.param("[one]\nserve = 'no'\n", "Expected `bool`", id="wrong type"),
        pytest.param("[one]\nbases = ['x']\n", "one.bases 的“x”应以 / 开头", id="no slash"),
        pytest.param("[one]\nhosts = ['x:81']\n", "one.hosts 的“x:81”应只是主机名", id="a port"),
        pytest.param("[one]\nhosts = ['http://x']\n", "one.hosts 的“http://x”应只是主机名", id="an address"),
        pytest.param("[two]\nbases = ['/one']\n", "one 与 two 都要用路径 /one/add", id="overlap"),
        pytest.param("[two]\nbases = ['/ONE/']\n", "one 与 two 都要用路径 /ONE/add", id="overlap in another case"),
        pytest.param(
            "[one]\nhosts = ['x']\nbases = ['']\n[two]\nhosts = ['y', 'X']\nbases = ['']\n",
            "one 与 two 都要用路径 /add",
            id="overlap on one of the hosts",
        ),
    ],
)
def test_a_wrong_file_is_one_sentence_that_names_the_file(tmp_path: Path, toml: str, word: str) -> None:
    with pytest.raises(FamiliesError) as caught:
        load(tmp_path, toml)
    sentence = str(caught.value)
    assert sentence.startswith(f"报文设置文件 {tmp_path / 'dialects.toml'}：")
    assert word in sentence
    assert sentence.endswith(")")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "toml",
    [
        pytest.param("[one]\nhosts = ['x']\nbases = ['']\n[two]\nhosts = ['y']\nbases = ['']\n", id="other hosts"),
        pytest.param("[one]\nhosts = ['x']\nbases = ['']\n[two]\nbases = ['']\n", id="one host and all others"),
        pytest.param("[one]\nserve = false\n[two]\nbases = ['/one']\n", id="the other is not served"),
    ],
)
def test_the_same_path_on_different_hosts_is_no_overlap(tmp_path: Path, toml: str) -> None:
    assert "two" in load(tmp_path, toml)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(FamiliesError, match="读不了"):
        load_families((ONE,), tmp_path, "compat")


def test_two_dialects_of_the_house_that_overlap_are_told_too() -> None:
    with pytest.raises(FamiliesError, match="内置的报文设置：one 与 other"):
        load_families((ONE, toy("other", "/token", bases=("/one",))), None, "compat")
