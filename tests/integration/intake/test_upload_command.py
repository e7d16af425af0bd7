"""``chedang upload`` as a shop meets it: no terminal, real files, a small HTTP server."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.integration.intake.small_node import SECRET, SmallNode
from tests.unit.intake.files.made import HEADINGS, as_csv, as_xlsx, row
from typer.testing import CliRunner, Result

from chedang.cli.main import app

Upload = Callable[..., Result]


@pytest.fixture
def node() -> Iterator[SmallNode]:
    with SmallNode() as running:
        yield running


@pytest.fixture
def upload(node: SmallNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upload:
    """Runs ``chedang upload`` with arguments, for this node and a spool of its own."""
    monkeypatch.setenv("CHEDANG_UPLOAD_SECRET", SECRET)
    monkeypatch.setenv("CHEDANG_UPLOAD_SERVER", node.url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: Any) -> Result:
        return CliRunner().invoke(app, ["upload", *map(str, arguments)], catch_exceptions=False)

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "九月.xlsx"
    file.write_bytes(as_xlsx([HEADINGS, row(), row("JS002")]))
    return file


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """One good job, one the node refuses, one the file has spoilt."""
    refused = row("JS002")
    refused[2] = "拒"
    file = tmp_path / "混合.csv"
    file.write_bytes(as_csv([[*HEADINGS, "车主"], [*row(), "甲"], refused, row("3.30106E+14")], encoding="gb18030"))
    return file


def test_all_stored_ends_with_0_and_leaves_no_answer(upload: Upload, good: Path, node: SmallNode) -> None:
    result = upload(good)

    assert result.exit_code == 0, result.output
    assert set(node.records) == {"JS001", "JS002"}
    assert [file.name for file in good.parent.iterdir() if file.is_file()] == [good.name]
    assert upload("status").exit_code == 0
    assert "已完成" in upload("status").output


def test_bad_rows_end_with_1_and_the_file_comes_back_with_reasons(upload: Upload, mixed: Path, node: SmallNode) -> None:
    result = upload(mixed)

    assert result.exit_code == 1
    assert set(node.records) == {"JS001"}
    assert "混合.csv：不认识或重复的列没有读取，也不会上传：车主。" in result.output
    answer = mixed.with_name("混合-上传结果.csv")
    lines = list(csv.reader(io.StringIO(answer.read_text(encoding="gb18030"))))
    assert [line[14] for line in lines] == ["上传结果", "已保存", "未保存", "未保存"]
    assert lines[2][15] == "错误：这一批不能受理。请改正。"
    assert "后面的数字已经丢失" in lines[3][15]


def test_an_answer_that_is_asked_for_is_written_where_it_is_asked(upload: Upload, good: Path, tmp_path: Path) -> None:
    assert upload(good, "--answer", tmp_path / "回执.xlsx").exit_code == 0

    sheet = openpyxl.load_workbook(tmp_path / "回执.xlsx").worksheets[0]
    assert [sheet.cell(line, 14).value for line in (1, 2, 3)] == ["上传结果", "已保存", "已保存"]


def test_an_earlier_answer_that_somebody_mends_is_not_written_over(upload: Upload, mixed: Path) -> None:
    upload(mixed)
    first = mixed.with_name("混合-上传结果.csv")
    first.write_bytes(b"mended by hand")
    upload(mixed)

    assert first.read_bytes() == b"mended by hand"
    assert mixed.with_name("混合-上传结果2.csv").exists()


def test_a_file_that_cannot_be_used_ends_with_2_and_others_are_sent(
    upload: Upload, good: Path, tmp_path: Path, node: SmallNode
) -> None:
    bad = tmp_path / "坏.csv"
    bad.write_text("姓名,电话\n甲,1\n", encoding="utf-8")
    result = upload(bad, tmp_path / "没有.csv", good)

    assert result.exit_code == 2
    assert "没有找到表头" in result.output
    assert "无法读取" in result.output
    assert set(node.records) == {"JS001", "JS002"}


def test_what_could_not_be_sent_ends_with_3_and_resume_sends_it(upload: Upload, good: Path, node: SmallNode) -> None:
    node.fail(["503"] * 50)

    assert upload(good, "--give-up-after", "1").exit_code == 3
    assert upload("status").exit_code == 3
    node._faults.clear()
    result = upload("resume")
    assert result.exit_code == 0, result.output
    assert set(node.records) == {"JS001", "JS002"}
    assert "没有要接着送" in upload("resume").output


def test_without_waiting_the_jobs_are_sent_and_the_outcomes_fetched_later(
    upload: Upload, mixed: Path, node: SmallNode
) -> None:
    assert upload(mixed, "--no-wait").exit_code == 3
    assert set(node.records) == {"JS001"}
    assert upload("resume").exit_code == 1
    assert mixed.with_name("混合-上传结果.csv").exists()


def test_a_check_stores_nothing(upload: Upload, mixed: Path, node: SmallNode, tmp_path: Path) -> None:
    result = upload(mixed, "--check", "--answer", "检查.csv")

    assert result.exit_code == 1
    assert node.records == {}
    assert not (tmp_path / "state").exists()
    lines = list(csv.reader(io.StringIO((tmp_path / "检查.csv").read_text(encoding="gb18030"))))
    assert [line[14] for line in lines] == ["上传结果", "可以上传", "不能上传", "不能上传"]


def test_a_check_of_a_node_that_is_away_ends_with_3(upload: Upload, good: Path, node: SmallNode) -> None:
    node.fail(["cut"] * 50)

    assert upload(good, "--check", "--give-up-after", "1").exit_code == 3


@pytest.mark.parametrize("command", [[], ["--check"]])
def test_a_refused_secret_ends_with_2(upload: Upload, good: Path, node: SmallNode, command: list[str]) -> None:
    node.secrets.clear()
    result = upload(good, *command)

    assert result.exit_code == 2
    assert "密钥" in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CHEDANG_UPLOAD_SECRET", ""),
        ("CHEDANG_UPLOAD_SECRET", "secret"),
        ("CHEDANG_UPLOAD_SERVER", "ftp://example.org"),
        ("XDG_STATE_HOME", "/dev/null"),
    ],
)
def test_what_cannot_work_ends_with_2_and_a_sentence(
    upload: Upload, good: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = upload(good)

    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_file_taken_in_under_another_secret_is_not_sent_unasked(
    upload: Upload, good: Path, node: SmallNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.fail(["503"])
    upload(good, "--no-wait")
    other = "cd_ffffffff_" + "t" * 43
    node.secrets.add(other)
    monkeypatch.setenv("CHEDANG_UPLOAD_SECRET", other)

    assert upload("resume").exit_code == 2
    assert node.records == {}
    assert upload("resume", "--new-secret").exit_code == 0
    assert len(node.records) == 2


def test_an_answer_that_cannot_be_written_is_written_later(upload: Upload, mixed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    result = upload(mixed, "--answer", folder / "a.csv")
    assert result.exit_code == 3
    assert "写不了" in result.output

    folder.mkdir()
    assert upload("resume").exit_code == 1
    assert (folder / "a.csv").exists()
    assert (folder / "a.csv").stat().st_mode & 0o077 == 0


def test_a_command_named_like_an_option_needs_no_send(upload: Upload, good: Path, node: SmallNode) -> None:
    assert upload("--server", node.url, good).exit_code == 0
    assert upload("send", good).exit_code == 0
    assert upload("--help").exit_code == 0
