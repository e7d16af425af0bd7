"""The command line as a newcomer meets it: help, sentences instead of tracebacks, nothing heavy loaded for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chedang.cli.main import app

COMMANDS = ("up", "network", "migrate", "seed", "check-config", "enterprise", "vehicle", "records", "upload")


def _chedang(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from chedang.cli.main import run; run()", *arguments],
        env=os.environ | {"COLUMNS": "120"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert shown.exit_code == 0
    for command in COMMANDS:
        assert f" {command} " in shown.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_in_chinese(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert any("\u4e00" <= character <= "\u9fff" for character in shown.output)


@pytest.mark.parametrize("seeds", ["9-8", "a", "-3", "", "²"])
def test_a_simulation_of_no_seeds_is_no_success(seeds: str) -> None:
    told = CliRunner().invoke(app, ["simulate", f"--seeds={seeds}"])
    assert (told.exit_code, "应为一个数或一段" in told.output) == (1, True)


def test_help_loads_no_web_framework() -> None:
    program = "import sys, chedang.cli.main; print({'django', 'litestar'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_wrong_setting_is_one_sentence_with_status_2() -> None:
    done = _chedang("up", CHEDANG_GATE_PORT="seven")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("CHEDANG_GATE_PORT：")
    assert line.endswith("CHEDANG_GATE_PORT=8100")


@pytest.mark.parametrize("command", [["check-config"], ["vehicle", "LXXR9S194MB292903"]])
def test_a_wrong_rules_file_is_one_sentence_with_status_2(command: list[str], tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("[element.vin]\nlongst = 3\n", encoding="utf-8")
    done = _chedang(*command, CHEDANG_RULES_FILE=str(rules))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"规则文件 {rules}：")
    assert "longst" in line


def test_a_database_out_of_reach_is_one_sentence_with_status_2() -> None:
    secret = "fictional-secret"
    done = _chedang("records", "330102000000001", CHEDANG_DATABASE_URL=f"postgresql://u:{secret}@127.0.0.1:9/chedang")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("CHEDANG_DATABASE_URL：数据库连接不上")
    assert secret not in line


def test_check_config_lists_what_is_in_force() -> None:
    done = _chedang("check-config", CHEDANG_NODE="32", CHEDANG_SITE_PORT="18001")
    assert done.returncode == 0
    assert "32 江苏" in done.stdout
    assert "18001" in done.stdout


def test_a_terminal_that_cannot_show_chinese_gets_question_marks_instead_of_a_fault() -> None:
    done = _chedang("check-config", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "CHEDANG_NODE" in done.stdout
