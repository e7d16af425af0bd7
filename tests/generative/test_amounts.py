"""What holds of the sums of any order: they add up to the 分, whatever the order of the lines."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chedang.workshop.amounts import (
    CENT,
    MOST_HOURS,
    MOST_QUANTITY,
    MOST_ROUNDING,
    MOST_YUAN,
    Amounts,
    Charges,
    Line,
    NotAnAmount,
    Why,
    add_up,
    in_capitals,
    read_figure,
    written,
)


def figures(most: Decimal, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(0, most, places=places, allow_nan=False, allow_infinity=False)


YUAN = figures(MOST_YUAN)
LABOUR = st.lists(st.builds(Line, figures(MOST_HOURS, 1), YUAN), max_size=8).map(tuple)
MATERIAL = st.lists(st.builds(Line, figures(MOST_QUANTITY), YUAN), max_size=8).map(tuple)
CHARGES = st.builds(
    Charges,
    labour=LABOUR,
    material=MATERIAL,
    other=st.lists(YUAN, max_size=5).map(tuple),
    tax=YUAN,
    discount=figures(Decimal(500)),
    rounding=figures(MOST_ROUNDING),
    prepaid=YUAN,
)


def sums_of(charges: Charges) -> Amounts:
    """The sums, of charges that do not take off more than there is."""
    try:
        return add_up(charges)
    except NotAnAmount as fault:
        assert fault.why is Why.MORE_THAN_ALL
        assume(False)
        raise


@given(CHARGES)
def test_the_sums_are_those_of_the_printed_lines_to_the_cent(charges: Charges) -> None:
    sums = sums_of(charges)
    assert sums.labour == sum((line.amount for line in charges.labour), Decimal())
    assert sums.material == sum((line.amount for line in charges.material), Decimal())
    assert sums.other == sum(charges.other, Decimal())
    lines = sums.labour + sums.material + sums.other
    assert sums.total == lines + sums.tax - sums.discount - sums.rounding
    assert sums.received == sums.total - sums.prepaid
    assert sums.total >= 0


@given(CHARGES)
def test_every_sum_is_a_decimal_of_two_places(charges: Charges) -> None:
    for figure in msgspec.structs.asdict(sums_of(charges)).values():
        assert type(figure) is Decimal
        assert figure == figure.quantize(CENT)
        assert Decimal(written(figure).replace(",", "")) == figure


@given(CHARGES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(charges: Charges, chance: Random) -> None:
    shuffled = {
        name: tuple(chance.sample(getattr(charges, name), len(getattr(charges, name))))
        for name in ("labour", "material", "other")
    }
    assert add_up_or_why(msgspec.structs.replace(charges, **shuffled)) == add_up_or_why(charges)


def add_up_or_why(charges: Charges) -> Amounts | Why:
    try:
        return add_up(charges)
    except NotAnAmount as fault:
        return fault.why


@given(figures(MOST_QUANTITY), YUAN)
def test_a_line_is_rounded_half_up_and_never_off_by_more_than_half_a_cent(quantity: Decimal, price: Decimal) -> None:
    exact = Fraction(quantity) * Fraction(price)
    amount = Fraction(Line(quantity, price).amount)
    assert Fraction(-1, 200) < amount - exact <= Fraction(1, 200)


@pytest.mark.parametrize("name", ["tax", "discount", "rounding", "prepaid"])
@given(charges=CHARGES, figure=st.decimals("0.01", MOST_YUAN, places=2))
def test_nothing_negative_is_taken(name: str, charges: Charges, figure: Decimal) -> None:
    assert add_up_or_why(msgspec.structs.replace(charges, **{name: -figure})) in {Why.NEGATIVE}


@given(CHARGES, st.decimals("0.01", 1000, places=2))
def test_no_discount_takes_off_more_than_there_is(charges: Charges, more: Decimal) -> None:
    bare = msgspec.structs.replace(charges, discount=Decimal(0), rounding=Decimal(0))
    total = add_up(bare).total
    assume(total + more <= MOST_YUAN)
    assert add_up_or_why(msgspec.structs.replace(bare, discount=total + more)) is Why.MORE_THAN_ALL
    assert add_up(msgspec.structs.replace(bare, discount=total)).total == 0


@given(YUAN, st.booleans(), st.booleans(), st.sampled_from(["", " ", "¥", "￥"]), st.sampled_from(["", "元"]))
def test_a_figure_reads_the_same_however_it_is_typed(
    figure: Decimal, has_commas: bool, is_full_width: bool, before: str, after: str
) -> None:
    typed = before + (f"{figure:,.2f}" if has_commas else f"{figure:f}") + after
    if is_full_width:
        typed = typed.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789.,"})
    assert read_figure(typed, most=MOST_YUAN) == figure


@given(st.text(max_size=30))
def test_any_other_text_is_refused_and_nothing_else_happens(typed: str) -> None:
    try:
        figure = read_figure(typed, most=MOST_YUAN)
    except NotAnAmount:
        return
    assert 0 <= figure <= MOST_YUAN


@given(st.decimals(0, Decimal("999999999999.99"), places=2))
def test_capital_figures_read_back_as_the_amount(figure: Decimal) -> None:
    words = in_capitals(figure)
    assert _amount_of(words) == figure
    assert "零零" not in words


def _amount_of(words: str) -> Decimal:
    """A reader of its own: digits and places, as a cashier would."""
    digits = {digit: place for place, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
    total, section, digit = 0, 0, 0
    cents = 0
    for character in words:
        if character in digits:
            digit = digits[character]
        elif character in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[character]
            digit = 0
        elif character in "万亿":
            total += (section + digit) * {"万": 10**4, "亿": 10**8}[character]
            section = digit = 0
        elif character == "元":
            total, section, digit = total + section + digit, 0, 0
        elif character in "角分":
            cents += digit * {"角": 10, "分": 1}[character]
            digit = 0
    return Decimal(total) + Decimal(cents) / 100


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("16.02", "壹拾陆元零贰分"),
        ("1200.50", "壹仟贰佰元零伍角整"),
        ("3012.00", "叁仟零壹拾贰元整"),
        ("100001.10", "壹拾万零壹元壹角整"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("100000000.00", "壹亿元整"),
        ("100001234.00", "壹亿零壹仟贰佰叁拾肆元整"),
    ],
)
def test_capital_figures_are_written_as_on_payment_papers(figure: str, words: str) -> None:
    assert in_capitals(Decimal(figure)) == words


def test_nothing_is_written_without_a_sign() -> None:
    assert (written(-Decimal(0)), written(Decimal("-0.004")), written(Decimal("-1234.5"))) == (
        "0.00",
        "0.00",
        "-1,234.50",
    )


@pytest.mark.parametrize("typed", ["5²", "①2", "1½", "٣", "1\u20442"])
def test_characters_that_only_resemble_digits_are_no_figure(typed: str) -> None:
    with pytest.raises(NotAnAmount):
        read_figure(typed, most=MOST_YUAN)


def test_figures_in_full_width_are_read() -> None:
    assert read_figure(" ￥１，２００．５０　元", most=MOST_YUAN) == Decimal("1200.50")
