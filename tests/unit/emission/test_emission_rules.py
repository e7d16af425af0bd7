"""Which record answers a failed test, and what is doubtful; what stations send, read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chedang.emission.matching import match_all
from chedang.emission.model import Candidate, Doubt, Match, Misstated, Reason, Ticket, TicketState
from chedang.emission.reading import read_failed_test, read_retest
from chedang.emission.rules import asks_officer, choose, doubts_of, has_hours, has_parts, is_near, next_state
from chedang.records.model import PartText, ProjectText, RecordText

CAR, OTHER_CAR = "LZZ1A2B32GA000123", "LZZ1A2B34GA000124"
DAY = date(2026, 9, 14)
REPORT = "330106012609140830000001"
TICKET = Ticket(
    code="t",
    station_code="I-1",
    report_number=REPORT,
    division_code="330106",
    vin=CAR,
    plate_number="浙A12345",
    tested_on=DAY,
    failed_items=("CO",),
    deadline_on=DAY + timedelta(days=30),
    state=TicketState.OPEN,
    step_count=1,
    received_at=datetime(2026, 9, 14, tzinfo=UTC),
)


def record(number: int = 1, **changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "record_id": UUID(int=number),
        "vin": CAR,
        "plate_number": "浙A12345",
        "company_code": "330106000000001",
        "settled_on": DAY,
        "report_number": None,
        "is_listed": True,
        "has_parts": True,
        "has_hours": True,
    }
    return Candidate(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"plate_number": "浙A12346"}, None),
        ({"plate_number": "浙B99999"}, Reason.PLATE_DIFFERS),
        ({"plate_number": "浙B99999", "report_number": REPORT}, None),
        ({"vin": OTHER_CAR, "report_number": REPORT}, Reason.VIN_DIFFERS),
        ({"is_listed": False, "report_number": REPORT}, Reason.NOT_LISTED),
        ({"settled_on": DAY - timedelta(days=1)}, Reason.BEFORE_TEST),
        ({"settled_on": None}, Reason.NO_DAY),
        ({"report_number": "3" * 24}, Reason.OTHER_REPORT),
    ],
)
def test_a_record_answers_by_vin_list_day_and_plate_or_number(changes: dict[str, Any], reason: Reason | None) -> None:
    assert choose(TICKET, [record(**changes)], {}).reason is reason


def test_an_officer_asks_are_those_that_only_a_person_can_tell() -> None:
    undecided = [Reason.VIN_DIFFERS, Reason.PLATE_DIFFERS]
    for changes in ({"vin": OTHER_CAR, "report_number": REPORT}, {"plate_number": "浙B99999"}):
        match = choose(TICKET, [record(**changes)], {})
        assert match.is_undecided
        assert match.reason in undecided
        assert next_state(TICKET, match) is TicketState.UNDECIDED
        accepted = choose(TICKET, [record(**changes)], {UUID(int=1): True})
        assert next_state(TICKET, accepted) is TicketState.REPAIRED
        assert choose(TICKET, [record(**changes)], {UUID(int=1): False}).reason is Reason.RULED_OUT
    # A yes does not list a shop
    assert choose(TICKET, [record(is_listed=False)], {UUID(int=1): True}).reason is Reason.NOT_LISTED
    assert not choose(TICKET, [record(is_listed=False)], {}).is_undecided


def test_two_tickets_of_a_vehicle_are_told_apart_by_the_number_alone() -> None:
    assert choose(TICKET, [record()], {}, sibling_days=[DAY]).reason is Reason.SEVERAL_TICKETS
    assert choose(TICKET, [record()], {}, sibling_days=[DAY + timedelta(days=1)]).reason is None
    assert choose(TICKET, [record(report_number=REPORT)], {}, sibling_days=[DAY]).reason is None


def ticket(code: str, tested_on: date = DAY, state: TicketState = TicketState.OPEN, **changes: Any) -> Ticket:
    number = f"{REPORT[:-1]}{ord(code) % 10}"
    return msgspec.structs.replace(TICKET, code=code, report_number=number, tested_on=tested_on, state=state, **changes)


def match(tickets: list[Ticket], *records: Candidate) -> dict[str, tuple[TicketState, UUID | None]]:
    """State and record of each, by code."""
    found = match_all(tickets, {each.code: records for each in tickets}, {each.code: {} for each in tickets})
    return {each.code: (each.state, each.record_id) for each in found}


@pytest.mark.parametrize("state", [TicketState.OPEN, TicketState.UNDECIDED, TicketState.REPAIRED])
def test_one_record_for_two_tickets_is_asked_about_whichever_stands_first_and_whatever_they_were(
    state: TicketState,
) -> None:
    repaired = ticket("a", state=state, record_id=UUID(int=1), company_code="330106000000001", settled_on=DAY)
    other = ticket("b")
    for order in ([repaired, other], [other, repaired]):
        assert match(order, record()) == {"a": (TicketState.UNDECIDED, None), "b": (TicketState.UNDECIDED, None)}


def test_each_ticket_that_is_answered_leaves_the_next_record_to_another_in_any_order() -> None:
    tickets = [ticket(code, DAY + timedelta(days=place)) for place, code in enumerate("abcd")]
    records = [record(1, report_number=tickets[0].report_number)] + [
        record(1 + place, settled_on=DAY + timedelta(days=place)) for place in (1, 2, 3)
    ]
    expected = {each.code: (TicketState.REPAIRED, UUID(int=1 + place)) for place, each in enumerate(tickets)}
    for order in permutations(tickets):
        assert match(list(order), *records) == expected


def test_what_a_re_test_found_wanting_permits_no_other_re_test_the_same_day() -> None:
    failed = ticket("a", state=TicketState.FAILED_AGAIN, retested_on=DAY, retest_number=ticket("b").report_number)
    following = ticket("b")
    repaired = (TicketState.FAILED_AGAIN, UUID(int=1))
    for order in ([failed, following], [following, failed]):
        assert match(order, record()) == {"a": repaired, "b": (TicketState.UNDECIDED, None)}
    again = record(2, settled_on=DAY + timedelta(days=1))
    assert match([failed, following], record(), again) == {"a": repaired, "b": (TicketState.REPAIRED, UUID(int=2))}
    assert asks_officer(following, record(), None, [], {UUID(int=1)})


def test_a_record_of_another_vehicle_that_named_the_report_once_is_no_question() -> None:
    found = choose(TICKET, [record(vin=OTHER_CAR)], {})
    assert (found.reason, found.is_undecided) == (Reason.NO_RECORD, False)
    assert choose(TICKET, [record(vin=OTHER_CAR)], {UUID(int=1): True}).candidate is not None


def test_the_record_that_names_the_report_goes_before_an_earlier_one() -> None:
    later = record(2, settled_on=DAY + timedelta(days=2), report_number=REPORT)
    assert choose(TICKET, [record(1), later], {}).candidate == later
    assert choose(TICKET, [later, record(1), record(3)], {UUID(int=3): True}).candidate == record(3)
    assert choose(TICKET, [record(2, settled_on=DAY + timedelta(days=1)), record(1)], {}).candidate == record(1)
    assert choose(TICKET, [], {}).reason is Reason.NO_RECORD
    # After the re-test only what was settled before it counts
    retested = msgspec.structs.replace(TICKET, state=TicketState.PASSED, retested_on=DAY + timedelta(days=1))
    assert choose(retested, [later], {}).reason is Reason.NO_RECORD


def test_a_repair_without_work_is_doubtful_and_more_so_when_it_passes() -> None:
    nothing = Match(record(has_parts=False, has_hours=False))
    assert doubts_of(TICKET, TicketState.REPAIRED, nothing) == (Doubt.NO_PARTS, Doubt.NO_HOURS)
    assert Doubt.PASSED_WITHOUT_WORK in doubts_of(TICKET, TicketState.PASSED, nothing)
    assert doubts_of(TICKET, TicketState.PASSED, Match(record())) == ()
    assert doubts_of(TICKET, TicketState.PASSED, Match(None)) == (Doubt.PASSED_WITHOUT_REPAIR,)
    repaired = msgspec.structs.replace(TICKET, record_id=UUID(int=1))
    withdrawn = doubts_of(repaired, TicketState.PASSED, Match(None))
    assert withdrawn == (Doubt.RECORD_WITHDRAWN,)
    again = msgspec.structs.replace(TICKET, doubts=withdrawn)
    assert doubts_of(again, TicketState.PASSED, Match(None)) == withdrawn


def test_parts_and_hours_are_what_says_something() -> None:
    some = RecordText(parts=(PartText("三元催化器", "C1", "1"),), projects=(ProjectText("更换", "1.5"),))
    none = RecordText(parts=(PartText("三元催化器", "C1", "0"),), projects=(ProjectText("更换", "0.0"),))
    assert (has_parts(some), has_hours(some)) == (True, True)
    assert (has_parts(none), has_hours(none)) == (False, False)
    assert has_parts(RecordText(parts=(PartText("清洗剂", "", "2 瓶"),)))


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("浙A12345", "浙A12345", True),
        ("浙A12345", "浙A12346", True),
        ("浙A1234", "浙A12345", True),
        ("浙AD12345", "浙A12345", True),
        ("", "浙A12345", True),
        ("浙A12354", "浙A12345", False),
        ("浙A123", "浙A12345", False),
    ],
)
def test_plates_are_near_when_one_character_differs(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
    assert is_near(other, one) is near


def test_nonsense_is_told_field_by_field() -> None:
    given = {
        "report_number": "?",
        "vin": "无",
        "plate_number": 7,
        "tested_on": "2026-09-15",
        "failed_items": [],
        "deadline_on": "soon",
    }
    with pytest.raises(Misstated) as told:
        read_failed_test(given, today=DAY, station_code="I-1")
    assert {fault.field for fault in told.value.faults} == {
        "report_number", "vin", "plate_number", "tested_on", "failed_items", "deadline_on",
    }  # fmt: skip
    good = given | {
        "report_number": REPORT.lower(),
        "vin": CAR,
        "plate_number": "浙a·12345",
        "tested_on": "20260914",
        "failed_items": "CO；HC;CO",
        "deadline_on": "2026-10-14",
    }
    test = read_failed_test(good, today=DAY, station_code="I-1")
    assert (test.plate_number, test.failed_items, test.station_code) == ("浙A12345", ("CO", "HC"), "I-1")
    with pytest.raises(Misstated, match="failed_items"):
        read_retest(
            good | {"result": "failed", "retest_number": "R-2000", "failed_items": None}, today=DAY, station_code="I-1"
        )
    with pytest.raises(Misstated, match="result"):
        read_retest(good | {"retest_number": "R-2000"}, today=DAY, station_code="I-1")
