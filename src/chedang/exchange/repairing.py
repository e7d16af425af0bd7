"""Repairing what a comparison found: the other side by asking it, this one by mending (ADR 0022).

Each difference is written down before anything is done about it, and what became of it after. Holds VINs: never logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

import msgspec

from chedang.exchange import comparisons
from chedang.exchange.applying import find_fault
from chedang.exchange.calling import Ask
from chedang.exchange.comparing import from_wire, how_many_fit
from chedang.exchange.comparing_model import (
    ChangedAnswer,
    Denial,
    Difference,
    DifferenceKind,
    Direction,
    Found,
    HeldRow,
    KeysAsk,
    TakeAsk,
)
from chedang.exchange.mending import replace_row, set_row_aside
from chedang.exchange.messages import UNREADABLE, encode_body
from chedang.exchange.model import ExchangeRefused, RefusalCode
from chedang.exchange.steps import Reached, Step
from chedang.records.merging import is_row_fault
from chedang.records.store import Connection

Answer = TypeVar("Answer")

_GIVEN: Final = frozenset({DifferenceKind.MISSING_THERE, DifferenceKind.ALTERED_THERE})
_OURS_TO_MEND: Final = frozenset({DifferenceKind.MISSING_HERE, DifferenceKind.EXTRA_HERE, DifferenceKind.ALTERED_HERE})
_OWN_ORIGIN_DENIED: Final = "该编号在本节点是本地上传的记录，不以部级节点的行替换"
_OTHER_ORIGIN_DENIED: Final = "部级节点所给的行不是在本节点产生的"


class Suspect(NamedTuple):
    """A difference and the copies that both sides hold of its row."""

    difference: Difference
    ours: HeldRow | None
    theirs: HeldRow | None


def ask_for(ask: Ask, operation: str, contents: object, kind: type[Answer]) -> Answer:
    """Ask the ministry for an answer of this type. Raises ExchangeRefused, LinkDown."""
    answer = ask(operation, encode_body(contents))
    try:
        return msgspec.msgpack.decode(answer, type=kind)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED, f"不是对 {operation} 的答复") from fault


class Repairer:
    """Takes up the differences of one direction of one reconciliation."""

    def __init__(
        self,
        connection: Connection,
        ask: Ask,
        direction: Direction,
        *,
        node_code: str,
        now: datetime,
        is_allowed: bool,
        reached: Reached,
    ) -> None:
        """``is_allowed``: False only writes the differences down."""
        self._connection = connection
        self._ask = ask
        self._direction = direction
        self._node_code = node_code
        self._now = now
        self._is_allowed = is_allowed
        self._reached = reached
        self.comparison_id = 0
        self.found: Counter[DifferenceKind] = Counter()
        self.repaired: Counter[DifferenceKind] = Counter()

    def take_up(self, suspects: Sequence[Suspect]) -> None:
        """Write the differences down, then mend them: first what the ministry has to change, then what we have."""
        if not suspects:
            return
        with self._connection.transaction():
            found = [Found(suspect.difference) for suspect in suspects]
            comparisons.note_differences(self._connection, self.comparison_id, found)
        self.found.update(suspect.difference.kind for suspect in suspects)
        self._reached(Step.DIFFERENCES_NOTED)
        if not self._is_allowed:
            return
        self._mend_there(suspects)
        for suspect in suspects:
            if suspect.difference.kind in _OURS_TO_MEND:
                denial = self._mend_here(suspect)
                self._reached(Step.MENDED_HERE)
                self._note(suspect.difference, denial)

    def _mend_there(self, suspects: Sequence[Suspect]) -> None:
        given = [
            (suspect.difference, suspect.ours.row)
            for suspect in suspects
            if suspect.difference.kind in _GIVEN and suspect.ours is not None
        ]
        while given:
            count = how_many_fit([row for _, row in given])
            ask = TakeAsk(self._direction, [row for _, row in given[:count]])
            self._note_denials([difference for difference, _ in given[:count]], self._change("compare.take", ask))
            given = given[count:]
        extra = [each.difference for each in suspects if each.difference.kind is DifferenceKind.EXTRA_THERE]
        if extra:
            ask_keys = KeysAsk(self._direction, [difference.key for difference in extra])
            self._note_denials(extra, self._change("compare.remove", ask_keys))

    def _change(self, operation: str, ask: object) -> list[str]:
        denials = ask_for(self._ask, operation, ask, ChangedAnswer).denials
        self._reached(Step.MENDED_THERE)
        return denials

    def _note_denials(self, differences: Sequence[Difference], denials: Sequence[str]) -> None:
        if len(denials) != len(differences):
            raise ExchangeRefused(RefusalCode.MALFORMED, "答复的项数不对")
        for difference, denial in zip(differences, denials, strict=True):
            known = denial in {each.value for each in Denial}
            self._note(difference, Denial(denial).sentence if known else denial)

    def _mend_here(self, suspect: Suspect) -> str:
        """'' for done, else why not."""
        reason = f"comparison {self.comparison_id}: {suspect.difference.kind.value}"
        if denial := self._deny(suspect):
            return denial
        try:
            with self._connection.transaction():
                if suspect.theirs is None:
                    set_row_aside(self._connection, suspect.difference.key, reason=reason, now=self._now)
                else:
                    row = from_wire(suspect.theirs.row, self._node_code)
                    replace_row(self._connection, row, reason=reason, now=self._now)
        except Exception as fault:
            if not is_row_fault(fault):
                raise
            return Denial.UNACCEPTABLE.sentence
        return ""

    def _deny(self, suspect: Suspect) -> str:
        """What the ministry gives is taken for no more than it may say; '' for nothing against it."""
        copies = [held.row for held in (suspect.ours, suspect.theirs) if held is not None]
        own = [row.origin == self._node_code for row in copies]
        if self._direction is Direction.IN and any(own):
            return _OWN_ORIGIN_DENIED
        if self._direction is Direction.OUT and suspect.theirs is not None and not own[-1]:
            return _OTHER_ORIGIN_DENIED
        if suspect.theirs is not None and find_fault(suspect.theirs.row, self._now):
            return Denial.UNACCEPTABLE.sentence
        return ""

    def _note(self, difference: Difference, denial: str) -> None:
        comparisons.note_outcome(
            self._connection,
            self.comparison_id,
            difference,
            repaired_at=None if denial else self._now,
            detail="；".join(text for text in (difference.detail, denial) if text),
        )
        if not denial:
            self.repaired[difference.kind] += 1
