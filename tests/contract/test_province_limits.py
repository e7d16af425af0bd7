"""A strict node refuses what has an error; a shop that is too fast is told when to come back, alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import httpx
import pytest

from chedang.enterprises import actions
from chedang.platform.database import connect
from chedang.records.store import read_company_records
from tests.contract.conftest import Gate, gate_with_shops, register
from tests.contract.test_province_http import ADD, TOKEN, encoded, record


@pytest.fixture(scope="module")
def strict_gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """A node in strict mode with an approved and a pending shop."""
    with make_database() as url, gate_with_shops(url, tmp_path_factory.mktemp("strict"), CHEDANG_MODE="strict") as gate:
        yield gate


def test_a_strict_node_refuses_a_record_with_an_error_and_names_the_field(strict_gate: Gate) -> None:
    token = strict_gate.token()
    refused = strict_gate.post(ADD, encoded(record(token, vin="无")))
    assert refused.status_code == httpx.codes.OK
    assert refused.json()["code"] == "-1"
    assert "/basicInfo/vin" in refused.json()["status"]
    assert len(refused.text) <= 200
    assert strict_gate.post(ADD, encoded(record(token))).json()["code"] == "1"
    with connect(strict_gate.database_url) as connection:
        assert len(read_company_records(connection, strict_gate.company_code)) == 1


def test_a_shop_that_is_too_fast_is_told_to_come_back_and_others_are_not(strict_gate: Gate) -> None:
    token = strict_gate.token(strict_gate.pending_code)
    path = strict_gate.url + strict_gate.path(ADD)
    with httpx.Client() as client:
        for _ in range(600):  # a shop under review has a burst of 500
            answer = client.post(path, content=encoded(record(token)))
            if answer.status_code != httpx.codes.OK:
                break
    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.TOO_MANY_REQUESTS, "-17")
    assert int(answer.headers["retry-after"]) >= 1
    assert strict_gate.post(ADD, encoded(record(strict_gate.token()))).json()["code"] == "1"


def test_a_rejected_shop_is_told_so(strict_gate: Gate) -> None:
    with connect(strict_gate.database_url) as connection:
        code = register(connection, "杭州不符汽车维修有限公司", "330106000003")
        actions.reject(connection, code, by="test", now=datetime.now(UTC), reason="许可证号与名称不符")
        connection.commit()
    answer = strict_gate.post(TOKEN, encoded({"companycode": code, "companypassword": "example-password-1"}))
    assert answer.json()["code"] == "-14"
