"""When a visit may be reviewed, and what is told of when it was."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from uuid import UUID

import msgspec
import pytest

from chedang.fiction.vehicles import make_vin
from chedang.reviews.model import Visit
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import NotAllowed, Refusal
from chedang.reviews.rating_rules import Period, blurred, check_follow_up, check_visit, clean_text, last_day_to_review

WINDOW = load_parameters().window
TODAY = date(2026, 11, 22)
VISIT = Visit(
    vin=make_vin(Random("a reviewed car")),
    record_id=UUID(int=1),
    version=1,
    company_code="330106000000001",
    division_code="330106",
    settled_on=TODAY - timedelta(days=10),
)


def settled(day: date | None) -> Visit:
    return msgspec.structs.replace(VISIT, settled_on=day)


@pytest.mark.parametrize("days_ago", [0, 180])
def test_a_visit_may_be_reviewed_from_settlement_for_180_days(days_ago: int) -> None:
    day = TODAY - timedelta(days=days_ago)
    assert check_visit(settled(day), WINDOW, today=TODAY, owned_since=None) == day
    assert last_day_to_review(settled(day), WINDOW) == day + timedelta(days=180)


@pytest.mark.parametrize(
    ("day", "owned_since", "why"),
    [
        (None, None, Refusal.NOT_SETTLED),
        (TODAY + timedelta(days=1), None, Refusal.TOO_EARLY),
        (TODAY - timedelta(days=181), None, Refusal.TOO_LATE),
        (TODAY - timedelta(days=10), TODAY - timedelta(days=9), Refusal.BEFORE_TRANSFER),
    ],
)
def test_other_visits_are_refused_with_the_reason(day: date | None, owned_since: date | None, why: Refusal) -> None:
    with pytest.raises(NotAllowed) as refused:
        check_visit(settled(day), WINDOW, today=TODAY, owned_since=owned_since)
    assert refused.value.why is why
    if why is Refusal.NOT_SETTLED:
        assert last_day_to_review(settled(day), WINDOW) is None


def test_a_visit_on_the_day_of_transfer_is_the_new_owners() -> None:
    assert check_visit(VISIT, WINDOW, today=TODAY, owned_since=VISIT.settled_on) == VISIT.settled_on


def test_something_may_be_added_within_a_year() -> None:
    check_follow_up(TODAY - timedelta(days=365), WINDOW, today=TODAY)
    with pytest.raises(NotAllowed):
        check_follow_up(TODAY - timedelta(days=366), WINDOW, today=TODAY)


def test_few_reviews_of_a_month_hide_in_the_quarter() -> None:
    days = [date(2026, 11, day) for day in (1, 2, 3, 4)] + [date(2026, 10, day) for day in range(1, 6)]
    told = blurred(days, WINDOW)
    assert told[date(2026, 11, 1)] == Period(2026, 4, is_month=False)
    assert told[date(2026, 10, 1)] == Period(2026, 10, is_month=True)


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (9, 3), (12, 4)])
def test_a_quarter_has_three_months(month: int, quarter: int) -> None:
    assert blurred([date(2026, month, 5)], WINDOW)[date(2026, month, 5)].number == quarter


def test_a_text_loses_its_blank_edges_and_is_refused_when_too_long() -> None:
    assert clean_text("  很好 \r\n\r\n 谢谢\x00 \n", WINDOW) == "很好\n\n 谢谢"
    assert len(clean_text("好" * 500, WINDOW)) == 500
    with pytest.raises(NotAllowed) as refused:
        clean_text("好" * 501, WINDOW)
    assert refused.value.why is Refusal.TOO_LONG
