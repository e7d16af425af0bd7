"""复查 by the system on a real database: what records say, to the second of a limit, and what it does to an order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.supervision.letters import CODE, DUE, ISSUED, SECOND, Letters

from chedang.reviews.clocks import last_day
from chedang.site.databases import named_database
from chedang.supervision import checking, duties
from chedang.supervision.conditions import CheckKind, Condition
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NotAllowed
from chedang.supervision.models.duties import Duty, DutyStep
from chedang.terms.dates import SHANGHAI

DAY = timedelta(days=1)
ONE = Condition(CheckKind.UPLOADED)


@pytest.fixture
def letters(database_url: str, tmp_path: Path) -> Iterator[Letters]:
    with named_database(database_url, "default"):
        made = Letters.make(database_url, tmp_path)
        yield made
        made.province.connection.close()


def upload(letters: Letters, received_at: datetime, **elements: str) -> str:
    """A record of the shop that came in at this instant; its settlement list number."""
    province, number = letters.province, f"NO-{received_at:%m%d%H%M%S}"
    province.upload(
        "one", province.family_car, date(2026, 11, 2), "1000", number=number, received_at=received_at, **elements
    )
    province.connection.commit()
    return number


def forget(letters: Letters) -> None:
    """As if nothing had ever come in."""
    letters.province.connection.execute("delete from record_version")
    letters.province.connection.execute("delete from record_head")
    letters.province.connection.commit()


def deeds(duty: Duty) -> list[str]:
    return list(DutyStep.objects.filter(duty=duty).values_list("deed", flat=True))


def test_what_came_in_within_the_second_of_the_limit_is_in_time_and_a_second_later_it_is_late(letters: Letters) -> None:
    for code, at, met in (("22222222", DUE + timedelta(milliseconds=999), True), ("33333333", DUE + SECOND, False)):
        duty = letters.issue(code=code, condition=ONE)
        forget(letters)
        upload(letters, at)
        assert checking.check(code, now=DUE + DAY)
        (found,) = DutyStep.objects.filter(duty=duty, deed=DutyDeed.CHECK)
        assert (found.figures["is_met"], found.figures["is_late"]) == (met, False)
        assert found.figures["received"] == int(met)
        assert found.actor is None
    assert checking.check("33333333", now=DUE + DAY + SECOND)
    late = DutyStep.objects.filter(duty__code="33333333").last()
    assert late is not None
    assert (late.figures["is_met"], late.figures["is_late"]) == (True, True)
    assert not checking.check("33333333", now=DUE + 2 * DAY)  # nothing turned: the history is not filled by a clock


def test_an_urge_closes_itself_and_an_order_waits_for_one_press(letters: Letters) -> None:
    urge = letters.issue(code="22222222", kind=DutyKind.URGE, basis="", condition=ONE)
    order = letters.issue(condition=ONE)
    assert checking.check_all(ISSUED + SECOND) == 0
    upload(letters, ISSUED + DAY)
    assert checking.check_all(ISSUED + DAY + SECOND) == 2
    urge.refresh_from_db()
    order.refresh_from_db()
    assert (urge.state, urge.closed_at, deeds(urge)) == (DutyState.DONE, ISSUED + DAY + SECOND, ["issue", "fixed"])
    assert (order.state, order.found_fixed_at) == (DutyState.WITH_SHOP, ISSUED + DAY + SECOND)
    waiting = duties.waiting_for_officer(Duty.objects.all(), ISSUED + DAY + SECOND)
    assert list(waiting) == [order]
    with pytest.raises(NotAllowed):  # its page is older than the finding
        duties.close(CODE, DutyDeed.ACCEPT, letters.officer(letters.county), "", seen=1, now=ISSUED + 2 * DAY)
    done = duties.close(CODE, DutyDeed.ACCEPT, letters.officer(letters.county), "", seen=2, now=ISSUED + 2 * DAY)
    assert done.state == DutyState.DONE
    assert checking.check_all(DUE + DAY) == 0


def test_an_order_that_cannot_be_checked_keeps_no_other_unchecked(letters: Letters) -> None:
    broken = letters.issue(code="22222222", condition=ONE)
    letters.issue(condition=ONE)
    Duty.objects.filter(pk=broken.pk).update(condition={"kind": "of a release to come"}, due_at=DUE - DAY)
    upload(letters, ISSUED + DAY)
    assert checking.check_all(ISSUED + DAY + SECOND) == 1


def test_an_answer_is_checked_though_nothing_turned_and_a_finding_that_turns_back_is_told(letters: Letters) -> None:
    duty = letters.issue(condition=Condition(CheckKind.CONNECTED))
    letters.answer(seen=1, now=ISSUED + DAY)
    assert checking.check_all(ISSUED + DAY + SECOND) == 1
    assert "还没有收到过维修记录" in DutyStep.objects.filter(duty=duty)[2].text
    assert checking.check_all(ISSUED + 2 * DAY) == 0
    upload(letters, ISSUED + DAY)
    assert checking.check_all(ISSUED + 2 * DAY) == 1
    forget(letters)
    assert checking.check_all(ISSUED + 2 * DAY + SECOND) == 1
    duty.refresh_from_db()
    assert (duty.found_fixed_at, deeds(duty)) == (None, ["issue", "answer", "check", "check", "check"])


def test_named_records_are_mended_when_none_is_doubtful(letters: Letters) -> None:
    with pytest.raises(NotAllowed, match="结算清单编号"):
        letters.issue(condition=Condition(CheckKind.MENDED))
    number = upload(letters, ISSUED - DAY)
    connection = letters.province.connection
    row = connection.execute("select record_id from record_head").fetchone()
    assert row is not None
    connection.execute("update record_version set error_count = 1")
    connection.commit()
    duty = letters.issue(condition=Condition(CheckKind.MENDED), records=((row[0], number),))
    counted = checking.count(duty, Condition(CheckKind.MENDED), ISSUED)
    assert (counted.named, counted.doubtful) == (1, 1)
    assert checking.check_all(ISSUED + SECOND) == 0
    connection.execute("update record_version set error_count = 0")
    connection.commit()
    assert checking.check_all(ISSUED + 2 * SECOND) == 1


def test_the_share_of_errors_counts_new_records_only(letters: Letters) -> None:
    duty = letters.issue(condition=Condition(CheckKind.ERROR_SHARE, 50))
    upload(letters, ISSUED - DAY)
    counted = checking.count(duty, Condition(CheckKind.ERROR_SHARE, 50), ISSUED + DAY)
    assert (counted.received, counted.errors) == (0, 0)


@pytest.mark.parametrize(
    ("issued", "days", "last"),
    [
        (datetime(2025, 9, 29, 10, tzinfo=SHANGHAI), 3, date(2025, 10, 10)),  # 国庆 and 中秋 1 to 8 October
        (datetime(2025, 1, 24, 10, tzinfo=SHANGHAI), 2, date(2025, 1, 27)),  # Sunday 26 January is worked
        (datetime(2025, 1, 27, 10, tzinfo=SHANGHAI), 1, date(2025, 2, 5)),  # 春节 28 January to 4 February
        (datetime(2025, 9, 26, 10, tzinfo=SHANGHAI), 1, date(2025, 9, 28)),  # Sunday 28 September is worked
    ],
)
def test_a_limit_counts_the_days_that_offices_work(letters: Letters, issued: datetime, days: int, last: date) -> None:
    duty = letters.issue(now=issued, days=days)
    assert last_day(duty.due_at) == last
    late = letters.answer(seen=1, now=duty.due_at + SECOND)
    assert late.is_answered_late
    letters.issue(code="22222222", now=issued, days=days)
    cleaned = letters.evidence.clean(())
    in_time = duties.answer(
        "22222222", letters.shop, "已补传", cleaned, evidence=letters.evidence, seen=1, now=duty.due_at
    )
    assert not in_time.is_answered_late
