"""A request waits for an officer of the right division, and is answered with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.owners.garages import LAST_VISIT_ON, Town, asked, new_person, now

from chedang.access.models import AuditEvent
from chedang.owners import binding, claims, requests
from chedang.owners.model import Proof, RequestState
from chedang.owners.models import Binding, BindingRequest
from chedang.owners.requests import CannotDecide, OwnersWord, Reason
from chedang.terms.dates import day_in_china
from chedang.vehicles.registrations import RegistrationBasis, read


def decide(town: Town, officer: Any, held: BindingRequest, *, agrees: bool = True, **more: Any) -> None:
    values = {"reason": Reason.LICENCE_SEEN, "explanation": "", "licence_province": "", "organisation": "某机构"}
    requests.decide(town.desk, officer, held, agrees=agrees, now=now() + timedelta(hours=1), **(values | more))


@pytest.fixture
def officer(town: Town) -> Any:
    return new_person("regulator", division_code="330106")


@pytest.fixture
def contested(town: Town) -> tuple[Any, Any, BindingRequest]:
    """The present owner, another with the same code, and the other's request."""
    present, other = new_person(), new_person()
    code = town.code_of(town.car)
    assert claims.claim_by_code(town.desk, present, code, now=now()) is not None
    assert claims.claim_by_code(town.desk, other, code, now=now()) is None
    return present, other, requests.ask_by_code(town.desk, other, code, now=now())


def test_an_agreed_request_ends_the_former_binding_and_hides_its_shops(
    town: Town, officer: Any, contested: tuple[Any, Any, BindingRequest]
) -> None:
    present, other, held = contested
    assert held.due_at == now() + timedelta(hours=48)
    decide(town, officer, held, reason=Reason.OWNER_AGREED)
    new = Binding.objects.get(vin=town.car.vin, ended_at=None)
    assert (new.user, new.proof, new.plate_number) == (other, Proof.OFFICER, town.car.plate_number)
    assert new.shops_hidden_before_on == day_in_china(now())
    assert Binding.objects.get(user=present).ended_why == binding.ENDED_BY_DECISION
    event = AuditEvent.objects.filter(action="binding:decide").get()
    assert (event.actor, event.vin, event.organisation) == (officer, town.car.vin, "某机构")
    # The person who ends it and binds again still does not see the former owner's shops.
    binding.end_binding(other, new, now=now() + timedelta(days=1))
    again = binding.bind_own_car(other, town.car.vin, "", Proof.OFFICER, now=now() + timedelta(days=2))
    assert again is not None
    assert again.shops_hidden_before_on == day_in_china(now())


def test_a_refusal_changes_nothing_but_the_request(
    town: Town, officer: Any, contested: tuple[Any, Any, BindingRequest]
) -> None:
    present, _other, held = contested
    decide(town, officer, held, agrees=False, reason=Reason.OWNER_OBJECTED, explanation="请带行驶证到窗口。")
    held.refresh_from_db()
    assert (held.state, held.reason, held.explanation) == (RequestState.REFUSED, "owner_objected", "请带行驶证到窗口。")
    assert Binding.objects.get(vin=town.car.vin, ended_at=None).user == present
    with pytest.raises(CannotDecide):
        decide(town, officer, held)


def test_only_the_present_owner_has_a_word(town: Town, contested: tuple[Any, Any, BindingRequest]) -> None:
    present, other, held = contested
    assert list(requests.about_cars_of(present, now=now())) == [held]
    assert not requests.about_cars_of(other, now=now())
    for stranger in (other, new_person()):
        with pytest.raises(CannotDecide):
            requests.tell_owners_word(held, stranger, OwnersWord.AGREES, now=now())
    requests.tell_owners_word(held, present, OwnersWord.OBJECTS, now=now())
    held.refresh_from_db()
    assert held.owner_said == "objects"
    requests.withdraw(held, now=now())
    assert not requests.about_cars_of(present, now=now())


def test_a_licence_that_the_officer_saw_states_where_the_car_is_registered(town: Town, officer: Any) -> None:
    person = new_person()
    held = requests.ask_by_facts(town.desk, person, asked(town.car), now=now())
    decide(town, officer, held, licence_province="32")
    stated = read(town.connection, town.car.vin)
    town.connection.commit()
    assert stated is not None
    assert (stated.province_code, stated.basis) == ("32", RegistrationBasis.DRIVING_LICENCE)


@pytest.mark.parametrize(
    ("division_code", "sees"), [("330106", True), ("330100", True), ("330000", True), ("330212", False)]
)
def test_an_officer_sees_requests_of_the_division_and_below(town: Town, division_code: str, sees: bool) -> None:
    requests.ask_by_facts(town.desk, new_person(), asked(town.car), now=now())
    found = requests.requests_in_scope(new_person("regulator", division_code=division_code))
    assert found.exists() is sees


def test_the_longest_waiting_stands_first_and_is_overdue_after_two_days(town: Town, officer: Any) -> None:
    late = requests.ask_by_facts(town.desk, new_person(), asked(town.car), now=now() - timedelta(hours=49))
    requests.ask_by_facts(town.desk, new_person(), asked(town.car), now=now())
    waiting = list(requests.requests_in_scope(officer).waiting())
    assert waiting[0] == late
    assert [each.is_overdue(now()) for each in waiting] == [True, False]


def test_a_request_for_which_no_car_fits_cannot_be_agreed_to(town: Town, officer: Any) -> None:
    nobody = requests.ask_by_facts(
        town.desk, new_person(), claims.Asked("浙Z00000", "000000", asked(town.car).facts), now=now()
    )
    with pytest.raises(CannotDecide):
        decide(town, officer, nobody)


def test_the_officer_reads_when_the_visit_of_the_code_was_not_the_last_one(town: Town) -> None:
    code = town.code_of(town.car)
    town.visit(town.car, LAST_VISIT_ON + timedelta(days=10), "49000")
    held = requests.ask_by_code(town.desk, new_person(), code, now=now())
    assert held.visited_on == LAST_VISIT_ON


def test_asking_twice_for_one_car_is_one_request(town: Town) -> None:
    person = new_person()
    first = requests.ask_by_facts(town.desk, person, asked(town.car), now=now())
    assert requests.ask_by_facts(town.desk, person, asked(town.car), now=now()) == first
