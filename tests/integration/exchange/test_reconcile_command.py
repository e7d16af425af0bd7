"""``chedang node reconcile`` on a province and on the ministry; signed calls, over a line that is a function call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from chedang.cli.main import app
from chedang.exchange.http_link import HttpLink
from chedang.records.store import append
from chedang.terms.dates import day_in_china

from .lines import DirectLink, Office, Pair
from .sound_rows import RECEIVED_AT, VINS, upload

Run = Callable[..., Result]


@pytest.fixture
def reconcile(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on one of the two nodes; only the line is another."""

    @contextmanager
    def line(_address: str) -> Iterator[DirectLink]:
        yield pair.link

    def run(office: Office, *arguments: str) -> Result:
        monkeypatch.setenv("CHEDANG_NODE", office.code)
        monkeypatch.setenv("CHEDANG_DATABASE_URL", office.url)
        monkeypatch.setenv("CHEDANG_DATA_DIR", str(office.data_dir))
        return CliRunner().invoke(app, ["node", "reconcile", *arguments])

    monkeypatch.setattr(f"chedang.cli.reconcile.{HttpLink.__name__}", line)
    pair.at(datetime.now(UTC))
    pair.know_each_other()
    return run


def differences(result: Result) -> list[dict[str, Any]]:
    return [difference for each in json.loads(result.stdout) for difference in each["differences"]]


def test_a_difference_is_shown_repaired_and_told_to_the_ministry(pair: Pair, reconcile: Run) -> None:
    days = (day_in_china(datetime.now(UTC)) - day_in_china(RECEIVED_AT)).days - 1  # yesterday, where a day counts
    append(pair.province.connection, [upload("JS001", days=days), upload("JS002", vin=VINS[1], days=days)])
    while pair.steps.bring(pair.province.connection):
        pass
    assert json.loads(reconcile(pair.province, "--json").stdout)[0]["theirs"] == 2
    pair.ministry.connection.execute("delete from record_version where settlement_list_number = 'JS002'")

    shown = reconcile(pair.province, "--no-repair")
    assert shown.exit_code == 1
    assert "对方缺少" in shown.stdout
    assert VINS[1] not in shown.stdout

    repaired = reconcile(pair.province, "--json")
    (found,) = differences(repaired)
    assert repaired.exit_code == 0
    assert (found["record"], found["kind"], found["isrepaired"]) == (
        upload("JS002", days=days).record_id,
        "missing_there",
        True,
    )
    assert differences(reconcile(pair.province, "--json", "--all")) == []

    at_ministry = reconcile(pair.ministry)
    assert at_ministry.exit_code == 0
    assert "对账由各省节点发起" in at_ministry.stdout
    assert [each["isrepaired"] for each in differences(reconcile(pair.ministry, "--json"))] == [True, False]


def test_what_cannot_be_done_is_said_in_a_sentence(pair: Pair, reconcile: Run) -> None:
    wrong_days = reconcile(pair.province, "--from", "2026-09-02", "--until", "2026-09-01")
    assert (wrong_days.exit_code, "--from 不能晚于 --until" in wrong_days.stderr) == (1, True)
    pair.link.is_down = True
    away = reconcile(pair.province, "--from", "2026-09-01")
    assert (away.exit_code, "连接不上部级节点" in away.stderr) == (1, True)
    pair.province.connection.execute("delete from exchange_peer")
    alone = reconcile(pair.province, "--from", "2026-09-01")
    assert (alone.exit_code, "还没有加入部省联网" in alone.stderr) == (1, True)
