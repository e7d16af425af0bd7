"""对账: a province compares its rows with the ministry's by day and division, down to the row, and mends (ours).

The province drives; the ministry answers (:mod:`chedang.exchange.comparing`). The node where a record came in is right
about it, unless its own row contradicts itself while the other side's does not (ADR 0022). For others' records the
ministry stands for the nodes where they came in. Connections are in autocommit mode. Holds VINs: never logged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Final

import msgspec

from chedang.exchange import comparisons
from chedang.exchange.calling import Ask
from chedang.exchange.comparing import Side, find_faults, from_wire, key_of
from chedang.exchange.comparing_model import (
    MOST_DAYS,
    MOST_KEYS,
    Difference,
    DifferenceKind,
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
)
from chedang.exchange.messages import encode_body
from chedang.exchange.model import MINISTRY
from chedang.exchange.narrowing import (
    MOST_DAYS_BACK,
    Sighting,
    Spans,
    classify,
    days_to_compare,
    find_suspects,
    find_unequal,
    is_one_too_many,
    split_keys,
)
from chedang.exchange.repairing import Repairer, Suspect, ask_for
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.records.mending import read_announced, read_record_rows
from chedang.records.model import RowKey
from chedang.records.soundness import Judge, label_columns
from chedang.records.store import Connection
from chedang.terms.dates import day_in_china

_BOTH_SOUND: Final = "两端各自没有矛盾，以产生该记录的一方为准"
_BOTH_DAMAGED: Final = "两端的行都自相矛盾，以产生该记录的一方为准"


class Comparison(msgspec.Struct, frozen=True):
    """What one direction of a reconciliation came to."""

    comparison_id: int
    direction: Direction
    from_on: date
    until_on: date
    ours: int
    """Rows compared on this side."""
    theirs: int
    found: dict[DifferenceKind, int]
    repaired: dict[DifferenceKind, int]

    @property
    def difference_count(self) -> int:
        return sum(self.found.values())

    @property
    def unrepaired_count(self) -> int:
        return self.difference_count - sum(self.repaired.values())


def ordinary_days(connection: Connection, node_code: str, now: datetime) -> tuple[date, date] | None:
    """The days that a daily run compares, see :func:`days_to_compare`; ``None`` when no day is over yet."""
    today = day_in_china(now)
    under_way_since = Side(connection, own_code=node_code, peer=MINISTRY).oldest_under_way()
    return days_to_compare(
        comparisons.read_spans(connection, MINISTRY, date.fromordinal(today.toordinal() - MOST_DAYS_BACK)),
        today=today,
        oldest_on=comparisons.oldest_receipt(connection),
        under_way_since=None if under_way_since is None else day_in_china(under_way_since),
    )


def reconcile(
    connection: Connection,
    ask: Ask,
    *,
    node_code: str,
    from_on: date,
    until_on: date,
    judge: Judge,
    now: datetime,
    repair: bool = True,
    reached: Reached = nowhere,
) -> list[Comparison]:
    """Compare both directions over these days of receipt, the last one included, and repair what differs.

    Rows still under way are no differences. What is found is written down on both nodes, before anything is mended; a
    run that broke off leaves a comparison without an end. Raises ExchangeRefused and LinkDown, with what was mended
    until then mended.
    """
    compared = []
    for direction in Direction:
        run = _Run(
            connection, ask, direction, node_code=node_code, judge=judge, now=now, repair=repair, reached=reached
        )
        compared.append(run.compare(from_on, until_on))
    comparisons.set_alarm(connection, MINISTRY, now=now)
    return compared


class _Run:
    """One direction of one reconciliation."""

    def __init__(
        self,
        connection: Connection,
        ask: Ask,
        direction: Direction,
        *,
        node_code: str,
        judge: Judge,
        now: datetime,
        repair: bool,
        reached: Reached,
    ) -> None:
        self._connection = connection
        self._ask = ask
        self._direction = direction
        self._node_code = node_code
        self._judge = judge
        self._now = now
        self._reached = reached
        self._ours = Side(connection, own_code=node_code, peer=MINISTRY)
        self._repairer = Repairer(
            connection, ask, direction, node_code=node_code, now=now, is_allowed=repair, reached=reached
        )
        self._seen: set[RowKey] = set()

    def compare(self, from_on: date, until_on: date) -> Comparison:
        """Summaries, then marks, then rows; mend; tell."""
        comparison_id = comparisons.begin_comparison(
            self._connection,
            peer=MINISTRY,
            direction=self._direction,
            from_on=from_on,
            until_on=until_on,
            started_at=self._now,
        )
        self._repairer.comparison_id = comparison_id
        ours = theirs = 0
        spans = Spans(from_on, until_on, most_days=MOST_DAYS)
        while (span := spans.next()) is not None:
            here, there = self._summarise(*span)
            here_count, there_count = (sum(each.row_count for each in side) for side in (here, there))
            spans.adapt(max(here_count, there_count))
            ours += here_count
            theirs += there_count
            for received_on, division_code in find_unequal(here, there):
                self._narrow(received_on, division_code)
        comparison = Comparison(
            comparison_id,
            self._direction,
            from_on,
            until_on,
            ours,
            theirs,
            dict(self._repairer.found),
            dict(self._repairer.repaired),
        )
        self._end(comparison)
        return comparison

    def _summarise(self, first: date, last: date) -> tuple[list[Summary], list[Summary]]:
        """Ours and theirs; the source first, so that what has arrived since can be told from what was lost."""
        ask = SummariesAsk(self._direction, first, last)
        if self._direction is Direction.OUT:
            here = self._ours.summarise(self._direction, first, last)
            return here, ask_for(self._ask, "compare.summaries", ask, list[Summary])
        there = ask_for(self._ask, "compare.summaries", ask, list[Summary])
        return self._ours.summarise(self._direction, first, last), there

    def _narrow(self, received_on: date, division_code: str) -> None:
        """Find the rows that differ, and mend them."""
        ask = RowsAsk(self._direction, received_on, division_code)
        readers: list[Callable[[RowsAsk], RowsAnswer]] = [self._ours.mark, self._marks_there]
        if self._direction is Direction.IN:
            readers.reverse()
        source, target = (_read_marks(reader, ask) for reader in readers)
        suspects = [key for key in find_suspects(source, target) if key not in self._seen]
        settled = {key for key in suspects if key in source and source[key].is_settled}
        for keys in split_keys(suspects, MOST_KEYS):
            self._repairer.take_up(self._look_at(keys, settled))

    def _marks_there(self, ask: RowsAsk) -> RowsAnswer:
        return ask_for(self._ask, "compare.rows", ask, RowsAnswer)

    def _look_at(self, keys: Collection[RowKey], settled: Collection[RowKey]) -> list[Suspect]:
        """Ask both sides for the rows whole; the target first: what it has, the source must still know."""
        if self._direction is Direction.OUT:
            theirs, named = self._fetch_there(keys)
            ours = self._ours.fetch(keys)
        else:
            ours = self._ours.fetch(keys)
            theirs, named = self._fetch_there(keys)
        known = named | self._known_here(keys, ours, theirs)
        suspects = []
        for key in keys:
            suspect = self._judge_row(key, ours.get(key), theirs.get(key), settled, known)
            if suspect is not None:
                self._seen.add(key)
                suspects.append(suspect)
        return suspects

    def _fetch_there(self, keys: Collection[RowKey]) -> tuple[dict[RowKey, HeldRow], set[RowKey]]:
        rest = list(keys)
        held: dict[RowKey, HeldRow] = {}
        named: set[RowKey] = set()
        while rest:
            answer = ask_for(self._ask, "compare.fetch", KeysAsk(self._direction, rest), FetchAnswer)
            held |= {key_of(each.row): each for each in answer.held}
            named |= set(answer.named)
            rest = rest[max(answer.key_count, 1) :]
        return held, named

    def _known_here(
        self, keys: Collection[RowKey], ours: dict[RowKey, HeldRow], theirs: dict[RowKey, HeldRow]
    ) -> set[RowKey]:
        """Direction ``out``: rows that only the ministry holds, and that this node has lost."""
        if self._direction is Direction.IN:
            return set()
        gone = [key for key in keys if key not in ours and key in theirs]
        known = read_announced(self._connection, gone) if gone else set()
        for key in gone:
            row = from_wire(theirs[key].row, self._node_code)
            own = read_record_rows(self._connection, row.record_id, row.company_code, row.vin)
            is_sound = not find_faults(theirs[key], judge=self._judge)
            if not is_one_too_many(row, own, is_sound=is_sound):
                known.add(key)
        return known

    def _judge_row(
        self,
        key: RowKey,
        ours: HeldRow | None,
        theirs: HeldRow | None,
        settled: Collection[RowKey],
        known: Collection[RowKey],
    ) -> Suspect | None:
        source, target = (ours, theirs) if self._direction is Direction.OUT else (theirs, ours)
        faults = self._faults(source) if source and target else []
        is_damaged = bool(faults) and target is not None and not self._faults(target)
        kind = classify(
            self._direction,
            Sighting(
                at_source=source.row.digest if source else None,
                at_target=target.row.digest if target else None,
                is_settled=key in settled,
                is_source_damaged=is_damaged,
                is_known_to_source=key in known,
            ),
        )
        present = source or target
        if kind is None or present is None:
            return None
        row = present.row
        difference = Difference(
            key, row.state, day_in_china(row.received_at), row.company_code[:6], kind, self._explain(ours, theirs)
        )
        return Suspect(difference, ours, theirs)

    def _explain(self, ours: HeldRow | None, theirs: HeldRow | None) -> str:
        """Why this side of a difference is taken for the wrong one."""
        if ours is None or theirs is None:
            return ""
        here, there = self._faults(ours), self._faults(theirs)
        if bool(here) == bool(there):
            return _BOTH_SOUND if not here else _BOTH_DAMAGED
        wrong = here or there
        return f"{'本节点' if here else '对方'}的行自相矛盾：{label_columns(wrong)}"

    def _faults(self, held: HeldRow) -> list[str]:
        own_code = self._node_code if self._direction is Direction.OUT else ""
        return find_faults(held, judge=self._judge, own_code=own_code)

    def _end(self, comparison: Comparison) -> None:
        """Write down what it came to, here and at the ministry."""
        repaired_count = comparison.difference_count - comparison.unrepaired_count
        comparisons.end_comparison(
            self._connection,
            comparison.comparison_id,
            ended_at=self._now,
            ours=comparison.ours,
            theirs=comparison.theirs,
            difference_count=comparison.difference_count,
            repaired_count=repaired_count,
        )
        self._reached(Step.COMPARISON_ENDED)
        report = Report(
            direction=comparison.direction,
            from_on=comparison.from_on,
            until_on=comparison.until_on,
            started_at=self._now,
            ended_at=self._now,
            ours=comparison.ours,
            theirs=comparison.theirs,
            difference_count=comparison.difference_count,
            repaired_count=repaired_count,
            differences=comparisons.read_differences(self._connection, comparison.comparison_id, MOST_KEYS),
        )
        self._ask("compare.report", encode_body(report))


def _read_marks(read: Callable[[RowsAsk], RowsAnswer], ask: RowsAsk) -> dict[RowKey, RowMark]:
    """All pages of one day and division."""
    marks: dict[RowKey, RowMark] = {}
    while True:
        answer = read(ask)
        marks |= {mark.key: mark for mark in answer.marks}
        if answer.is_last or not answer.marks:
            return marks
        ask = msgspec.structs.replace(ask, after=answer.marks[-1].key)
