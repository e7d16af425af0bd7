"""Passwords of shops and people: argon2id hashes, and which passwords count as weak. Never logs one."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

# 19 MiB, two passes, one lane: the smallest setting that OWASP's password storage cheat sheet names for
# argon2id. Repair-shop software asks for a token before every record, so a check must stay affordable.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_SHORTEST = 8
_WIDELY_USED = """
00000000 11111111 12341234 12345678 123456789 1234567890 0123456789 87654321 88888888 66666666 11223344
password password1 passw0rd p@ssw0rd p@ssword admin123 admin1234 administrator qwertyui qwerty123 qwer1234
1qaz2wsx 1q2w3e4r abcd1234 abc12345 a1234567 a12345678 a123456789 aa123456 asdfghjk asdf1234 zxcvbnm1
iloveyou woaini520 5201314520 qq123456 weixiu123 qixiu123
"""
_COMMON = frozenset(_WIDELY_USED.split())


def hash_password(password: str) -> str:
    """An argon2id hash with its own salt and parameters inside, to be kept in place of the password."""
    return _HASHER.hash(_as_bytes(password))


def verify_password(password_hash: str, password: str) -> bool:
    """Whether ``password`` is the one that was hashed; takes about 20 ms on purpose.

    Raises argon2.exceptions.InvalidHashError when ``password_hash`` is no hash at all.
    """
    try:
        return _HASHER.verify(password_hash, _as_bytes(password))
    except VerifyMismatchError:
        return False


def is_weak(password: str, *, account: str = "") -> bool:
    """Whether a password should be changed: shorter than 8, widely used, monotonous, or the account itself.

    Ours: the interface papers of the provinces ask for three characters or more and nothing else.
    """
    lowered = password.lower()
    return (
        len(password) < _SHORTEST
        or lowered in _COMMON
        or len(set(password)) < 4
        or (bool(account) and (lowered in account.lower() or account.lower() in lowered))
    )


def _as_bytes(password: str) -> bytes:
    # A JSON client can send half of a surrogate pair; that is a wrong password, not an internal fault.
    return password.encode("utf-8", "surrogatepass")
