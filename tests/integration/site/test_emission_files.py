"""The lists of tickets as files, and page by page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import pytest
from tests.integration.site.officials import browser

from chedang.access.models import User
from chedang.emission import stations
from chedang.emission.importing import take_rows
from chedang.emission.model import TestStation as Station
from chedang.fiction.vehicles import make_vin
from chedang.site.archive import connections
from chedang.site.emission import export, officer
from chedang.site.regulator.statistics.exports import registered
from chedang.terms.dates import day_in_china

NOW = datetime.now(UTC)
TODAY = day_in_china(NOW)


@pytest.fixture
def county(pages_database: str) -> User:
    """An officer of a county with five tickets; another county has one."""
    with psycopg.connect(pages_database) as connection:
        for code in ("330106", "330212"):
            station = Station(f"I-{code}", "检测站", code, is_platform=False, listed_on=TODAY, ended_on=None)
            stations.keep(connection, station, by="test", now=NOW)
        rows = [_row(number, "330212" if number == 3 else "330106") for number in range(6)]
        assert {line.outcome for line in take_rows(connection, rows, scope_code="330000", now=NOW)} == {"created"}
    return User.objects.create(
        username="county", display_name="某人", role="regulator", division_code="330106", password="!"
    )


def _row(number: int, division_code: str) -> tuple[int, dict[str, str]]:
    return number, {
        "station_code": f"I-{division_code}",
        "report_number": f"REPORT-{number}",
        "vin": make_vin(Random(f"file {number}")),
        "plate_number": f"浙A6Q77{number}",
        "tested_on": TODAY.isoformat(),
        "failed_items": "=1+1",
        "deadline_on": (TODAY + timedelta(days=9 - number)).isoformat(),
    }


def test_a_list_of_tickets_as_a_file_has_the_rows_of_the_page(county: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_AT_ONCE", 2)
    table, asked = registered()[export.TABLE], {"show": "open", "page": "2", "csrf": "x"}
    asked = dict(table.check(county, asked))
    assert asked == {"show": "open"}
    rows = list(table.rows(county, asked))
    page = browser(county).get("/regulator/emission/").content.decode()
    assert [row[0] for row in rows] == re.findall(r">(REPORT-\d)<", page)
    assert [row[0] for row in rows] == [f"REPORT-{number}" for number in (5, 4, 2, 1, 0)]
    assert table.count is not None
    assert table.count(county, asked) == len(rows)
    assert {len(row) for row in rows} == {len(table.columns(county, asked))}
    assert list(table.rows(county, {"show": "passed"})) == []
    with connections.archive() as connection:
        connection.execute("update emission_ticket set state = 'passed' where report_number = 'REPORT-4'")
    # Without a list it is everything, as the page of files says
    everything = dict(table.check(county, {}))
    assert len(list(table.rows(county, everything))) == table.count(county, everything) == 5


def test_the_pages_of_one_shops_tickets_lead_to_each_other(county: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officer, "_LISTED", 2)
    with connections.archive() as connection:
        connection.execute("update emission_ticket set company_code = '330106000000001'")
    client = browser(county)
    page, seen = client.get("/regulator/emission/?shop=330106000000001").content.decode(), []
    for _page in range(3):
        seen += re.findall(r">(REPORT-\d)<", page)
        (following,) = re.findall(r'href="(\?[^"]*page=\d+)"', page) or [""]
        if following:
            assert "shop=330106000000001" in following
            page = client.get("/regulator/emission/" + following.replace("&amp;", "&")).content.decode()
    assert len(seen) == len(set(seen)) == 5
    assert 'href="?show=open&amp;shop=330106000000001">' in page
