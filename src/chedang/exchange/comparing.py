"""对账, one side of it: what this node holds of the rows that it shares with a peer, and mending of them (ours).

The province asks and decides (:mod:`chedang.exchange.reconciling`); the ministry answers the calls of ``CALLS``.
Both look at their own rows through :class:`Side`. A province may look at and touch rows of its own origin, and rows
that its feed names; nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from chedang.enterprises import known
from chedang.exchange.applying import find_fault
from chedang.exchange.calling import Handler
from chedang.exchange.comparing_model import (
    MOST_DAYS,
    MOST_MARKS,
    MOST_ROW_BYTES,
    ChangedAnswer,
    Denial,
    Direction,
    FetchAnswer,
    HeldRow,
    KeysAsk,
    Report,
    RowMark,
    RowsAnswer,
    RowsAsk,
    SummariesAsk,
    Summary,
    TakeAsk,
)
from chedang.exchange.comparisons import keep_report, set_alarm
from chedang.exchange.mending import replace_row, set_row_aside
from chedang.exchange.messages import encode_body
from chedang.exchange.model import MINISTRY, DeadReason, ExchangeRefused, RecordRow, RefusalCode
from chedang.exchange.rows import row_digest
from chedang.platform.database import load_queries
from chedang.platform.rulebook import read_documents
from chedang.records.current import CurrentLimits
from chedang.records.mending import read_heads, read_rows
from chedang.records.merging import is_row_fault
from chedang.records.model import RowKey, StoredRow
from chedang.records.soundness import Judge, find_contradictions
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.exchange", "comparing.sql")
_ROWS: Final = {
    (Direction.OUT, False): "own_rows",
    (Direction.OUT, True): "rows_of_peer",
    (Direction.IN, True): "fed_rows",
    (Direction.IN, False): "received_rows",
}
_DENIALS: Final = {DeadReason.WRONG_DIGEST: Denial.WRONG_DIGEST, DeadReason.NOT_YOURS: Denial.NOT_YOURS}
_LOCAL: Final = "local"
_DAY: Final = timedelta(days=1)


def begin_of(day: date) -> datetime:
    """The instant at which a day begins in China."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def to_wire(row: StoredRow, own_code: str) -> RecordRow:
    """A row as it travels from this node, with its digest."""
    columns = msgspec.structs.asdict(row) | {"origin": own_code if row.origin == _LOCAL else row.origin}
    wire = RecordRow(**columns)
    return msgspec.structs.replace(wire, digest=row_digest(wire))


def from_wire(row: RecordRow, own_code: str) -> StoredRow:
    """A row that travelled, as this node keeps it."""
    columns = msgspec.structs.asdict(row) | {"origin": _LOCAL if row.origin == own_code else row.origin}
    del columns["digest"]
    return StoredRow(**columns)


def key_of(row: RecordRow) -> RowKey:
    """Which row it is."""
    return RowKey(row.vin, row.record_id, row.version)


class Side:
    """This node's part of the rows that it shares with a peer."""

    def __init__(self, connection: Connection, *, own_code: str, peer: str) -> None:
        self._connection = connection
        self._own_code = own_code
        self._peer = peer
        self._is_ministry = own_code == MINISTRY

    def summarise(self, direction: Direction, from_on: date, until_on: date) -> list[Summary]:
        """Settled rows received from ``from_on`` to ``until_on``, that day included, by day and division."""
        parameters = self._parameters(from_on, until_on)
        return [Summary(*row) for row in self._connection.execute(self._query("summarise", direction), parameters)]

    def mark(self, ask: RowsAsk) -> RowsAnswer:
        """A page of keys and digests of one day and division, rows under way among them."""
        after = ask.after
        parameters = self._parameters(ask.received_on, ask.received_on) | {
            "division_code": ask.division_code,
            "after_vin": after.vin if after else None,
            "after_id": after.record_id.hex() if after else None,
            "after_version": after.version if after else None,
            "limit": MOST_MARKS,
        }
        rows = self._connection.execute(self._query("mark", ask.direction), parameters)
        marks = [RowMark(RowKey(vin, found, version), digest, settled) for vin, found, version, digest, settled in rows]
        return RowsAnswer(marks, is_last=len(marks) < MOST_MARKS)

    def fetch(self, keys: Iterable[RowKey]) -> dict[RowKey, HeldRow]:
        """Rows whole, whatever their origin, with what their heads say."""
        rows = read_rows(self._connection, keys)
        heads = read_heads(self._connection, {key.record_id for key in rows})
        held = {}
        for key, row in rows.items():
            head = heads.get(key.record_id)
            wire = to_wire(row, self._own_code)
            if head is not None and (head.vin, head.version) == (key.vin, key.version):
                held[key] = HeldRow(wire, head.content_digest, head.state)
            else:
                held[key] = HeldRow(wire)
        return held

    def named(self, keys: Iterable[RowKey]) -> set[RowKey]:
        """Which of these rows the peer's feed names."""
        each = list(keys)
        parameters = {
            "peer": self._peer,
            "vins": [key.vin for key in each],
            "record_ids": [key.record_id.hex() for key in each],
            "versions": [key.version for key in each],
        }
        return {RowKey(*row) for row in self._connection.execute(_SQL["read_named"], parameters)}

    def oldest_under_way(self) -> datetime | None:
        """Receipt of the oldest own row that the peer has not told of; ``None`` when there is none."""
        row = self._connection.execute(_SQL["oldest_under_way"], {"position": self._position()}).fetchone()
        return row[0] if row else None

    def _query(self, name: str, direction: Direction) -> Any:
        rows = _SQL[_ROWS[direction, self._is_ministry]]
        return _SQL[name].replace("/* row_digest */", _SQL["row_digest"]).replace("/* rows */", rows)

    def _parameters(self, from_on: date, until_on: date) -> dict[str, object]:
        return {
            "own_code": self._own_code,
            "peer": self._peer,
            "position": self._position(),
            "from_at": begin_of(from_on),
            "until_at": begin_of(until_on + _DAY),
        }

    def _position(self) -> int:
        row = self._connection.execute(_SQL["read_position"], {"peer": self._peer}).fetchone()
        return int(row[0]) if row else 0


def answer_summaries(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.summaries``."""
    ask = msgspec.msgpack.decode(contents, type=SummariesAsk)
    if not 0 <= (ask.until_on - ask.from_on).days < MOST_DAYS:
        raise ExchangeRefused(RefusalCode.TOO_LARGE, f"{MOST_DAYS} days at most")
    return encode_body(_side_of(connection, sender).summarise(ask.direction, ask.from_on, ask.until_on))


def answer_rows(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.rows``."""
    return encode_body(_side_of(connection, sender).mark(msgspec.msgpack.decode(contents, type=RowsAsk)))


def answer_fetch(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.fetch``: as many of the rows as fit into one message, from the first key on."""
    ask = msgspec.msgpack.decode(contents, type=KeysAsk)
    side = _side_of(connection, sender)
    named = side.named(ask.keys) if ask.direction is Direction.IN else set()
    held = {
        key: row
        for key, row in side.fetch(ask.keys).items()
        if (row.row.origin == sender if ask.direction is Direction.OUT else row.row.origin != sender and key in named)
    }
    key_count = how_many_fit([held[key].row if key in held else None for key in ask.keys])
    keys = ask.keys[:key_count]
    answer = FetchAnswer(key_count, [held[key] for key in keys if key in held], [key for key in keys if key in named])
    return encode_body(answer)


def how_many_fit(rows: Sequence[RecordRow | None]) -> int:
    """How many of these rows, from the first, go into one message; at least one of them does."""
    size_bytes = 0
    for count, row in enumerate(rows):
        size_bytes += len(row.content.encode()) + len(row.findings.encode()) if row else 0
        if count and size_bytes > MOST_ROW_BYTES:
            return count
    return len(rows)


def answer_take(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.take``: the province's rows in place of ours, each by itself."""
    ask = msgspec.msgpack.decode(contents, type=TakeAsk)
    keeper = _Keeper(connection, sender, now)
    return encode_body(ChangedAnswer([keeper.take(ask.direction, row) for row in ask.rows]))


def answer_remove(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.remove``: rows of the province's own origin that it never brought."""
    ask = msgspec.msgpack.decode(contents, type=KeysAsk)
    if ask.direction is not Direction.OUT:
        raise ExchangeRefused(RefusalCode.FORBIDDEN, "compare.remove in")
    keeper = _Keeper(connection, sender, now)
    return encode_body(ChangedAnswer([keeper.remove(key) for key in ask.keys]))


def answer_report(connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
    """``compare.report``: what a province found is written down here too, for the ministry's officers."""
    report = msgspec.msgpack.decode(contents, type=Report)
    with connection.transaction():
        keep_report(connection, sender, report)
        set_alarm(connection, sender, now=now)
    return b""


class _Keeper:
    """The ministry's say over what a province may have changed here."""

    def __init__(self, connection: Connection, sender: str, now: datetime) -> None:
        self._connection = connection
        self._sender = sender
        self._now = now
        self._side = _side_of(connection, sender)
        self._limits = CurrentLimits(None)
        self._limits.take(read_documents(connection))

    def take(self, direction: Direction, row: RecordRow) -> str:
        """'' for done, else why not."""
        denial = self._deny(direction, row)
        if denial is not None:
            return denial.value
        reason = f"comparison with {self._sender}: their copy"
        try:
            with self._connection.transaction():
                replace_row(self._connection, from_wire(row, MINISTRY), reason=reason, now=self._now)
        except Exception as fault:
            if not is_row_fault(fault):
                raise
            return Denial.UNACCEPTABLE.value
        return ""

    def remove(self, key: RowKey) -> str:
        """'' for done, also when it is not here; else why not."""
        held = self._side.fetch([key]).get(key)
        if held is None:
            return ""
        if held.row.origin != self._sender:
            return Denial.NOT_YOURS.value
        with self._connection.transaction():
            reason = f"comparison with {self._sender}: one too many"
            set_row_aside(self._connection, key, reason=reason, now=self._now)
            forgotten = {"record_id": key.record_id.hex(), "vin": key.vin, "version": key.version}
            self._connection.execute(_SQL["forget_fed"], forgotten)
        return ""

    def _deny(self, direction: Direction, row: RecordRow) -> Denial | None:
        if fault := find_fault(row, self._now):
            return _DENIALS.get(fault[0], Denial.UNACCEPTABLE)
        key = key_of(row)
        held = self._side.fetch([key]).get(key)
        if direction is Direction.OUT:
            return self._deny_own(row, held)
        if row.origin == self._sender or key not in self._side.named([key]):
            return Denial.NOT_YOURS
        if held is not None and held.row.origin != row.origin:
            return Denial.CONFLICT
        return None if self._is_better(row, held) else Denial.UNSOUND

    def _deny_own(self, row: RecordRow, held: HeldRow | None) -> Denial | None:
        """The rules of a row that a province brings (who may say what)."""
        if row.origin != self._sender:
            return Denial.NOT_YOURS
        if held is not None and held.row.origin != self._sender:
            return Denial.CONFLICT
        shop = known.find_all(self._connection, [row.company_code]).get(row.company_code)
        if shop is not None and shop.node_code != self._sender:
            return Denial.NOT_YOURS
        known_company = self._find("find_company_of_record", record_id=row.record_id.hex())
        # The stored row may be the very one whose company was altered: then it is no witness.
        is_other = held is None and known_company not in (None, row.company_code)
        return Denial.NOT_YOURS if is_other else None

    def _find(self, query: str, **parameters: object) -> str | None:
        row = self._connection.execute(_SQL[query], parameters).fetchone()
        return row[0] if row else None

    def _is_better(self, row: RecordRow, held: HeldRow | None) -> bool:
        """Of a row that came to the province from here: only a sound copy of one that is lost or damaged here."""
        is_damaged = held is None or bool(find_faults(held, judge=self._limits.judge))
        return is_damaged and not find_faults(HeldRow(row), judge=self._limits.judge)


def find_faults(held: HeldRow, *, judge: Judge, own_code: str = "") -> list[str]:
    """What speaks against a copy of a row: where it contradicts itself, or its record's head.

    ``own_code``: of the node where the row must have come in; '' when it need not be a certain one.
    """
    row = held.row
    wrong = find_contradictions(from_wire(row, ""), judge=judge, head_digest=held.head_digest or None)
    if held.head_state and held.head_state != row.state:
        wrong.append("state")
    if own_code and row.origin != own_code:
        wrong.append("origin")
    return wrong


def _side_of(connection: Connection, sender: str) -> Side:
    return Side(connection, own_code=MINISTRY, peer=sender)


CALLS: Final[Mapping[str, Handler]] = {
    "compare.summaries": answer_summaries,
    "compare.rows": answer_rows,
    "compare.fetch": answer_fetch,
    "compare.take": answer_take,
    "compare.remove": answer_remove,
    "compare.report": answer_report,
}
"""Operation → what the ministry does for it."""
