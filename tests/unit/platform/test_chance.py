"""Names of chance, and what comes back of them."""

from __future__ import annotations

import pytest

from chedang.platform.chance import drawn_public_id, new_public_id


def test_a_name_that_a_page_drew_comes_back_as_it_is() -> None:
    drawn = new_public_id()
    assert drawn_public_id(drawn) == drawn


@pytest.mark.parametrize(
    "given", ["", "new", "a/b", "某" * 12, "A" * 12, "../../../etc", "x" * 1_000_000, "22222222222\n"]
)
def test_for_any_other_a_fresh_one_is_drawn(given: str) -> None:
    drawn = drawn_public_id(given)
    assert drawn != given
    assert len(drawn) == 12
