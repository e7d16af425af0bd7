"""建议抽查: points from figures that are handed in, each with its reason; 双随机: a draw that anybody can do again.

Points and steps are data (``data/risk.toml``, ours). Pure but for reading what ships with the package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from chedang.filing.inspection_model import OFFICERS
from chedang.platform.shipped import read_shipped

NEVER: Final = 100
"""Years since the last inspection that stand for: never."""


class Factor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure and what it is worth."""

    key: str
    name: str
    english_name: str
    text: str
    """Reason in words; ``{n}`` is the figure."""
    english: str
    steps: tuple[tuple[Annotated[int, Meta(gt=0)], Annotated[int, Meta(gt=0)]], ...]
    """From so much on, so many points; rising."""

    def points(self, figure: int) -> int:
        """Of the highest step that is reached."""
        return max((worth for least, worth in self.steps if figure >= least), default=0)

    @property
    def most(self) -> int:
        """Points at most."""
        return self.steps[-1][1]


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All factors; their points add up to 100 at most."""

    edition: str
    suggested_from: int
    """Shops with so many points or more are suggested."""
    factors: tuple[Factor, ...]


class RiskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one shop, each as a whole number; ``None``: not known, no points."""

    company_code: str
    years: int | None = None
    """Full years since the last inspection, or since it was filed when it never was inspected."""
    doubtful: int | None = None
    """Per cent of the records of a year with an error or a doubt."""
    silent: int | None = None
    """Days since the newest record."""
    complaints: int | None = None
    """反馈 and 投诉 of a year."""
    orders: int | None = None
    """责令改正 and sanctions of two years."""


class Points(msgspec.Struct, frozen=True):
    """Points of one factor with the figure they are for."""

    factor: Factor
    figure: int
    points: int


class Score(msgspec.Struct, frozen=True):
    """All of one shop, the weightiest factor first."""

    company_code: str
    points: int
    parts: tuple[Points, ...]


@cache
def load_scale() -> Scale:
    """The points as they ship. Raises ValueError where they do not rise or add up to more than 100."""
    scale = read_shipped("chedang.filing", "risk.toml", Scale)
    if any(list(factor.steps) != sorted(factor.steps) for factor in scale.factors):
        raise ValueError("risk.toml: steps must rise")
    if sum(factor.most for factor in scale.factors) != 100:
        raise ValueError("risk.toml: points must add up to 100")
    return scale


def score(figures: RiskFigures, scale: Scale) -> Score:
    """Points of one shop."""
    parts = []
    for factor in scale.factors:
        figure = getattr(figures, factor.key)
        if figure is not None and (points := factor.points(figure)):
            parts.append(Points(factor, figure, points))
    parts.sort(key=lambda part: -part.points)
    return Score(figures.company_code, sum(part.points for part in parts), tuple(parts))


def suggest(every: Iterable[RiskFigures], scale: Scale, *, limit: int) -> list[Score]:
    """Shops worth a visit, most points first; equal points by code."""
    scores = (score(figures, scale) for figures in every)
    kept = [each for each in scores if each.points >= scale.suggested_from]
    return sorted(kept, key=lambda each: (-each.points, each.company_code))[:limit]


def order_by_lot(seed: str, names: Sequence[str]) -> list[str]:
    """The names in an order that the seed alone decides: rising SHA-256 of ``seed/name``.

    No generator of a library stands behind it, so that anybody can do it again with a pocket tool. Raises ValueError
    for a name that stands there twice.
    """
    if len(set(names)) != len(names):
        raise ValueError("a name is drawn from once")
    return sorted(names, key=lambda name: hashlib.sha256(f"{seed}/{name}".encode()).hexdigest())


def draw(seed: str, shops: Sequence[str], officers: Sequence[str], count: int) -> list[tuple[str, tuple[str, ...]]]:
    """双随机: ``count`` shops, each with two officers by lot. Fewer where there are fewer shops.

    For the ``n``-th shop the officers are put in order anew under ``seed/n``. Raises ValueError for fewer than two.
    """
    if len(officers) < OFFICERS:
        raise ValueError("an inspection needs two officers")
    return [
        (shop, tuple(order_by_lot(f"{seed}/{place}", officers)[:OFFICERS]))
        for place, shop in enumerate(order_by_lot(seed, shops)[:count], start=1)
    ]
