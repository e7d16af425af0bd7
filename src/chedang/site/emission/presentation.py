"""Tickets as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from chedang.emission import stations
from chedang.emission.model import Candidate, Step, Ticket
from chedang.enterprises import store as enterprises
from chedang.enterprises.store import Connection
from chedang.site.emission.words import DOUBTS, REASONS, STATES, STEPS
from chedang.site.enterprise_view import division_name


def ticket_views(connection: Connection, tickets: Iterable[Ticket], today: date) -> list[dict[str, Any]]:
    """Tickets with the names of their stations and shops."""
    listed = list(tickets)
    shops = enterprises.names(connection, {ticket.company_code for ticket in listed if ticket.company_code})
    tested = stations.names(connection, {ticket.station_code for ticket in listed})
    return [_view(ticket, shops, tested, today) for ticket in listed]


def step_views(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The history, in words; a note of ours is a reason, others are what a person wrote."""
    known = {reason.value: words for reason, words in REASONS.items()}
    return [
        {"at": step.at, "what": STEPS[step.kind], "by": step.by, "note": known.get(step.note, step.note)}
        for step in steps
    ]


def question_views(connection: Connection, found: Iterable[Candidate]) -> list[dict[str, Any]]:
    """Records that an officer has to say yes or no to."""
    asked = list(found)
    shops = enterprises.names(connection, {each.company_code for each in asked})
    return [
        {
            "record_id": each.record_id.hex,
            "shop": shops.get(each.company_code, each.company_code),
            "settled_on": each.settled_on,
            "vin": each.vin if len(each.vin) == 17 else "",
            "plate": each.plate_number,
            "report_number": each.report_number or "",
        }
        for each in asked
    ]


def _view(ticket: Ticket, shops: dict[str, str], tested: dict[str, str], today: date) -> dict[str, Any]:
    tone, sign, word = STATES[ticket.state]
    return {
        "code": ticket.code,
        "report_number": ticket.report_number,
        "station": tested.get(ticket.station_code, ticket.station_code),
        "division": division_name(ticket.division_code),
        "vin": ticket.vin,
        "plate": ticket.plate_number,
        "tested_on": ticket.tested_on,
        "items": ticket.failed_items,
        "deadline_on": ticket.deadline_on,
        "is_overdue": ticket.is_overdue(today),
        "state": ticket.state.value,
        "tone": tone,
        "sign": sign,
        "word": word,
        "shop": shops.get(ticket.company_code or "", ticket.company_code or ""),
        "company_code": ticket.company_code,
        "settled_on": ticket.settled_on,
        "doubts": [DOUBTS[doubt] for doubt in ticket.doubts],
        "missing": REASONS[ticket.missing] if ticket.missing else "",
        "retest_number": ticket.retest_number,
        "retested_on": ticket.retested_on,
        "seen": ticket.step_count,
    }
