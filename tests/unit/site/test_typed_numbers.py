"""Numbers as anybody may send them: plain digits count, and nothing else makes a fault."""

from __future__ import annotations

import pytest

from chedang.site.typed import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("999999999", 999_999_999)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text, None) == number


@pytest.mark.parametrize("text", [None, "", " 1", "-1", "1.5", "123456abc", "٣", "²", "1" * 10, "9" * 100_000])
def test_anything_else_is_otherwise(text: str | None) -> None:
    assert whole_number(text, None) is None
