"""A workbook of 10,000 rows on a shop's page, from the click to the answer file: ``python -m bench.spreadsheet``.

Prints wall times, what the page said on the way, and the largest memory of the process that reads the file. With
LibreOffice on the machine the answer file is opened in it, and the reasons are looked for where they belong.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx
import openpyxl

from bench.node import BenchNode, bench_node, machine, running, serving
from chedang.enterprises import actions
from chedang.fiction.shops import make_shop
from chedang.fiction.vehicles import make_vin
from chedang.intake.files.headings import chinese_name
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.site.accounts import ensure_demo_logins
from chedang.terms.dates import day_in_china

ROWS: Final = 10_000
_SPOILT_EVERY: Final = 10
_COLUMNS: Final = (
    "vin", "vehicleplatenumber", "repairdate", "repairmileage", "settledate", "faultdescription", "costlistcode",
    "partsname", "partscode", "partsquantity", "repairproject", "workinghours",
)  # fmt: skip
_LONGEST_SECONDS: Final = 300
_READER: Final = b"chedang.intake.files.carrying"


def make_workbook() -> tuple[bytes, dict[int, str]]:
    """A workbook with one job a row, each tenth with a VIN one character short; row → settlement number."""
    random, day = Random("spreadsheet"), day_in_china(system_clock()) - timedelta(days=2)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("维修记录")
    sheet.append([chinese_name(column) for column in _COLUMNS])
    spoilt = {}
    for number in range(ROWS):
        vin = make_vin(random)
        if number % _SPOILT_EVERY == 0:
            vin, spoilt[number + 2] = vin[:-1], f"XLS-{number:05}"
        plate = f"浙A{random.randrange(100_000):05}"
        job = (f"{day:%Y%m%d}", str(random.randrange(1_000, 200_000)), f"{day:%Y%m%d}", "常规保养", f"XLS-{number:05}")
        sheet.append([vin, plate, *job, "机油滤清器", "06E115561", "1", "更换机油和机滤", "0.5"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue(), spoilt


def upload(client: httpx.Client, workbook: bytes) -> tuple[str, float, int, list[str]]:
    """Hand the workbook in and follow the page: its address, seconds to the end, peak memory in KiB, what it said."""
    token = _token(client.get("/shop/files").text)
    began, peak = time.monotonic(), 0
    answer = client.post(
        "/shop/files", data={"csrfmiddlewaretoken": token}, files={"file": ("年度.xlsx", workbook)}, timeout=60
    )
    address, told = str(answer.url.path), []
    while time.monotonic() - began < _LONGEST_SECONDS:
        peak = max(peak, _peak_of_reader())
        page = client.get(address, headers={"HX-Request": "true"}).text
        heading = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
        if heading and (not told or told[-1] != heading[1]):
            told.append(heading[1])
        if "下载答复文件" in page or "没有读成" in page:
            return address, time.monotonic() - began, peak, told
        time.sleep(0.05)
    raise TimeoutError(address)


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if found is None:
        raise LookupError("no form")
    return found[1]


def _peak_of_reader() -> int:
    """Largest resident memory so far, in KiB, of the process that reads or answers a file; 0 when there is none."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if _READER in (place / "cmdline").read_bytes():
                found = re.search(r"VmHWM:\s+(\d+)", (place / "status").read_text())
                return int(found[1]) if found else 0
        except OSError:
            continue
    return 0


def check_in_libreoffice(answer: bytes, spoilt: dict[int, str]) -> str:
    """Open the answer file in LibreOffice and hold its rows against those that were spoilt."""
    office = shutil.which("soffice")
    if office is None:
        return "LibreOffice is not on this machine: the answer file was not opened in it"
    with tempfile.TemporaryDirectory(prefix="chedang-bench-") as name:
        folder = Path(name)
        (folder / "answer.xlsx").write_bytes(answer)
        began = time.monotonic()
        subprocess.run(
            [office, "--headless", f"-env:UserInstallation=file://{name}/profile", "--convert-to",
             "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", name, f"{name}/answer.xlsx"],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        seconds = time.monotonic() - began
        rows = list(csv.reader((folder / "answer.csv").read_text(encoding="utf-8").splitlines()))
    result, reason = rows[0].index("上传结果"), rows[0].index("原因与改法")
    number = rows[0].index(chinese_name("costlistcode"))
    given = {at: row[number] for at, row in enumerate(rows, 1) if at > 1 and row[reason].strip()}
    in_place = sum(given.get(at) == called for at, called in spoilt.items())
    unanswered = sum(not row[result] for row in rows[1:])
    return (
        f"LibreOffice opened the answer file in {seconds:.1f} s: {len(rows) - 1} rows, {unanswered} without a result, "
        f"reasons beside {in_place} of the {len(spoilt)} bad rows and beside {len(given) - in_place} others"
    )


def main() -> None:
    """Measure once and print."""
    workbook, spoilt = make_workbook()
    with bench_node() as node:
        code = _add_shop(node)
        shop = next(
            login for login in ensure_demo_logins(node.url, code, node.data_dir) if login.username == "demo-shop"
        )
        with (
            running(node, "chedang.cli.worker"),
            serving(node, "chedang.site", "CHEDANG_SITE_PORT") as (port, _process),
            httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=30) as client,
        ):
            token = _token(client.get("/sign-in").text)
            form = {"csrfmiddlewaretoken": token, "username": shop.username, "password": shop.password}
            client.post("/sign-in", data=form).raise_for_status()
            address, seconds, peak_kib, told = upload(client, workbook)
            began = time.monotonic()
            answer = client.get(f"{address}/answer", timeout=90).raise_for_status().content
            answered_seconds = time.monotonic() - began
    print(machine())
    print(f"{ROWS} rows, {len(workbook) / 2**20:.1f} MiB: all answered after {seconds:.1f} s; the page said:")
    print("\n".join(f"  {each}" for each in (*told[:3], "…", *told[-2:])))
    print(f"largest memory of the reader {peak_kib / 1024:.0f} MiB; answer file made in {answered_seconds:.1f} s")
    print(check_in_libreoffice(answer, spoilt))


def _add_shop(node: BenchNode) -> str:
    shop, now = make_shop(Random("spreadsheet"), 1), system_clock()
    with connect(node.url, name="bench") as connection:
        code = actions.register(connection, shop.registration, now=now).enterprise.company_code
        actions.approve(connection, code, by="bench", now=now)
        connection.commit()
    return code


if __name__ == "__main__":
    main()
