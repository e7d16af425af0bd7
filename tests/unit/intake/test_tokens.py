"""Tokens: 32 characters, several live at once, bound to one enterprise, gone only by expiry or generation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.intake.tokens import TokenMint, read_claim

NOW = datetime(2026, 9, 14, 2, 0, tzinfo=UTC)
MINT = TokenMint(b"k" * 32, timedelta(hours=24))


def test_a_token_has_32_characters_and_names_its_enterprise() -> None:
    token = MINT.issue(7, 0, NOW)
    claim = read_claim(token)
    assert len(token) == 32
    assert claim is not None
    assert claim.enterprise_id == 7
    assert MINT.is_genuine(claim, 0)


def test_tokens_issued_later_leave_earlier_ones_valid() -> None:
    first, second = MINT.issue(7, 0, NOW), MINT.issue(7, 0, NOW + timedelta(minutes=5))
    assert first != second
    for token in (first, second):
        claim = read_claim(token)
        assert claim is not None
        assert MINT.is_genuine(claim, 0)
        assert not claim.is_expired(NOW + timedelta(hours=23, minutes=59))


def test_a_token_expires_after_its_lifetime() -> None:
    claim = read_claim(MINT.issue(7, 0, NOW))
    assert claim is not None
    assert claim.is_expired(NOW + timedelta(hours=24))


def test_raising_the_generation_ends_every_token() -> None:
    claim = read_claim(MINT.issue(7, 0, NOW))
    assert claim is not None
    assert not MINT.is_genuine(claim, 1)


def test_a_token_of_another_node_is_not_genuine() -> None:
    claim = read_claim(TokenMint(b"x" * 32, timedelta(hours=24)).issue(7, 0, NOW))
    assert claim is not None
    assert not MINT.is_genuine(claim, 0)


@pytest.mark.parametrize("token", ["", "0", "null", "0" * 31, "0" * 33, "凭证", "g" * 32, "00 " * 16])
def test_what_has_not_the_shape_of_a_token_is_no_claim(token: str) -> None:
    assert read_claim(token) is None


@given(st.integers(0, 31), st.sampled_from("0123456789abcdef"))
def test_changing_any_character_breaks_a_token(position: int, character: str) -> None:
    token = MINT.issue(7, 0, NOW)
    changed = token[:position] + character + token[position + 1 :]
    claim = read_claim(changed)
    assert claim is not None
    assert MINT.is_genuine(claim, 0) == (changed == token)
