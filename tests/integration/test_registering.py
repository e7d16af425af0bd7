"""How a node registers: on a node of its own, at the ministry, in a province; connections as its pool lends them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from tests.conftest import free_port
from tests.integration.joined import NodeAt, join_nodes

from chedang.enterprises import accounts
from chedang.exchange.registering import Registrar
from chedang.fiction.shops import make_shops
from chedang.platform.database import connect
from chedang.platform.settings import Settings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TEXT, MEMBER = (shop.registration for shop in make_shops(Random(3), 2))


def clock() -> datetime:
    return NOW


def registrar(node: NodeAt) -> Registrar:
    settings = Settings.from_environment({"CHEDANG_NODE": node.code, "CHEDANG_DATA_DIR": str(node.data_dir)})
    return Registrar(settings, clock)


@pytest.mark.parametrize(
    ("code", "national", "given"), [("33", "", []), ("00", f"{TEXT.division_code}000000001", [(1, "00"), (2, "00")])]
)
def test_a_node_on_its_own_counts_for_itself_and_the_ministry_for_the_country(
    database_url: str, tmp_path: Path, code: str, national: str, given: list[tuple[int, str]]
) -> None:
    register = registrar(NodeAt(code, database_url, tmp_path))
    with connect(database_url) as connection:
        shop = register(connection, TEXT, NOW)
        accounts.add_member(connection, shop.company_code, shop.company_code, now=NOW)
        connection.commit()
        member = register.allocate(connection, shop.company_code, MEMBER, NOW)
        assert not connection.autocommit
    with connect(database_url) as connection:
        allocations = connection.execute("select serial, node_code from code_allocation order by serial").fetchall()
    assert (shop.company_code, shop.national_code) == (f"{TEXT.division_code}000000001", national)
    assert member.company_code == f"{MEMBER.division_code}000000002"
    assert allocations == given


def test_a_joined_province_does_not_fail_when_nobody_answers_at_the_ministrys_address(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    with make_database() as first, make_database() as second:
        province, ministry = NodeAt("33", first, tmp_path / "33"), NodeAt("00", second, tmp_path / "00")
        join_nodes(province, ministry, f"http://127.0.0.1:{free_port()}", clock)
        with connect(first) as connection:
            shop = registrar(province)(connection, TEXT, NOW)
            assert not connection.autocommit
    assert shop.company_code == f"{TEXT.division_code}33000001"
    assert shop.awaits_national_code
