"""Binding a car on a real database: the index of codes, what a code and facts do, two people at one moment."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import connection as django_connection
from tests.integration.owners.garages import LAST_MILEAGE, LAST_VISIT_ON, Town, asked, new_person, now
from tests.pages.filled_province import TODAY, Car

from chedang.access.models import AuditEvent
from chedang.fiction.vehicles import make_vin
from chedang.owners import binding, claim_index, claims, requests
from chedang.owners.claim_codes import claim_code
from chedang.owners.claims import ClaimDesk, UnknownCode
from chedang.owners.model import Kind, Proof
from chedang.owners.models import Binding, BindingRequest, ClaimCode
from chedang.records.model import RecordState
from chedang.records.store import read_file


def last_record(town: Town) -> Any:
    """The newest version of the record of the car's last visit."""
    visits = [each for each in read_file(town.connection, town.car.vin) if each.settled_on == LAST_VISIT_ON]
    town.connection.commit()
    return visits[-1]


def void(town: Town) -> None:
    """The shop voids the car's last record."""
    town.connection.execute(
        "insert into record_version select vin, record_id, version + 1, 'void', company_code, settlement_list_number,"
        " plate_number, repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect,"
        " actor, 'tests', received_at from record_version where record_id = %s",
        [last_record(town).record_id],
    )
    town.connection.execute(
        "update record_head set version = version + 1, state = 'void' where record_id = %s",
        [last_record(town).record_id],
    )
    town.connection.execute(
        "insert into record_change (vin, record_id, version) select vin, record_id, version from record_head"
        " where record_id = %s",
        [last_record(town).record_id],
    )
    town.follow()


def test_a_code_binds_the_car_of_its_record(town: Town) -> None:
    owner = new_person()
    bound = claims.claim_by_code(town.desk, owner, town.code_of(town.car).lower(), now=now())
    assert bound is not None
    assert (bound.vin, bound.kind, bound.proof) == (town.car.vin, Kind.OWN, Proof.CLAIM_CODE)
    assert bound.shops_hidden_before_on is None
    assert claims.claim_by_code(town.desk, owner, town.code_of(town.car), now=now()) == bound
    written = AuditEvent.objects.filter(actor=owner, vin=town.car.vin).values_list("action", flat=True)
    assert list(written.order_by("pk"))[:2] == ["binding:ask", "binding:make"]


def test_a_code_dies_with_its_void_record_and_with_age(town: Town) -> None:
    code = town.code_of(town.car)
    late = now() + timedelta(days=180 - 20)
    claims.look_at_code(town.desk, new_person(), code, now=late)
    with pytest.raises(UnknownCode):
        claims.look_at_code(town.desk, new_person(), code, now=late + timedelta(days=1))
    void(town)
    with pytest.raises(UnknownCode):
        claims.look_at_code(town.desk, new_person(), code, now=now())


def test_a_code_follows_a_record_that_moves_to_the_right_vin(town: Town) -> None:
    code = town.code_of(town.car)
    right = Car(town.car.plate_number, make_vin(Random("right vin")))
    number = last_record(town).settlement_list_number
    town.visit(right, LAST_VISIT_ON, LAST_MILEAGE, number=number)
    bound = claims.claim_by_code(town.desk, new_person(), code, now=now())
    assert bound is not None
    assert bound.vin == right.vin


def test_a_code_of_a_record_in_no_file_or_of_a_shop_not_approved_leads_nowhere(town: Town) -> None:
    town.visit(Car("浙A00001", ""), LAST_VISIT_ON, "100", vin="无", number="no-vin")
    town.province.add_shop("new shop", 3, division_code="330106", is_approved=False)
    car = Car("浙A00002", make_vin(Random("new shop's car")))
    town.province.upload("new shop", car, LAST_VISIT_ON, "100", number="not-approved")
    town.follow()
    fileless = next(iter(read_file(town.connection, f"~{town.province.shops['west lake']}")))
    town.connection.commit()
    for code in (town.code_of(car), claim_code(town.desk.code_key, fileless.record_id.hex)):
        with pytest.raises(UnknownCode):
            claims.claim_by_code(town.desk, new_person(), code, now=now())
    assert claims.claim_by_facts(town.desk, new_person(), asked(car), network="a", now=now()) is None


def test_the_index_can_be_made_again_and_forgets_what_is_old(town: Town) -> None:
    before = set(ClaimCode.objects.values_list("record_id", "received_on"))
    assert {on for _record, on in before} == {TODAY - timedelta(days=200), LAST_VISIT_ON}
    ClaimCode.objects.all().delete()
    assert claim_index.rebuild(town.connection, town.desk.code_key, clock=now, page_rows=1) == 2
    assert set(ClaimCode.objects.values_list("record_id", "received_on")) == before
    assert claim_index.rebuild(town.connection, town.desk.code_key, clock=now) == 2
    assert claim_index.forget_old(town.connection, now=now() + timedelta(days=60)) == 1
    town.connection.commit()
    assert ClaimCode.objects.count() == 1


def test_what_came_in_at_another_province_has_no_code_here(town: Town) -> None:
    town.connection.execute("update record_version set origin = '32'")
    town.connection.execute("delete from owners_claim_code")
    town.connection.commit()
    assert claim_index.rebuild(town.connection, town.desk.code_key, clock=now) == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"number": "7q4k9d", "mileage_km": Decimal(LAST_MILEAGE)},
        {"number": "first car-xh-7q4k9d", "settled_on": LAST_VISIT_ON},
        {"mileage_km": Decimal(LAST_MILEAGE), "settled_on": LAST_VISIT_ON},
        {"number": "7q4k9d", "mileage_km": Decimal(LAST_MILEAGE), "settled_on": TODAY},
    ],
)
def test_two_right_facts_bind(town: Town, facts: dict[str, Any]) -> None:
    bound = claims.claim_by_facts(town.desk, new_person(), asked(town.car, **facts), network="a", now=now())
    assert bound is not None
    assert bound.proof == Proof.VISIT_FACTS


def test_facts_of_an_earlier_visit_or_an_earlier_plate_go_to_an_officer(town: Town) -> None:
    earlier = asked(town.car, mileage_km=Decimal(36000), settled_on=TODAY - timedelta(days=200))
    assert claims.claim_by_facts(town.desk, new_person(), earlier, network="a", now=now()) is None
    person = new_person()
    town.visit(Car("浙B99999", town.car.vin), TODAY - timedelta(days=2), "50000", number="XH-NEWPLT")
    old_plate = asked(town.car, number="NEWPLT", mileage_km=Decimal(50000))
    assert claims.claim_by_facts(town.desk, person, old_plate, network="a", now=now()) is None
    waiting = requests.ask_by_facts(town.desk, person, old_plate, now=now())
    assert (waiting.doubts, waiting.division_code) == ("old_plate", "330106")
    assert claims.claim_by_code(town.desk, person, town.code_of(Car("", town.car.vin)), now=now()) is not None
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("withdrawn", "bound_meanwhile")


def test_the_former_owner_cannot_bind_again_with_the_old_paper(town: Town) -> None:
    former, buyer = new_person(), new_person()
    code = town.code_of(town.car)
    held = claims.claim_by_code(town.desk, buyer, code, now=now())
    assert held is not None
    binding.end_binding(buyer, held, now=now())
    assert claims.claim_by_code(town.desk, former, code, now=now()) is None
    assert claims.claim_by_facts(town.desk, former, asked(town.car), network="a", now=now()) is None
    assert requests.ask_by_code(town.desk, former, code, now=now()).doubts == "had_owner"


def test_a_sixth_car_takes_an_officer(town: Town) -> None:
    person = new_person()
    for number in range(6):
        car = town.new_car(f"car {number}", f"浙A5000{number}")
        bound = claims.claim_by_code(town.desk, person, town.code_of(car), now=now())
        assert (bound is not None) == (number < 5)
    assert requests.ask_by_code(town.desk, person, town.code_of(car), now=now()).doubts == "many_cars"


def test_of_two_people_at_one_moment_one_gets_the_car(town: Town, django_database: str) -> None:
    people = [new_person() for _ in range(4)]
    start, outcomes = threading.Barrier(len(people)), []

    def claim(person: Any) -> None:
        @contextmanager
        def lend() -> Any:
            with psycopg.connect(django_database) as own:
                yield own

        desk = ClaimDesk(lend, town.desk.code_key, town.desk.digester, "33")
        start.wait()
        outcomes.append((person, claims.claim_by_code(desk, person, code, now=now())))
        django_connection.close()

    code = town.code_of(town.car)
    threads = [threading.Thread(target=claim, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(bound is not None for _person, bound in outcomes) == 1
    loser = next(person for person, bound in outcomes if bound is None)
    assert requests.ask_by_code(town.desk, loser, code, now=now()).doubts == "bound"
    assert Binding.objects.filter(vin=town.car.vin, ended_at=None).count() == 1


def test_a_consent_makes_way_for_the_persons_own_binding(town: Town) -> None:
    owner, person = new_person(), new_person()
    held = claims.claim_by_code(town.desk, owner, town.code_of(town.car), now=now())
    assert held is not None
    consent = Binding.objects.create(
        public_id="consent12345", user=person, vin=town.car.vin, kind="consent", proof="consent", granted_by=held,
        bound_at=now(),
    )  # fmt: skip
    assert binding.bind_own_car(person, town.car.vin, "", Proof.OFFICER, now=now()) is None
    consent.refresh_from_db()
    assert consent.ended_at is None
    binding.end_binding(owner, held, now=now())
    consent.refresh_from_db()
    assert consent.ended_at is not None


def test_a_void_record_is_no_visit(town: Town) -> None:
    void(town)
    assert last_record(town).state is RecordState.VOID
    assert claims.claim_by_facts(town.desk, new_person(), asked(town.car), network="a", now=now()) is None
    before = asked(town.car, mileage_km=Decimal(36000), settled_on=TODAY - timedelta(days=200))
    assert claims.claim_by_facts(town.desk, new_person(), before, network="a", now=now()) is not None


def test_one_person_has_few_requests_at_a_time(town: Town) -> None:
    person = new_person()
    for number in range(3):
        requests.ask_by_facts(town.desk, person, asked(Car(f"浙A6000{number}", town.car.vin)), now=now())
    with pytest.raises(requests.TooManyRequests):
        requests.ask_by_facts(town.desk, person, asked(town.car), now=now())
    assert BindingRequest.objects.filter(user=person, vin="", division_code="330000").count() == 3
    assert requests.close_hopeless(now() + timedelta(hours=47)) == 0
    assert requests.close_hopeless(now() + timedelta(hours=48)) == 3
    assert set(BindingRequest.objects.values_list("state", "reason")) == {("refused", "no_car")}
