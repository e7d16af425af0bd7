"""A company's roster against real records."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.owners.garages import LAST_MILEAGE, LAST_NUMBER, LAST_VISIT_ON, Town, now
from tests.pages.filled_province import Car

from chedang.access.phones import account_of
from chedang.owners import fleets, transfers
from chedang.owners.access import cars_of
from chedang.owners.model import Kind
from chedang.owners.models import Binding, Fleet
from chedang.owners.roster import LineOutcome, move_in, take_roster
from chedang.owners.roster_table import read_roster
from chedang.platform.sealing import Digester

HEADING = "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n"


@pytest.fixture
def manager(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    return account_of("14200000001", now=now())


@pytest.fixture
def fleet(manager) -> Fleet:
    return fleets.set_up(manager, name="虚构物流有限公司", credit_code="", now=now())


def _take(town: Town, fleet: Fleet, manager, *rows: str) -> list[LineOutcome]:
    lines = read_roster((HEADING + "\n".join(rows)).encode(), most_lines=100)
    return [tried.outcome for tried in take_roster(town.desk, fleet, lines, by=manager, network="", now=now())]


def _facts(car: Car, name: str, mileage: str = LAST_MILEAGE) -> str:
    return f"{car.plate_number},{car.vin},,{name}-{LAST_NUMBER},{mileage},{LAST_VISIT_ON}"


def test_each_line_proves_its_own_car(town: Town, fleet: Fleet, manager) -> None:
    second = town.new_car("second car", "浙A22222")
    rows = (
        f",,{town.code_of(town.car)},,,",
        _facts(second, "second car"),
        f"{second.plate_number},{second.vin},,x,1,",
        "浙A99999,LSVAA49J132001093,,x,1,",
        "浙A1,1,,,,",
    )
    expected = [
        LineOutcome.BOUND,
        LineOutcome.BOUND,
        LineOutcome.ALREADY,
        LineOutcome.NOT_PROVED,
        LineOutcome.UNREADABLE,
    ]
    assert _take(town, fleet, manager, *rows) == expected
    assert {car.vin for car in cars_of(manager, now=now())} == {town.car.vin, second.vin}
    assert _take(town, fleet, manager, *rows[:2]) == [LineOutcome.ALREADY] * 2


def test_another_s_car_stays_another_s(town: Town, fleet: Fleet, manager) -> None:
    owner = account_of("14200000002", now=now())
    own_fleet = fleets.set_up(owner, name="另一家", credit_code="", now=now())
    assert _take(town, own_fleet, owner, _facts(town.car, "first car")) == [LineOutcome.BOUND]
    rows = (_facts(town.car, "first car"), f",,{town.code_of(town.car)},,,")
    assert _take(town, fleet, manager, *rows) == [LineOutcome.NOT_PROVED] * 2


def test_guessing_by_list_ends_after_fifty_wrong_lines_and_right_ones_cost_nothing(town, fleet, manager) -> None:
    right = _facts(town.car, "first car")
    wrong = [f"浙A{number:05d},LSVAA49J132001093,,x,{number}," for number in range(60)]
    outcomes = _take(town, fleet, manager, right, *wrong)
    assert outcomes[0] == LineOutcome.BOUND
    assert outcomes.count(LineOutcome.NOT_PROVED) == 50
    assert outcomes.count(LineOutcome.TOO_MANY) == 10


def test_a_manager_s_own_car_moves_in_and_a_company_takes_one_over(town: Town, fleet: Fleet, manager, tmp_path) -> None:
    digester = Digester(tmp_path, "codes")
    own = Binding.objects.create(
        public_id="abc", user=manager, vin=town.car.vin, kind=str(Kind.OWN), proof="officer", bound_at=now()
    )
    moved = move_in(fleet, own, by=manager, now=now())
    assert [(car.car_id, car.kind) for car in cars_of(manager, now=now())] == [(moved.public_id, Kind.COMPANY)]
    other = fleets.set_up(account_of("14200000003", now=now()), name="买方", credit_code="", now=now())
    code, _offer = transfers.offer(moved, digester, shows_shops=True, now=now())
    transfers.take(code, digester, by=other.created_by, plate_number="", now=now(), fleet=other)
    assert cars_of(manager, now=now()) == []
    assert [car.kind for car in cars_of(other.created_by, now=now())] == [Kind.COMPANY]
