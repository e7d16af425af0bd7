"""Plates, masked VINs, figures and list keys as the pages write them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from chedang.site.figures import number
from chedang.site.findings import mask_vin
from chedang.site.paging import read_key
from chedang.site.templatetags.chedang import plate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (48210, "48,210"),
        (Decimal("48210.0"), "48,210"),
        (Decimal("0.50"), "0.5"),
        (Decimal("1000"), "1,000"),
        (None, "–"),
    ],
)
def test_figures_have_thousands_separated_and_no_needless_zeros(value: int | Decimal | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("number_", "style"),
    [
        ("浙A12345", "plate-blue"),
        ("浙AD12345", "plate-green"),
        ("浙A12345D", "plate-yellow-green"),
        ("浙A1234挂", "plate-yellow"),
        ("粤Z1234港", "plate-black"),
        ("浙A1234警", "plate-white"),
        ("", "plate-none"),
        ("???", "plate-none"),
    ],
)
def test_a_plate_has_the_colour_of_its_kind(number_: str, style: str) -> None:
    assert style in plate(number_)


def test_a_plate_that_is_markup_stays_text() -> None:
    assert "<script>" not in plate("<script>")


@pytest.mark.parametrize(
    ("vin", "shown"),
    [("LXWA1B282LB948917", "******917"), ("lxwa1b282lb948917", "******917"), ("12", "******"), ("", "******")],
)
def test_a_masked_vin_keeps_back_what_opens_a_file(vin: str, shown: str) -> None:
    assert mask_vin(vin) == shown


def test_a_key_of_a_list_is_read_back_and_anything_else_means_the_first_page() -> None:
    at, record = datetime(2026, 11, 22, 10, 0, tzinfo=UTC), UUID(int=7)
    assert read_key(f"{at.isoformat()}_{record}") == (at, record)
    for text in ("", "_", "2026-11-22_x", f"2026-11-22T10:00:00_{record}", "'; drop table"):
        assert read_key(text) is None
