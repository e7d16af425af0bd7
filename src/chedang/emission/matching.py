"""Brings tickets in step with the records: reads what may answer them, lets the rules choose, keeps what follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from chedang.emission import stations, store
from chedang.emission.model import RETESTED, WAITING, Candidate, Match, Reason, Step, StepKind, Ticket, TicketState
from chedang.emission.rules import asks_officer, choose, doubts_of, has_hours, has_parts, next_state
from chedang.emission.store import Connection
from chedang.records.model import RecordState, StoredVersion
from chedang.records.rules import find_emission_report
from chedang.records.store import find_record, read_file

_STEPS: Final = {
    TicketState.REPAIRED: StepKind.REPAIRED,
    TicketState.UNDECIDED: StepKind.UNDECIDED,
    TicketState.OPEN: StepKind.REOPENED,
}


def bring_in_step(
    connection: Connection, vins: Collection[str], report_numbers: Collection[str], *, now: datetime
) -> int:
    """Match the tickets of these vehicles or reports anew; returns how many changed.

    To be called inside a transaction; the tickets are held until it ends. Whatever has changed and in which order,
    the outcome depends on what the records say now, the rulings and the re-tests alone.
    """
    tickets = store.hold_vehicles(connection, vins, report_numbers)
    tickets = [ticket for ticket in tickets if ticket.state is not TicketState.CANCELLED]
    if not tickets:
        return 0
    rulings = store.read_rulings(connection, [ticket.code for ticket in tickets])
    candidates = _candidates(connection, tickets)
    changed = 0
    for before, after in zip(tickets, match_all(tickets, candidates, rulings), strict=True):
        if after != before:
            _keep(connection, before, after, now)
            changed += 1
    return changed


def match_all(
    tickets: Sequence[Ticket],
    candidates: Mapping[str, Sequence[Candidate]],
    rulings: Mapping[str, Mapping[UUID, bool]],
) -> list[Ticket]:
    """The tickets as the records make them, in whatever order they stand and whatever they were; no steps are counted.

    At first all that were not re-tested wait. One that is answered is no sibling any more, so that a further round may
    answer another; none ever waits again, so that the rounds end. Last, what a re-test found wanting answers no other.
    """

    def matched(ticket: Ticket, spent: Collection[UUID] = ()) -> Ticket:
        days = sibling_days(ticket, found)
        return apply(
            ticket, choose(ticket, candidates[ticket.code], rulings[ticket.code], sibling_days=days, spent=spent)
        )

    found = [_waiting_again(ticket) for ticket in tickets]
    before: list[TicketState] | None = None
    while before != (states := [ticket.state for ticket in found]):
        before = states
        for place, ticket in enumerate(tickets):
            found[place] = matched(ticket)
    return [
        each if each.state in RETESTED else matched(ticket, spent_on(ticket, found))
        for ticket, each in zip(tickets, found, strict=True)
    ]


def apply(ticket: Ticket, match: Match) -> Ticket:
    """The ticket as the records make it; its steps are not counted up yet."""
    state, chosen = next_state(ticket, match), match.candidate
    return msgspec.structs.replace(
        ticket,
        state=state,
        doubts=doubts_of(ticket, state, match),
        missing=match.reason,
        record_id=chosen.record_id if chosen else None,
        record_vin=chosen.vin if chosen else None,
        company_code=chosen.company_code if chosen else None,
        settled_on=chosen.settled_on if chosen else None,
    )


def sibling_days(ticket: Ticket, tickets: Iterable[Ticket]) -> list[date]:
    """Days of other failed tests of the vehicle that wait; once it was re-tested, of those before that."""
    return [
        each.tested_on
        for each in tickets
        if each.code != ticket.code
        and each.vin == ticket.vin
        and each.state in WAITING
        and (ticket.retested_on is None or each.tested_on < ticket.retested_on)
    ]


def spent_on(ticket: Ticket, tickets: Iterable[Ticket]) -> set[UUID]:
    """Records that answered other tickets of the vehicle whose re-test failed."""
    return {
        each.record_id
        for each in tickets
        if each.record_id is not None
        and each.code != ticket.code
        and each.vin == ticket.vin
        and each.state is TicketState.FAILED_AGAIN
    }


def _waiting_again(ticket: Ticket) -> Ticket:
    is_repaired = ticket.state is TicketState.REPAIRED
    return msgspec.structs.replace(ticket, state=TicketState.OPEN) if is_repaired else ticket


def questions(connection: Connection, ticket: Ticket) -> list[Candidate]:
    """The records that an officer has to say yes or no to."""
    tickets = store.hold_vehicles(connection, [ticket.vin], [ticket.report_number])
    rulings = store.read_rulings(connection, [ticket.code])[ticket.code]
    siblings, spent = sibling_days(ticket, tickets), spent_on(ticket, tickets)
    found = _candidates(connection, [ticket])[ticket.code]
    return [each for each in found if asks_officer(ticket, each, rulings.get(each.record_id), siblings, spent)]


def _keep(connection: Connection, before: Ticket, after: Ticket, now: datetime) -> Ticket:
    is_told = after.state is not before.state or after.record_id != before.record_id
    if not is_told or after.state not in _STEPS:
        store.save(connection, after)
        return after
    after = msgspec.structs.replace(after, step_count=before.step_count + 1)
    store.save(connection, after)
    step = Step(after.step_count, now, _STEPS[after.state], "", after.record_id or before.record_id, _note(after))
    store.add_step(connection, after, step)
    return after


def _note(ticket: Ticket) -> str:
    return "" if ticket.missing in {None, Reason.NO_RECORD} else str(ticket.missing)


def _candidates(connection: Connection, tickets: Collection[Ticket]) -> dict[str, list[Candidate]]:
    """By ticket, what may answer it: active records of its vehicle, and others that name its report."""
    of_vehicles = {vin: _newest(read_file(connection, vin)) for vin in {ticket.vin for ticket in tickets}}
    named: dict[str, set[UUID]] = {}
    for number, record_id in store.records_of_numbers(connection, {ticket.report_number for ticket in tickets}):
        named.setdefault(number, set()).add(record_id)
    elsewhere: dict[UUID, StoredVersion] = {}
    for record_id in set().union(*named.values()):
        found = find_record(connection, record_id)
        if found is not None and found.state is RecordState.ACTIVE:
            elsewhere[record_id] = found
    versions = {version.record_id: version for rows in of_vehicles.values() for version in rows} | elsewhere
    lists = stations.listings_of(connection, {version.company_code for version in versions.values()})
    known = {record_id: _candidate(version, lists) for record_id, version in versions.items()}
    return {
        ticket.code: [
            known[record_id]
            for record_id in sorted(
                {version.record_id for version in of_vehicles[ticket.vin]}
                | (named.get(ticket.report_number, set()) & elsewhere.keys())
            )
        ]
        for ticket in tickets
    }


def _newest(versions: Iterable[StoredVersion]) -> list[StoredVersion]:
    """The newest version of each record, if that is active here."""
    newest = {version.record_id: version for version in versions}  # they come oldest first
    return [version for version in newest.values() if version.state is RecordState.ACTIVE]


def _candidate(version: StoredVersion, lists: stations.Listings) -> Candidate:
    day = version.settled_on
    return Candidate(
        record_id=version.record_id,
        vin=version.vin,
        plate_number=version.plate_number,
        company_code=version.company_code,
        settled_on=day,
        report_number=find_emission_report(version.text.fault_description),
        is_listed=day is not None and any(each.is_listed(day) for each in lists.get(version.company_code, ())),
        has_parts=has_parts(version.text),
        has_hours=has_hours(version.text),
    )
