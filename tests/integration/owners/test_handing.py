"""Consents, change of owner and companies, on a real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from chedang.access.phones import account_of
from chedang.fiction.vehicles import make_vin
from chedang.owners import consents, fleets, transfers
from chedang.owners.access import cars_of
from chedang.owners.ending import end_with_all
from chedang.owners.model import FleetRole, Kind, Proof, Scope
from chedang.owners.models import Binding
from chedang.platform.chance import new_public_id
from chedang.platform.sealing import Digester
from chedang.terms.dates import day_in_china

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=31)
VIN = make_vin(Random("handed over"))
NUMBERS = tuple(f"1420000{place:04d}" for place in range(1, 9))


@pytest.fixture
def digester(tmp_path: Path) -> Digester:
    return Digester(tmp_path, "codes")


@pytest.fixture
def people(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], object]:
    """The account of a fictional number."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    return lambda place: account_of(NUMBERS[place], now=NOW)


def _bind(user, vin: str = VIN):
    return Binding.objects.create(
        public_id=new_public_id(),
        user=user,
        vin=vin,
        plate_number="浙A12345",
        kind=str(Kind.OWN),
        proof=str(Proof.CLAIM_CODE),
        bound_at=NOW,
    )


def _sees(user, now: datetime = NOW) -> list[tuple[Kind, Scope]]:
    return [(car.kind, car.scope) for car in cars_of(user, now=now)]


def _invite(binding, by, place: int, days: int = 30, scope: Scope = Scope.BUYER):
    return consents.invite(binding, by=by, number=NUMBERS[place], relation="家人", scope=scope, days=days, now=NOW)


def test_a_consent_waits_for_the_person_and_ends_by_itself(people):
    owner, friend = people(0), people(1)
    binding = _bind(owner)
    _invite(binding, owner, 1)
    assert _sees(friend) == []
    consents.take_invitations(friend, NUMBERS[1], now=NOW)
    assert _sees(friend) == [(Kind.CONSENT, Scope.BUYER)]
    assert consents.take_invitations(friend, NUMBERS[1], now=NOW) == []
    assert _sees(friend, LATER) == []
    _invite_again = _invite(binding, owner, 2)
    assert consents.revoke_invitation(binding, _invite_again.public_id, now=NOW)
    assert consents.take_invitations(people(2), NUMBERS[2], now=NOW) == []


def test_a_consent_taken_back_is_gone_at_once(people):
    owner, friend = people(0), people(1)
    binding = _bind(owner)
    _invite(binding, owner, 1)
    (granted,) = consents.take_invitations(friend, NUMBERS[1], now=NOW)
    end_with_all(granted, why=consents.REVOKED, now=NOW)
    assert _sees(friend) == []
    assert _sees(owner) == [(Kind.OWN, Scope.FULL)]


def test_three_people_see_a_car_and_one_person_three_cars_of_others(people):
    owner = people(0)
    binding = _bind(owner)
    for place in (1, 2, 3):
        _invite(binding, owner, place)
    with pytest.raises(consents.ConsentRefused, match=consents.TOO_MANY_PEOPLE):
        _invite(binding, owner, 4)
    friend = people(1)
    for number in range(3):
        _invite(_bind(owner, make_vin(Random(number))), owner, 1)
    consents.take_invitations(friend, NUMBERS[1], now=NOW)
    assert len(_sees(friend)) == 3
    with pytest.raises(consents.ConsentRefused, match=consents.OWN_PHONE):
        _invite(_bind(owner, make_vin(Random("own"))), owner, 0)
    with pytest.raises(consents.ConsentRefused, match=consents.ALREADY):
        _invite(binding, owner, 1)


def test_whoever_asks_needs_the_code_that_the_owner_got(people, digester):
    owner, friend = people(0), people(1)
    _bind(owner)
    asked = {"owners_number": NUMBERS[0], "plate_number": "浙a·12345", "relation": "朋友", "now": NOW}
    question, told, code = consents.ask(friend, digester, **asked)
    assert told == owner
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    with pytest.raises(consents.ConsentRefused, match=consents.WRONG_CODE):
        consents.answer(question.public_id, digester, by=friend, typed=wrong, now=NOW)
    with pytest.raises(consents.ConsentRefused, match=consents.WRONG_CODE):
        consents.answer(question.public_id, digester, by=people(2), typed=code, now=NOW)
    consents.answer(question.public_id, digester, by=friend, typed=code, now=NOW)
    assert _sees(friend) == [(Kind.CONSENT, Scope.FULL)]


def test_a_question_that_fits_nobody_goes_the_same_way_and_ends_in_a_wrong_code(people, digester):
    friend = people(1)
    question, told, code = consents.ask(
        friend, digester, owners_number=NUMBERS[0], plate_number="浙A12345", relation="", now=NOW
    )
    assert told is None
    for _attempt in range(7):
        with pytest.raises(consents.ConsentRefused, match=consents.WRONG_CODE):
            consents.answer(question.public_id, digester, by=friend, typed=code, now=NOW)
    assert consents.purge(LATER) == 1


def test_a_code_dies_after_five_wrong_ones_and_after_ten_minutes(people, digester):
    owner, friend = people(0), people(1)
    _bind(owner)
    asked = {"owners_number": NUMBERS[0], "plate_number": "浙A12345", "relation": "", "now": NOW}
    question, _told, code = consents.ask(friend, digester, **asked)
    for _attempt in range(5):
        with pytest.raises(consents.ConsentRefused):
            consents.answer(question.public_id, digester, by=friend, typed="x", now=NOW)
    with pytest.raises(consents.ConsentRefused):
        consents.answer(question.public_id, digester, by=friend, typed=code, now=NOW)
    question, _told, code = consents.ask(friend, digester, **asked)
    with pytest.raises(consents.ConsentRefused):
        consents.answer(question.public_id, digester, by=friend, typed=code, now=NOW + timedelta(minutes=11))


@pytest.mark.parametrize("shows_shops", [True, False])
def test_a_new_owner_takes_over_and_old_links_die(people, digester, shows_shops):
    owner, friend, buyer = people(0), people(1), people(2)
    binding = _bind(owner)
    _invite(binding, owner, 1)
    consents.take_invitations(friend, NUMBERS[1], now=NOW)
    waiting = _invite(binding, owner, 3)
    first_code, _first = transfers.offer(binding, digester, shows_shops=True, now=NOW)
    code, _offer = transfers.offer(binding, digester, shows_shops=shows_shops, now=NOW)
    with pytest.raises(transfers.TransferRefused):
        transfers.take(first_code, digester, by=buyer, plate_number="", now=NOW)
    taken = transfers.take(f" {code.lower()[:4]}-{code[4:]} ", digester, by=buyer, plate_number="浙B7K777", now=NOW)
    assert _sees(owner) == _sees(friend) == []
    assert _sees(buyer) == [(Kind.OWN, Scope.FULL)]
    assert taken.shops_hidden_before_on == (None if shows_shops else day_in_china(NOW))
    assert taken.plate_number == "浙B7K777"
    waiting.refresh_from_db()
    assert waiting.revoked_at == NOW
    with pytest.raises(transfers.TransferRefused):
        transfers.take(code, digester, by=people(4), plate_number="", now=NOW)


def test_an_offer_ends_by_time_by_taking_back_and_by_unbinding(people, digester):
    owner, buyer = people(0), people(2)
    binding = _bind(owner)
    code, _offer = transfers.offer(binding, digester, shows_shops=True, now=NOW)
    assert transfers.open_offer(binding, now=NOW) is not None
    with pytest.raises(transfers.TransferRefused):
        transfers.take(code, digester, by=buyer, plate_number="", now=NOW + timedelta(days=8))
    with pytest.raises(transfers.TransferRefused):
        transfers.take(code, digester, by=owner, plate_number="", now=NOW)
    assert transfers.cancel(binding, now=NOW)
    assert not transfers.cancel(binding, now=NOW)
    code, _offer = transfers.offer(binding, digester, shows_shops=True, now=NOW)
    end_with_all(binding, why="unbound", now=NOW)
    with pytest.raises(transfers.TransferRefused):
        transfers.take(code, digester, by=buyer, plate_number="", now=NOW)


def test_of_two_who_take_one_car_at_one_moment_one_gets_it(people, digester):
    code, _offer = transfers.offer(_bind(people(0)), digester, shows_shops=True, now=NOW)

    def take(buyer) -> bool:
        try:
            transfers.take(code, digester, by=buyer, plate_number="", now=NOW)
        except transfers.TransferRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        taken = list(threads.map(take, [people(place) for place in (1, 2, 3, 4)]))
    assert sum(taken) == 1
    assert Binding.objects.active(NOW).filter(vin=VIN).count() == 1


def test_people_of_a_company_see_its_cars_by_their_role_until_they_leave(people):
    manager, driver = people(0), people(1)
    fleet = fleets.set_up(manager, name="虚构物流有限公司", credit_code="", now=NOW)
    Binding.objects.create(
        public_id=new_public_id(),
        fleet=fleet,
        vin=VIN,
        plate_number="浙A12345",
        kind=str(Kind.COMPANY),
        proof=str(Proof.ROSTER),
        bound_at=NOW,
    )
    member = fleets.add_member(fleet, number=NUMBERS[1], role=FleetRole.VIEWER, now=NOW)
    assert cars_of(driver, now=NOW) == []
    assert fleets.take_memberships(driver, NUMBERS[1], now=NOW) == 1
    assert [car.is_owner for car in cars_of(driver, now=NOW)] == [False]
    assert [car.is_owner for car in cars_of(manager, now=NOW)] == [True]
    with pytest.raises(fleets.FleetRefused, match=fleets.ALREADY):
        fleets.add_member(fleet, number=NUMBERS[1], role=FleetRole.VIEWER, now=NOW)
    assert fleets.end_member(fleet, member.public_id, now=NOW)
    assert cars_of(driver, now=NOW) == []
    with pytest.raises(fleets.FleetRefused, match=fleets.LAST_MANAGER):
        fleets.end_member(fleet, fleets.members_of(fleet)[0].public_id, now=NOW)
    assert fleets.find_fleet(driver, fleet.public_id) is None
    (car,) = fleets.cars_of_fleet(fleet, now=NOW)
    assert fleets.end_car(fleet, car.public_id, now=NOW)
    assert cars_of(manager, now=NOW) == []
