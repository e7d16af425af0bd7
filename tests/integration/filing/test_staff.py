"""People of a shop on a real database: the register, accounts that open and end, one manager who stays."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from chedang.access.model import ShopPost
from chedang.access.models import OpenSession, User
from chedang.access.phones import account_of, find_user_by_phone
from chedang.access.sessions import note_session
from chedang.filing import staff, staff_accounts, staff_phones
from chedang.filing.models import StaffCertificate, StaffMember, StaffPhone
from chedang.filing.staff_accounts import HasLeft, LastManager, NameTaken
from chedang.filing.staff_counting import expiring_certificates
from chedang.filing.staff_model import CertificateKind, Trade

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
SHOP, OTHER_SHOP = "330106000000001", "330106000000002"
NUMBER = "14200000031"


@pytest.fixture(autouse=True)
def desk(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in a directory of their own."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))


def enter(name: str, shop: str = SHOP) -> StaffMember:
    return staff.add_person(shop, name=name, trade=Trade.MECHANIC, joined_on=TODAY - timedelta(days=9), now=NOW)


def let_in(name: str, post: ShopPost, shop: str = SHOP, **ways: str) -> StaffMember:
    member = enter(name, shop)
    staff_accounts.open_account(member, post, **ways or {"username": f"{shop[-2:]}-{name}"}, now=NOW)
    member.refresh_from_db()
    return member


def sign_in(member: StaffMember) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    User.objects.filter(pk=member.user.pk).update(must_change_password=False)
    member.user.refresh_from_db()
    client.force_login(member.user)
    note_session(member.user, client.session.session_key, browser="Chrome", system="Android", now=NOW)
    return client


def test_who_leaves_is_out_at_once_and_the_register_keeps_the_time():
    let_in("甲", ShopPost.MANAGER)
    clerk = let_in("乙", ShopPost.CLERK, username="clerk", number=NUMBER)
    phone, counter = sign_in(clerk), sign_in(clerk)
    assert phone.get("/shop/staff/").status_code == counter.get("/shop/staff/").status_code == 200
    assert staff_accounts.leave(clerk, on=TODAY)
    for client in (phone, counter):
        answer = client.get("/shop/staff/")
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in")
    assert not OpenSession.objects.filter(user=clerk.user).exists()
    assert staff_phones.accounts_of(NUMBER) == []
    clerk.user.refresh_from_db()
    assert (clerk.user.is_active, clerk.user.has_usable_password()) == (False, False)
    assert not staff_accounts.leave(clerk, on=TODAY + timedelta(days=3))  # again: nothing
    assert [(each.name, each.left_on) for each in staff.former_people_of(SHOP)] == [("乙", TODAY)]
    assert [each.name for each in staff.people_of(SHOP, now=NOW)] == ["甲"]


def test_who_comes_back_has_the_old_account_and_no_old_way_in():
    let_in("甲", ShopPost.MANAGER)
    clerk = let_in("乙", ShopPost.CLERK, username="clerk")
    staff_accounts.leave(clerk, on=TODAY)
    with pytest.raises(HasLeft):
        staff_accounts.open_account(clerk, ShopPost.CLERK, username="clerk", now=NOW)
    assert staff_accounts.come_back(clerk, on=TODAY + timedelta(days=30))
    assert not staff_accounts.come_back(clerk, on=TODAY + timedelta(days=30))
    clerk.refresh_from_db()
    assert not clerk.user.is_active
    opened = staff_accounts.open_account(clerk, ShopPost.TECHNICIAN, username="clerk", now=NOW)
    assert opened.user.pk == clerk.user.pk
    assert opened.user.check_password(opened.password)
    assert opened.password not in repr(opened)
    (spell,) = clerk.spells.all()
    assert (spell.joined_on, spell.left_on) == (TODAY - timedelta(days=9), TODAY)


def test_the_last_manager_neither_leaves_nor_becomes_a_clerk_nor_loses_the_way_in():
    manager = let_in("甲", ShopPost.MANAGER, number=NUMBER)
    let_in("丙", ShopPost.MANAGER, OTHER_SHOP)
    for deed in (
        lambda: staff_accounts.leave(manager, on=TODAY),
        lambda: staff_accounts.change_post(manager, ShopPost.CLERK),
        lambda: staff_accounts.change_phone(manager, "", now=NOW),
    ):
        with pytest.raises(LastManager):
            deed()
    assert [user.pk for user in staff_phones.accounts_of(NUMBER)] == [manager.user.pk]
    other = let_in("乙", ShopPost.MANAGER)
    staff_accounts.change_post(manager, ShopPost.CLERK)
    with pytest.raises(LastManager):
        staff_accounts.leave(other, on=TODAY)


def test_two_managers_who_leave_at_once_do_not_both_go():
    managers = [let_in(name, ShopPost.MANAGER) for name in ("甲", "乙")]
    start, stayed = threading.Barrier(2), []

    def go(member: StaffMember) -> None:
        start.wait()
        try:
            staff_accounts.leave(member, on=TODAY)
        except LastManager:
            stayed.append(member.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(member,)) for member in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stayed) == staff_accounts.managers_of(SHOP).count() == 1


def test_a_one_time_password_leads_to_ones_own_before_anything_else():
    member = enter("甲")
    opened = staff_accounts.open_account(member, ShopPost.CLERK, username="clerk", now=NOW)
    client = Client(SERVER_NAME="127.0.0.1")
    assert client.login(username="clerk", password=opened.password)
    for path in ("/shop/staff/", "/home", "/shop/"):
        assert client.get(path)["Location"] == "/account/password"
    assert client.get("/privacy").status_code == 200
    assert client.get("/account/password").status_code == 200
    weak = client.post("/account/password", {"new_password": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    good = {"new_password": "a-good-one-for-tests", "again": "a-good-one-for-tests"}
    assert client.post("/account/password", good)["Location"] == "/home"
    assert client.get("/shop/staff/").status_code == 200
    # From now on the present password is asked for.
    assert client.post("/account/password", good).status_code == 422
    other = Client(SERVER_NAME="127.0.0.1")
    assert not other.login(username="clerk", password=opened.password)
    assert other.login(username="clerk", password=good["new_password"])


def test_a_new_one_time_password_ends_what_was_open():
    let_in("甲", ShopPost.MANAGER)
    clerk = let_in("乙", ShopPost.CLERK)
    client = sign_in(clerk)
    password = staff_accounts.renew_password(clerk)
    assert client.get("/shop/staff/").status_code == 302
    clerk.user.refresh_from_db()
    assert clerk.user.check_password(password)
    assert clerk.user.must_change_password


def test_a_phone_may_belong_to_an_owner_and_to_people_of_two_shops_but_to_one_of_each():
    owner = account_of(NUMBER, now=NOW)
    first = let_in("甲", ShopPost.MANAGER, number=NUMBER)
    second = let_in("乙", ShopPost.CLERK, OTHER_SHOP, number=NUMBER)
    with pytest.raises(staff_phones.NumberTaken):
        let_in("丙", ShopPost.CLERK, number=NUMBER)
    assert [user.pk for user in staff_phones.accounts_of(NUMBER)] == [first.user.pk, second.user.pk]
    assert find_user_by_phone(NUMBER).pk == owner.pk == account_of(NUMBER, now=NOW).pk
    assert staff_phones.masked_phone(first.user) == "142****0031"
    kept = StaffPhone.objects.get(user=first.user)
    assert NUMBER.encode() not in bytes(kept.number_sealed)


def test_an_account_name_is_given_once_whatever_its_case():
    let_in("甲", ShopPost.MANAGER, username="counter")
    with pytest.raises(NameTaken):
        let_in("乙", ShopPost.CLERK, OTHER_SHOP, username="COUNTER")


def test_an_account_from_outside_the_register_is_entered_once():
    user = User.objects.create_user("made-elsewhere", "a-good-one-for-tests", role="shop", company_code=SHOP,
                                    display_name="丁")  # fmt: skip
    for _again in range(2):
        (member,) = staff.people_of(SHOP, now=NOW)
        assert (member.name, member.user.pk) == ("丁", user.pk)


def test_entering_the_same_person_twice_makes_one():
    assert enter("甲").pk == enter("甲").pk
    assert enter("甲", OTHER_SHOP).pk != enter("甲").pk


def test_a_certificate_shows_only_its_end_and_is_counted_before_it_ends():
    member, other = enter("甲"), enter("乙", OTHER_SHOP)
    for place, (of, days) in enumerate([(member, -1), (member, 30), (member, 31), (member, None), (other, 3)]):
        staff.add_certificate(
            of,
            CertificateKind.SKILL,
            f"ZQXJ-0000-000{place}",
            level="三级",
            issued_by="",
            valid_until_on=None if days is None else TODAY + timedelta(days=days),
            now=NOW,
        )
    assert expiring_certificates(SHOP, TODAY) == 2
    first = staff.certificates_of([member])[member.pk][0]
    assert first.number_end == "0000"
    assert b"ZQXJ" not in bytes(first.number_sealed)
    assert staff.number_of(first) == "ZQXJ-0000-0000"
    renewed = staff.add_certificate(
        member, CertificateKind.SKILL, "ZQXJ-0000-0000", level="二级", issued_by="", valid_until_on=None, now=NOW
    )
    assert renewed.pk == first.pk
    assert expiring_certificates(SHOP, TODAY) == 1
    assert staff.end_certificate(member, StaffCertificate.objects.get(number_end="0001").public_id, now=NOW)
    assert expiring_certificates(SHOP, TODAY) == 0
    assert not staff.end_certificate(other, first.public_id, now=NOW)


def test_who_works_elsewhere_is_not_found():
    assert staff.find_person(OTHER_SHOP, enter("甲").public_id) is None


def test_clerks_see_names_only():
    let_in("甲", ShopPost.MANAGER, username="the-manager", number=NUMBER)
    page = sign_in(let_in("乙", ShopPost.CLERK)).get("/shop/staff/").content.decode()
    assert "甲" in page
    assert "the-manager" not in page
    assert '/leave"' not in page


def test_an_account_that_was_given_to_another_shop_is_no_longer_to_be_changed_here():
    let_in("甲", ShopPost.MANAGER)
    moved = let_in("乙", ShopPost.MANAGER)
    User.objects.filter(pk=moved.user.pk).update(company_code=OTHER_SHOP, password="kept")
    before = staff.find_person(SHOP, moved.public_id)
    assert before is not None
    assert before.user is None
    for deed in (staff_accounts.renew_password, lambda member: staff_accounts.change_post(member, ShopPost.CLERK)):
        with pytest.raises(HasLeft):
            deed(before)
    assert staff_accounts.leave(before, on=TODAY)
    assert [person.user.pk for person in staff.people_of(OTHER_SHOP, now=NOW)] == [moved.user.pk]
    account = User.objects.get(pk=moved.user.pk)
    assert (account.password, account.is_active, account.shop_post) == ("kept", True, "manager")
