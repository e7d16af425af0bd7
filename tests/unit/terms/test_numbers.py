"""Decimal numbers as shop software writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chedang.terms.numbers import parse_decimal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("45210", "45210"),
        ("12.5", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-3", "-3"),
        ("+3", "3"),
        ("1,234,567.50", "1234567.50"),
        ("１２，３４５", "12345"),
        ("45210公里", "45210"),
        ("45210 KM", "45210"),
        ("1.5小时", "1.5"),
        ("4.0000", "4.0000"),
        ("0" * 29 + "1", "1"),
        ("9" * 30, "9" * 30),
        (" " * 100 + "7", "7"),
    ],
)
def test_plain_decimals_are_read_exactly(text: str, value: str) -> None:
    assert parse_decimal(text) == Decimal(value)


def test_the_decimals_of_the_text_are_kept() -> None:
    assert str(parse_decimal("49.00")) == "49.00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "+",
        "-",
        ",",
        "km",
        "N/A",
        "NaN",
        "Infinity",
        "1e9",
        "1E999999999",
        "1,23",
        "12,34,567",
        "1.2.3",
        "1 2",
        "12.5万公里",
        "49元",
        "--3",
        "٣",
        "20240501T",
        "9" * 31,
        "0." + "1" * 30,
        "1" * 1_000_000,
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    assert parse_decimal(text) is None
