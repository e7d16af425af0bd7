"""How well verdicts tell roll-backs, slips and honest histories apart; bench/odometer.py measures the same on more."""

from __future__ import annotations

import pytest
from bench.odometer import SEEDS, Score, measure

from chedang.fiction.odometer import SLIPS, Story
from chedang.vehicles.model import OdometerState


@pytest.fixture(scope="module")
def score() -> Score:
    return measure(SEEDS[0], 1_500)


def test_who_is_called_illogical_was_rolled_back_and_who_was_rolled_back_is_found(score: Score) -> None:
    assert score.findable[Story.ROLLED_BACK] > 100
    assert score.illogical_precision >= 0.98
    assert score.illogical_recall >= 0.95


def test_no_honest_history_raises_an_alarm(score: Score) -> None:
    assert score.vehicles[Story.HONEST] > 600
    assert score.false_alarms == 0


def test_slips_are_marked_and_those_named_are_the_ones(score: Score) -> None:
    assert sum(score.findable[slip] for slip in SLIPS) > 200
    assert score.marking_recall >= 0.95
    assert score.naming_precision >= 0.98


def test_a_slip_alone_is_never_called_illogical(score: Score) -> None:
    assert sum(score.states[slip, OdometerState.ILLOGICAL] for slip in SLIPS) == 0


def test_values_that_a_slip_leaves_whole_are_proposed_rightly(score: Score) -> None:
    whole = (Story.SWAPPED, Story.MILES)
    right, proposed = (sum(counts[slip] for slip in whole) for counts in (score.rightly_proposed, score.proposed))

    assert proposed > 40
    assert right / proposed >= 0.95


def test_a_noted_replacement_is_no_fall(score: Score) -> None:
    assert score.states[Story.REPLACED, OdometerState.ILLOGICAL] <= score.vehicles[Story.REPLACED] * 0.02
