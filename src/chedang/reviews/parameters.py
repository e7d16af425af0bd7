"""Numbers of the reviews: ``data/ratings.toml``, typed. All ours."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped

Count = Annotated[int, Meta(ge=1, le=100_000)]
Positive = Annotated[float, Meta(gt=0)]
Mark = Annotated[float, Meta(ge=1.0, le=5.0)]


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When and how much may be written."""

    write_days: Count
    follow_up_days: Count
    longest_text: Count
    appeal_working_days: Count
    reviews_a_day: Count
    enough_in_a_month: Count


class ScoreParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How reviews become a score, see ``score_rules``."""

    half_life_days: Positive
    prior_weight: Positive
    group_weight: Positive
    neutral_mark: Mark


class SystemParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """系统评分: what a shop has for being connected, or not."""

    connected_mark: Mark
    unconnected_mark: Mark
    connected_days: Count


class DetectorParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on reviews are set aside, see ``detectors``."""

    look_back_days: Count
    most_authors_per_device: Count
    device_days: Count
    burst_days: Count
    burst_least: Count
    burst_factor: Positive
    usual_days: Count
    one_sided_share: Annotated[float, Meta(gt=0.5, le=1.0)]
    high_from: Mark
    low_to: Mark
    tour_shops: Count
    tour_days: Count
    fresh_account_hours: Count
    fresh_least: Count
    fresh_days: Count


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the file."""

    window: Window
    score: ScoreParameters
    system: SystemParameters
    detectors: DetectorParameters


@cache
def load_parameters() -> Parameters:
    """The shipped numbers."""
    return read_shipped("chedang.reviews", "ratings.toml", Parameters)
