"""结算金额 of an order in yuan, exact to the 分. Pure; ``Decimal`` from end to end, never a float.

工时费 = 工时 × 工时单价 and 材料费 = 数量 × 单价, each line rounded half up to 0.01; the sums add rounded lines, so
that whoever adds up the printed list comes to the printed sum (JT/T 1133 as existing software prints it; its text was
not read, 待核). The bounds are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

import msgspec

from chedang.terms.text import clean

CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")
MOST_YUAN: Final = Decimal("9999999.99")
"""Of one price, one fee and one reduction."""
MOST_HOURS: Final = Decimal("9999.9")
MOST_QUANTITY: Final = Decimal("999999.99")
MOST_ROUNDING: Final = Decimal("99.99")
"""抹零 takes off the odd end; what is more is a discount."""

_LONGEST: Final = 24
_PLAIN: Final = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+")
_DRESS: Final = str.maketrans("", "", " ¥￥元\u3000")


class Why(StrEnum):
    """Why typed figures are not taken."""

    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_LARGE = "too_large"
    TOO_FINE = "too_fine"
    """More places after the point than the figure has."""
    MORE_THAN_ALL = "more_than_all"
    """Discount and rounding together take off more than there is."""


class NotAnAmount(ValueError):
    """Figures that are not taken, with the reason."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class Line(msgspec.Struct, frozen=True):
    """One line of labour (hours × yuan per hour) or material (quantity × yuan)."""

    quantity: Decimal
    unit_price: Decimal

    @property
    def amount(self) -> Decimal:
        """Yuan, rounded half up to the 分."""
        return to_cent(self.quantity * self.unit_price)


class Charges(msgspec.Struct, frozen=True):
    """What an order charges, line by line; every figure in yuan and never negative."""

    labour: tuple[Line, ...] = ()
    material: tuple[Line, ...] = ()
    other: tuple[Decimal, ...] = ()
    tax: Decimal = NOTHING
    discount: Decimal = NOTHING
    rounding: Decimal = NOTHING
    prepaid: Decimal = NOTHING


class Amounts(msgspec.Struct, frozen=True):
    """The sums of a settlement list, in yuan with two places."""

    labour: Decimal
    material: Decimal
    other: Decimal
    tax: Decimal
    discount: Decimal
    rounding: Decimal
    total: Decimal
    """总费用 = labour + material + other + tax − discount − rounding; never negative."""
    prepaid: Decimal
    received: Decimal
    """实收 = total − prepaid; negative when the customer gets money back."""


def add_up(charges: Charges) -> Amounts:
    """The sums of an order. Raises NotAnAmount for a negative figure, one beyond the bounds, and too much taken off."""
    for lines, most in ((charges.labour, MOST_HOURS), (charges.material, MOST_QUANTITY)):
        for line in lines:
            check(line.quantity, most)
            check(line.unit_price, MOST_YUAN)
    for figure in (*charges.other, charges.tax, charges.discount, charges.prepaid):
        check(figure, MOST_YUAN)
    check(charges.rounding, MOST_ROUNDING)
    labour = _sum(line.amount for line in charges.labour)
    material = _sum(line.amount for line in charges.material)
    other = _sum(to_cent(fee) for fee in charges.other)
    tax, discount, rounding, prepaid = map(to_cent, (charges.tax, charges.discount, charges.rounding, charges.prepaid))
    total = labour + material + other + tax - discount - rounding
    if total < 0:
        raise NotAnAmount(Why.MORE_THAN_ALL)
    return Amounts(labour, material, other, tax, discount, rounding, total, prepaid, total - prepaid)


def to_cent(figure: Decimal) -> Decimal:
    """Rounded half up to 0.01."""
    return figure.quantize(CENT, rounding=ROUND_HALF_UP)


def check(figure: Decimal, most: Decimal) -> None:
    """Raises NotAnAmount unless 0 ≤ figure ≤ most."""
    if not figure.is_finite():
        raise NotAnAmount(Why.NOT_A_NUMBER)
    if figure < 0:
        raise NotAnAmount(Why.NEGATIVE)
    if figure > most:
        raise NotAnAmount(Why.TOO_LARGE)


def read_figure(typed: str, *, most: Decimal, places: int = 2) -> Decimal:
    """A figure as people type it: full width, commas between thousands, ¥ and 元 do not matter.

    Raises NotAnAmount.
    """
    text = clean(typed).translate(_DRESS).replace("。", ".")
    if text[:1] in {"-", "−"} and _PLAIN.fullmatch(text[1:]):
        raise NotAnAmount(Why.NEGATIVE)
    if len(text) > _LONGEST or not text.isascii() or not _PLAIN.fullmatch(text):
        raise NotAnAmount(Why.NOT_A_NUMBER)
    figure = Decimal(text.replace(",", ""))
    if figure != round(figure, places):
        raise NotAnAmount(Why.TOO_FINE)
    check(figure, most)
    return figure


def written(figure: Decimal) -> str:
    """An amount as it is printed: ``1,234.50``; nothing has no sign."""
    return f"{to_cent(figure):z,.2f}"


_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def in_capitals(figure: Decimal) -> str:
    """大写金额: ``1200.05`` → 壹仟贰佰元零伍分, as the rules for filling in payment papers want it (待核).

    Up to 9999 亿; a negative amount gets 负 before it.
    """
    cents = int(to_cent(abs(figure)) * 100)
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += ("零" if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    words += f"{_DIGITS[fen]}分" if fen else "整"
    return ("负" if figure < 0 and cents else "") + (words if cents else "零元整")


def _whole(yuan: int) -> str:
    """Whole yuan in groups of four digits; one 零 for whatever gap lies between digits."""
    words = ""
    for place in reversed(range(3)):
        group = yuan // 10_000**place % 10_000
        if not group:
            continue
        if words and (group < 1000 or not yuan // 10_000 ** (place + 1) % 10_000):
            words += "零"
        words += _group(group) + _GROUPS[place]
    return words


def _group(group: int) -> str:
    words = ""
    for place in reversed(range(4)):
        digit = group // 10**place % 10
        if digit:
            words += _DIGITS[digit] + _PLACES[place]
        elif words and group % 10**place:
            words += "" if words.endswith("零") else "零"
    return words


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
