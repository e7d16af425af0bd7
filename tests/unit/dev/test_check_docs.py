"""``make check`` looks at the documents with dev/check_docs.py; here it looks at documents made to be wrong."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
LISTED = "- [0001](0001-do-a-thing.md) Do a thing\n"


@pytest.fixture(scope="module")
def checks() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "dev")
        yield importlib.import_module("check_docs")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose documents are in step."""
    (tmp_path / "docs" / "adr").mkdir(parents=True)
    (tmp_path / "src" / "chedang" / "terms").mkdir(parents=True)
    write(tmp_path, "src/chedang/terms/__init__.py", '"""公共数据元."""\n\nPLATE_COLOUR = {"blue": 1}\nrepair_on = 1\n')
    write(tmp_path, "Makefile", ".PHONY: run\nrun: setup ## start\n\nsetup:\n\ttrue\n")
    write(tmp_path, "docs/adr/0001-do-a-thing.md", "# 0001 Do a thing\n\nStatus: accepted.\n")
    write(tmp_path, "docs/adr/README.md", LISTED)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[x](docs/adr/0001-do-a-thing.md#0001-do-a-thing)", ""),
        ("# 车籍 · `home` (a)!\n[x](#车籍--home-a)", ""),
        ("# Twice\n# Twice\n[x](#twice-1)", ""),
        ("[x](https://example.org/nothing) `[x](nowhere.md)`\n```\n[x](nowhere.md)\n```", ""),
        ("[x](nowhere.md)", "link nowhere.md: no such file"),
        ("[x][y]\n\n[y]: nowhere.md", "link nowhere.md: no such file"),
        ("![x](nowhere.svg)", "link nowhere.svg: no such file"),
        ("# Here\n[x](#there)", "link #there: no such anchor"),
        ("```\n# Only code\n```\n[x](#only-code)", "link #only-code: no such anchor"),
        ("[x](docs/adr/0001-do-a-thing.md#nothing)", "no such anchor"),
        ("[x](/docs)", "leads out of the project"),
        ("[x](../elsewhere.md)", "leads out of the project"),
    ],
)
def test_a_link_leads_to_a_file_and_a_heading(checks: ModuleType, project: Path, text: str, complaint: str) -> None:
    write(project, "README.md", text + "\n")
    assert_found(list(checks.check_links(project)), complaint)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("`src/chedang/terms/__init__.py`, `terms/`, `keys/site`", ""),
        ("`src/chedang/terms/plate.py`", "there is no src/chedang/terms/plate.py"),
        ("`terms/plate.py`", "there is no terms/plate.py"),
        ("`src/chedang/terms/__init__.py::test_it`", "there is no src/chedang/terms/__init__.py::test_it"),
    ],
)
def test_a_file_named_as_code_exists(checks: ModuleType, project: Path, text: str, complaint: str) -> None:
    write(project, "README.md", text)
    assert_found(list(checks.check_paths(project)), complaint)


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("0002-do-more.md", "# 0002 Do more\n", ""),
        ("0002-do-more.md", "# 0003 Do more\n", "the first line must be “# 0002 Title”"),
        ("0003-do-more.md", "# 0003 Do more\n", "0002 is missing"),
        ("0001-do-more.md", "# 0001 Do more\n", "0001 is used twice"),
        ("do-more.md", "# Do more\n", "expected NNNN-verb-phrase.md"),
        ("0002-do-more.md", "# 0002 Do more\n\nStatus: superseded\n", "must link to the one that replaces it"),
        ("0002-do-more.md", "# 0002 Do more\n\nStatus: superseded by [0001](0001-do-a-thing.md)\n", ""),
    ],
)
def test_decisions_are_numbered_without_gaps(
    checks: ModuleType, project: Path, name: str, text: str, complaint: str
) -> None:
    write(project, f"docs/adr/{name}", text)
    write(project, "docs/adr/README.md", f"{LISTED}- [{name[:4]}]({name})\n")
    assert_found(list(checks.check_decisions(project)), complaint)


def test_a_gap_with_a_reason_is_no_gap_until_the_number_is_used(checks: ModuleType, project: Path) -> None:
    write(project, "docs/adr/0003-do-more.md", "# 0003 Do more\n")
    write(project, "docs/adr/README.md", f"{LISTED}- 0002: never needed.\n- [0003](0003-do-more.md)\n")
    assert list(checks.check_decisions(project)) == []
    write(project, "docs/adr/0002-do-it.md", "# 0002 Do it\n")
    assert_found(list(checks.check_decisions(project)), "0002 is said to be unused")
    assert_found(list(checks.check_decisions(project)), "0002 is not listed")


def test_a_package_without_a_docstring_is_told_and_djangos_folders_are_not(checks: ModuleType, project: Path) -> None:
    write(project, "src/chedang/site/migrations/__init__.py", "")
    assert list(checks.check_docstrings(project)) == []
    write(project, "src/chedang/site/__init__.py", "x = 1\n")
    assert_found(list(checks.check_docstrings(project)), "src/chedang/site/__init__.py: the package has no docstring")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("`make run` and `CHEDANG_NODE=31 make run PYTHON=python3`; make sure of `chedang up --seed`.", ""),
        ("```sh\nmake run   # start\n.venv/bin/chedang enterprise import shops.csv\n```", ""),
        ("`make everything`", "there is no “make everything”"),
        ("```\nmake run deploy\n```", "there is no “make deploy”"),
        ("`chedang fly`", "there is no “chedang fly”"),
        ("`chedang enterprise fly`", "there is no “chedang enterprise fly”"),
        ("Set CHEDANG_WINGS.", "there is no setting CHEDANG_WINGS"),
    ],
)
def test_commands_targets_and_settings_exist(checks: ModuleType, project: Path, text: str, complaint: str) -> None:
    write(project, "README.md", text)
    assert_found(list(checks.check_commands(project)), complaint)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("| 车牌颜色 | `PLATE_COLOUR`, `blue`, names in `_on` | ours | – | – |", ""),
        ("| 车牌颜色 | `PLATE_COLOR` | ours | – | – |", "车牌颜色: the code has no “PLATE_COLOR”"),
        ("| 车牌颜色 | `PLATE_COLOUR` | ours | – |", "4 cells instead of 5"),
        ("| 甲 | `blue` | ours | – | – |\n| 甲 | `blue` | ours | – | – |", "甲 stands twice"),
    ],
)
def test_the_glossary_names_what_the_code_has(checks: ModuleType, project: Path, row: str, complaint: str) -> None:
    head = "| 中文术语 | identifier | source | wire names | unit |\n|---|---|---|---|---|\n"
    write(project, "docs/GLOSSARY.md", f"# Glossary\n\n## terms\n\n{head}{row}\n")
    assert_found(list(checks.check_glossary(project)), complaint)


@pytest.mark.parametrize(
    ("name", "change", "complaint"),
    [
        ("findings.md", ("`VIN_EMPTY`", "`VIN_VOID`"), "findings.md: out of step"),
        ("audit-events.md", ("| `vehicle:show_vin` |", "| `vehicle:hide_vin` |"), "vehicle:show_vin is missing"),
        ("audit-events.md", ("| `supervision` |", "| `curiosity` |"), "curiosity does not exist"),
        ("dialect-lcippro.md", ("| `-12` | `BAD_TOKEN` |", "| `-21` | `BAD_TOKEN` |"), "'-21', 'BAD_TOKEN'"),
        ("dialect-lcippro.md", ("`-17` | `TOO_FAST` | 429", "`-17` | `TOO_FAST` | 200"), "'429'"),
    ],
)
def test_a_reference_that_falls_behind_the_code_is_told(
    checks: ModuleType, project: Path, name: str, change: tuple[str, str], complaint: str
) -> None:
    shutil.copytree(ROOT / "docs" / "reference", project / "docs" / "reference")
    assert list(checks.check_references(project)) == []
    page = project / "docs" / "reference" / name
    text = page.read_text(encoding="utf-8")
    assert change[0] in text
    page.write_text(text.replace(*change), encoding="utf-8")
    assert_found(list(checks.check_references(project)), complaint)


def test_every_setting_stands_in_both_readmes_and_the_reference(checks: ModuleType, project: Path) -> None:
    for name in ("README.md", "README.zh.md", "docs/reference/settings.md"):
        write(project, name, (ROOT / name).read_text(encoding="utf-8"))
    assert list(checks.check_settings(project)) == []
    chinese = (project / "README.zh.md").read_text(encoding="utf-8")
    write(project, "README.zh.md", chinese.replace("`CHEDANG_MODE`", "mode"))
    assert_found(list(checks.check_settings(project)), "README.zh.md: CHEDANG_MODE is missing")


def assert_found(problems: list[str], complaint: str) -> None:
    if complaint:
        assert any(complaint in problem for problem in problems), problems
    else:
        assert problems == []
