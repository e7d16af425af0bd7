"""A kept file becomes a batch once, whatever is killed in between, and comes back with what became of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from tests.unit.intake.files.made import HEADINGS, as_csv, row

from chedang.enterprises import actions
from chedang.enterprises.model import RegistrationText
from chedang.intake.batch_work import BatchWorker
from chedang.intake.files.carrying import accept, answer, results_of
from chedang.intake.files.keeping import Keeper, KeptState
from chedang.intake.files.verdicts import Fate
from chedang.platform.database import connect
from chedang.records.limits import load_limits
from chedang.records.rules import Mode, judge
from chedang.records.store import Connection, read_company_records

NOW = datetime(2026, 9, 20, 8, tzinfo=UTC)
NAME = "杭州青禾汽车维修有限公司"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def shop(connection: Connection) -> str:
    text = RegistrationText(
        company_name=NAME, password="example-password-1", division_code="330106", road_transport_license="330106000001"
    )
    code = actions.register(connection, text, now=NOW).enterprise.company_code
    actions.approve(connection, code, by="test", now=NOW)
    return code


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path)


def work(connection: Connection, mode: Mode = "compat") -> None:
    """Carry out every batch that waits."""
    worker = BatchWorker(judge=partial(judge, limits=load_limits()), mode_of=lambda _dialect: mode, clock=lambda: NOW)
    while worker.step(connection):
        pass


def keep(keeper: Keeper, shop: str, content: bytes) -> UUID:
    return keeper.add(shop, content, name="九月.csv", uploaded_by="clerk", now=NOW)


def state_of(keeper: Keeper, shop: str, file_id: UUID) -> KeptState:
    state = keeper.state(shop, file_id, NOW)
    assert state is not None
    return state


def batches_in(connection: Connection) -> int:
    row = connection.execute("select count(*) from upload_batch").fetchone()
    assert row is not None
    return int(row[0])


def test_a_file_becomes_a_batch_once_even_when_its_reader_is_killed(
    keeper: Keeper, connection: Connection, shop: str
) -> None:
    file_id = keep(keeper, shop, as_csv([HEADINGS, row(), row("JS002")]))
    unread = state_of(keeper, shop, file_id)
    accept(keeper, connection, shop, file_id, NOW)
    read = state_of(keeper, shop, file_id)
    keeper.replace_state(shop, file_id, unread)  # killed after the batch was taken, before that was written down
    accept(keeper, connection, shop, file_id, NOW)
    accept(keeper, connection, shop, file_id, NOW)

    assert state_of(keeper, shop, file_id).batch_id == read.batch_id
    assert batches_in(connection) == 1


def test_the_answer_tells_what_became_of_every_row(keeper: Keeper, connection: Connection, shop: str) -> None:
    raw = as_csv([HEADINGS, row(), row("JS002", mileage="-5"), row("3.30106E+14")])
    file_id = keep(keeper, shop, raw)
    accept(keeper, connection, shop, file_id, NOW)
    waiting = list(csv.reader(io.StringIO(answer(keeper, connection, shop, file_id, NOW).decode())))
    work(connection)
    done = list(csv.reader(io.StringIO(answer(keeper, connection, shop, file_id, NOW).decode())))

    assert [line[13] for line in waiting] == ["上传结果", "还没有结果", "还没有结果", "未保存"]
    assert [line[13] for line in done] == ["上传结果", "已保存", "已保存，请核对", "未保存"]
    assert done[2][14].startswith("错误：送修里程")


def test_a_refusal_of_the_node_is_told_with_its_findings(keeper: Keeper, connection: Connection, shop: str) -> None:
    file_id = keep(keeper, shop, as_csv([HEADINGS, row("JS002", mileage="-5")]))
    accept(keeper, connection, shop, file_id, NOW)
    work(connection, "strict")
    results = results_of(connection, state_of(keeper, shop, file_id))

    assert results[0].fate is Fate.REFUSED
    assert any("送修里程" in remark.text for remark in results[0].remarks)


def test_a_table_without_the_shop_s_name_gets_the_registered_one(
    keeper: Keeper, connection: Connection, shop: str
) -> None:
    file_id = keep(keeper, shop, as_csv([HEADINGS[1:], row()[1:]]))
    accept(keeper, connection, shop, file_id, NOW)
    work(connection)
    state = state_of(keeper, shop, file_id)

    assert state.missing_columns == ()
    assert state.notices == ("没有“维修企业名称”一列，已按登记的名称填写。",)

    (record,) = read_company_records(connection, shop, limit=5)
    assert record.text.company_name == NAME


def test_columns_nobody_asked_for_reach_no_table(keeper: Keeper, connection: Connection, shop: str) -> None:
    raw = as_csv([[*HEADINGS, "车主", "电话"], [*row(), "某某某", "12345678901"]])
    accept(keeper, connection, shop, keep(keeper, shop, raw), NOW)
    work(connection)

    (record,) = read_company_records(connection, shop, limit=5)
    assert "某某某" not in msgspec.json.encode(record).decode()
    assert "12345678901" not in msgspec.json.encode(record).decode()


@pytest.mark.parametrize("raw", [b"", "姓名,电话\n甲,1\n".encode(), b"PK\x03\x04"])
def test_a_file_that_cannot_be_used_is_told_and_not_tried_again(
    keeper: Keeper, connection: Connection, shop: str, raw: bytes
) -> None:
    file_id = keep(keeper, shop, raw)
    accept(keeper, connection, shop, file_id, NOW)

    state = state_of(keeper, shop, file_id)
    assert state.is_read
    assert state.problem.endswith("。")
    assert batches_in(connection) == 0
    with pytest.raises(LookupError):
        answer(keeper, connection, shop, file_id, NOW)


def test_a_file_in_which_every_row_is_spoilt_has_an_answer_and_no_batch(
    keeper: Keeper, connection: Connection, shop: str
) -> None:
    file_id = keep(keeper, shop, as_csv([HEADINGS, row("3.30106E+14")]))
    accept(keeper, connection, shop, file_id, NOW)

    assert batches_in(connection) == 0
    assert "未保存" in answer(keeper, connection, shop, file_id, NOW).decode()


def test_a_file_of_another_shop_is_not_there(keeper: Keeper, connection: Connection, shop: str) -> None:
    file_id = keep(keeper, shop, as_csv([HEADINGS, row()]))

    with pytest.raises(LookupError):
        accept(keeper, connection, "330106000000999", file_id, NOW)
