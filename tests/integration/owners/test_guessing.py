"""Guessing is useless, and locks nobody out."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import connection as django_connection
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from tests.integration.owners.garages import LAST_VISIT_ON, Town, asked, new_person, now
from tests.pages.filled_province import Car

from chedang.owners import claims, requests
from chedang.owners.claims import Asked, TooManyTries, UnknownCode
from chedang.owners.facts import Facts
from chedang.owners.model import Proof
from chedang.terms.dates import day_in_china
from chedang.terms.spoken import ALPHABET

GUESSES, ACCOUNTS, ADDRESSES = 10_000, 40, 25


def guess_facts(chance: Random, car: Car) -> Asked:
    """What a thief with a photograph of plate and windscreen can do: two facts out of the likely ones."""
    return asked(
        car,
        mileage_km=Decimal(chance.randrange(40_000, 60_000)),
        settled_on=day_in_china(now()) - timedelta(days=chance.randrange(120)),
    )


def test_ten_thousand_guesses_bind_nothing_and_the_owner_still_binds(town: Town) -> None:
    chance = Random("guesses")
    thieves = [new_person() for _ in range(ACCOUNTS)]
    tried = refused = 0
    with transaction.atomic():  # one transaction: what it costs is not the matter here
        for number in range(GUESSES):
            thief, address = thieves[number % ACCOUNTS], f"192.0.2.{chance.randrange(ADDRESSES)}"
            try:
                if number % 2:
                    code = "".join(chance.choices(ALPHABET, k=12))
                    assert claims.claim_by_code(town.desk, thief, code, now=now()) is None
                else:
                    guess = guess_facts(chance, town.car)
                    assert claims.claim_by_facts(town.desk, thief, guess, network=address, now=now()) is None
                tried += 1
            except TooManyTries:
                refused += 1
            except UnknownCode:
                tried += 1
    assert tried + refused == GUESSES

    owner = new_person()
    right = asked(town.car)
    assert claims.claim_by_facts(town.desk, owner, right, network="198.51.100.1", now=now()) is None
    waiting = requests.ask_by_facts(town.desk, owner, right, now=now())
    assert (waiting.vin, waiting.facts_right, waiting.doubts) == (town.car.vin, "mileage,number", "tries_used")
    bound = claims.claim_by_code(town.desk, owner, town.code_of(town.car), now=now())
    assert bound is not None
    assert (bound.user, bound.vin, bound.proof) == (owner, town.car.vin, Proof.CLAIM_CODE)


def test_next_day_the_facts_bind_again(town: Town) -> None:
    for _number in range(20):
        wrong = asked(town.car, mileage_km=Decimal(1), settled_on=LAST_VISIT_ON)
        assert claims.claim_by_facts(town.desk, new_person(), wrong, network=str(_number), now=now()) is None
    owner = new_person()
    assert claims.claim_by_facts(town.desk, owner, asked(town.car), network="a", now=now()) is None
    tomorrow = now() + timedelta(days=1)
    assert claims.claim_by_facts(town.desk, owner, asked(town.car), network="a", now=tomorrow) is not None


def test_an_account_or_an_address_that_guesses_is_told_to_wait(town: Town) -> None:
    wrong = asked(Car("浙A00001", town.car.vin))
    thief = new_person()
    for _number in range(10):
        claims.claim_by_facts(town.desk, thief, wrong, network=str(_number), now=now())
    with pytest.raises(TooManyTries):
        claims.claim_by_facts(town.desk, thief, asked(town.car), network="other", now=now())
    for _number in range(30):
        claims.claim_by_facts(town.desk, new_person(), wrong, network="one", now=now())
    with pytest.raises(TooManyTries):
        claims.claim_by_facts(town.desk, new_person(), asked(town.car), network="one", now=now())
    # Neither closes the way with the code to somebody else at that address.
    assert claims.claim_by_code(town.desk, new_person(), town.code_of(town.car), now=now()) is not None


def test_right_tries_are_not_counted(town: Town) -> None:
    owner = new_person()
    for _number in range(12):
        assert claims.claim_by_facts(town.desk, owner, asked(town.car), network="home", now=now()) is not None
        assert claims.claim_by_code(town.desk, owner, town.code_of(town.car), now=now()) is not None


def test_the_same_is_done_for_no_such_car_for_anothers_and_for_wrong_facts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = town.new_car("another car", "浙B54321")
    claims.claim_by_code(town.desk, new_person(), town.code_of(others), now=now())
    claims.claim_by_facts(town.desk, new_person(), asked(others), network="before", now=now())
    tries = {
        "no such car": asked(Car("浙Z99999", town.car.vin)),
        "another's, facts right": asked(others),
        "another's, facts wrong": asked(others, mileage_km=Decimal(1), settled_on=LAST_VISIT_ON),
        "wrong facts": asked(town.car, mileage_km=Decimal(1), number="ABCDEF"),
        "one right": asked(town.car, mileage_km=Decimal(1), settled_on=LAST_VISIT_ON),
        "nothing at all": Asked("浙Z99999", "000000", Facts(number="ABCDEF", mileage_km=Decimal(1))),
    }
    archive_queries: list[str] = []
    cursor_execute = town.connection.cursor_factory.execute

    def count_cursor(self: object, query: str, *rest: object, **more: object) -> object:
        archive_queries.append(query)
        return cursor_execute(self, query, *rest, **more)

    monkeypatch.setattr(town.connection.cursor_factory, "execute", count_cursor)
    seen = {}
    for name, told in tries.items():
        archive_queries.clear()
        person = new_person()
        with CaptureQueriesContext(django_connection) as queries:
            assert claims.claim_by_facts(town.desk, person, told, network=name, now=now()) is None, name
        seen[name] = [query["sql"].split()[0] for query in queries.captured_queries], list(archive_queries)
    assert len({len(own) for own, _archive in seen.values()}) == 1, seen
    assert len({tuple(archive) for _own, archive in seen.values()}) == 1
