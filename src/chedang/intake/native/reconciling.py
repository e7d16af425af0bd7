"""每日对账: what the shop says it sent on a day against what we hold of that day.

Two ways to count: by day of receipt, which never changes once the day is over, and by day of settlement, which says how
the records stand now. Both days are days in China.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.records.identity import record_id
from chedang.records.model import RecordState
from chedang.records.readback import HeldRecord, read_head_versions, read_received, read_settled
from chedang.terms.dates import SHANGHAI
from chedang.terms.text import clean

By = Literal["received", "settled"]

MAX_PAGE: Final = 1000
MAX_NAMED: Final = 50_000
_READ_ROWS: Final = 5_000
_MOST_DIFFERENCES: Final = 10_000
# Clocks of shops run ahead: a job may be received a few days before its own day of settlement.
_RECEIVED_BEFORE: Final = timedelta(days=7)


class HeldJson(msgspec.Struct, frozen=True, rename={"record_id_hex": "recordid", "number": "costlistcode"}):
    """One record that we hold; ``digest`` is SHA-256 over its canonical JSON."""

    record_id_hex: str
    number: str
    digest: str
    state: RecordState


class DayJson(msgspec.Struct, frozen=True):
    """A page of what we hold of a day. ``held`` and ``void`` count the whole day; ``held`` includes the void ones."""

    day: date
    by: By
    held: int
    void: int
    numbers: tuple[HeldJson, ...]
    next: str | None


class NamedRecord(msgspec.Struct, frozen=True, rename={"number": "costlistcode"}):
    """One record that the shop says it sent."""

    number: str
    digest: str | None = None


class Statement(msgspec.Struct, frozen=True):
    """What the shop says it sent on a day."""

    records: Annotated[tuple[NamedRecord, ...], msgspec.Meta(max_length=MAX_NAMED)] = ()
    sent: int | None = None
    """How many; the number of the records named when it is absent."""
    by: By = "received"


class ComparisonJson(msgspec.Struct, frozen=True):
    """How the two fit together. The lists hold numbers, at most 10,000 of each; ``truncated`` when there are more."""

    day: date
    by: By
    sent: int
    held: int
    agree: bool
    missing: tuple[str, ...]
    """Named, and we do not hold it at all."""
    elsewhere: tuple[str, ...]
    """Named, and we hold it, but not of this day."""
    unknown: tuple[str, ...]
    """We hold it of this day, and it was not named."""
    different: tuple[str, ...]
    """Its digest is not the one named."""
    void: tuple[str, ...]
    """Named, and void on our side."""
    without_number: int
    """Records of this day that we hold and that cannot be named, as they have no number."""
    truncated: bool


_decode_statement = msgspec.json.Decoder(Statement).decode


def read_statement(raw: bytes) -> Statement:
    """``{"sent", "records": [{"costlistcode", "digest"}], "by"}``. Raises Refused."""
    if raw.count(b"{") > MAX_NAMED + 1:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"一次对账最多{MAX_NAMED}个编号")
    try:
        return _decode_statement(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError) as fault:
        raise Refused(RefusalKind.MALFORMED, _where(str(fault))) from fault


async def list_day(intake: Intake, shop: Enterprise, day: date, by: By, *, cursor: str | None, limit: int) -> DayJson:
    """What we hold of a day, by identifier, a page of it. Raises Refused(MALFORMED)."""
    begin = _read_cursor(cursor)

    def work(connection: Connection) -> DayJson:
        held = void = 0
        numbers: list[HeldJson] = []
        for record in _held_of(connection, shop.company_code, day, by):
            held += 1
            void += record.state is RecordState.VOID
            if len(numbers) <= limit and (begin is None or record.record_id > begin):
                numbers.append(_held_json(record))
        rest = len(numbers) > limit
        page = tuple(numbers[:limit])
        return DayJson(day, by, held, void, page, page[-1].record_id_hex if rest else None)

    return await intake.run(work)


def read_day(text: str) -> date:
    """A day as ``2026-03-01``. Raises Refused(MALFORMED)."""
    try:
        day = date.fromisoformat(text)
    except ValueError as fault:
        raise Refused(RefusalKind.MALFORMED, "日期应写作2026-03-01") from fault
    if not 1990 <= day.year <= 2100:
        raise Refused(RefusalKind.MALFORMED, "日期应在1990年至2100年之间")
    return day


def compare(connection: Connection, company_code: str, day: date, statement: Statement) -> ComparisonJson:
    """Compare a statement with what we hold of the day."""
    named = {clean(record.number): (record.digest or "").lower() for record in statement.records}
    lists = _Lists()
    found: set[str] = set()
    held = without_number = 0
    for record in _held_of(connection, company_code, day, statement.by):
        held += 1
        number = clean(record.settlement_list_number)
        if not number:
            without_number += 1
            continue
        if number not in named:
            lists.add("unknown", number)
            continue
        found.add(number)
        if record.state is RecordState.VOID:
            lists.add("void", number)
        elif named[number] and named[number] != record.digest:
            lists.add("different", number)
    rest = [number for number in named if number not in found]
    known = held_numbers(connection, company_code, rest)
    for number in rest:
        lists.add("elsewhere" if number in known else "missing", number)
    sent = len(statement.records) if statement.sent is None else statement.sent
    agree = sent == held and not any(lists.numbers[name] for name in ("missing", "elsewhere", "unknown", "different"))
    return ComparisonJson(
        day=day,
        by=statement.by,
        sent=sent,
        held=held,
        agree=agree,
        without_number=without_number,
        truncated=lists.truncated,
        **{name: tuple(numbers) for name, numbers in lists.numbers.items()},
    )


class _Lists:
    """The lists of a comparison, bounded."""

    def __init__(self) -> None:
        names = ("missing", "elsewhere", "unknown", "different", "void")
        self.numbers: dict[str, list[str]] = {name: [] for name in names}
        self.truncated = False

    def add(self, name: str, number: str) -> None:
        if len(self.numbers[name]) < _MOST_DIFFERENCES:
            self.numbers[name].append(number)
        else:
            self.truncated = True


def held_numbers(connection: Connection, company_code: str, numbers: Iterable[str]) -> set[str]:
    """Which of these numbers of the shop we hold, whatever the day."""
    identifiers = {record_id(company_code, number, b""): number for number in numbers if number}
    held = read_head_versions(connection, list(identifiers)) if identifiers else {}
    return {identifiers[identifier] for identifier in held}


def _held_of(connection: Connection, company_code: str, day: date, by: By) -> Iterator[HeldRecord]:
    """Every record of the day, by identifier, read in pages."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    after: UUID | None = None
    while True:
        if by == "received":
            page = read_received(
                connection,
                company_code,
                from_at=midnight,
                until_at=midnight + timedelta(days=1),
                after=after,
                limit=_READ_ROWS,
            )
        else:
            since = midnight - _RECEIVED_BEFORE
            page = read_settled(connection, company_code, day=day, from_at=since, after=after, limit=_READ_ROWS)
        yield from page
        if len(page) < _READ_ROWS:
            return
        after = page[-1].record_id


def _held_json(record: HeldRecord) -> HeldJson:
    return HeldJson(record.record_id.hex, record.settlement_list_number, record.digest, record.state)


def _read_cursor(cursor: str | None) -> UUID | None:
    try:
        return None if cursor is None else UUID(cursor)
    except ValueError as fault:
        raise Refused(RefusalKind.MALFORMED, "cursor只能取自上一页的next") from fault


def _where(fault: str) -> str:
    """The place that a decoder names, as a JSON pointer: `$.records[0].digest` → /records/0/digest."""
    _, _, path = fault.partition("`$")
    pointer = path.removesuffix("`").replace("[...]", "").replace("[", "/").replace("]", "").replace(".", "/")
    return f"{pointer}的类型或取值不对" if pointer else "报文应为JSON对象：sent、records、by"
