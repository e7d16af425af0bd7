"""The oldest PostgreSQL that we support, as an operator would bring it: schema and store work on it unchanged."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from chedang.platform.postgres import Cluster, place
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordText
from chedang.records.store import NewVersion, append, read_file

SHOP = "330102000000001"
VIN = "LZZ1A2B32GA000123"


def _major(server: Path) -> int:
    """Major version of a ``postgres`` program."""
    version = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+", version)
    assert number is not None, version
    return int(number[0])


def _installed_servers() -> dict[int, Path]:
    """The supported PostgreSQL servers that the machine's packages brought, by major version."""
    candidates = (*Path("/usr/lib/postgresql").glob("*/bin/postgres"), Path("/usr/local/bin/postgres"))
    found = {_major(server): server.resolve() for server in candidates if server.exists()}
    return {major: server for major, server in found.items() if major >= 15}


@pytest.fixture
def ordinary_url(
    reachable_directory: Path,
    make_cluster: Callable[[Path], Cluster],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> str:
    """An empty database on the server of CHEDANG_TEST_DATABASE_URL, else on the oldest one installed here."""
    if "CHEDANG_TEST_DATABASE_URL" in os.environ:
        return str(request.getfixturevalue("empty_database_url"))
    servers = _installed_servers()
    if not servers:
        # What this test is for is a server other than the embedded one, an older release above all; a fresh machine has
        # none, and the same schema and store are tested on the embedded server everywhere else.
        pytest.skip("no PostgreSQL ≥ 15 installed, CHEDANG_TEST_DATABASE_URL unset")  # a fresh machine has only ours
    oldest = min(servers)
    monkeypatch.setattr(place, "find_binaries", lambda: servers[oldest].parent)
    url = make_cluster(reachable_directory / "ordinary").start()
    with psycopg.connect(url) as connection:
        assert connection.info.server_version // 10_000 == oldest
    return url


def test_the_schema_and_the_store_work_on_it(ordinary_url: str, run_migrations: Callable[[str], None]) -> None:
    run_migrations(ordinary_url)
    run_migrations(ordinary_url)
    content = encode_content(RecordText(vin=VIN, settlement_list_number="J-1"))
    digest = content_digest(content)
    upload = NewVersion(
        vin=VIN, record_id=record_id(SHOP, "J-1", digest), digest=digest, company_code=SHOP,
        settlement_list_number="J-1", plate_number="浙A12345", repair_on=None, settled_on=date(2026, 3, 3),
        mileage_km=Decimal("48210.5"), content=content.decode(), findings="[]", error_count=0, warn_count=0,
        dialect="lcippro", received_at=datetime(2026, 3, 4, tzinfo=UTC),
    )  # fmt: skip
    with psycopg.connect(ordinary_url) as connection:
        assert [done.version for done in append(connection, [upload])] == [1]
        assert [done.version for done in append(connection, [upload])] == [None]
        (stored,) = read_file(connection, VIN)
    assert (stored.settlement_list_number, stored.mileage_km) == ("J-1", Decimal("48210.5"))
