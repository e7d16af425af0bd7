"""预期上传量: how many records a shop should have uploaded lately, judged by its own past and by its neighbours. Pure.

The level is the shop's own; the season is what the other shops of its area and class did in the very same weeks, so
that a holiday on which everybody rests raises no question. Formula: docs/explanation/expected-volume.md (ours).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from statistics import NormalDist
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped
from chedang.quality.model import Count, Percent

_LEAST_SPREAD: Final = 0.001
"""Squared; a shop as regular as a clock still gets a little room."""
_LEAST_CHANCE: Final = 1e-290
"""Of no record at all; below it numbers lose their digits."""
_OUTLIER: Final = 9.0
"""Squared: beyond three standard deviations a week of the past counts as three."""


class ShareLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When errors and doubts are worth a question."""

    days: Count
    least_records: Count
    faulty_percent: Percent
    doubtful_percent: Percent


class ExpectationParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``data/expectation.toml``, which says what each means."""

    version: Count
    history_weeks: Annotated[int, Meta(ge=4, le=60)]
    least_weeks: Annotated[int, Meta(ge=3, le=60)]
    trimmed_percent: Annotated[int, Meta(ge=0, le=45)]
    window_weeks: Annotated[tuple[Annotated[int, Meta(ge=1, le=8)], ...], Meta(min_length=1)]
    enough_expected: Count
    least_expected: Count
    area_strength: Count
    most_weight: Count
    least_index_percent: Percent
    usual_spread_percent: Percent
    spread_weeks: Count
    tail_per_mille: Annotated[int, Meta(ge=1, le=200)]
    share_percent: Percent
    shares: ShareLimits

    @property
    def longest_window(self) -> int:
        """Weeks that are judged at most; the level is taken from the weeks before them."""
        return max(self.window_weeks)

    @property
    def weeks(self) -> int:
        """Weeks that have to be read of a shop."""
        return self.history_weeks + self.longest_window


class ShopWeeks(msgspec.Struct, frozen=True):
    """One shop's records week by week."""

    company_code: str
    areas: tuple[str, ...]
    """Names of the areas that it belongs to, the widest first: province, prefecture, prefecture and class."""
    counts: tuple[int, ...]
    """Records that came in within 7 days each, the newest first; no weeks before the shop's first full one."""


class Expectation(msgspec.Struct, frozen=True):
    """What was expected of one shop and what came."""

    company_code: str
    weeks: int
    """Length of the window that was judged."""
    observed: int
    expected: float
    lower_bound: int
    """Fewer than so many come by chance less often than the tail says."""
    season: float
    """The area in these weeks, against its usual level; 1: as usual."""
    is_falling: bool


@cache
def load_expectation_parameters() -> ExpectationParameters:
    """The shipped numbers."""
    return read_shipped("chedang.quality", "expectation.toml", ExpectationParameters)


def judge_shops(shops: Sequence[ShopWeeks], parameters: ExpectationParameters) -> list[Expectation]:
    """Judge shops that belong together (one province); those with too little history or volume are left out."""
    levels = [_level(shop.counts[parameters.longest_window :], parameters) for shop in shops]
    season = _Season(parameters)
    for shop, level in zip(shops, levels, strict=True):
        season.add(shop, level)
    judged = (
        _judge(shop, level, season, parameters)
        for shop, level in zip(shops, levels, strict=True)
        if len(shop.counts) >= parameters.least_weeks + parameters.longest_window and level > 0
    )
    return [each for each in judged if each is not None]


class _Season:
    """What shops of each area uploaded in each week, and what their levels would have been."""

    def __init__(self, parameters: ExpectationParameters) -> None:
        self._parameters = parameters
        self._seen: dict[str, list[float]] = defaultdict(lambda: [0.0] * parameters.weeks)
        self._usual: dict[str, list[float]] = defaultdict(lambda: [0.0] * parameters.weeks)

    def add(self, shop: ShopWeeks, level: float) -> None:
        weight = self._weight(level)
        for area in shop.areas:
            seen, usual = self._seen[area], self._usual[area]
            for week, count in enumerate(shop.counts):
                seen[week] += weight * count
                usual[week] += weight * level

    def of(self, shop: ShopWeeks, level: float) -> list[float]:
        """The index of every week of the shop, made by the others; narrow areas lean on the wider ones."""
        weight, strength = self._weight(level), self._parameters.area_strength
        indexes = [1.0] * len(shop.counts)
        for area in shop.areas:
            seen, usual = self._seen[area], self._usual[area]
            for week, count in enumerate(shop.counts):
                others = max(0.0, seen[week] - weight * count)
                theirs = max(0.0, usual[week] - weight * level)
                indexes[week] = (others + strength * indexes[week]) / (theirs + strength)
        return indexes

    def _weight(self, level: float) -> float:
        return min(1.0, self._parameters.most_weight / level) if level > 0 else 1.0


def _judge(
    shop: ShopWeeks, first_level: float, season: _Season, parameters: ExpectationParameters
) -> Expectation | None:
    indexes = season.of(shop, first_level)
    start, least = parameters.longest_window, parameters.least_index_percent / 100
    history = [
        (count, index) for count, index in zip(shop.counts[start:], indexes[start:], strict=True) if index >= least
    ]
    if len(history) < parameters.least_weeks:
        return None
    level = _level([count / index for count, index in history], parameters)
    spread = _spread([(count, level * index) for count, index in history], level, parameters)
    for weeks in sorted(parameters.window_weeks):
        expected = level * sum(indexes[:weeks])
        if expected >= parameters.enough_expected:
            break
    if expected < parameters.least_expected:
        return None
    squares = sum(index * index for index in indexes[:weeks]) / sum(indexes[:weeks]) ** 2
    doubt_of_level = (1 / level + spread) / len(history)
    lower = lower_bound(expected, spread * squares + doubt_of_level, parameters.tail_per_mille / 1000)
    observed = sum(shop.counts[:weeks])
    return Expectation(
        company_code=shop.company_code,
        weeks=weeks,
        observed=observed,
        expected=expected,
        lower_bound=lower,
        season=sum(indexes[:weeks]) / weeks,
        is_falling=observed < lower and 100 * observed < parameters.share_percent * expected,
    )


def _level(counts: Sequence[float], parameters: ExpectationParameters) -> float:
    """Mean without the best and the worst weeks; 0 of nothing."""
    cut = len(counts) * parameters.trimmed_percent // 100
    kept = sorted(counts)[cut : len(counts) - cut]
    return sum(kept) / len(kept) if kept else 0.0


def _spread(history: Iterable[tuple[float, float]], level: float, parameters: ExpectationParameters) -> float:
    """How much the weeks differ beyond chance: φ of variance = mean + φ·mean², leaning on what is usual."""
    usual = (parameters.usual_spread_percent / 100) ** 2
    beyond, squares = parameters.spread_weeks * usual * level * level, parameters.spread_weeks * level * level
    for count, expected in history:
        variance = expected + usual * expected * expected
        beyond += min((count - expected) ** 2, _OUTLIER * variance) - expected
        squares += expected * expected
    return max(_LEAST_SPREAD, beyond / squares)


def lower_bound(mean: float, spread: float, tail: float) -> int:
    """The largest k of which a negative binomial stays below with a chance of ``tail``; variance = mean + spread·mean².

    Fewer than k come by chance with a probability of at most ``tail``.
    """
    size = 1 / spread
    chance = math.exp(-size * math.log1p(mean * spread))
    if chance < _LEAST_CHANCE:  # too small to be added up; with so many records the normal distribution is as good
        return max(0, math.floor(NormalDist(mean, math.sqrt(mean + spread * mean * mean)).inv_cdf(tail)))
    step = mean / (size + mean)
    below, k = chance, 0
    while below <= tail:
        chance *= step * (size + k) / (k + 1)
        k += 1
        below += chance
    return k
