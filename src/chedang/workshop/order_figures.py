"""Figures of the order book, as data: ``data/orders.toml``."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec

from chedang.platform.shipped import read_shipped


class OrderFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See the comments of the file."""

    customer_kept_years: Annotated[int, msgspec.Meta(ge=1, le=100)]
    most_reason_characters: Annotated[int, msgspec.Meta(ge=1, le=200)]


@cache
def order_figures() -> OrderFigures:
    """The figures that ship with the package."""
    return read_shipped("chedang.workshop", "orders.toml", OrderFigures)
