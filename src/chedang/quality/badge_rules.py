"""可信维修企业: the published formula. Earned while every condition holds, lost by itself. Pure (ADR 0043).

Nobody can pay for it, apply for it or be given it by hand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from chedang.quality.model import BadgeParameters, ShopFigures, percent


class Asked(StrEnum):
    """The conditions, in the order in which they are shown."""

    APPROVED = "approved"
    """The registration is approved (审核成功)."""
    CONNECTED = "connected"
    """The first record came in long enough ago."""
    ACTIVE = "active"
    """The newest did not."""
    ON_TIME = "on_time"
    DOUBTFUL = "doubtful"
    REWORK = "rework"
    DUTIES = "duties"
    """No order to correct is overdue."""
    CORRECTIONS = "corrections"
    """No report of an owner is overdue by the shop."""


class Condition(msgspec.Struct, frozen=True):
    """One condition on one day."""

    asked: Asked
    is_met: bool
    figure: Decimal | None
    """Days, per cent or pieces; ``None``: nothing to count yet."""
    limit: int


class Standing(msgspec.Struct, frozen=True):
    """What others than the records know of a shop."""

    is_approved: bool
    overdue_duties: int
    overdue_corrections: int


class Badge(msgspec.Struct, frozen=True):
    """The verdict with everything that it rests on."""

    conditions: tuple[Condition, ...]

    @property
    def is_earned(self) -> bool:
        return all(condition.is_met for condition in self.conditions)

    @property
    def lacking(self) -> tuple[Condition, ...]:
        """What is missing."""
        return tuple(condition for condition in self.conditions if not condition.is_met)


def judge(figures: ShopFigures, standing: Standing, parameters: BadgeParameters, *, today: date) -> Badge:
    """Every condition of the formula. Shares are compared exactly, before they are rounded for people."""
    uploads = figures.uploads
    connected = _days(figures.first_on, today)
    silent = _days(uploads.last_on, today)
    return Badge(
        (
            Condition(Asked.APPROVED, standing.is_approved, Decimal(standing.is_approved), 1),
            _at_least(Asked.CONNECTED, connected, parameters.connected_days),
            _at_most(Asked.ACTIVE, silent, parameters.silent_days),
            Condition(
                Asked.ON_TIME,
                uploads.dated > 0 and uploads.on_time * 100 >= uploads.dated * parameters.on_time_percent,
                uploads.on_time_percent,
                parameters.on_time_percent,
            ),
            _share(Asked.DOUBTFUL, uploads.doubtful, uploads.standing, parameters.doubtful_percent),
            _share(Asked.REWORK, figures.reworked, figures.judged, parameters.rework_percent),
            _at_most(Asked.DUTIES, standing.overdue_duties, 0),
            _at_most(Asked.CORRECTIONS, standing.overdue_corrections, 0),
        )
    )


def _days(since: date | None, today: date) -> int | None:
    return None if since is None else (today - since).days


def _at_least(asked: Asked, number: int | None, limit: int) -> Condition:
    return Condition(asked, number is not None and number >= limit, _decimal(number), limit)


def _at_most(asked: Asked, number: int | None, limit: int) -> Condition:
    return Condition(asked, number is not None and number <= limit, _decimal(number), limit)


def _share(asked: Asked, part: int, whole: int, limit: int) -> Condition:
    return Condition(asked, whole > 0 and part * 100 <= whole * limit, percent(part, whole), limit)


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
