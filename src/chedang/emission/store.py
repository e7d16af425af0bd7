"""Store of tickets, steps and rulings. Every write commits with the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg

from chedang.emission.model import Doubt, FailedTest, Reason, Step, StepKind, Ticket, TicketState
from chedang.platform.database import load_queries

Connection = psycopg.Connection[Any]

_SQL: Final = load_queries("chedang.emission")
_AT_ONCE: Final = 500
"""Rows of a whole list that are fetched together."""
LISTS: Final = (
    "open", "overdue", "undecided", "doubtful", "repaired", "passed", "failed_again", "cancelled",
)  # fmt: skip
"""Lists of tickets, as :func:`list_tickets` and :func:`count_tickets` name them."""


def insert(connection: Connection, code: str, test: FailedTest, division_code: str, *, now: datetime) -> bool:
    """Keep a new ticket; false when the station told a test of this number before."""
    columns = msgspec.structs.asdict(test) | {
        "code": code,
        "division_code": division_code,
        "failed_items": list(test.failed_items),
        "received_at": now,
    }
    return connection.execute(_SQL["insert_ticket"], columns).fetchone() is not None


def find(connection: Connection, code: str) -> Ticket | None:
    """The ticket of this public name."""
    return next(iter(_many(connection, "find_ticket", code=code)), None)


def find_by_number(connection: Connection, report_number: str) -> list[Ticket]:
    """Tickets under a report number, the newest first."""
    return _many(connection, "find_by_number", report_number=report_number)


def share_feed(connection: Connection) -> None:
    """Let the follower of the feed wait until the transaction ends. To be called before any ticket is held."""
    connection.execute(_SQL["share_feed"])


def hold_feed(connection: Connection) -> None:
    """Wait for everybody who opens tickets or changes the lists; who comes later waits until the transaction ends."""
    connection.execute(_SQL["hold_feed"])


def hold_names(connection: Connection, names: Collection[str]) -> None:
    """Let nobody else write about these VINs and report numbers until the transaction ends, tickets to come included.

    To be called with all of them at once, after :func:`share_feed` and before any row is held.
    """
    connection.execute(_SQL["hold_names"], {"names": list(names)})


def hold_vehicles(connection: Connection, vins: Collection[str], report_numbers: Collection[str]) -> list[Ticket]:
    """Tickets of vehicles or numbers, held still until the transaction ends."""
    return _many(connection, "hold_vehicles", vins=sorted(vins), report_numbers=sorted(report_numbers))


def concerned(connection: Connection, vins: Collection[str], report_numbers: Collection[str]) -> list[str]:
    """VINs of the tickets about these vehicles or reports."""
    asked = {"vins": sorted(vins), "report_numbers": sorted(report_numbers)}
    return [vin for (vin,) in connection.execute(_SQL["concerned"], asked)]


def save(connection: Connection, ticket: Ticket) -> None:
    """Keep what changes of a ticket."""
    columns = msgspec.structs.asdict(ticket) | {
        "state": ticket.state.value,
        "doubts": [doubt.value for doubt in ticket.doubts],
        "missing": ticket.missing.value if ticket.missing else "",
    }
    columns.pop("failed_items")
    connection.execute(_SQL["save_ticket"], columns)


def add_step(connection: Connection, ticket: Ticket, step: Step) -> None:
    """Append to a ticket's history."""
    columns = msgspec.structs.asdict(step) | {"ticket_code": ticket.code, "kind": step.kind.value}
    connection.execute(_SQL["add_step"], columns)


def read_steps(connection: Connection, code: str) -> list[Step]:
    """A ticket's history, in order."""
    rows = connection.execute(_SQL["read_steps"], {"code": code})
    return [Step(number, at, StepKind(kind), by, record_id, note) for number, at, kind, by, record_id, note in rows]


def named_in(
    connection: Connection, vins: list[str], record_ids: list[UUID], versions: list[int]
) -> list[tuple[UUID, str]]:
    """Of these changes the versions that may name a report: record and content."""
    asked = {"vins": vins, "record_ids": record_ids, "versions": versions}
    return connection.execute(_SQL["find_named_in"], asked).fetchall()


def note_named(connection: Connection, named: Collection[tuple[str, UUID]]) -> None:
    """Remember which record names which report."""
    columns = {"report_numbers": [number for number, _ in named], "record_ids": [record_id for _, record_id in named]}
    connection.execute(_SQL["note_named"], columns)


def numbers_of_records(connection: Connection, record_ids: Collection[UUID]) -> set[str]:
    """Report numbers that these records have ever named."""
    rows = connection.execute(_SQL["numbers_of_records"], {"record_ids": list(record_ids)})
    return {number for (number,) in rows}


def records_of_numbers(connection: Connection, report_numbers: Collection[str]) -> list[tuple[str, UUID]]:
    """Records that have ever named these reports."""
    return connection.execute(_SQL["records_of_numbers"], {"report_numbers": sorted(report_numbers)}).fetchall()


def read_rulings(connection: Connection, codes: Collection[str]) -> Mapping[str, dict[UUID, bool]]:
    """What officers ruled: by ticket, then record."""
    found: dict[str, dict[UUID, bool]] = {code: {} for code in codes}
    for code, record_id, counts in connection.execute(_SQL["read_rulings"], {"codes": list(codes)}):
        found[code][record_id] = counts
    return found


def keep_ruling(
    connection: Connection, code: str, record_id: UUID, *, counts: bool, by: str, now: datetime, reason: str
) -> None:
    """Keep an officer's word on a record and a ticket; a later one replaces it, the steps keep both."""
    columns = {
        "ticket_code": code,
        "record_id": record_id,
        "counts": counts,
        "ruled_by": by,
        "ruled_at": now,
        "reason": reason,
    }
    connection.execute(_SQL["keep_ruling"], columns)


def list_tickets(
    connection: Connection,
    division_prefix: str,
    show: str,
    *,
    today: date,
    limit: int,
    offset: int = 0,
    company_code: str = "",
    station_code: str = "",
) -> list[Ticket]:
    """One page of a list of :data:`LISTS` (or ``all``) of a division, of one shop or station if given."""
    return _many(
        connection,
        "list_tickets",
        division_prefix=division_prefix,
        show=show,
        today=today,
        limit=limit,
        offset=offset,
        company_code=company_code,
        station_code=station_code,
    )


def iterate_tickets(
    connection: Connection, division_prefix: str, show: str, *, today: date, company_code: str = ""
) -> Iterator[Ticket]:
    """A whole list, in the order of its pages and as it stands at one moment, without having it in memory."""
    asked = {
        "division_prefix": division_prefix,
        "show": show,
        "today": today,
        "limit": None,
        "offset": 0,
        "company_code": company_code,
        "station_code": "",
    }
    with connection.transaction(), connection.cursor(name="emission_tickets") as cursor:
        cursor.itersize = _AT_ONCE
        for row in cursor.execute(_SQL["list_tickets"], asked):
            yield _ticket(row)


def count_tickets(
    connection: Connection, division_prefix: str, *, today: date, company_code: str = "", station_code: str = ""
) -> dict[str, int]:
    """How long every list of :data:`LISTS` is."""
    asked = {
        "division_prefix": division_prefix,
        "today": today,
        "company_code": company_code,
        "station_code": station_code,
    }
    row = connection.execute(_SQL["count_tickets"], asked).fetchone()
    return dict(zip(LISTS, row or (), strict=True))


def tickets_of_shop(connection: Connection, company_code: str, *, limit: int) -> list[Ticket]:
    """Tickets that a shop's records answer, the newest first."""
    return _many(connection, "tickets_of_shop", company_code=company_code, limit=limit)


def shop_figures(
    connection: Connection, company_code: str, first_on: date, last_on: date, *, again_days: int
) -> tuple[int, ...]:
    """Counts of ``shop_figures`` in queries.sql, in its order."""
    asked = {"company_code": company_code, "first_on": first_on, "last_on": last_on, "again_days": again_days}
    return connection.execute(_SQL["shop_figures"], asked).fetchone() or ()


def next_to_post(connection: Connection, *, since_at: datetime, now: datetime, limit: int) -> list[tuple[Any, ...]]:
    """Rows of ``next_to_post`` in queries.sql."""
    return connection.execute(_SQL["next_to_post"], {"since_at": since_at, "now": now, "limit": limit}).fetchall()


def note_posted(connection: Connection, seq: int, *, now: datetime) -> None:
    """The inspection side took it."""
    connection.execute(_SQL["note_posted"], {"seq": seq, "now": now})


def note_not_posted(connection: Connection, seq: int, *, again_at: datetime) -> None:
    """The inspection side did not take it; try again then."""
    connection.execute(_SQL["note_not_posted"], {"seq": seq, "again_at": again_at})


def _many(connection: Connection, statement: str, **parameters: object) -> list[Ticket]:
    return [_ticket(row) for row in connection.execute(_SQL[statement], parameters)]


def _ticket(row: tuple[Any, ...]) -> Ticket:
    values = dict(zip(Ticket.__struct_fields__, row, strict=True))
    values["state"] = TicketState(values["state"])
    values["failed_items"] = tuple(values["failed_items"])
    values["doubts"] = tuple(map(Doubt, values["doubts"]))
    values["missing"] = Reason(values["missing"]) if values["missing"] else None
    return Ticket(**values)
