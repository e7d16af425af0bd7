"""``chedang orders``, the setting of the legal basis at start, and what the worker drops."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from chedang.cli import worker
from chedang.cli.main import app
from chedang.intake import orders
from chedang.intake.orders import OpenOrder
from chedang.platform.settings import Settings
from chedang.records.model import RecordText

NOW = datetime.now(UTC)
CODE = "330106000000001"


@pytest.fixture
def chedang(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.fixture
def two_orders(database_url: str) -> None:
    """One of yesterday, and one of a year ago."""
    with psycopg.connect(database_url) as connection:
        for key, days in (("GD1", 1), ("GD2", 365)):
            at = NOW - timedelta(days=days)
            text = RecordText(plate_number="浙A12345", repair_date="2026-11-01", settlement_list_number=key)
            orders.save(connection, OpenOrder(CODE, "openapi", key, text, at, at))


@pytest.mark.usefixtures("two_orders")
def test_open_orders_are_counted_by_shop_and_listed_one_by_one(chedang: Callable[..., Result]) -> None:
    (counted,) = [json.loads(line) for line in chedang("orders", "--json").stdout.splitlines()]
    assert (counted["companycode"], counted["count"]) == (CODE, 2)
    listed = [json.loads(line) for line in chedang("orders", CODE, "--json").stdout.splitlines()]
    assert [each["ordercode"] for each in listed] == ["GD2", "GD1"]
    assert listed[0]["vehicleplatenumber"] == "浙A12345"
    assert "共 2 张，最后一次变动 180 天后删除" in chedang("orders").stdout
    assert "没有尚未结算的工单" in chedang("orders", "330106000000002").stdout


@pytest.mark.usefixtures("two_orders")
def test_the_worker_drops_orders_that_nobody_touched_for_so_long(
    chedang: Callable[..., Result], database_url: str
) -> None:
    stop = threading.Event()
    stop.set()
    worker._forget_stale_orders(Settings.from_environment(), database_url, stop)
    listed = [json.loads(line) for line in chedang("orders", CODE, "--json").stdout.splitlines()]
    assert [each["ordercode"] for each in listed] == ["GD1"]


def test_a_basis_is_shown_by_check_config_and_a_wrong_one_ends_it(
    chedang: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_EXTRA_BASIS", "price=示例依据一号")
    shown = chedang("check-config")
    assert shown.exit_code == 0
    assert "price=示例依据一号" in shown.stdout
    monkeypatch.setenv("CHEDANG_EXTRA_BASIS", "money=示例依据一号")
    refused = chedang("check-config")
    assert refused.exit_code != 0
    assert "CHEDANG_EXTRA_BASIS" in str(refused.exception)
