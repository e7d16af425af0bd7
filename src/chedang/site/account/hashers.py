"""Password hashing of people's accounts: argon2id with the same cost as for shops (platform.passwords)."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class NodeArgon2Hasher(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: OWASP's smallest setting. Django's default takes 100 MiB for each sign-in."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
