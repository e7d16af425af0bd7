"""The score of a shop: a mean of verified reviews that fade, shrunk towards comparable shops. Pure (ADR 0032).

    w = 2 ^ (−age in days ÷ half life)
    prior = (g · neutral + Σ w·mark of the other shops of county and class) ÷ (g + Σ w of these)
    score = (m · prior + Σ w·mark of the shop) ÷ (m + Σ w of the shop)

A shop's own reviews are no part of its prior, so that a review above the score can only raise it. Sums are kept with
the weights of one fixed day (:data:`EPOCH_ON`), under which they are the same on every day: only reading fades them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from math import fsum
from typing import Final

import msgspec

from chedang.reviews.parameters import ScoreParameters, SystemParameters
from chedang.reviews.rating_model import CountedReview

EPOCH_ON: Final = date(2026, 1, 1)
"""The day whose weights the kept sums have. Two raised to the years since then fits a double for centuries."""


class Sums(msgspec.Struct, frozen=True):
    """Reviews of one shop, or of several, added up with the weights of :data:`EPOCH_ON`."""

    review_count: int = 0
    weight: float = 0.0
    weighted: float = 0.0
    """Σ w·mark."""

    def less(self, other: Sums) -> Sums:
        """Without ``other``, which is a part of this; rounding never leaves less than nothing."""
        count = self.review_count - other.review_count
        if count <= 0:
            return Sums()
        return Sums(count, max(0.0, self.weight - other.weight), max(0.0, self.weighted - other.weighted))


class ShopScore(msgspec.Struct, frozen=True):
    """口碑评分 of one shop on a day, with what it was made of. ``system`` says nothing about quality."""

    company_code: str
    mark: float
    """1 to 5; the prior alone while ``review_count`` is 0."""
    review_count: int
    """Reviews that count."""
    weight: float
    """What these amount to in reviews of today."""
    mean: float | None
    """Their own mean with the same weights; ``None`` without any."""
    prior: float
    prior_weight: float
    system: SystemScore

    @property
    def has_reviews(self) -> bool:
        """Is there anything of the shop's own in the mark?"""
        return self.review_count > 0


class SystemScore(msgspec.Struct, frozen=True):
    """系统评分: a mark for being connected. Never mixed with what owners say."""

    mark: float
    is_connected: bool
    last_received_on: date | None
    """Day of the newest record that came in, as far as it was looked for."""


def add_up(reviews: Iterable[CountedReview], parameters: ScoreParameters) -> Sums:
    """Sums of these reviews. The order does not matter, to the last bit."""
    kept = list(reviews)
    weights = [_weight_at_epoch(review.written_on, parameters) for review in kept]
    weighted = [weight * review.mark for weight, review in zip(weights, kept, strict=True)]
    return Sums(len(kept), fsum(weights), fsum(weighted))


def score(
    company_code: str, own: Sums, group: Sums, system: SystemScore, parameters: ScoreParameters, *, today: date
) -> ShopScore:
    """The score of a shop today. ``group``: all shops of its county and class, the shop itself among them."""
    fading = _fading(today, parameters)
    others = group.less(own)
    prior = _shrunk(parameters.neutral_mark, parameters.group_weight, others, fading)
    return ShopScore(
        company_code=company_code,
        mark=_shrunk(prior, parameters.prior_weight, own, fading),
        review_count=own.review_count,
        weight=own.weight * fading,
        mean=_bounded(own.weighted / own.weight) if own.weight > 0 else None,
        prior=prior,
        prior_weight=parameters.prior_weight,
        system=system,
    )


def system_score(last_received_on: date | None, parameters: SystemParameters, *, today: date) -> SystemScore:
    """系统评分 of a shop whose newest record came in on that day."""
    oldest_on = today - timedelta(days=parameters.connected_days)
    is_connected = last_received_on is not None and last_received_on >= oldest_on
    mark = parameters.connected_mark if is_connected else parameters.unconnected_mark
    return SystemScore(mark, is_connected, last_received_on)


def _weight_at_epoch(written_on: date, parameters: ScoreParameters) -> float:
    return float(2.0 ** ((written_on - EPOCH_ON).days / parameters.half_life_days))


def _fading(today: date, parameters: ScoreParameters) -> float:
    """What turns weights of the epoch into weights of today."""
    return float(2.0 ** (-(today - EPOCH_ON).days / parameters.half_life_days))


def _shrunk(towards: float, as_many: float, sums: Sums, fading: float) -> float:
    return _bounded((as_many * towards + sums.weighted * fading) / (as_many + sums.weight * fading))


def _bounded(mark: float) -> float:
    """Rounding must not lead out of the scale."""
    return min(5.0, max(1.0, mark))
