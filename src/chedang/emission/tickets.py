"""What test stations and officers do with tickets. Every function commits with the caller's transaction.

A station speaks for itself; a platform for every listed station of its division. What one station told, another learns
only with the VIN.

Everybody locks in one order: the feed, then the names of all vehicles and reports that the deed is about, then the rows
of all of them. So a transaction that does one of these things never waits in a circle; one that did several would, and
whoever has many tests to take gives each its own (ADR 0050).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from chedang.access.rules import is_in_scope
from chedang.emission import stations, store
from chedang.emission.matching import bring_in_step, questions
from chedang.emission.model import (
    RETESTED,
    Conflicting,
    EmissionRefused,
    FailedTest,
    NotPermitted,
    Reason,
    Retest,
    Step,
    StepKind,
    TestStation,
    Ticket,
    TicketState,
    Unknown,
)
from chedang.emission.store import Connection
from chedang.platform.chance import new_public_id
from chedang.terms.dates import day_in_china
from chedang.terms.saying import Said, said

LONGEST_REASON: Final = 200
Outcome = Literal["created", "unchanged"]


class Permit(msgspec.Struct, frozen=True):
    """Whether a car may be tested again. ``reason`` says why not yet."""

    ticket: Ticket
    is_permitted: bool
    reason: Reason | None


def take_failed_test(
    connection: Connection, test: FailedTest, caller: TestStation | None, *, now: datetime
) -> tuple[Ticket, Outcome]:
    """Open the ticket of a failed test; the same again changes nothing. ``caller`` is ``None`` for an officer's file.

    A record that came before the test did is found at once. Raises NotPermitted, Conflicting.
    """
    store.share_feed(connection)
    store.hold_names(connection, [test.vin, test.report_number])
    station = _station(connection, test.station_code, caller, now)
    code = new_public_id()
    if not store.insert(connection, code, test, station.division_code, now=now):
        known = next(
            each
            for each in store.find_by_number(connection, test.report_number)
            if each.station_code == test.station_code
        )
        if differing := _differences(known, test):
            raise Conflicting(said("这个报告编号已报送过，%(fields)s不一致", fields=differing))
        return known, "unchanged"
    ticket = _held(connection, code)
    _step(connection, ticket, StepKind.OPENED, by=test.station_code, now=now)
    bring_in_step(connection, [test.vin], [test.report_number], now=now)
    return _held(connection, code), "created"


def ask_permit(
    connection: Connection, report_number: str, caller: TestStation, vin: str | None, *, now: datetime
) -> Permit:
    """May the car of this report be tested again? A station that did not test it names the VIN. Raises Unknown."""
    ticket = _known_to(connection, report_number, caller, vin)
    if _is_new_permit(connection, ticket):
        ticket = _held(connection, ticket.code)  # it may have changed meanwhile, and somebody else have asked
        if _is_new_permit(connection, ticket):
            _step(connection, ticket, StepKind.PERMITTED, by=caller.station_code, now=now)
    is_permitted = ticket.state is TicketState.REPAIRED
    return Permit(ticket, is_permitted, None if is_permitted else ticket.missing)


def _is_new_permit(connection: Connection, ticket: Ticket) -> bool:
    """Is it repaired, and was nobody told so of this repair?"""
    return ticket.state is TicketState.REPAIRED and not any(
        step.kind is StepKind.PERMITTED and step.record_id == ticket.record_id
        for step in store.read_steps(connection, ticket.code)
    )


def take_retest(
    connection: Connection, retest: Retest, caller: TestStation | None, *, now: datetime
) -> tuple[Ticket, Outcome]:
    """Close a ticket with the result of its re-test; one that failed opens the next ticket.

    A result without a repair is taken, since it is a fact, and marked. Raises Unknown, NotPermitted, Conflicting.
    """
    store.share_feed(connection)
    _station(connection, retest.station_code, caller, now)
    asking = caller or stations.find(connection, retest.station_code)
    if asking is None:
        raise Unknown(said("没有这份报告"))
    found = _known_to(connection, retest.report_number, asking, retest.vin)
    ticket = _held(connection, found.code, next_number=retest.retest_number)
    if ticket.vin != retest.vin:
        raise Conflicting(said("车架号与初检不一致"))
    if ticket.state in RETESTED:
        told = (ticket.state is TicketState.PASSED, ticket.retest_number, ticket.retest_station_code)
        if told == (retest.has_passed, retest.retest_number, retest.station_code):
            return ticket, "unchanged"
        raise Conflicting(said("这份报告的复检结果已报送过，与这次不一致"))
    if ticket.state is TicketState.CANCELLED:
        raise Conflicting(said("这张维修单已由主管部门撤销"))
    if retest.tested_on < ticket.tested_on:
        raise Conflicting(said("复检日期早于初检日期"))
    return _close(connection, ticket, retest, now), "created"


def cancel(connection: Connection, code: str, reason: str, *, by: str, seen: int, now: datetime) -> Ticket:
    """Take a ticket back that should not be. Raises EmissionRefused, Conflicting when it moved on meanwhile."""
    store.share_feed(connection)
    ticket = _seen(connection, code, seen)
    if ticket.state in {TicketState.CANCELLED, *RETESTED}:
        raise Conflicting(said("这张维修单已经办结"))
    cancelled = msgspec.structs.replace(ticket, state=TicketState.CANCELLED)
    stepped = _step(connection, cancelled, StepKind.CANCELLED, by=by, now=now, note=_reason(reason))
    # Another ticket of the vehicle may now be answered by a record that could have meant either.
    bring_in_step(connection, [ticket.vin], [], now=now)
    return stepped


def rule(
    connection: Connection,
    code: str,
    record_id: UUID,
    *,
    counts: bool,
    reason: str,
    by: str,
    seen: int,
    now: datetime,
) -> Ticket:
    """Say whether a record that may answer a ticket does. Raises EmissionRefused, Conflicting."""
    store.share_feed(connection)
    ticket = _seen(connection, code, seen)
    if record_id not in {each.record_id for each in questions(connection, ticket)}:
        raise Conflicting(said("这条记录现在不需要核定"))
    store.keep_ruling(connection, code, record_id, counts=counts, by=by, now=now, reason=_reason(reason))
    note = ("采信：" if counts else "不采信：") + _reason(reason)
    _step(connection, ticket, StepKind.RULED, by=by, now=now, note=note, record_id=record_id)
    bring_in_step(connection, [ticket.vin], [ticket.report_number], now=now)
    return _held(connection, code)


def _close(connection: Connection, ticket: Ticket, retest: Retest, now: datetime) -> Ticket:
    closed = msgspec.structs.replace(
        ticket,
        state=TicketState.PASSED if retest.has_passed else TicketState.FAILED_AGAIN,
        retest_number=retest.retest_number,
        retest_station_code=retest.station_code,
        retested_on=retest.tested_on,
    )
    kind = StepKind.PASSED if retest.has_passed else StepKind.FAILED_AGAIN
    _step(connection, closed, kind, by=retest.station_code, now=now)
    if not retest.has_passed and retest.deadline_on is not None:
        failed = FailedTest(
            station_code=retest.station_code,
            report_number=retest.retest_number,
            vin=ticket.vin,
            plate_number=ticket.plate_number,
            tested_on=retest.tested_on,
            failed_items=retest.failed_items,
            deadline_on=retest.deadline_on,
        )
        take_failed_test(connection, failed, None, now=now)
    bring_in_step(connection, [ticket.vin], [ticket.report_number], now=now)
    return _held(connection, ticket.code)


def _station(connection: Connection, station_code: str, caller: TestStation | None, now: datetime) -> TestStation:
    """The station that is spoken for. Raises NotPermitted."""
    if caller is not None and caller.station_code == station_code and not caller.is_platform:
        return caller
    station = stations.find(connection, station_code)
    is_listed = station is not None and not station.is_platform and station.is_listed(day_in_china(now))
    if station is None or not is_listed:
        raise NotPermitted(said("检验机构不在名录内"))
    if caller is not None and not (caller.is_platform and is_in_scope(station.division_code, caller.division_code)):
        raise NotPermitted(said("不能替这家检验机构报送"))
    return station


def _known_to(connection: Connection, report_number: str, caller: TestStation, vin: str | None) -> Ticket:
    for ticket in store.find_by_number(connection, report_number):
        is_own = ticket.station_code == caller.station_code or (
            caller.is_platform and is_in_scope(ticket.division_code, caller.division_code)
        )
        if (is_own and vin in {None, ticket.vin}) or vin == ticket.vin:
            return ticket
    raise Unknown(said("没有这份报告，或者不是本机构的；其他机构的报告须同时给出车架号"))


def _held(connection: Connection, code: str, *, next_number: str = "") -> Ticket:
    """The ticket, and what else a change of it may touch, held still until the transaction ends. Raises Unknown.

    ``next_number``: the report under which a ticket that follows it may open.
    """
    found = store.find(connection, code)
    if found is not None:
        numbers = [number for number in (found.report_number, next_number) if number]
        store.hold_names(connection, [found.vin, *numbers])
        for ticket in store.hold_vehicles(connection, [found.vin], numbers):
            if ticket.code == code:
                return ticket
    raise Unknown(said("没有这张维修单"))


def _seen(connection: Connection, code: str, seen: int) -> Ticket:
    ticket = _held(connection, code)
    if ticket.step_count != seen:
        raise Conflicting(said("这张维修单刚刚有了变化，请看过再办"))
    return ticket


def _step(
    connection: Connection,
    ticket: Ticket,
    kind: StepKind,
    *,
    by: str,
    now: datetime,
    note: str = "",
    record_id: UUID | None = None,
) -> Ticket:
    """Keep the ticket with one step more."""
    stepped = msgspec.structs.replace(ticket, step_count=ticket.step_count + 1)
    store.save(connection, stepped)
    store.add_step(connection, stepped, Step(stepped.step_count, now, kind, by, record_id or ticket.record_id, note))
    return stepped


def _differences(known: Ticket, test: FailedTest) -> tuple[Said, ...]:
    names = {
        "vin": said("车架号"),
        "plate_number": said("车牌号码"),
        "tested_on": said("检验日期"),
        "failed_items": said("不合格项目"),
        "deadline_on": said("维修期限"),
    }
    return tuple(name for field, name in names.items() if getattr(known, field) != getattr(test, field))


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise EmissionRefused(said("请写明理由"))
    if len(reason) > LONGEST_REASON:
        raise EmissionRefused(said("理由不超过 %(most)s 个字", most=LONGEST_REASON))
    return reason
