"""Which vocabularies a gate serves, under which host and path and how strictly, is a file; a new one is one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import free_port
from tests.contract.conftest import PASSWORD, SHOP_NAME, Gate, gate_with_shops, wait_until_ready
from tests.contract.test_province_http import stored

CITY = "city.example"
FAMILIES = f"""
[lcippro]
mode = "strict"

[ashx]
hosts = ["{CITY}", "Other.Example"]
bases = ["/api", "/foshan/api"]
mode = "strict"

[carhealth]
serve = false
"""


@pytest.fixture(scope="module")
def configured(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """A gate with a file of dialects of its own."""
    folder = tmp_path_factory.mktemp("configured")
    (folder / "dialects.toml").write_text(FAMILIES, encoding="utf-8")
    with (
        make_database() as url,
        gate_with_shops(url, folder / "data", CHEDANG_DIALECTS_FILE=str(folder / "dialects.toml")) as gate,
    ):
        yield gate


def ask(gate: Gate, path: str, host: str, parameter: str, document: dict[str, Any]) -> httpx.Response:
    return httpx.get(
        gate.url + path, params={parameter: json.dumps(document)}, headers={"Host": f"{host}:81"}, timeout=30
    )


def log_in(gate: Gate) -> dict[str, Any]:
    return {"body": {"companycode": gate.company_code, "companypassword": PASSWORD}}


@pytest.mark.parametrize(("path", "host"), [("/api", CITY), ("/foshan/api", "OTHER.example"), ("/API", CITY)])
def test_the_host_header_selects_the_family(configured: Gate, path: str, host: str) -> None:
    answer = ask(configured, f"{path}/getAccessToken.ashx", host, "companydata", log_in(configured))
    assert len(answer.json()["access_token"]) == 64


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/foshan/api/getAccessToken.ashx", "127.0.0.1"),
        ("/getAccessToken.ashx", CITY),
        ("/carhealth/token", CITY),
        ("/time", "127.0.0.1"),
    ],
)
def test_a_family_that_is_not_served_there_is_no_address_of_the_house(configured: Gate, path: str, host: str) -> None:
    answer = ask(configured, path, host, "companydata", log_in(configured))
    assert answer.status_code == 404
    assert answer.json() == {"code": "-3", "status": "接口不存在。请核对接口地址"}


def test_a_family_without_a_table_is_served_as_ever_on_every_host(configured: Gate) -> None:
    assert len(configured.token()) == 32


def job(number: str, **changes: str) -> dict[str, Any]:
    return {
        "companyname": SHOP_NAME,
        "vin": "LXXAA11A3R1000017",
        "vehicleplatenumber": "粤E12345",
        "repairdate": "20260101",
        "repairmileage": "48210",
        "settledate": "20260102",
        "faultdescription": "更换机油",
        "costlistcode": number,
        "vehiclepartslist": [],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
    } | changes


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({}, "1", ""),
        ({"vehicleplatecolor": "蓝"}, "1", ""),
        ({"vehicleowner": "某某", "price": "88"}, "-18", "price、vehicleowner"),
        ({"settledate": "20251231"}, "-1", "settledate"),
    ],
)
def test_a_strict_family_refuses_errors_and_fields_nobody_documented(
    configured: Gate, changes: dict[str, str], code: str, word: str
) -> None:
    token = ask(configured, "/api/getAccessToken.ashx", CITY, "companydata", log_in(configured)).json()["access_token"]
    number = f"ST-{code}-{len(changes)}-{word}"
    document = {"access_token": token, "body": job(number, **changes)}
    answer = ask(configured, "/api/upRepairInfo.ashx", CITY, "repairdata", document)
    assert (answer.status_code, answer.json()["code"]) == (200, code)
    assert word in answer.json()["status"]
    assert "某某" not in answer.text
    assert len(stored(configured, number)) == (code == "1")


_OVERLAP = '[lciphostrest]\nbases = ["/restservices/lciprest"]\n'


@pytest.mark.parametrize("toml", ["[ashx]\nhost = 1\n", "[foshan]\nserve = true\n", _OVERLAP])
def test_a_file_that_cannot_be_used_is_one_sentence_with_status_2(toml: str, tmp_path: Path) -> None:
    path = tmp_path / "dialects.toml"
    path.write_text(toml, encoding="utf-8")
    environment = os.environ | {
        "CHEDANG_DIALECTS_FILE": str(path),
        "CHEDANG_DATABASE_URL": "postgresql://127.0.0.1:9/none",
        "CHEDANG_DATA_DIR": str(tmp_path / "var"),
    }
    command = "from chedang.cli.main import run; run()"
    others = [["-c", command, "check-config"], ["-c", command, "up"]] if toml == _OVERLAP else []
    for arguments in (["-m", "chedang.gate"], *others):
        done = subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 2
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"报文设置文件 {path}：")
        assert line.endswith(")")


_GATE_WITH_ONE_LINE_MORE = """
from chedang.intake import dialects
from tests.contract import toy_dialect
dialects.DIALECTS = (*dialects.DIALECTS, toy_dialect.DIALECT)
from chedang.gate.__main__ import main
main()
"""


def test_a_new_dialect_is_one_module_and_one_line(gate: Gate, tmp_path: Path) -> None:
    port = free_port()
    environment = os.environ | {
        "CHEDANG_DATABASE_URL": gate.database_url,
        "CHEDANG_DATA_DIR": str(tmp_path),
        "CHEDANG_GATE_PORT": str(port),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    log = tmp_path / "gate.log"
    with log.open("wb") as errors:
        process = subprocess.Popen([sys.executable, "-c", _GATE_WITH_ONE_LINE_MORE], env=environment, stderr=errors)
    try:
        wait_until_ready(port, process, log)
        with_toy = replace(gate, port=port)
        url = f"{with_toy.url}/toy/add"
        line = f"{with_toy.token()};{SHOP_NAME};LXXAA11A3R1000017;粤E12345;20260101;48210;20260102;更换机油;TOY-1"
        answer = httpx.post(url, content=line.encode(), timeout=30)
        assert answer.text.startswith("+"), answer.text
        (version,) = stored(gate, "TOY-1")
        assert (answer.text, version.dialect, version.findings) == (f"+{version.record_id.hex}", "toy", ())
        assert httpx.post(url, content=b"x", timeout=30).text == "-MALFORMED"
        counted = 'chedang_gate_requests_total{dialect="toy",operation="add",outcome="OK"} 1.0'
        assert counted in httpx.get(f"{with_toy.url}/metrics").text
    finally:
        process.terminate()
        process.wait()
