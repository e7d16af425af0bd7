"""Three administrators, second factors, the sealed audit trail, and officials under their superiors' eyes."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chedang.access import officials, seals, second_factor
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, CheckOutcome, Purpose, Role
from chedang.access.models import (
    ACTION_NAMES,
    PURPOSE_NAMES,
    ROLE_NAMES,
    AuditEvent,
    AuditSeal,
    AuditSealMark,
    DrawnLook,
    OpenSession,
    RecoveryCode,
    User,
)
from chedang.access.sessions import note_session
from chedang.fiction.vehicles import make_vin
from chedang.site.archive import connections
from chedang.site.oversight import accounts, events, superiors
from chedang.site.oversight.events import as_csv

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
_numbers = count(1)


@pytest.fixture(autouse=True)
def node(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A node with keys of its own; pages meet the fresh database."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))

    @contextmanager
    def lend() -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(django_database) as lent:
            yield lent

    monkeypatch.setattr(connections, "_lender", lambda: lend)
    return django_database


def account(role: str, division_code: str = "", **columns: Any) -> User:
    user = User(username=f"{role}-{next(_numbers)}", display_name="某人", role=role, password="!")
    user.division_code, user.company_code = division_code, "330106000000001" if role == "shop" else ""
    for name, value in columns.items():
        setattr(user, name, value)
    user.save()
    return user


def browser(user: User, *, is_verified: bool = True) -> Client:
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(user)
    key = client.session.session_key or ""
    note_session(user, key, browser="Chrome", system="Linux", now=datetime.now(UTC))
    if is_verified:
        second_factor.mark_verified(key, now=datetime.now(UTC))
    return client


def hand_code(user: User, client: Client) -> Client:
    """The 启用码 was handed over and typed."""
    typed = client.post("/account/second-factor", {"code": second_factor.enrolment_code(user)})
    assert typed["Location"] == "/account/second-factor"
    return client


def event(actor: User, action: AuditAction = AuditAction.SIGN_IN, *, at: datetime = NOW, vin: str = "") -> AuditEvent:
    return record_event(
        actor, action, Purpose.SUPERVISION, now=at, vin=vin, reason="日常抽查", before={"a": 1}, after={"a": 2}
    )


# ---- the audit trail


@pytest.mark.parametrize("table", ["access_audit_event", "access_audit_seal"])
def test_the_database_refuses_to_change_or_remove_what_was_written(table: str) -> None:
    event(account("admin"))
    _seal_everything()
    for statement in (f"update {table} set id = id + 1", f"delete from {table}"):  # noqa: S608 - ours
        with pytest.raises(DatabaseError, match="neither changed nor removed"), transaction.atomic():
            connection.cursor().execute(statement)


def _seal_everything() -> int:
    seals.seal_settled(NOW)
    return seals.seal_settled(NOW + MINUTE)


def test_only_what_is_settled_is_sealed(node: str) -> None:
    officer = account("admin")
    event(officer)
    with psycopg.connect(node) as late:
        late.execute(  # has drawn its number, and comes to light after a larger one
            "insert into access_audit_event (at, actor_id, role, action, purpose, vin, object_id, object_digest,"
            " organisation) values (now(), %s, 'admin', 'account:sign_in', 'administration', '', '', '', '')",
            (officer.pk,),
        )
        event(officer)
        assert seals.seal_settled(NOW) == 0  # notes how far the trail reaches
        assert seals.seal_settled(NOW + timedelta(seconds=59)) == 0  # too early
        assert seals.seal_settled(NOW + 2 * MINUTE) == 0  # a writer of then is still at work
        late.commit()
    assert seals.seal_settled(NOW + 3 * MINUTE) == 3
    assert seals.seal_settled(NOW + 4 * MINUTE) == 0  # nothing new
    assert AuditSeal.objects.get().event_count == 3
    assert seals.verify_chain()[:3] == (1, 3, None)


def test_a_mark_of_another_server_is_forgotten() -> None:
    event(account("admin"))
    AuditSealMark.objects.create(last_id=1, transaction_horizon=2**60, noted_at=NOW - 9 * MINUTE)
    assert seals.seal_settled(NOW) == 0
    assert seals.seal_settled(NOW + MINUTE) == 1


@pytest.mark.parametrize(
    "tampering",
    [
        "update access_audit_event set reason = '核查投诉' where id = (select first_id + 1 from access_audit_seal"
        " order by first_id offset 1 limit 1)",
        "update access_audit_event set after = '{\"a\": 3}' where id = (select last_id from access_audit_seal"
        " order by first_id offset 1 limit 1)",
        "delete from access_audit_event where id = (select first_id from access_audit_seal"
        " order by first_id offset 1 limit 1)",
        "delete from access_audit_seal where first_id = (select first_id from access_audit_seal"
        " order by first_id offset 1 limit 1)",
        "update access_audit_seal set event_count = event_count where false;"
        " update access_audit_seal set previous_digest = repeat('0', 64) where first_id ="
        " (select first_id from access_audit_seal order by first_id offset 1 limit 1)",
        "update access_audit_seal set sealed_at = sealed_at - interval '1 day' where first_id ="
        " (select first_id from access_audit_seal order by first_id offset 1 limit 1)",
    ],
)
def test_the_chain_names_the_first_range_that_was_tampered_with(
    monkeypatch: pytest.MonkeyPatch, tampering: str
) -> None:
    monkeypatch.setattr(seals, "MOST_EVENTS", 3)
    officer = account("admin")
    numbers = [event(officer).pk for _ in range(9)]
    assert _seal_everything() == 9
    assert seals.verify_chain()[:3] == (3, 9, None)
    with connection.cursor() as cursor:
        for table in ("access_audit_event", "access_audit_seal"):
            cursor.execute(f"alter table {table} disable trigger {table}_stays")
        cursor.execute(tampering)
        for table in ("access_audit_event", "access_audit_seal"):
            cursor.execute(f"alter table {table} enable trigger {table}_stays")
    found = seals.verify_chain()
    assert found.seals == 1
    assert found.differing is not None
    assert found.differing.first_id in {numbers[3], numbers[6]}  # the third where the second seal itself is gone


def test_seals_that_were_made_anew_lack_the_digest_that_was_kept() -> None:
    officer = account("admin")
    event(officer)
    assert _seal_everything() == 1
    kept = seals.verify_chain().newest_digest
    event(officer)
    later = seals.verify_chain(kept)
    assert (later.has_kept, later.waiting, later.first_sealed_at) == (True, 1, NOW + MINUTE)
    assert later.waiting_since == NOW
    with connection.cursor() as cursor:
        cursor.execute("alter table access_audit_event disable trigger access_audit_event_stays")
        cursor.execute("update access_audit_event set reason = '核查投诉'")
        cursor.execute("truncate access_audit_seal, access_audit_seal_mark")
    seals.seal_settled(NOW + 2 * MINUTE)
    assert seals.seal_settled(NOW + 3 * MINUTE) == 2
    found = seals.verify_chain(kept)
    assert (found.differing, found.has_kept, found.waiting) == (None, False, 0)
    assert found.first_sealed_at == NOW + 3 * MINUTE


# ---- the second factor


def test_a_code_is_good_once_and_a_recovery_code_stands_in_once() -> None:
    officer = account("regulator", "330106")
    secret = second_factor.offered_secret(officer)
    assert second_factor.offered_secret(officer) == secret
    assert second_factor.confirm(officer, "000000", now=NOW) is None
    code = second_factor.present_code(secret, now=NOW)
    codes = second_factor.confirm(officer, f" {code[:3]} {code[3:]} ", now=NOW)
    assert codes is not None
    assert len(set(codes)) == 10
    assert not RecoveryCode.objects.filter(code_digest__in=codes).exists()
    assert not second_factor.verify(officer, code, now=NOW)  # replayed
    later = NOW + MINUTE
    fresh = second_factor.present_code(secret, now=later)
    assert second_factor.verify(officer, fresh, now=later + timedelta(seconds=25))  # a clock that is late
    assert not second_factor.verify(officer, fresh, now=later)
    assert second_factor.verify(officer, codes[0].upper().replace("-", " "), now=later)
    assert not second_factor.verify(officer, codes[0], now=later)
    assert not second_factor.verify(account("regulator", "330106"), codes[1], now=later)
    with pytest.raises(LookupError):
        second_factor.offered_secret(officer)
    assert second_factor.recovery_codes_left(officer) == 9
    assert second_factor.reset(officer)
    assert second_factor.offered_secret(officer) != secret


def test_who_knows_the_first_password_enrols_no_device_without_the_code_that_security_hands_over() -> None:
    security, officer, other = account("security"), account("regulator", "330106"), account("regulator", "330106")
    client = browser(officer, is_verified=False)
    secret, address = second_factor.offered_secret(officer), "/account/second-factor"
    present = second_factor.present_code(secret, now=datetime.now(UTC))
    for typed in (present, second_factor.enrolment_code(other), "", "某-" * 20):
        answer = client.post(address, {"code": typed})
        assert answer.status_code == 422, typed
        assert secret not in answer.content.decode().replace(" ", "")
    assert not second_factor.is_enrolled(officer)
    page = browser(security).post(f"/security/accounts/{officer.pk}/change", {"deed": "enrolment"}).content.decode()
    code = second_factor.enrolment_code(officer)
    assert code in page
    assert AuditEvent.objects.filter(actor=security, object_id=f"account {officer.pk}").count() == 1
    assert code not in browser(security).get(f"/security/accounts/{officer.pk}").content.decode()
    assert client.post(address, {"code": f" {code.upper()} "}).status_code == 302
    assert secret in client.get(address).content.decode().replace(" ", "")
    # A reset makes another code, and what was typed opens nothing any more
    second_factor.reset(officer)
    assert second_factor.enrolment_code(officer) != code
    assert "填写启用码" in client.get(address).content.decode()
    hand_code(officer, client)
    fresh = second_factor.present_code(second_factor.offered_secret(officer), now=datetime.now(UTC))
    assert "请保存备用码" in client.post(address, {"code": fresh}).content.decode()
    told = browser(security).post(f"/security/accounts/{officer.pk}/change", {"deed": "enrolment"}, follow=True)
    assert "不再需要启用码" in told.content.decode()
    with pytest.raises(PermissionDenied):
        accounts.show_enrolment_code(security, security.pk)


def test_enrolling_twice_at_the_same_time_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    user = account("auditor")
    client = hand_code(user, browser(user, is_verified=False))
    secret = second_factor.offered_secret(user)
    second_factor.confirm(user, second_factor.present_code(secret, now=NOW), now=NOW)
    monkeypatch.setattr(second_factor, "is_enrolled", lambda _user: False)  # as it was when the second one looked
    answer = client.post("/account/second-factor", {"code": "123456"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor")


@pytest.mark.parametrize("role", ["regulator", "admin", "security", "auditor", "police"])
def test_an_official_s_session_opens_nothing_before_the_code_was_shown(role: str) -> None:
    user = account(role, "330106" if role in {"regulator", "police"} else "")
    client = browser(user, is_verified=False)
    for path in (
        "/regulator/enterprises",
        "/security/",
        "/audit/",
        "/admin/",
        "/home",
        "/account/password",
        "/network/",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/account/second-factor"), path
    assert client.get("/account/second-factor").status_code == 200
    assert client.get("/privacy").status_code == 200


def test_five_wrong_codes_make_wait_and_are_written_down() -> None:
    user = account("regulator", "330106")
    client = hand_code(user, browser(user, is_verified=False))
    secret = second_factor.offered_secret(user)
    for _attempt in range(5):
        assert "动态口令不对" in client.post("/account/second-factor", {"code": "000000"}).content.decode()
    good = second_factor.present_code(secret, now=datetime.now(UTC))
    assert "请 1 分钟后再试" in client.post("/account/second-factor", {"code": good}).content.decode()
    refused = AuditEvent.objects.filter(actor=user, action=AuditAction.REFUSE_SIGN_IN)
    assert list(refused.values_list("reason", flat=True)) == ["code"] * 5
    accounts.unlock(account("security"), user.pk)
    good = second_factor.present_code(secret, now=datetime.now(UTC))
    assert "请保存备用码" in client.post("/account/second-factor", {"code": good}).content.decode()


@pytest.mark.parametrize("change", [{"used_at": NOW - timedelta(minutes=31)}, {"began_at": NOW - timedelta(hours=13)}])
def test_a_session_that_stood_idle_or_grew_old_is_over(change: dict[str, datetime]) -> None:
    user = account("auditor")
    client = browser(user)
    assert client.get("/audit/").status_code == 200
    OpenSession.objects.filter(user=user).update(**change)
    answer = client.get("/audit/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Faudit%2F")
    assert client.get("/audit/").status_code == 302


# ---- three administrators


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, prefix + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield prefix + str(each.pattern)


def _address(route: str) -> str:
    for part in ("<int:number>", "<path:object_id>", "<id>", "<int:content_type_id>", "<path:url>"):
        route = route.replace(part, "1")
    return f"/{route}".replace("^", "").replace("$", "")


def test_every_page_of_an_administrator_is_closed_to_all_other_roles() -> None:
    holders = {"security/": "security", "audit/": "auditor", "admin/": "admin", "regulator/oversight/": "regulator"}
    divided = {"regulator", "police"}
    clients = {str(role): browser(account(role, "330106" if role in divided else "")) for role in Role}
    cases = 0
    for route in _routes(get_resolver().url_patterns):
        holder = next((role for prefix, role in holders.items() if route.startswith(prefix)), None)
        if holder is None or "(?P" in route or route in {"admin/login/", "admin/logout/"}:
            continue
        for role, client in clients.items():
            if role == holder:
                continue
            for answer in (client.get(_address(route)), client.post(_address(route))):
                cases += 1
                is_sent_away = answer.status_code == 302 and answer["Location"].startswith("/admin/login/")
                assert answer.status_code in {403, 404, 405} or is_sent_away, (route, role, answer.status_code)
    assert cases >= 200


def test_an_account_opens_nothing_until_security_confirmed_it() -> None:
    admin, security = account("admin"), account("security")
    made = browser(admin).post(
        "/admin/access/user/add/",
        {
            "username": "new-official",
            "display_name": "新人",
            "role": "regulator",
            "division_code": "330106",
            "password1": "long enough 42",
            "password2": "long enough 42",
            "usable_password": "true",
        },
    )
    assert made.status_code == 302, made.content.decode()
    new = User.objects.get(username="new-official")
    assert new.awaits_confirmation
    form = {"username": "new-official", "password": "long enough 42"}
    assert "还要等安全管理员确认" in Client(SERVER_NAME="127.0.0.1").post("/sign-in", form).content.decode()
    # nor do two rights come together: who makes accounts gives none, and who gives rights makes none
    browser(admin).post(
        f"/admin/access/user/{new.pk}/change/", {"display_name": "新人", "role": "auditor", "is_active": "on"}
    )
    assert browser(security).get("/admin/access/user/add/").status_code == 302
    new.refresh_from_db()
    assert new.role == "regulator"
    browser(security).post(f"/security/accounts/{new.pk}/change", {"deed": "confirm"})
    answer = Client(SERVER_NAME="127.0.0.1").post("/sign-in", form)
    assert answer["Location"].startswith("/account/second-factor")
    changes = AuditEvent.objects.filter(action=AuditAction.CHANGE_ACCOUNT, object_id=f"account {new.pk}").order_by("pk")
    assert [(each.actor_id, each.after["awaits_confirmation"]) for each in changes if each.after][:1] == [
        (admin.pk, True)
    ]
    refused = AuditEvent.objects.get(action=AuditAction.REFUSE_SIGN_IN)
    assert (refused.actor, refused.reason) == (new, "unconfirmed")
    last = changes.last()
    assert last is not None
    assert (last.actor_id, last.before["awaits_confirmation"], last.after["awaits_confirmation"]) == (
        security.pk,
        True,
        False,
    )


@pytest.mark.parametrize(("role", "code"), [("police", ""), ("police", "000001"), ("regulator", "000001")])
def test_no_account_is_made_whose_division_bounds_nothing(role: str, code: str) -> None:
    form = {"username": "boundless", "display_name": "新人", "role": role, "division_code": code}
    words = {"password1": "long enough 42", "password2": "long enough 42", "usable_password": "true"}
    answer = browser(account("admin")).post("/admin/access/user/add/", form | words)
    assert "六位行政区划代码" in answer.content.decode()
    assert not User.objects.filter(username="boundless").exists()


def test_an_account_without_a_division_can_still_be_switched_off() -> None:
    police = account("police")
    form = {"display_name": "某人", "company_code": ""}
    assert browser(account("admin")).post(f"/admin/access/user/{police.pk}/change/", form).status_code == 302
    police.refresh_from_db()
    assert not police.is_active


def test_nobody_changes_the_own_rights_and_no_administrator_becomes_another() -> None:
    security, other = account("security"), account("auditor")
    for deed in (accounts.confirm, accounts.reset_second_factor, accounts.unlock):
        with pytest.raises(PermissionDenied):
            deed(security, security.pk)
    with pytest.raises(PermissionDenied):
        accounts.change_rights(security, security.pk, Role.REGULATOR, "330106")
    for role in Role:
        if role is not Role.AUDITOR:
            with pytest.raises(ValidationError):
                accounts.change_rights(security, other.pk, role, "330106")
    with pytest.raises(User.DoesNotExist):
        accounts.confirm(security, account("shop").pk)
    admin = account("admin")
    browser(admin).post(f"/admin/access/user/{admin.pk}/change/", {"display_name": "某人", "company_code": ""})
    admin.refresh_from_db()
    assert admin.is_active


def test_another_division_ends_the_sessions_and_is_written_down() -> None:
    security, officer = account("security"), account("regulator", "330106")
    client = browser(officer)
    browser(security).post(
        f"/security/accounts/{officer.pk}/change",
        {"deed": "rights", "role": "regulator", "division_code": "330100"},
    )
    assert client.get("/regulator/enterprises")["Location"].startswith("/sign-in")
    written = AuditEvent.objects.get(action=AuditAction.CHANGE_ACCOUNT)
    assert (written.before["division_code"], written.after["division_code"]) == ("330106", "330100")


# ---- superiors


def test_a_superior_sees_the_officials_below_and_nobody_else() -> None:
    city, colleague, county = (account("regulator", code) for code in ("330100", "330100", "330106"))
    foreign, province = account("regulator", "330200"), account("regulator", "330000")
    below = officials.officials_below(city)
    assert set(below) == {colleague, county}
    assert set(officials.officials_below(province)) == {city, colleague, county, foreign}
    event(county)
    event(county, AuditAction.REFUSE_SIGN_IN)
    event(county, AuditAction.REFUSE_SIGN_IN, at=NOW - timedelta(days=40))
    event(foreign)
    User.objects.filter(pk=colleague.pk).update(created_at=NOW - timedelta(days=31))
    used = {each.user: each for each in officials.read_use(list(below.all()), now=NOW)}
    assert (used[county].sign_ins, used[county].failures, used[county].is_silent) == (1, 1, False)
    assert (used[colleague].last_sign_in_at, used[colleague].is_silent) == (None, True)
    assert {each.actor for each in officials.acts_below(city)} == {county}
    page = browser(city).get(f"/regulator/oversight/acts?person={foreign.username}")
    assert "没有这样的操作" in page.content.decode()


def test_no_superior_sees_what_the_police_do() -> None:
    province, police, moved = account("regulator", "330000"), account("police", "330106"), account("police", "330106")
    for each in (police, moved):
        event(each, AuditAction.CHANGE_WATCH_LIST, vin=make_vin(Random("removed from the list")))
    User.objects.filter(pk=moved.pk).update(role="regulator")
    assert list(officials.officials_below(province)) == [moved]
    assert not officials.acts_below(province)
    assert police.username not in browser(province).get("/regulator/oversight/").content.decode()
    assert "没有这样的操作" in browser(province).get("/regulator/oversight/acts?action=watch:change").content.decode()
    assert "变更布控名单" in browser(account("auditor")).get("/audit/?action=watch:change").content.decode()


def test_looks_are_drawn_once_a_day_and_checked_once() -> None:
    city, county, foreign = (account("regulator", code) for code in ("330100", "330106", "330200"))
    yesterday = NOW - timedelta(days=1)
    for _ in range(101):
        event(county, AuditAction.READ_VEHICLE_FILE, at=yesterday, vin="L" * 17)
    assert officials.draw_looks(NOW) == 2
    assert officials.draw_looks(NOW) == 0
    drawn = list(officials.drawn_below(city))
    assert len(drawn) == 2
    numbers = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert officials.draw(numbers, drawn[0].drawn_on) == sorted(each.event_id for each in drawn)
    with pytest.raises(DrawnLook.DoesNotExist):
        officials.check_look(foreign, drawn[0].pk, CheckOutcome.FINE, "", now=NOW)
    client, address = browser(city), f"/regulator/oversight/looks/{drawn[0].pk}"
    assert browser(foreign).post(address, {"outcome": "fine"}).status_code == 404
    assert client.post(address, {"outcome": "questioned", "note": ""}).status_code == 422
    assert client.post(address, {"outcome": "questioned", "note": "案件编号查不到"}).status_code == 302
    assert client.post(address, {"outcome": "fine"}).status_code == 409
    drawn[0].refresh_from_db()
    assert (drawn[0].outcome, drawn[0].checked_by) == ("questioned", city)


def test_looks_of_days_on_which_the_worker_stood_still_are_drawn_too() -> None:
    county = account("regulator", "330106")
    for days in (1, 3, 7, 8):
        event(county, AuditAction.READ_VEHICLE_FILE, at=NOW - timedelta(days=days), vin="L" * 17)
    assert officials.draw_looks(NOW) == 3
    assert officials.draw_looks(NOW) == 0


def test_a_check_that_cannot_be_written_down_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    event(account("regulator", "330106"), AuditAction.READ_VEHICLE_FILE, at=NOW - timedelta(days=1), vin="L" * 17)
    officials.draw_looks(NOW)
    drawn = DrawnLook.objects.get()
    client = browser(account("regulator", "330100"))

    def fail(*_given: object, **_named: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(superiors, "record_event", fail)
        assert client.post(f"/regulator/oversight/looks/{drawn.pk}", {"outcome": "fine"}).status_code == 500
    drawn.refresh_from_db()
    assert drawn.outcome == ""


def test_officials_are_listed_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superiors.settings, "RECORDS_PER_PAGE", 2)
    client = browser(account("regulator", "330000"))
    names = {account("regulator", "330106").username for _ in range(5)}
    pages = [client.get(f"/regulator/oversight/?page={number}").content.decode() for number in (1, 2, 3)]
    found = [{name for name in names if f"person={name}" in page} for page in pages]
    assert [len(each) for each in found] == [2, 2, 1]
    assert set().union(*found) == names
    assert all("管理人员 5 人" in page for page in pages)


def test_a_password_that_system_administrators_set_lets_nobody_become_security() -> None:
    admin, security = account("admin"), account("security")
    new = {"password1": "a stolen word 42", "password2": "a stolen word 42", "usable_password": "true"}
    assert browser(admin).post(f"/admin/access/user/{security.pk}/password/", new).status_code == 302
    form = {"username": security.username, "password": "a stolen word 42"}
    stranger = Client(SERVER_NAME="127.0.0.1")
    assert "还要等安全管理员确认" in stranger.post("/sign-in", form).content.decode()
    accounts.confirm(account("security"), security.pk)
    security.refresh_from_db()
    assert security.must_change_password
    assert stranger.post("/sign-in", form).status_code == 302


def test_system_administrators_stay_signed_in_when_they_set_a_password_and_become_no_owner_and_no_shop() -> None:
    admin, shop, owner = account("admin"), account("shop"), account("owner")
    client, new = browser(admin), {"password1": "a stolen word 42", "password2": "a stolen word 42"}
    # A form that asks for two things at once changes nothing
    client.post(f"/admin/access/user/{shop.pk}/password/", {"usable_password": "false"})
    shop.refresh_from_db()
    assert not shop.must_change_password
    new |= {"usable_password": "true"}
    assert client.post(f"/admin/access/user/{shop.pk}/password/", new).status_code == 302
    assert client.get("/admin/access/user/").status_code == 200
    shop.refresh_from_db()
    assert (shop.must_change_password, shop.awaits_confirmation) == (True, False)
    assert client.post(f"/admin/access/user/{owner.pk}/password/", new).status_code == 403
    for path in (f"access/user/{admin.pk}/password/", "password_change/"):
        assert client.post(f"/admin/{path}", new)["Location"] == "/account/password", path
    owner.refresh_from_db()
    admin.refresh_from_db()
    assert owner.password == admin.password == "!"
    assert [each.object_id for each in AuditEvent.objects.filter(action=AuditAction.CHANGE_ACCOUNT)] == [
        f"account {shop.pk}"
    ]
    assert client.post("/admin/access/user/nobody/password/", new).status_code == 404
    client.post("/admin/logout/")
    assert AuditEvent.objects.filter(action=AuditAction.SIGN_OUT, actor=admin).exists()


# ---- what no browser does


def test_the_session_goes_on_under_a_new_key_once_the_code_was_shown() -> None:
    user = account("regulator", "330106")
    client, thief = hand_code(user, browser(user, is_verified=False)), Client(SERVER_NAME="127.0.0.1")
    thief.cookies.update(client.cookies)
    code = second_factor.present_code(second_factor.offered_secret(user), now=datetime.now(UTC))
    assert client.post("/account/second-factor", {"code": code}).status_code == 200
    assert client.get("/regulator/enterprises").status_code == 200
    assert thief.get("/regulator/enterprises")["Location"].startswith("/sign-in")
    assert OpenSession.objects.filter(user=user).count() == 1


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [("/audit/?page=2", "/audit/?page=2"), ("nowhere", "/home"), ("//elsewhere.example/", "/home"), ("", "/home")],
)
def test_the_code_leads_to_a_page_of_this_site_whatever_the_form_says(wanted: str, lands: str) -> None:
    user = account("auditor")
    secret = second_factor.offered_secret(user)
    second_factor.confirm(user, second_factor.present_code(secret, now=NOW - MINUTE), now=NOW - MINUTE)
    given = {"code": second_factor.present_code(secret, now=datetime.now(UTC)), "next": wanted}
    answer = browser(user, is_verified=False).post("/account/second-factor", given)
    assert (answer.status_code, answer["Location"]) == (302, lands)


def test_an_account_that_is_to_be_confirmed_again_opens_nothing_in_a_session_that_stands() -> None:
    user = account("auditor")
    client = browser(user)
    User.objects.update(awaits_confirmation=True)
    assert client.get("/audit/")["Location"].startswith("/sign-in")


def test_a_stranger_who_types_odd_names_lets_no_official_wait_for_the_code() -> None:
    user = account("regulator", "330106")
    for name in (f"{user.username} second factor", second_factor.matter_of(user)):
        for _attempt in range(6):
            Client(SERVER_NAME="127.0.0.1").post("/sign-in", {"username": name, "password": "x"})
    code = second_factor.present_code(second_factor.offered_secret(user), now=datetime.now(UTC))
    answer = hand_code(user, browser(user, is_verified=False)).post("/account/second-factor", {"code": code})
    assert "请保存备用码" in answer.content.decode()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2027-02-29"])
def test_the_trail_can_be_asked_for_any_day(day: str) -> None:
    assert browser(account("auditor")).get(f"/audit/?first_on={day}&last_on={day}").status_code in {200, 422}


def test_a_table_that_is_cut_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_EXPORTED", 2)
    auditor, officer = browser(account("auditor")), account("regulator", "330106")
    lengths = []
    for _ in range(3):
        event(officer)
        table = auditor.get(f"/audit/?format=csv&person={officer.username}").getvalue().decode()
        lengths.append((table.count(officer.username), "更早的请缩小筛选范围" in table))
    assert lengths == [(1, False), (2, False), (2, True)]


def test_names_and_codes_that_no_page_drew_make_no_fault() -> None:
    client = browser(account("regulator", "330106"))
    odd = {"shop": "\0", "duty": "\0", "handover": "\0", "name": "a/b", "id": "某" * 12}
    for path in ("censures/new", "handovers/new", "inspections/plan", "inspections/draws/"):
        form = urlencode(odd)
        answer = client.post(f"/regulator/{path}", form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, path
    assert client.post("/regulator/sanctions/new", odd).status_code == 404


def test_a_look_of_another_division_does_not_tell_of_ones_own_looks_at_the_same_car() -> None:
    superior, below, foreign = (account("regulator", code) for code in ("330100", "330106", "330212"))
    vin = make_vin(Random("looked at by two divisions"))
    own_look = event(below, AuditAction.READ_VEHICLE_FILE, vin=vin)
    foreign_look = event(foreign, AuditAction.READ_VEHICLE_FILE, vin=vin)
    client = browser(superior)
    shown, foreign_page, unknown_page = (
        client.get(f"/regulator/oversight/acts?look={number}").content.decode()
        for number in (own_look.pk, foreign_look.pk, foreign_look.pk + 1_000)
    )
    assert below.username in shown
    assert "日常抽查" in shown
    for page in (foreign_page, unknown_page):
        assert below.username not in page
        assert "日常抽查" not in page


# ---- the trail as csv


def test_the_trail_as_csv_says_in_words_what_each_act_was() -> None:
    officer = account("regulator", "330106")
    event(officer, AuditAction.READ_VEHICLE_FILE, vin=make_vin(Random("csv")))
    rows = csv_of(AuditEvent.objects.order_by("-pk"))
    assert rows[0][:6] == ["编号", "时间", "账户名", "角色", "单位", "操作"]
    assert rows[1][2:4] == [officer.username, ROLE_NAMES[Role.REGULATOR]]
    assert rows[1][5:8] == [ACTION_NAMES[AuditAction.READ_VEHICLE_FILE], PURPOSE_NAMES[Purpose.SUPERVISION], "日常抽查"]
    assert rows[1][9].startswith("******")
    assert rows[1][10:] == ["a=1", "a=2"]


def test_a_long_trail_as_csv_translates_no_name_anew_for_each_row() -> None:
    officer = account("regulator", "330106")
    events = [event(officer) for _each in range(60)]
    few, many = (_calls_of_csv(AuditEvent.objects.filter(pk__lte=events[most].pk)) for most in (9, 59))
    # A row needs some dozens; the names of all actions in the reader's language would be thousands.
    assert (many - few) / 50 < 400


def csv_of(events: Any) -> list[list[str]]:
    with closing(as_csv(events, "audit")) as answer:
        table = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(table)))


def _calls_of_csv(events: Any) -> int:
    calls = count()

    def note(_frame: Any, what: str, _argument: Any) -> None:
        if what == "call":
            next(calls)

    sys.setprofile(note)
    try:
        csv_of(events)
    finally:
        sys.setprofile(None)
    return next(calls)
