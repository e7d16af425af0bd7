"""For any division: a better rate never lowers its score, and the score stays within its bounds."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chedang.supervision.assessment_rules import AreaScore, Quotient, State, add_up, rank, score_indicator
from chedang.supervision.assessment_sheet import FigureName, Part, load_versions

VERSION = load_versions()[-1]
PARTS = {part.figure: part for indicator in VERSION.indicators for part in indicator.parts}
WHOLE = 1000

_states = st.sampled_from([State.COUNTED, State.COUNTED, State.COUNTED, State.LEFT_OUT, State.NOTHING])
_quotients = st.fixed_dictionaries({figure: st.tuples(_states, st.integers(0, WHOLE)) for figure in PARTS})
Told = dict[FigureName, tuple[State, int]]


def score(told: Told) -> Decimal:
    quotients: dict[FigureName, tuple[State, Quotient]] = {
        figure: (state, (above, WHOLE)) for figure, (state, above) in told.items()
    }
    return add_up(score_indicator(indicator, quotients) for indicator in VERSION.indicators)


def better(part: Part, above: int, by: int) -> int:
    return min(above + by, WHOLE) if part.full_at > part.zero_at else max(above - by, 0)


@given(_quotients, st.sampled_from(sorted(PARTS)), st.integers(1, WHOLE))
def test_a_better_rate_never_lowers_the_score(told: Told, figure: FigureName, by: int) -> None:
    state, above = told[figure]
    improved = told | {figure: (state, better(PARTS[figure], above, by))}
    assert 0 <= score(told) <= score(improved) <= 100


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=12))
def test_a_rank_is_one_more_than_those_who_are_better(marks: list[int | None]) -> None:
    scores = [
        AreaScore(f"33{number:02}00", (), None if mark is None else Decimal(mark)) for number, mark in enumerate(marks)
    ]
    places = rank(scores)
    assert sorted(place.score.code for place in places) == [each.code for each in scores]
    for place in places:
        own = place.score.points
        better_ones = [each for each in scores if own is not None and each.points is not None and each.points > own]
        assert place.rank == (None if own is None else len(better_ones) + 1)
