"""When a car is bound at once and when an officer has to look. Pure (ours; limits as 12123 has them, 待核)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from chedang.owners.facts import FactKind

FACTS_NEEDED: Final = 2


class Doubt(StrEnum):
    """Why a binding is not made at once. An officer sees it; the person who asks does not."""

    NO_CAR = "no_car"
    """No vehicle with records carried this plate and has this end of the VIN."""
    SEVERAL_CARS = "several_cars"
    """More than one VIN fits."""
    NO_FACTS = "no_facts"
    """The last visit's record lacks what could be compared."""
    FACTS_DIFFER = "facts_differ"
    """None of what was told is on the last visit's record."""
    ONE_FACT = "one_fact"
    """Only one is."""
    OLD_PLATE = "old_plate"
    """The car has carried another plate since."""
    UNSURE_RECORD = "unsure_record"
    """The rules noticed something about VIN or plate of the record."""
    BOUND = "bound"
    """Another person or a company has bound the car."""
    HAD_OWNER = "had_owner"
    """Another had bound it at the time of that visit or later: the paper may be the former owner's."""
    TRIES_USED = "tries_used"
    """Too many wrong tries at this car today."""
    MANY_CARS = "many_cars"
    """The person has as many cars as are bound without an officer."""


DOUBTS_BY_CODE: Final = {str(doubt): doubt for doubt in Doubt}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides about one try. Holds no VIN, no plate and nothing that was typed."""

    by_code: bool
    """A claim code led to the record; facts are not asked for then."""
    candidates: int
    """Vehicles that fit what was typed; 1 with a code."""
    facts_known: int = 0
    """How many of the three facts the last visit's record has."""
    facts_right: frozenset[FactKind] = frozenset()
    plate_is_newest: bool
    record_is_unsure: bool
    is_bound_to_another: bool
    had_another_owner: bool
    tries_left: bool
    own_cars: int
    most_own_cars: int


def doubts(evidence: Evidence) -> tuple[Doubt, ...]:
    """Everything that speaks against binding at once, in a fixed order; none: bind."""
    if evidence.candidates == 0:
        return (Doubt.NO_CAR,)
    found = {
        Doubt.SEVERAL_CARS: evidence.candidates > 1,
        Doubt.OLD_PLATE: not evidence.plate_is_newest,
        Doubt.UNSURE_RECORD: evidence.record_is_unsure,
        Doubt.BOUND: evidence.is_bound_to_another,
        Doubt.HAD_OWNER: evidence.had_another_owner and not evidence.is_bound_to_another,
        Doubt.TRIES_USED: not evidence.tries_left,
        Doubt.MANY_CARS: evidence.own_cars >= evidence.most_own_cars,
    }
    about_facts = () if evidence.by_code else _doubts_about_facts(evidence)
    return (*about_facts, *(doubt for doubt, holds in found.items() if holds))


def _doubts_about_facts(evidence: Evidence) -> tuple[Doubt, ...]:
    if evidence.facts_known < FACTS_NEEDED:
        return (Doubt.NO_FACTS,)
    if len(evidence.facts_right) >= FACTS_NEEDED:
        return ()
    return (Doubt.ONE_FACT,) if evidence.facts_right else (Doubt.FACTS_DIFFER,)
