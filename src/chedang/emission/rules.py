"""Which record answers a failed emission test, and what is doubtful about it (ours). Pure.

A record counts when its shop was a listed M-station on the day of settlement, it was settled on the day of the test or
later, and it carries the ticket's VIN. The number of the test report in the fault text is the strongest sign: with it
the plate no longer matters, and with it alone another VIN becomes an officer's question instead of none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from chedang.emission.model import Candidate, Doubt, Match, Reason, Ticket, TicketState
from chedang.records.model import RecordText

_ORDER = {reason: place for place, reason in enumerate(Reason)}
_TO_BE_DECIDED = frozenset({Reason.VIN_DIFFERS, Reason.PLATE_DIFFERS, Reason.SEVERAL_TICKETS})


def weigh(ticket: Ticket, candidate: Candidate, ruling: bool | None, *, has_siblings: bool) -> Reason | None:
    """Why this record does not answer the ticket, ``None``: it does.

    ``ruling`` is what an officer said of the two, if one did: a yes stands for VIN, plate and number, not for list and
    day. ``has_siblings``: other tickets of the vehicle wait for a repair made on this day, or the repair was tested
    for another one and failed.
    """
    names_it = candidate.report_number == ticket.report_number
    is_unclear = ruling is None
    checks = (
        (Reason.RULED_OUT, ruling is False),
        (Reason.OTHER_REPORT, is_unclear and candidate.report_number is not None and not names_it),
        # It named the report once: now it is another vehicle's and says nothing of this one.
        (Reason.NO_RECORD, is_unclear and not names_it and candidate.vin != ticket.vin),
        (Reason.NO_DAY, candidate.settled_on is None),
        (Reason.BEFORE_TEST, candidate.settled_on is not None and candidate.settled_on < ticket.tested_on),
        (Reason.NOT_LISTED, not candidate.is_listed),
        (Reason.VIN_DIFFERS, is_unclear and candidate.vin != ticket.vin),
        (
            Reason.PLATE_DIFFERS,
            is_unclear and not names_it and not is_near(candidate.plate_number, ticket.plate_number),
        ),
        (Reason.SEVERAL_TICKETS, is_unclear and not names_it and has_siblings),
    )
    return next((reason for reason, holds in checks if holds), None)


def choose(
    ticket: Ticket,
    candidates: Iterable[Candidate],
    rulings: Mapping[UUID, bool],
    *,
    sibling_days: Collection[date] = (),
    spent: Collection[UUID] = (),
) -> Match:
    """What all the records together say of a ticket.

    ``sibling_days`` are the days of other failed tests of the vehicle that still wait; ``spent`` are the records that
    answered another ticket of it, whose re-test failed. Of several records that answer, one that an officer accepted
    or that names the report goes first, then the earliest: a later visit is another job. After a re-test only what was
    settled before it counts.
    """
    weighed = [
        (weigh(ticket, each, rulings.get(each.record_id), has_siblings=_has_sibling(each, sibling_days, spent)), each)
        for each in candidates
        if ticket.retested_on is None or each.settled_on is None or each.settled_on <= ticket.retested_on
    ]
    answering = [each for reason, each in weighed if reason is None]
    if answering:
        return Match(min(answering, key=lambda each: _rank(ticket, each, rulings)))
    reasons = [reason for reason, _each in weighed if reason is not None]
    if not reasons:
        return Match(None, Reason.NO_RECORD)
    nearest = min(reasons, key=_ORDER.__getitem__)
    return Match(None, nearest, nearest in _TO_BE_DECIDED)


def asks_officer(
    ticket: Ticket,
    candidate: Candidate,
    ruling: bool | None,
    sibling_days: Collection[date],
    spent: Collection[UUID] = (),
) -> bool:
    """Is this one of the records that an officer has to say yes or no to?"""
    reason = weigh(ticket, candidate, ruling, has_siblings=_has_sibling(candidate, sibling_days, spent))
    return reason in _TO_BE_DECIDED


def _rank(ticket: Ticket, each: Candidate, rulings: Mapping[UUID, bool]) -> tuple[bool, bool, date, str]:
    is_named = each.report_number == ticket.report_number
    return not rulings.get(each.record_id, False), not is_named, each.settled_on or date.max, str(each.record_id)


def _has_sibling(candidate: Candidate, sibling_days: Collection[date], spent: Collection[UUID]) -> bool:
    is_waited_for = candidate.settled_on is not None and any(day <= candidate.settled_on for day in sibling_days)
    return is_waited_for or candidate.record_id in spent


def next_state(ticket: Ticket, match: Match) -> TicketState:
    """The state that follows from the records; a re-tested or cancelled ticket keeps its own."""
    if ticket.state not in {TicketState.OPEN, TicketState.UNDECIDED, TicketState.REPAIRED}:
        return ticket.state
    if match.candidate is not None:
        return TicketState.REPAIRED
    return TicketState.UNDECIDED if match.is_undecided else TicketState.OPEN


def doubts_of(ticket: Ticket, state: TicketState, match: Match) -> tuple[Doubt, ...]:
    """What is doubtful about a ticket in this state."""
    found: list[Doubt] = []
    candidate = match.candidate
    if candidate is not None:
        if not candidate.has_parts:
            found.append(Doubt.NO_PARTS)
        if not candidate.has_hours:
            found.append(Doubt.NO_HOURS)
    if state is TicketState.PASSED:
        if candidate is not None and not (candidate.has_parts or candidate.has_hours):
            found.append(Doubt.PASSED_WITHOUT_WORK)
        if candidate is None:
            had_one = ticket.record_id is not None or Doubt.RECORD_WITHDRAWN in ticket.doubts
            found.append(Doubt.RECORD_WITHDRAWN if had_one else Doubt.PASSED_WITHOUT_REPAIR)
    return tuple(found)


def is_near(one: str, other: str) -> bool:
    """Are two plates the same but for one character put wrong, left out or too many, or is one of them missing?"""
    if not one or not other or one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def has_parts(text: RecordText) -> bool:
    """Is any part named, with a quantity?"""
    return any(part.name and _says_something(part.quantity) for part in text.parts)


def has_hours(text: RecordText) -> bool:
    """Does any item of work state hours?"""
    return any(_says_something(project.hours) for project in text.projects)


def _says_something(number: str) -> bool:
    """Neither empty nor zero; what is no number, ``2 瓶``, says something."""
    try:
        return Decimal(number) > 0
    except InvalidOperation:
        return number != ""
