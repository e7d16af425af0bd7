"""Scores of shops: kept sums are made anew when a review of the shop changes, and fade while they are read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from chedang.platform.database import load_queries
from chedang.reviews.models.ratings import Review, ShopSums
from chedang.reviews.parameters import Parameters, load_parameters
from chedang.reviews.rating_model import CountedReview
from chedang.reviews.score_rules import ShopScore, Sums, add_up, score, system_score
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.reviews", "scores.sql")
_AT_ONCE: Final = 2_000


def scores_of(company_codes: Collection[str], now: datetime) -> dict[str, ShopScore]:
    """The scores of these shops at a moment, in one query; codes that are no shop of this node are absent."""
    parameters = load_parameters()
    today = now.astimezone(SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute(_SQL["sums_of"], {"company_codes": list(company_codes)})
        rows = cursor.fetchall()
    return {row[0]: _score(row, parameters, today) for row in rows}


def hold_sums(company_code: str) -> ShopSums:
    """A shop's sums, held still until the caller's transaction ends: whoever reviews the shop at once waits."""
    defaults = {"half_life_days": load_parameters().score.half_life_days}
    ShopSums.objects.get_or_create(company_code=company_code, defaults=defaults)
    return ShopSums.objects.select_for_update().get(company_code=company_code)


def recount(company_code: str) -> None:
    """Make a shop's sums anew from its reviews. Within a transaction: holds the shop's sums until its end."""
    row = hold_sums(company_code)
    parameters = load_parameters().score
    counted = Review.objects.counted().filter(company_code=company_code).values_list("written_at", "mark")
    sums = add_up((CountedReview(at.astimezone(SHANGHAI).date(), mark) for at, mark in counted), parameters)
    row.review_count, row.weight, row.weighted = sums.review_count, sums.weight, sums.weighted
    row.half_life_days = parameters.half_life_days
    row.save(update_fields=["review_count", "weight", "weighted", "half_life_days"])


def refresh_scores(last_received_on: Mapping[str, date]) -> int:
    """A night's work: note when records of these shops last came in, and recount what an older half-life made.

    Gives how many shops were recounted. Needed for 系统评分 and after a change of parameters: fading needs no work.
    """
    half_life_days = load_parameters().score.half_life_days
    rows = (
        ShopSums(company_code=code, half_life_days=half_life_days, last_received_on=day)
        for code, day in sorted(last_received_on.items())
    )
    for batch in _batches(rows):
        ShopSums.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["company_code"], update_fields=["last_received_on"]
        )
    stale = list(ShopSums.objects.exclude(half_life_days=half_life_days).values_list("company_code", flat=True))
    for company_code in stale:
        with transaction.atomic():
            recount(company_code)
    return len(stale)


def _score(
    row: tuple[str, int, float, float, date | None, int, float, float], parameters: Parameters, today: date
) -> ShopScore:
    company_code, own_count, own_weight, own_weighted, last_on, count, weight, weighted = row
    return score(
        company_code,
        Sums(own_count, own_weight, own_weighted),
        Sums(count, weight, weighted),
        system_score(last_on, parameters.system, today=today),
        parameters.score,
        today=today,
    )


def _batches(rows: Iterable[ShopSums]) -> Iterable[list[ShopSums]]:
    batch: list[ShopSums] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
