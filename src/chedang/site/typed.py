"""Numbers and texts as forms and addresses bring them: anybody may send anything there."""

from __future__ import annotations

from typing import Final, TypeVar

from django.http import HttpRequest

from chedang.reviews.moderation import Masked, built_in

_MOST_DIGITS: Final = 9
_Otherwise = TypeVar("_Otherwise")


def whole_number(text: str | None, otherwise: _Otherwise) -> int | _Otherwise:
    """A whole number of at most nine plain digits; ``otherwise`` for nothing and for anything else."""
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number and text is not None else otherwise


def seen_of(request: HttpRequest) -> int:
    """How many steps the page showed that sent the form; one that does not say has seen none."""
    return whole_number(request.POST.get("seen"), 0)


def names_a_car(text: str) -> bool:
    """Does a text hold a VIN or a plate? Words of the audit trail and of addresses must not."""
    return not {Masked.VIN, Masked.PLATE}.isdisjoint(built_in().check(text).masked)
