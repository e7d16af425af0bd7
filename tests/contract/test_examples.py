"""The examples of the documents, run against the sandbox of a real gate: checked, uploaded in spite of a fault, voided,
reconciled."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import httpx
import pytest

from tests.contract.conftest import Gate, find_tool

_shops = count(1)
EXAMPLES = Path(__file__).parents[2] / "docs" / "how-to" / "examples"


@pytest.fixture
def secret(gate: Gate) -> str:
    """Of a shop of its own for each example."""
    shop = {"companyname": f"沙箱示例{next(_shops)}汽车维修有限公司", "companypassword": "a-password-to-try-3"}
    answer = httpx.post(f"{gate.url}/sandbox/api/v1/shops", json=shop, timeout=30)
    return str(answer.json()["secret"])


def run(gate: Gate, secret: str, command: Sequence[str], fault: str, directory: Path) -> str:
    """What the example says, after it went well although its first upload met ``fault``."""
    environment = os.environ | {
        "API_URL": f"{gate.url}/sandbox",
        "API_SECRET": secret,
        "API_FAULT": fault,
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C.UTF-8",
        "JAVA_TOOL_OPTIONS": "-Dfile.encoding=UTF-8 -XX:TieredStopAtLevel=1",
    }
    done = subprocess.run(command, env=environment, cwd=directory, capture_output=True, check=False, timeout=120)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    assert re.search("第 1 次未成功", said), said
    for word in ("试判 200", "上传 20", "作废 200", "对账 200"):
        assert word in said, said
    return said


def test_the_python_example_works(gate: Gate, secret: str, tmp_path: Path) -> None:
    said = run(gate, secret, [sys.executable, str(EXAMPLES / "upload.py")], "cut=after", tmp_path)
    assert "created" in said


def test_the_curl_example_works(gate: Gate, secret: str, tmp_path: Path) -> None:
    find_tool("CURL")
    said = run(gate, secret, ["sh", str(EXAMPLES / "upload.sh")], "status=503", tmp_path)
    assert '"outcome":"created"' in said


def test_the_java_example_works(gate: Gate, secret: str, tmp_path: Path) -> None:
    java = Path(find_tool("JAVA_COMPILER")).with_name("java")
    said = run(gate, secret, [str(java), str(EXAMPLES / "Upload.java")], "status=502", tmp_path)
    assert "created" in said


def test_the_csharp_example_works(gate: Gate, secret: str, tmp_path: Path) -> None:
    libraries = ["-r:System.Net.Http", "-r:System.Web.Extensions"]
    program = tmp_path / "Upload.exe"
    compiled = subprocess.run(
        [find_tool("CSHARP_COMPILER"), *libraries, f"-out:{program}", str(EXAMPLES / "Upload.cs")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    said = run(gate, secret, [find_tool("CSHARP_RUNTIME"), str(program)], "cut=before", tmp_path)
    assert "created" in said


def test_the_first_steps_of_the_guide_lead_to_a_good_record(gate: Gate, tmp_path: Path) -> None:
    find_tool("CURL")
    guide = (EXAMPLES.parent / "connect-a-dms.md").read_text(encoding="utf-8")
    first, second = re.findall("```sh\n(.*?)```", guide, re.DOTALL)[:2]
    script = (first + "echo\n" + second).replace("http://127.0.0.1:8100", gate.url)
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    receipt, shop = map(json.loads, done.stdout.splitlines())
    assert receipt["outcome"] in {"created", "unchanged", "amended"}
    assert receipt["findings"] == []
    assert shop["secret"].startswith("cd_")
    assert shop["companycode"].startswith("3301069")
