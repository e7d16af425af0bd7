"""What a former owner did not let go stays hidden, however the car goes on; and what ran out can be given again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.integration.owners.garages import Town, new_person, now

from chedang.access.models import User
from chedang.access.phones import account_of
from chedang.owners import binding, claims, consents, fleets, requests, transfers
from chedang.owners.access import cars_of, may_read
from chedang.owners.ending import leave_all
from chedang.owners.handovers import handed_over_at
from chedang.owners.model import FleetRole, Proof, RequestState, Scope
from chedang.owners.models import Binding, Fleet
from chedang.owners.requests import CannotDecide, OwnersWord
from chedang.owners.roster import LineOutcome, move_in, take_roster
from chedang.owners.roster_table import read_roster
from chedang.platform.sealing import Digester
from chedang.terms.dates import day_in_china

NUMBERS = tuple(f"1420000{place:04d}" for place in range(21, 25))
HEADING = "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n"


@pytest.fixture
def people(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[User, ...]:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    return tuple(account_of(number, now=now()) for number in NUMBERS)


@pytest.fixture
def second_owner(town: Town, people: tuple[User, ...]) -> Binding:
    """Bound after somebody else had the car: may not see the shops of before."""
    first = binding.bind_own_car(people[0], town.car.vin, "", Proof.OFFICER, now=now() - timedelta(days=90))
    assert first is not None
    binding.end_binding(people[0], first, now=now() - timedelta(days=60))
    second = binding.bind_own_car(people[1], town.car.vin, "浙A12345", Proof.OFFICER, now=now() - timedelta(days=50))
    assert second is not None
    assert second.shops_hidden_before_on == day_in_china(now() - timedelta(days=60))
    return second


def _fleet(by: User) -> Fleet:
    return fleets.set_up(by, name="虚构物流有限公司", credit_code="", now=now())


def test_nobody_shows_a_buyer_the_shops_that_are_hidden_from_oneself(
    people: tuple[User, ...], second_owner: Binding, tmp_path: Path
) -> None:
    digester = Digester(tmp_path, "codes")
    code, _offer = transfers.offer(second_owner, digester, shows_shops=True, now=now())
    taken = transfers.take(code, digester, by=people[2], plate_number="", now=now())
    assert taken.shops_hidden_before_on == second_owner.shops_hidden_before_on


def test_a_car_that_moves_into_a_company_takes_along_what_is_hidden(
    people: tuple[User, ...], second_owner: Binding
) -> None:
    hidden_before = second_owner.shops_hidden_before_on
    moved = move_in(_fleet(people[1]), second_owner, by=people[1], now=now())
    assert moved.shops_hidden_before_on == hidden_before


def test_a_company_s_list_shows_no_shops_of_a_former_owner(town: Town, people: tuple[User, ...]) -> None:
    first = binding.bind_own_car(people[0], town.car.vin, "", Proof.OFFICER, now=now() - timedelta(days=90))
    assert first is not None
    binding.end_binding(people[0], first, now=now() - timedelta(days=60))
    lines = read_roster(f"{HEADING},,{town.code_of(town.car)},,,".encode(), most_lines=1)
    tried = take_roster(town.desk, _fleet(people[1]), lines, by=people[1], network="192.0.2.1", now=now())
    assert [each.outcome for each in tried] == [LineOutcome.BOUND]
    (car,) = cars_of(people[1], now=now())
    assert car.shops_hidden_before == day_in_china(now() - timedelta(days=60))


def test_a_new_owner_answers_for_the_car_from_the_day_it_changed_hands(
    people: tuple[User, ...], second_owner: Binding, tmp_path: Path
) -> None:
    digester = Digester(tmp_path, "codes")
    access = may_read(people[1], second_owner.public_id, now=now())
    assert access is not None
    assert day_in_china(handed_over_at(access)) == second_owner.shops_hidden_before_on
    code, _offer = transfers.offer(second_owner, digester, shows_shops=True, now=now())
    taken = transfers.take(code, digester, by=people[2], plate_number="", now=now())
    access = may_read(people[2], taken.public_id, now=now())
    assert access is not None
    # Also where the shops are shown: seeing them makes the visits nobody else's.
    assert handed_over_at(access) == now()


def test_a_car_of_one_owner_only_never_changed_hands(town: Town, people: tuple[User, ...]) -> None:
    first = binding.bind_own_car(people[0], town.car.vin, "", Proof.OFFICER, now=now())
    assert first is not None
    access = may_read(people[0], first.public_id, now=now())
    assert access is not None
    assert handed_over_at(access) is None


def test_a_consent_that_ran_out_is_given_again(town: Town, people: tuple[User, ...], tmp_path: Path) -> None:
    owner, friend = people[0], people[1]
    own = binding.bind_own_car(owner, town.car.vin, "浙A12345", Proof.OFFICER, now=now())
    assert own is not None
    later = now() + timedelta(days=31)
    for at in (now(), later):
        values = {"number": NUMBERS[1], "relation": "家人", "scope": Scope.BUYER, "days": 30, "now": at}
        consents.invite(own, by=owner, **values)
        assert len(consents.take_invitations(friend, NUMBERS[1], now=at)) == 1
    asked_at, digester = later + timedelta(days=31), Digester(tmp_path, "codes")
    asked: dict[str, Any] = {"owners_number": NUMBERS[0], "plate_number": "浙A12345", "relation": "家人"}
    question, _told, code = consents.ask(friend, digester, **asked, now=asked_at)
    granted = consents.answer(question.public_id, digester, by=friend, typed=code, now=asked_at)
    assert [car.car_id for car in cars_of(friend, now=asked_at)] == [granted.public_id]


def test_the_managers_of_a_company_have_a_word_when_another_asks_for_its_car(
    town: Town, people: tuple[User, ...]
) -> None:
    manager, viewer = people[0], people[1]
    own = binding.bind_own_car(manager, town.car.vin, "", Proof.OFFICER, now=now())
    assert own is not None
    fleet = _fleet(manager)
    move_in(fleet, own, by=manager, now=now())
    fleets.add_member(fleet, number=NUMBERS[1], role=FleetRole.VIEWER, now=now())
    fleets.take_memberships(viewer, NUMBERS[1], now=now())
    stranger = new_person()
    code = town.code_of(town.car)
    assert claims.claim_by_code(town.desk, stranger, code, now=now()) is None
    held = requests.ask_by_code(town.desk, stranger, code, now=now())
    assert list(requests.about_cars_of(manager, now=now())) == [held]
    assert not requests.about_cars_of(viewer, now=now())
    with pytest.raises(CannotDecide):
        requests.tell_owners_word(held, viewer, OwnersWord.OBJECTS, now=now())
    requests.tell_owners_word(held, manager, OwnersWord.OBJECTS, now=now())
    held.refresh_from_db()
    assert held.owner_said == OwnersWord.OBJECTS


def test_lists_are_no_cheaper_way_to_guess_than_the_page(town: Town, people: tuple[User, ...]) -> None:
    """Wrong lines count against the network address, and against a car by the month, too."""
    fleet = _fleet(people[0])
    wrong = f"{town.car.plate_number},{town.car.vin},,x,1,"
    for day in range(5):
        at = now() + timedelta(days=day)
        lines = read_roster((HEADING + "\n".join([wrong] * 20)).encode(), most_lines=20)
        list(take_roster(town.desk, fleet, lines, by=people[0], network=f"192.0.2.{day}", now=at))
    right = f"{town.car.plate_number},{town.car.vin},,first car-XH-7Q4K9D,48210,"
    at = now() + timedelta(days=5)
    lines = read_roster((HEADING + right).encode(), most_lines=1)
    tried = take_roster(town.desk, fleet, lines, by=people[0], network="192.0.2.9", now=at)
    assert [each.outcome for each in tried] == [LineOutcome.NOT_PROVED]
    assert not Binding.objects.exists()


def test_one_network_address_guesses_so_many_lines_whatever_the_account(town: Town, people: tuple[User, ...]) -> None:
    wrong = [f"浙A{10000 + place},{town.car.vin},,x,1," for place in range(50)]
    lines = read_roster((HEADING + "\n".join(wrong)).encode(), most_lines=50)
    outcomes = [
        [each.outcome for each in take_roster(town.desk, _fleet(by), lines, by=by, network="192.0.2.1", now=now())]
        for by in people
    ]
    assert outcomes[0] == [LineOutcome.NOT_PROVED] * 50
    assert LineOutcome.NOT_PROVED not in outcomes[-1]


def test_nothing_is_given_to_an_account_that_was_closed(town: Town, people: tuple[User, ...]) -> None:
    owner, friend = people[0], people[1]
    own = binding.bind_own_car(owner, town.car.vin, "浙A12345", Proof.OFFICER, now=now())
    assert own is not None
    consents.invite(own, by=owner, number=NUMBERS[1], relation="家人", scope=Scope.BUYER, days=30, now=now())
    consents.take_invitations(friend, NUMBERS[1], now=now())
    fleet = _fleet(owner)
    fleets.add_member(fleet, number=NUMBERS[1], role=FleetRole.MANAGER, now=now())
    fleets.take_memberships(friend, NUMBERS[1], now=now())
    held = requests.ask_by_code(town.desk, friend, town.code_of(town.car), now=now())
    leave_all(friend, now=now())
    assert cars_of(friend, now=now()) == []
    assert fleets.fleets_of(friend) == []
    assert consents.people_of(own, now=now()) == ([], [])
    held.refresh_from_db()
    assert held.state == RequestState.WITHDRAWN
    assert may_read(owner, own.public_id, now=now()) is not None


def test_who_was_added_under_two_numbers_leaves_a_company_whole(people: tuple[User, ...]) -> None:
    friend, fleet = people[1], _fleet(people[0])
    members = [fleets.add_member(fleet, number=number, role=FleetRole.VIEWER, now=now()) for number in NUMBERS[1:3]]
    for number in NUMBERS[1:3]:  # the person changed to the second number between
        fleets.take_memberships(friend, number, now=now())
    assert fleets.end_member(fleet, members[0].public_id, now=now())
    assert fleets.fleets_of(friend) == []
