"""首次登录 on a real database: who proves to be a shop, and what guessing comes to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg
import pytest
from django.db import connection as django_connection

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.access.phones import account_of
from chedang.enterprises import actions, store
from chedang.fiction.shops import make_shops
from chedang.filing import staff, staff_enrolment, staff_phones
from chedang.filing.staff_accounts import managers_of
from chedang.filing.staff_enrolment import HasManager, NotProved, Proof, TooManyTries

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HERE = "198.51.100.7"
NUMBER = "14200000041"
OWN = "a-good-one-for-tests"


class Town:
    """A shop whose software uploads, and nobody has signed in yet."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection
        text = make_shops(Random(7), 1)[0].registration
        self.password = text.password
        self.code = actions.register(connection, text, now=NOW).enterprise.company_code
        connection.commit()

    def prove(self, secret: str, *, code: str = "", address: str = HERE, now: datetime = NOW) -> Proof:
        return staff_enrolment.prove(self.connection, code or self.code, secret, address, now=now)

    def enrol(self, proof: Proof, name: str = "甲", now: datetime = NOW, **ways: str) -> User:
        ways = ways or {"username": f"boss-{name}", "password": OWN}
        return staff_enrolment.make_manager(proof, name, **ways, now=now)


@pytest.fixture
def town(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    with psycopg.connect(django_database, autocommit=True) as connection:
        yield Town(connection)


def test_the_upload_password_opens_the_first_account_and_only_that(town):
    user = town.enrol(town.prove(town.password))
    assert (user.company_code, user.shop_post, user.must_change_password) == (town.code, "manager", False)
    assert user.check_password(OWN)
    (member,) = staff.people_of(town.code, now=NOW)
    assert (member.name, member.user.pk) == ("甲", user.pk)
    event = AuditEvent.objects.get(action=AuditAction.ENROL_SHOP)
    assert (event.actor.pk, event.object_id) == (user.pk, town.code)
    with pytest.raises(HasManager):
        town.prove(town.password)
    with pytest.raises(NotProved):  # not told to who does not know the password
        town.prove("wrong-one")


def test_two_who_prove_it_at_once_do_not_both_manage(town):
    proofs = [town.prove(town.password) for _ in range(2)]

    def enrol(place: int) -> str:
        try:
            return town.enrol(proofs[place], name="甲乙"[place]).username
        except HasManager:
            return ""
        finally:
            django_connection.close()

    with ThreadPoolExecutor(2) as two:
        made = [name for name in two.map(enrol, range(2)) if name]
    assert [user.username for user in managers_of(town.code)] == made
    assert len(made) == 1


def test_wrong_unknown_and_weak_are_answered_alike(town):
    with town.connection.transaction():
        town.connection.execute("update enterprise set password_is_weak = true")
    refusals = []
    for code, secret in ((town.code, town.password), (town.code, "wrong-one"), ("330106999999999", "wrong-one")):
        with pytest.raises(NotProved) as refusal:
            town.prove(secret, code=code)
        refusals.append(str(refusal.value))
    assert len(set(refusals)) == 1


def test_unknown_and_weak_cost_the_work_of_a_wrong_password(town, monkeypatch):
    checked: list[str] = []
    real = staff_enrolment.verify_password
    monkeypatch.setattr(
        staff_enrolment, "verify_password", lambda kept, typed: checked.append(typed) or real(kept, typed)
    )
    for code in (town.code, "330106999999999"):
        with pytest.raises(NotProved):
            town.prove("wrong-one", code=code)
    assert checked == ["wrong-one"] * 2


def test_an_officer_s_code_opens_a_weak_shop_once_and_shuts_former_managers_out(town):
    former = town.enrol(town.prove(town.password), number=NUMBER)
    with town.connection.transaction():
        town.connection.execute("update enterprise set password_is_weak = true")
    old, code = staff_enrolment.make_code(town.code, now=NOW), staff_enrolment.make_code(town.code, now=NOW)
    with pytest.raises(NotProved):
        town.prove(old)
    proof = town.prove(code.lower().replace("-", " "))
    user = town.enrol(proof, name="乙", number=NUMBER)
    former.refresh_from_db()
    assert not former.is_active
    assert list(managers_of(town.code)) == [user]
    assert staff_phones.accounts_of(NUMBER) == [user]
    for again in (lambda: town.prove(code), lambda: town.enrol(proof, name="丙")):
        with pytest.raises(NotProved):
            again()
    assert [person.name for person in staff.people_of(town.code, now=NOW)] == sorted("甲乙")


def test_a_manager_who_lost_the_way_in_gets_the_own_account_back(town):
    user = town.enrol(town.prove(town.password))
    code = staff_enrolment.make_code(town.code, now=NOW)
    assert town.enrol(town.prove(code), number=NUMBER).pk == user.pk


def test_a_code_is_good_for_its_shop_and_for_seven_days(town):
    code = staff_enrolment.make_code(town.code, now=NOW)
    other = actions.register(town.connection, make_shops(Random(8), 1)[0].registration, now=NOW).enterprise
    with pytest.raises(NotProved):
        town.prove(code, code=other.company_code)
    with pytest.raises(NotProved):
        town.prove(code, now=NOW + timedelta(days=7))
    assert town.prove(code, now=NOW + timedelta(days=6)).code_digest


def test_guessing_stops_but_neither_the_software_nor_the_code_nor_other_shops(town, monkeypatch):
    monkeypatch.setattr(staff_enrolment, "verify_password", lambda _kept, typed: typed == town.password)
    for place in range(staff_enrolment.TRIES_OF_SHOP):
        with pytest.raises(NotProved):
            town.prove("wrong-one", address=f"203.0.113.{place}")
    with pytest.raises(TooManyTries) as refusal:
        town.prove(town.password)
    assert refusal.value.of_shop
    shop = store.find_by_code(town.connection, town.code)
    assert shop is not None  # what the gate checks for the software is as it was
    assert shop.token_generation == 0
    assert town.prove(staff_enrolment.make_code(town.code, now=NOW)).code_digest
    with pytest.raises(NotProved):
        town.prove("wrong-one", code="330106999999999")
    assert town.prove(town.password, now=NOW + timedelta(days=1)).company_code == town.code


def test_one_address_cannot_go_through_shops(town, monkeypatch):
    monkeypatch.setattr(staff_enrolment, "verify_password", lambda _kept, _typed: False)
    for place in range(staff_enrolment.TRIES_OF_ADDRESS):
        with pytest.raises(NotProved):
            town.prove("wrong-one", code=f"3301069000000{place:02}")
    with pytest.raises(TooManyTries) as refusal:
        town.prove("wrong-one", code="330106900000099")
    assert not refusal.value.of_shop
    with pytest.raises(NotProved):
        town.prove("wrong-one", address="203.0.113.9")


def test_a_right_password_gives_its_try_back(town):
    for _again in range(3):
        assert town.prove(town.password).company_code == town.code
    taken = django_rows("select taken from access_allowance where kind = 'enrol:shop'")
    assert taken == [(0,)]


def test_an_owner_s_phone_can_manage_a_shop(town):
    owner = account_of(NUMBER, now=NOW)
    user = town.enrol(town.prove(town.password), number=NUMBER)
    assert not user.has_usable_password()
    assert account_of(NUMBER, now=NOW).pk == owner.pk != user.pk


def django_rows(query: str) -> list[tuple[object, ...]]:
    with django_connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
