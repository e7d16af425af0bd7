"""``chedang upload`` and a real gate understand each other: what is stored, what is told beside each row."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chedang.cli.main import app
from chedang.enterprises import secrets
from chedang.platform.database import connect
from tests.contract.conftest import SHOP_NAME, Gate
from tests.contract.native import Client, make_secret
from tests.unit.intake.files.made import HEADINGS, as_csv, row

Upload = Callable[..., Result]


@pytest.fixture(scope="module")
def secret(gate: Gate) -> Iterator[str]:
    """A secret of the approved shop, and a worker that carries its batches out."""
    text = make_secret(gate.database_url, gate.company_code)
    process = subprocess.Popen(
        [sys.executable, "-m", "chedang.cli.worker"], env=os.environ | {"CHEDANG_DATABASE_URL": gate.database_url}
    )
    yield text
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def upload(gate: Gate, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upload:
    monkeypatch.setenv("CHEDANG_UPLOAD_SECRET", secret)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("CHEDANG_UPLOAD_SERVER", gate.url)
    return lambda *arguments: CliRunner().invoke(app, ["upload", *map(str, arguments)])


def mixed(prefix: str) -> bytes:
    """A flawless job, one whose mileage is negative, one whose number a spreadsheet has eaten."""
    rows = [row(f"{prefix}1"), row(f"{prefix}2", mileage="-5"), row("3.30106E+14")]
    for cells in rows:
        cells[3], cells[5] = "2026-03-01", "2026-03-02"
    return as_csv([HEADINGS, *rows])


def reasons(file: Path) -> list[list[str]]:
    return [line[13:] for line in csv.reader(io.StringIO(file.read_text(encoding="utf-8")))][1:]


def test_good_rows_are_stored_and_bad_ones_come_back_with_reasons(
    upload: Upload, gate: Gate, secret: str, tmp_path: Path
) -> None:
    file = tmp_path / "jobs.csv"
    file.write_bytes(mixed("CF-A"))
    result = upload(file, "--answer", tmp_path / "answer.csv")

    assert result.exit_code == 1, result.output
    first, second, third = reasons(tmp_path / "answer.csv")
    assert first == ["已保存", ""]
    assert second[0] == "已保存，请核对"
    assert second[1].startswith("错误：送修里程")
    assert third[0] == "未保存"
    assert Client(f"{gate.url}/api/v1", secret).get("/records/CF-A2").json()["record"]["repairmileage"] == "-5"

    assert upload(file, "--answer", tmp_path / "again.csv").exit_code == 1
    assert reasons(tmp_path / "again.csv")[0] == ["已保存（内容没有变化）", ""]


def test_a_file_without_the_shops_name_gets_it_from_the_command(
    upload: Upload, gate: Gate, secret: str, tmp_path: Path
) -> None:
    at = HEADINGS.index("维修企业名称")
    cells = row("CF-N1")
    cells[3], cells[5] = "2026-03-01", "2026-03-02"
    file = tmp_path / "jobs.csv"
    file.write_bytes(as_csv([[*HEADINGS[:at], *HEADINGS[at + 1 :]], [*cells[:at], *cells[at + 1 :]]]))

    told = upload(file, "--answer", tmp_path / "first.csv")
    assert "--company-name" in told.output
    assert upload(file, "--company-name", SHOP_NAME, "--answer", tmp_path / "answer.csv").exit_code == 0
    stored = Client(f"{gate.url}/api/v1", secret).get("/records/CF-N1").json()
    assert stored["record"]["companyname"] == SHOP_NAME
    assert stored["findings"] == []


def test_a_check_tells_the_same_and_stores_nothing(upload: Upload, gate: Gate, secret: str, tmp_path: Path) -> None:
    file = tmp_path / "jobs.csv"
    file.write_bytes(mixed("CF-B"))
    result = upload(file, "--check", "--answer", tmp_path / "answer.csv")

    assert result.exit_code == 1, result.output
    first, second, third = reasons(tmp_path / "answer.csv")
    assert first == ["可以上传", ""]
    assert second[0] == "可以上传，请核对"
    assert second[1].startswith("错误：送修里程")
    assert third[0] == "不能上传"
    assert Client(f"{gate.url}/api/v1", secret).get("/records/CF-B1").status_code == 404


def test_an_ended_secret_and_a_wrong_address_end_with_2(
    upload: Upload, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "jobs.csv"
    file.write_bytes(mixed("CF-C"))
    ended = make_secret(gate.database_url, gate.pending_code)
    with connect(gate.database_url) as connection:
        secrets.end(connection, gate.pending_code, ended[3:11], by="test", now=datetime.now(UTC))
    monkeypatch.setenv("CHEDANG_UPLOAD_SECRET", ended)

    result = upload(file)
    assert result.exit_code == 2
    assert "密钥" in result.output
    assert upload(file, "--server", f"{gate.url}/nowhere").exit_code == 2
