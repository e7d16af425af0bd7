"""What a shop may be sanctioned for, and within which amounts: data, with what nobody has read marked 待核.

A node may keep amounts of its own in ``sanction-amounts.toml`` of its data directory; the smallest division counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from chedang.access.rules import is_in_scope
from chedang.platform.shipped import read_shipped

AMOUNTS_FILE: Final = "sanction-amounts.toml"


class SanctionItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One matter of the ledger."""

    key: Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
    name: Annotated[str, Meta(min_length=1)]
    eight: bool
    """One of the eight checkable items of the rule's list."""
    clause: Annotated[str, Meta(min_length=1)]
    check: Literal["records", "certificates", "complaints", "inspection", "none"]
    """By what the system can check it."""
    how: Annotated[str, Meta(min_length=1)]


class AmountRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a division may fine for an item, in yuan."""

    item: str
    division_code: Annotated[str, Meta(pattern="^[0-9]{6}$")]
    from_yuan: Annotated[int, Meta(ge=0)]
    to_yuan: Annotated[int, Meta(ge=0)]
    per: Literal["case", "vehicle"]
    valid_from: date
    source: Annotated[str, Meta(min_length=1)]
    valid_until: date | None = None
    """The last day."""
    gains_below_yuan: int | None = None
    """With illegal gains (违法所得) of that much or more the fine is a multiple of them."""
    times_from: int = 1
    times_to: int = 1

    def bounds(self, *, vehicles: int, gains_yuan: Decimal) -> tuple[Decimal, Decimal]:
        """The least and the most for so many vehicles and such gains."""
        if self.gains_below_yuan is not None and gains_yuan >= self.gains_below_yuan:
            return gains_yuan * self.times_from, gains_yuan * self.times_to
        n = vehicles if self.per == "vehicle" else 1
        return Decimal(self.from_yuan * n), Decimal(self.to_yuan * n)


class _Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: tuple[SanctionItem, ...]


class _Amounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    amounts: tuple[AmountRange, ...]


@cache
def load_items() -> Mapping[str, SanctionItem]:
    """All of them by key, in the order of the file. Raises msgspec.ValidationError for a file that does not fit."""
    return {each.key: each for each in read_shipped("chedang.supervision", "sanction-items.toml", _Items).items}


@cache
def load_amounts(own: Path | None = None) -> tuple[AmountRange, ...]:
    """The node's own file first, then what ships. Raises msgspec.ValidationError for a file that does not fit."""
    shipped = read_shipped("chedang.supervision", AMOUNTS_FILE, _Amounts).amounts
    if own is None:
        return shipped
    return (*msgspec.convert(tomllib.loads(own.read_text(encoding="utf-8")), _Amounts).amounts, *shipped)


def range_for(
    item: str, division_code: str, on: date, *, amounts: tuple[AmountRange, ...] | None = None
) -> AmountRange | None:
    """The range for an item at a shop of a division on the day of the decision.

    That of the smallest division that holds the shop; ``None`` where the data knows none.
    """
    fitting = [
        each
        for each in (load_amounts() if amounts is None else amounts)
        if each.item == item
        and is_in_scope(division_code, each.division_code)
        and each.valid_from <= on
        and (each.valid_until is None or on <= each.valid_until)
    ]
    return max(fitting, key=lambda each: len(each.division_code.rstrip("0")), default=None)
