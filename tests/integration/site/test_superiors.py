"""Officials under the eyes of their superiors, and looks that are drawn to be checked."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import DatabaseError
from tests.integration.site.officials import NOW, account, browser, event

from chedang.access import officials
from chedang.access.model import AuditAction, CheckOutcome
from chedang.access.models import (
    AuditEvent,
    DrawnLook,
    User,
)
from chedang.fiction.vehicles import make_vin
from chedang.site.oversight import superiors

pytestmark = pytest.mark.usefixtures("node")


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
