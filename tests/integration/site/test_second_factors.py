"""动态口令 of officials: enrolling a device, the code of each session, recovery codes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from tests.integration.site.officials import NOW, account, browser, hand_code

from chedang.access import second_factor
from chedang.access.model import AuditAction
from chedang.access.models import (
    AuditEvent,
    OpenSession,
    RecoveryCode,
)
from chedang.site.oversight import accounts

pytestmark = pytest.mark.usefixtures("node")

MINUTE = timedelta(minutes=1)


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


def test_a_stranger_who_types_odd_names_lets_no_official_wait_for_the_code() -> None:
    user = account("regulator", "330106")
    for name in (f"{user.username} second factor", second_factor.matter_of(user)):
        for _attempt in range(6):
            Client(SERVER_NAME="127.0.0.1").post("/sign-in", {"username": name, "password": "x"})
    code = second_factor.present_code(second_factor.offered_secret(user), now=datetime.now(UTC))
    answer = hand_code(user, browser(user, is_verified=False)).post("/account/second-factor", {"code": code})
    assert "请保存备用码" in answer.content.decode()
