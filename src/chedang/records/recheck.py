"""重新核查: stored records judged again, and everything that is kept twice summed again, by a code path of its own.

Nothing here uses the queries with which the stores work: rows are streamed and added up in Python, so that a mistake
there is not made here too. One picture of the database is looked at, and a running node is no fault. Memory does not
grow with the archive. Holds personal data while it reads: findings name records by identifier only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final, LiteralString, NamedTuple

import msgspec

from chedang.platform.database import load_queries
from chedang.records.identity import decode_content
from chedang.records.model import Finding, StoredRow
from chedang.records.soundness import Judge, find_contradictions, label_columns
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.records", "recheck.sql")
_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_BATCH_ROWS: Final = 2_000
_SHOWN: Final = 20
_EVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_BY_NAME: Final = "NAME_MISMATCH"
"""Depends on the name under which the shop was registered then, which is not kept."""

Progress = Callable[[int], None]
"""Told how many rows were looked at since it was told last."""


class Tally(msgspec.Struct):
    """One check: how many were looked at, how many are wrong, and the first of those."""

    name: str
    label: str
    """In Chinese, for people."""
    is_note: bool = False
    """Worth knowing, but nothing is wrong with the archive."""
    looked_at: int = 0
    wrong: int = 0
    first: list[str] = []

    def count(self, number: int = 1) -> None:
        """So many more are looked at."""
        self.looked_at += number

    def report(self, which: str, what: str = "") -> None:
        """One is wrong: ``which`` names it without personal data."""
        self.wrong += 1
        if len(self.first) < _SHOWN:
            self.first.append(f"{which} {what}".rstrip())


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """One picture of the database for all checks. To be entered outside a transaction."""
    with connection.transaction():
        connection.execute(_SQL["begin"])
        yield


def stream(
    connection: Connection, query: LiteralString, parameters: dict[str, object], *, name: str = "recheck"
) -> Iterator[tuple[Any, ...]]:
    """Rows of a statement as they come, a batch in memory at a time. Within :func:`snapshot`.

    ``name``: one of its own for each of two streams that are read side by side.
    """
    with connection.cursor(name=name) as cursor:
        cursor.itersize = _BATCH_ROWS
        cursor.execute(query, parameters)
        yield from cursor


def span_of(since: date | None) -> dict[str, object]:
    """Parameters that leave out records of which nothing was received since a day; ``None``: none are left out."""
    since_at = _EVER if since is None else datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)
    return {"since_at": since_at, "is_everything": since is None}


def count_rows(connection: Connection, since: date | None) -> int:
    """How many rows :func:`check_rows` will look at."""
    (count,) = connection.execute(_SQL["count_rows"], span_of(since)).fetchone() or (0,)
    return int(count)


def check_rows(connection: Connection, *, judge: Judge, since: date | None, progress: Progress) -> list[Tally]:
    """Judge every row again: what does not follow from its content, and what the rules would find today."""
    sound = Tally("content", "各列与内容一致")
    same = Tally("findings", "规则判定与当时一致（规则改过则会不同）", is_note=True)
    for number, (*columns, head_digest) in enumerate(stream(connection, _SQL["stream_rows"], span_of(since)), start=1):
        row = StoredRow(*columns)
        which = f"{row.record_id.hex()} v{row.version}"
        sound.count()
        if wrong := find_contradictions(row, judge=judge, head_digest=head_digest):
            sound.report(which, label_columns(wrong))
        elif not row.is_moved:
            same.count()
            if changed := _changed_codes(row, judge):
                same.report(which, "、".join(changed))
        if number % _BATCH_ROWS == 0:
            progress(_BATCH_ROWS)
    return [sound, same]


def _changed_codes(row: StoredRow, judge: Judge) -> list[str]:
    """Codes of findings that only one of the two judgements has."""
    judgement = judge(decode_content(row.content), registered_name="", received_at=row.received_at)
    now = set(map(msgspec.json.encode, judgement.findings))
    then = {msgspec.json.encode(each) for each in _decode_findings(row.findings) if each.code != _BY_NAME}
    return sorted({msgspec.json.decode(each, type=Finding).code for each in now ^ then})


class _Version(NamedTuple):
    """A row and its record's head, as ``stream_records`` gives them; either may be absent."""

    record_id: bytes
    vin: str | None
    version: int
    state: str
    origin: str
    is_told: bool
    head_vin: str | None
    head_version: int | None
    head_state: str | None


def check_records(connection: Connection, *, since: date | None) -> list[Tally]:
    """Versions without a hole, heads that name the newest, and rows of which the followers were told."""
    whole = Tally("versions", "本节点记录的版本连续")
    headed = Tally("heads", "记录索引指向最新版本")
    told = Tally("announced", "每一版都进入了变更序列")
    rows = (_Version(*row) for row in stream(connection, _SQL["stream_records"], span_of(since)))
    for record_id, group in groupby(rows, itemgetter(0)):
        versions = list(group)
        which = record_id.hex()
        headed.count()
        if problem := _head_problem(versions):
            headed.report(which, problem)
        stored = [each for each in versions if each.vin is not None]
        told.count(len(stored))
        for each in stored:
            if not each.is_told:
                told.report(f"{which} v{each.version}")
        if stored and all(each.origin == "local" for each in stored):
            whole.count()
            if problem := _version_problem(stored):
                whole.report(which, problem)
    return [whole, headed, told]


def _head_problem(versions: list[_Version]) -> str:
    newest = versions[-1]
    if newest.vin is None:
        return "索引没有对应的记录"
    if newest.head_vin is None:
        return "没有索引"
    wrong = [
        name
        for name, stored, head in (
            ("vin", newest.vin, newest.head_vin),
            ("version", newest.version, newest.head_version),
            ("state", newest.state, newest.head_state),
        )
        if stored != head
    ]
    return label_columns(wrong)


def _version_problem(stored: list[_Version]) -> str:
    """Of a record that came in here alone, and of which every row must hence be here."""
    own = [each for each in stored if each.state != "moved"]
    if [each.version for each in own] != list(range(1, len(own) + 1)):
        return f"版本为 {'、'.join(str(each.version) for each in own)}"
    expected = {(before.vin, after.version) for before, after in pairwise(own) if before.vin != after.vin}
    moved = [(each.vin, each.version) for each in stored if each.state == "moved"]
    return "" if expected == set(moved) else "移走的版本不成对"
