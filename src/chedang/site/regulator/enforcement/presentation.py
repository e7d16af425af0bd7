"""Censures, hand-overs and sanctions as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from chedang.reviews.clocks import last_day
from chedang.site.enterprise_view import division_name
from chedang.site.regulator.enforcement import words
from chedang.supervision.enforcement_model import CensureState, HandOverResult, SanctionKind, SanctionState
from chedang.supervision.models.enforcement import CaseStep, Censure, HandOver, Sanction
from chedang.supervision.sanction_items import load_items


@dataclass(frozen=True, slots=True)
class CaseView:
    """One matter with its state in words; ``row`` is what is stored."""

    row: Any
    tone: str
    sign: str
    word: str | Promise
    division: str
    kind: str | Promise = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One row of a history. People are named by what they stand for."""

    at: datetime
    who: str
    what: str | Promise
    text: str
    changes: list[tuple[str, Any, Any]]


def censure_view(row: Censure) -> CaseView:
    """One public notice."""
    return CaseView(row, *words.CENSURE_STATES[CensureState(row.state)], division_name(row.division_code))


def hand_over_view(row: HandOver) -> CaseView:
    """One hand-over."""
    item = load_items().get(row.item)
    state = words.RESULTS[HandOverResult(row.result)]
    return CaseView(row, *state, division_name(row.division_code), item=item.name if item else row.item)


def sanction_view(row: Sanction) -> CaseView:
    """One row of the ledger."""
    kind = words.SANCTION_KINDS[SanctionKind(row.kind)]
    state = words.SANCTION_STATES[SanctionState(row.state)]
    return CaseView(row, *state, division_name(row.division_code), kind=kind, item=row.item_words)


def step_views(steps: Iterable[CaseStep], deeds: dict[Any, Any]) -> list[StepView]:
    """The history, oldest first, each row with what it changed."""
    return [
        StepView(step.at, step.organisation, deeds.get(step.deed, step.deed), step.text, _changes(step))
        for step in steps
    ]


def objection_day(row: Censure) -> Any:
    """The last day on which the shop may object; ``None`` before it was told."""
    return last_day(row.object_until) if row.object_until else None


def _changes(step: CaseStep) -> list[tuple[str, Any, Any]]:
    before, after = step.before or {}, step.after or {}
    if not before:
        return []
    return [(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]
