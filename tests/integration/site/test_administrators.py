"""Three administrators, none of whom becomes another, and the accounts that they make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.integration.site.officials import account, browser

from chedang.access.model import AuditAction, Role
from chedang.access.models import (
    AuditEvent,
    User,
)
from chedang.site.oversight import accounts

pytestmark = pytest.mark.usefixtures("node")


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


def test_an_account_that_is_to_be_confirmed_again_opens_nothing_in_a_session_that_stands() -> None:
    user = account("auditor")
    client = browser(user)
    User.objects.update(awaits_confirmation=True)
    assert client.get("/audit/")["Location"].startswith("/sign-in")


def test_names_and_codes_that_no_page_drew_make_no_fault() -> None:
    client = browser(account("regulator", "330106"))
    odd = {"shop": "\0", "duty": "\0", "handover": "\0", "name": "a/b", "id": "某" * 12}
    for path in ("censures/new", "handovers/new", "inspections/plan", "inspections/draws/"):
        form = urlencode(odd)
        answer = client.post(f"/regulator/{path}", form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, path
    assert client.post("/regulator/sanctions/new", odd).status_code == 404
