"""What a province and the ministry say when they compare: contents of the calls ``compare.*``. Pure (ours).

``direction`` is always the province's: ``out`` are the rows it should have brought, ``in`` those that its feed named.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from chedang.exchange.model import RecordRow
from chedang.records.model import RowKey

MOST_DAYS = 100
"""Of one call for summaries."""
MOST_MARKS = 20_000
"""Of one call for rows."""
MOST_KEYS = 500
"""Of one call to fetch, take or remove."""
MOST_ROW_BYTES = 8 * 1024 * 1024
"""Content of the rows in one message; one row always fits."""


class Direction(StrEnum):
    """Which rows are compared, as the province sees it."""

    OUT = "out"
    """Came in at the province's own gate: what the ministry should hold of it."""
    IN = "in"
    """Put into the province's feed: what it should hold of others."""


class DifferenceKind(StrEnum):
    """What is wrong with a row, and on which side (ours: the province that compares)."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    EXTRA_THERE = "extra_there"
    EXTRA_HERE = "extra_here"
    ALTERED_THERE = "altered_there"
    ALTERED_HERE = "altered_here"

    @property
    def label(self) -> str:
        """In Chinese, for people."""
        return _LABELS[self]


_LABELS = {
    DifferenceKind.MISSING_THERE: "对方缺少",
    DifferenceKind.MISSING_HERE: "本节点缺少",
    DifferenceKind.EXTRA_THERE: "对方多出",
    DifferenceKind.EXTRA_HERE: "本节点多出",
    DifferenceKind.ALTERED_THERE: "对方内容不同",
    DifferenceKind.ALTERED_HERE: "本节点内容不同",
}


class Denial(StrEnum):
    """Why the ministry does not mend a row as asked; '' where it did."""

    NOT_YOURS = "not_yours"
    """Neither of the province's own origin nor in its feed, or of a shop of another node."""
    WRONG_DIGEST = "wrong_digest"
    CONFLICT = "conflict"
    """The row under this key belongs to somebody else."""
    UNSOUND = "unsound"
    """The copy that was given contradicts itself, and the one that is here does not."""
    UNACCEPTABLE = "unacceptable"
    """A value that the table refuses."""

    @property
    def sentence(self) -> str:
        """In Chinese, for people."""
        return _DENIALS[self]


_DENIALS = {
    Denial.NOT_YOURS: "部级节点不认可该记录属于本节点",
    Denial.WRONG_DIGEST: "该行与其摘要不符",
    Denial.CONFLICT: "部级节点同一编号下的行属于其他节点",
    Denial.UNSOUND: "所交的行自相矛盾，而部级节点的行没有",
    Denial.UNACCEPTABLE: "数据库不接受其中的值",
}


class Summary(msgspec.Struct, frozen=True, array_like=True):
    """Rows of one day of receipt (Asia/Shanghai) and one division (first six digits of the enterprise code)."""

    received_on: date
    division_code: str
    row_count: int
    digest: bytes
    """SHA-256 over the digests of the rows, in the order of the digests."""


class RowMark(msgspec.Struct, frozen=True, array_like=True):
    """One row by key and digest."""

    key: RowKey
    digest: bytes
    is_settled: bool
    """False: still under way, so that its absence elsewhere means nothing."""


class HeldRow(msgspec.Struct, frozen=True, array_like=True):
    """One row whole, and what else its holder knows that could speak for it or against it."""

    row: RecordRow
    head_digest: bytes = b""
    """SHA-256 of the content as the record's head keeps it; b'' for a row that is not the newest version."""
    head_state: str = ""


class SummariesAsk(msgspec.Struct, frozen=True, array_like=True):
    """``compare.summaries``: of these days, the last one included; at most MOST_DAYS of them."""

    direction: Direction
    from_on: date
    until_on: date


class RowsAsk(msgspec.Struct, frozen=True, array_like=True):
    """``compare.rows``: of one day and division, in the order of the key, after ``after``."""

    direction: Direction
    received_on: date
    division_code: str
    after: RowKey | None = None


class RowsAnswer(msgspec.Struct, frozen=True, array_like=True):
    """A page of at most MOST_MARKS rows; ``is_last`` when nothing follows."""

    marks: list[RowMark]
    is_last: bool


class KeysAsk(msgspec.Struct, frozen=True, array_like=True):
    """``compare.fetch``: these rows whole. ``compare.remove``: take them out."""

    direction: Direction
    keys: Annotated[list[RowKey], msgspec.Meta(max_length=MOST_KEYS)]


class FetchAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Rows of the first ``key_count`` keys; those that are not there are absent."""

    key_count: int
    held: list[HeldRow]
    named: list[RowKey] = []
    """Direction ``in``: keys among them that the feed names, whether or not the row is there."""


class TakeAsk(msgspec.Struct, frozen=True, array_like=True):
    """``compare.take``: store these rows in place of what is there."""

    direction: Direction
    rows: Annotated[list[RecordRow], msgspec.Meta(max_length=MOST_KEYS)]


class ChangedAnswer(msgspec.Struct, frozen=True, array_like=True):
    """One per row or key asked: '' for done, else a :class:`Denial`."""

    denials: list[str]


class Difference(msgspec.Struct, frozen=True, array_like=True):
    """One row that differs between the two sides. Holds a VIN: never logged."""

    key: RowKey
    state: str
    received_on: date
    division_code: str
    kind: DifferenceKind
    detail: str = ""
    """Chinese sentence, no personal data."""


class Found(msgspec.Struct, frozen=True, array_like=True):
    """A difference and when it was repaired; ``None``: it still is one."""

    difference: Difference
    repaired_at: datetime | None = None


class Report(msgspec.Struct, frozen=True, array_like=True):
    """``compare.report``: what one direction of a reconciliation came to. The answer is empty."""

    direction: Direction
    from_on: date
    until_on: date
    started_at: datetime
    ended_at: datetime
    ours: int
    """Rows compared, of the province."""
    theirs: int
    difference_count: int
    repaired_count: int
    differences: Annotated[list[Found], msgspec.Meta(max_length=MOST_KEYS)]
    """The first MOST_KEYS of them, unrepaired ones before the others."""
