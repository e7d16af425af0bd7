"""The sealed audit trail: nobody changes it unseen; asked for by day, and as a table."""

from __future__ import annotations

import csv
import io
import sys
from contextlib import closing
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from tests.integration.site.officials import NOW, account, browser, event

from chedang.access import seals
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import (
    ACTION_NAMES,
    PURPOSE_NAMES,
    ROLE_NAMES,
    AuditEvent,
    AuditSeal,
    AuditSealMark,
)
from chedang.fiction.vehicles import make_vin
from chedang.site.oversight import events
from chedang.site.oversight.events import as_csv

pytestmark = pytest.mark.usefixtures("node")

MINUTE = timedelta(minutes=1)


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
