"""Holds the reviews of a shop against each other, and sets aside those that look arranged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from django.db.models import Q

from chedang.reviews.detectors import suspect
from chedang.reviews.models.ratings import Review
from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import SeenReview, Suspicion
from chedang.reviews.scores import hold_sums, recount


def reconsider(review: Review, *, now: datetime) -> None:
    """A review came or went: judge and count its shop anew, and the others of which its author wrote lately.

    Within a transaction. Shops are held in the order of their codes, so that two at once wait for each other in turn.
    """
    since = now - timedelta(days=load_parameters().detectors.tour_days)
    lately = Review.objects.filter(author=review.author_id, written_at__gte=since)
    for company_code in sorted({review.company_code, *lately.values_list("company_code", flat=True)}):
        hold_sums(company_code)
        judge_again(company_code, now=now)
        recount(company_code)


def judge_again(company_code: str, *, now: datetime) -> None:
    """Run the detectors over a shop's newer reviews: a review may become suspect by what came after it, or cease to be.

    Withdrawn and hidden reviews are still evidence against others. The caller recounts.
    """
    parameters = load_parameters().detectors
    since = now - timedelta(days=parameters.look_back_days)
    own = list(Review.objects.filter(company_code=company_code, written_at__gte=since).order_by("written_at", "pk"))
    authors = {review.author_id for review in own}
    elsewhere = Review.objects.filter(Q(author__in=authors), written_at__gte=since).exclude(company_code=company_code)
    found = suspect(company_code, [_seen(review) for review in (*own, *elsewhere)], parameters)
    changed = list(_changed(own, found))
    Review.objects.bulk_update(changed, ["suspicions", "is_suspect"])


def suspicions_of(review: Review) -> tuple[Suspicion, ...]:
    """Why a review was set aside."""
    return msgspec.convert(review.suspicions, tuple[Suspicion, ...])


def _changed(own: Iterable[Review], found: dict[str, tuple[Suspicion, ...]]) -> Iterable[Review]:
    for review in own:
        reasons = msgspec.to_builtins(found.get(review.public_id, ()))
        if review.suspicions != list(reasons):
            review.suspicions, review.is_suspect = list(reasons), bool(reasons)
            yield review


def _seen(review: Review) -> SeenReview:
    return SeenReview(
        review_id=review.public_id,
        company_code=review.company_code,
        author=review.author_id,
        device=review.device_digest,
        written_at=review.written_at,
        mark=review.mark,
        author_since=review.author_since,
        by_staff=review.by_staff,
    )
