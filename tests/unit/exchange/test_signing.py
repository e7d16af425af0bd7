"""Signatures: what was signed is genuine, anything else is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.exchange.signing import ALGORITHMS, DEFAULT_ALGORITHM, Signer, key_id

SIGNER = Signer(b"1" * 32)
ED25519 = ALGORITHMS[DEFAULT_ALGORITHM]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_fits_the_data_that_was_signed_and_no_other(data: bytes, other: bytes) -> None:
    signature = SIGNER.sign(data)
    assert ED25519.is_genuine(SIGNER.public_key, data, signature)
    assert ED25519.is_genuine(SIGNER.public_key, other, signature) == (other == data)


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_what_is_no_key_or_no_signature_is_not_genuine(key: bytes, signature: bytes) -> None:
    assert not ED25519.is_genuine(key, b"data", SIGNER.sign(b"data"))
    assert not ED25519.is_genuine(SIGNER.public_key, b"data", signature)


def test_another_nodes_key_does_not_fit() -> None:
    assert not ED25519.is_genuine(Signer(b"2" * 32).public_key, b"data", SIGNER.sign(b"data"))


def test_a_private_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32"):
        Signer(b"short")


def test_a_key_is_named_by_algorithm_and_public_key() -> None:
    assert SIGNER.key_id == key_id("ed25519", SIGNER.public_key)
    assert key_id("sm2", SIGNER.public_key) != SIGNER.key_id
    assert "1" * 32 not in repr(SIGNER)
    assert ED25519.is_public_key(SIGNER.public_key)
    assert not ED25519.is_public_key(b"")
