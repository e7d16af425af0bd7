"""Waiting after repeated wrong passwords, by account name and not by address: a whole office shares one address."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from chedang.access.actions import claim_sign_in_try, forget_sign_in_tries


def _digest(username: str) -> str:
    """A keyed digest of the account name: people type passwords into the wrong field."""
    return salted_hmac("chedang.sign-in", username.strip().casefold(), algorithm="sha256").hexdigest()


def claim(username: str) -> timedelta:
    """Count a try; a positive answer is the time to wait before the next one."""
    return claim_sign_in_try(_digest(username), now=timezone.now())


def forget(username: str) -> None:
    """The password was right."""
    forget_sign_in_tries(_digest(username))
