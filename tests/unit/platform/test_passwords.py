from __future__ import annotations

import pytest
from argon2.exceptions import InvalidHashError

from chedang.platform.passwords import hash_password, is_weak, verify_password


def test_only_the_password_itself_verifies() -> None:
    kept = hash_password("fictional 车档 password")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(kept, "fictional 车档 password")
    assert not verify_password(kept, "fictional 车档 passwore")
    assert not verify_password(kept, "")


def test_the_same_password_never_hashes_alike() -> None:
    assert hash_password("fictional") != hash_password("fictional")


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_fault() -> None:
    assert not verify_password(hash_password("fictional"), "\ud83d")


def test_something_that_is_no_hash_is_a_fault_and_no_wrong_password() -> None:
    with pytest.raises(InvalidHashError):
        verify_password("", "fictional")


@pytest.mark.parametrize("password", ["", "abc", "1234567", "12345678", "Passw0rd", "aabbaabbaab", "330106000123"])
def test_short_common_monotonous_and_account_like_passwords_are_weak(password: str) -> None:
    assert is_weak(password, account="330106000123")


@pytest.mark.parametrize("password", ["Kx7-lantern-roof", "修车铺门口两棵大树"])
def test_long_uncommon_passwords_are_not_weak(password: str) -> None:
    assert not is_weak(password, account="330106000123")
