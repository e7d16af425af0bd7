"""The reckoning of a shop's score."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import CountedReview
from chedang.reviews.score_rules import ShopScore, Sums, add_up, score, system_score

PARAMETERS = load_parameters()
TODAY = date(2026, 11, 22)
SYSTEM = system_score(None, PARAMETERS.system, today=TODAY)
REVIEWS = st.lists(
    st.builds(
        CountedReview,
        written_on=st.integers(0, 3000).map(lambda age: TODAY - timedelta(days=age)),
        mark=st.floats(1.0, 5.0),
    ),
    max_size=30,
)


def scored(own: list[CountedReview], others: list[CountedReview] | None = None, today: date = TODAY) -> ShopScore:
    everything = add_up([*own, *(others or [])], PARAMETERS.score)
    return score("330106000000001", add_up(own, PARAMETERS.score), everything, SYSTEM, PARAMETERS.score, today=today)


def test_the_formula_with_numbers_that_can_be_checked_by_hand() -> None:
    # five reviews of 5 today, ten of 4 elsewhere a half-life ago: these weigh 5
    own = [CountedReview(TODAY, 5.0)] * 5
    others = [CountedReview(TODAY - timedelta(days=365), 4.0)] * 10
    found = scored(own, others)
    prior = (20 * 3.0 + 5 * 4.0) / 25
    assert found.prior == pytest.approx(prior)
    assert found.mark == pytest.approx((5 * prior + 5 * 5.0) / 10)
    assert (found.review_count, found.mean) == (5, pytest.approx(5.0))
    assert found.weight == pytest.approx(5.0)


def test_without_any_review_the_score_is_the_neutral_mark_and_says_so() -> None:
    found = scored([])
    assert (found.mark, found.has_reviews, found.mean) == (3.0, False, None)


@given(REVIEWS, REVIEWS)
def test_a_score_never_leaves_the_scale(own: list[CountedReview], others: list[CountedReview]) -> None:
    assert 1.0 <= scored(own, others).mark <= 5.0


@given(REVIEWS, REVIEWS, st.floats(1.0, 5.0), st.integers(0, 3000))
def test_a_review_above_the_score_never_lowers_it(
    own: list[CountedReview], others: list[CountedReview], mark: float, age_days: int
) -> None:
    before = scored(own, others).mark
    more = CountedReview(TODAY - timedelta(days=age_days), max(mark, before))
    assert scored([*own, more], others).mark >= before - 1e-9


@given(REVIEWS, st.randoms())
def test_the_order_of_reviews_does_not_matter_to_the_last_bit(own: list[CountedReview], chance: object) -> None:
    shuffled = list(own)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert scored(own).mark == scored(shuffled).mark


@given(REVIEWS.filter(bool))
def test_a_score_moves_towards_its_prior_as_time_goes_by(own: list[CountedReview]) -> None:
    distances = [abs(scored(own, today=TODAY + timedelta(days=later)).mark - 3.0) for later in (0, 200, 2000, 20_000)]
    assert all(after <= before + 1e-9 for before, after in pairwise(distances))
    assert distances[-1] < 1e-6


@given(REVIEWS, REVIEWS)
def test_kept_sums_read_later_are_what_reckoning_anew_would_give(
    own: list[CountedReview], others: list[CountedReview]
) -> None:
    later = TODAY + timedelta(days=400)
    found = scored(own, others, today=later)
    weights = [2 ** (-(later - each.written_on).days / 365) for each in own]
    mean = sum(w * each.mark for w, each in zip(weights, own, strict=True))
    assert found.mark == pytest.approx((5 * found.prior + mean) / (5 + sum(weights)))


def test_sums_without_a_part_are_never_less_than_nothing() -> None:
    assert Sums(2, 0.3, 0.9).less(Sums(1, 0.30000001, 1.0)) == Sums(1, 0.0, 0.0)
    assert Sums(1, 0.3, 0.9).less(Sums(1, 0.2, 0.6)) == Sums()


@pytest.mark.parametrize(
    ("days_ago", "mark", "is_connected"), [(0, 3.0, True), (30, 3.0, True), (31, 1.2, False), (None, 1.2, False)]
)
def test_the_system_score_knows_uploads_only(days_ago: int | None, mark: float, is_connected: bool) -> None:
    last_on = None if days_ago is None else TODAY - timedelta(days=days_ago)
    found = system_score(last_on, PARAMETERS.system, today=TODAY)
    assert (found.mark, found.is_connected) == (mark, is_connected)
    own = add_up([CountedReview(TODAY, 4.0)], PARAMETERS.score)
    marks = {score("1", own, own, each, PARAMETERS.score, today=TODAY).mark for each in (found, SYSTEM)}
    assert len(marks) == 1
