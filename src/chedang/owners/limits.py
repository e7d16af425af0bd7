"""Limits of binding, as data: ``data/limits.toml``."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec

from chedang.platform.shipped import read_shipped

_Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class CodeLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """认领码."""

    valid_days: _Count
    wrong_per_account: _Count


class FactLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tries with facts of the last visit."""

    wrong_per_account: _Count
    wrong_per_network: _Count
    wrong_per_car: _Count
    wrong_per_car_month: _Count
    least_seconds: Annotated[float, msgspec.Meta(ge=0, le=5)]


class RequestLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Requests that an officer decides."""

    clock_hours: _Count
    most_waiting: _Count
    per_day: _Count


class CarLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many cars and people."""

    most_own_without_officer: _Count
    most_people_per_car: _Count
    most_others_cars: _Count


class BindingLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    codes: CodeLimits
    facts: FactLimits
    requests: RequestLimits
    cars: CarLimits


@cache
def binding_limits() -> BindingLimits:
    """The limits that ship with the package. Raises msgspec.ValidationError for a file that does not fit."""
    return read_shipped("chedang.owners", "limits.toml", BindingLimits)
