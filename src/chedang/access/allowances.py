"""Limited things: so many tries, messages or codes within a time, for one account, address or vehicle."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from chedang.access.models import Allowance


def take(kind: str, key_digest: str, *, most: int, within: timedelta, now: datetime) -> timedelta:
    """Take one of ``most`` that ``key_digest`` may have ``within`` a window; zero: taken.

    A positive answer is the time to wait, and nothing is taken. Counting comes before the deed, so that many tries at
    one moment do not pass together. ``kind`` is up to 32 characters (for example ``bind:account``); ``key_digest`` is a
    keyed digest of what the limit is for, see ``platform.sealing.Digester``.
    """
    return Allowance.objects.take(kind, key_digest, most=most, within=within, now=now)


def give_back(kind: str, key_digest: str) -> None:
    """Undo one taking: where only failures count, what succeeded gives its try back."""
    Allowance.objects.filter(kind=kind, key_digest=key_digest, taken__gt=0).update(taken=F("taken") - 1)


def forget_old(*, before: datetime) -> int:
    """Remove counters whose window began before then; gives how many."""
    return Allowance.objects.filter(began_at__lt=before).delete()[0]
