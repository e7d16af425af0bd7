"""Limits of letting others in and of handing a car over, as data: ``data/handing.toml``."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec

from chedang.platform.shipped import read_shipped

_Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class ConsentLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """同意他人查看."""

    days: tuple[_Count, ...]
    proposed_days: _Count
    code_minutes: _Count
    code_tries: _Count
    asked_per_account: _Count
    asked_per_owner: _Count
    told_per_account: _Count
    told_per_number: _Count


class TransferLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """过户."""

    valid_days: _Count
    wrong_per_account: _Count
    wrong_per_network: _Count


class FleetLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """单位车辆."""

    most_lines: _Count
    wrong_lines_per_account: _Count
    wrong_lines_per_network: _Count
    most_members: _Count
    most_fleets: _Count


class HandingLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    consent: ConsentLimits
    transfer: TransferLimits
    fleet: FleetLimits


@cache
def handing_limits() -> HandingLimits:
    """The limits that ship with the package. Raises msgspec.ValidationError for a file that does not fit."""
    return read_shipped("chedang.owners", "handing.toml", HandingLimits)
