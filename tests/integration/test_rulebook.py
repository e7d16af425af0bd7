"""代码表和限值: published at the ministry, taken up in a province, in force from their day on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner

from chedang.cli.main import app
from chedang.enterprises.actions import register
from chedang.enterprises.code_tables import tables_on
from chedang.enterprises.model import RegistrationText
from chedang.platform import rulebook
from chedang.platform.announcements import NoticeRefused, read_announcements
from chedang.platform.clock import system_clock
from chedang.platform.rulebook import RuleKind, publish, read_documents
from chedang.records.current import CurrentLimits
from chedang.records.model import RecordText
from chedang.terms.dates import day_in_china

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
STRICTER = "[element.faultdescription]\nlongest = 5\n"
TEXT = RecordText(company_name="某厂", fault_description="发动机有异响")


@pytest.fixture
def connection(database_url: str) -> Any:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def codes_at(limits: CurrentLimits, instant: datetime) -> set[str]:
    judgement = limits.judge(TEXT, registered_name="某厂", received_at=instant)
    return {finding.code for finding in judgement.findings}


def test_limits_count_from_their_day_in_china(connection: Any) -> None:
    limits = CurrentLimits(None)
    publish(connection, RuleKind.LIMITS, "", STRICTER, effective_on=date(2026, 4, 1), by="交办运〔2026〕1号", now=NOW)
    limits.take(read_documents(connection))
    begins = datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert "FAULT_TOO_LONG" not in codes_at(limits, begins - timedelta(seconds=1))
    assert "FAULT_TOO_LONG" in codes_at(limits, begins)


def test_a_later_version_takes_over_on_its_own_day_and_not_before(connection: Any) -> None:
    limits = CurrentLimits(None)
    publish(connection, RuleKind.LIMITS, "", STRICTER, effective_on=date(2026, 1, 1), by="a", now=NOW)
    second = publish(
        connection, RuleKind.LIMITS, "", "clock_skew_days = 3\n", effective_on=date(2026, 5, 1), by="b", now=NOW
    )
    assert second.version == 2
    limits.take(read_documents(connection))
    assert "FAULT_TOO_LONG" in codes_at(limits, NOW)
    assert "FAULT_TOO_LONG" not in codes_at(limits, datetime(2026, 6, 1, tzinfo=UTC))


def test_the_node_s_own_file_goes_over_what_is_published(connection: Any, tmp_path: Any) -> None:
    own = tmp_path / "rules.toml"
    own.write_text("[element.faultdescription]\nlongest = 50\n", encoding="utf-8")
    publish(connection, RuleKind.LIMITS, "", STRICTER, effective_on=date(2026, 1, 1), by="a", now=NOW)
    limits = CurrentLimits(own)
    limits.take(read_documents(connection))
    assert "FAULT_TOO_LONG" not in codes_at(limits, NOW)


def test_a_document_that_this_release_cannot_use_stops_nothing(connection: Any) -> None:
    limits = CurrentLimits(None)
    publish(connection, RuleKind.LIMITS, "", "no_such_limit = 1\n", effective_on=date(2026, 1, 1), by="a", now=NOW)
    publish(connection, RuleKind.CODES, "operation_state", "= broken", effective_on=date(2026, 1, 1), by="a", now=NOW)
    limits.take(read_documents(connection))
    assert "FAULT_TOO_LONG" not in codes_at(limits, NOW)
    assert tables_on(connection, date(2026, 2, 1))["operation_state"].code_of("营业") == "1"


def test_a_code_table_grows_and_shrinks_on_its_day(connection: Any) -> None:
    text = '[names]\n"7" = "暂停"\n[synonyms]\n"放假" = "7"\n'
    publish(connection, RuleKind.CODES, "operation_state", text, effective_on=date(2026, 4, 1), by="a", now=NOW)
    gone = 'withdrawn = ["5"]\n'
    publish(connection, RuleKind.CODES, "operation_state", gone, effective_on=date(2026, 7, 1), by="a", now=NOW)
    march, april, july = (tables_on(connection, date(2026, month, 1))["operation_state"] for month in (3, 4, 7))
    assert [table.code_of("放假") for table in (march, april, july)] == [None, "7", None]
    assert [table.code_of("歇业") for table in (march, april, july)] == ["5", "5", None]


def test_a_document_travels_as_a_notice_and_a_second_time_changes_nothing(connection: Any, make_database: Any) -> None:
    document = publish(connection, RuleKind.LIMITS, "", STRICTER, effective_on=date(2026, 4, 1), by="a", now=NOW)
    (announced,) = read_announcements(connection, after=0, limit=10)
    assert (announced.kind, announced.key) == ("rules", document.key)
    told = rulebook.read_notice(connection, announced.key)
    with make_database() as url, psycopg.connect(url, autocommit=True) as province:
        for _ in range(2):
            rulebook.apply_notice(province, "00", announced.key, told, now=NOW)
        assert read_documents(province) == (document,)
        with pytest.raises(NoticeRefused, match="部级"):
            rulebook.apply_notice(province, "32", announced.key, told, now=NOW)
        with pytest.raises(NoticeRefused):
            rulebook.apply_notice(province, "00", "limits//9", told, now=NOW)
        with pytest.raises(NoticeRefused):
            rulebook.apply_notice(province, "00", announced.key, msgspec.json.encode({}), now=NOW)


def test_the_ministry_publishes_by_command_and_nobody_else(
    connection: Any, database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    file = tmp_path / "limits.toml"
    file.write_text(STRICTER, encoding="utf-8")
    command = ["rules", "publish", str(file), "--kind", "limits", "--effective-on", f"{day_in_china(system_clock())}"]
    run = CliRunner().invoke
    refused = run(app, command)
    assert (refused.exit_code, "部级节点" in refused.output) == (1, True)
    monkeypatch.setenv("CHEDANG_NODE", "00")
    done = run(app, command)
    assert (done.exit_code, "第 1 版" in done.output) == (0, True), done.output
    file.write_text("no_such_limit = 1\n", encoding="utf-8")
    broken = run(app, command)
    assert (broken.exit_code, "no_such_limit" in broken.output) == (1, True)
    unknown = run(app, [*command[:4], "codes", "--name", "colour", *command[5:]])
    assert (unknown.exit_code, "economic_category" in unknown.output) == (1, True)
    nameless = run(app, [*command[:4], "codes", *command[5:]])
    assert (nameless.exit_code, "--name" in nameless.output) == (1, True)
    file.write_text(STRICTER, encoding="utf-8")
    late = run(app, [*command[:-1], f"{day_in_china(system_clock()) - timedelta(days=1)}"])
    assert (late.exit_code, "不能早于今天" in late.output) == (1, True)
    shown = run(app, ["rules", "list"])
    assert ("执行中" in shown.output, len(read_documents(connection))) == (True, 1)


def test_a_shop_registers_by_the_tables_of_the_day(connection: Any) -> None:
    text = '[names]\n"7" = "暂停"\n'
    publish(connection, RuleKind.CODES, "operation_state", text, effective_on=date(2026, 3, 1), by="a", now=NOW)
    registration = RegistrationText(
        company_name="模拟维修厂", password="lan-chuan-2026", division_code="330106", operation_state="暂停"
    )
    assert register(connection, registration, now=NOW).enterprise.operation_state_code == "7"
