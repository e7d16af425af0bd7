"""Browsers in which people are signed in: each person sees and ends the own ones."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from chedang.access.models import OpenSession, User
from chedang.access.phone_models import OpenSessionQuerySet


def note_session(user: User, session_key: str, *, browser: str, system: str, now: datetime) -> None:
    """Remember that ``user`` signed in with this session; ``browser`` and ``system`` are names of families."""
    OpenSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "browser": browser[:32], "system": system[:32], "began_at": now},
    )


def open_sessions(user: User, *, now: datetime) -> OpenSessionQuerySet:
    """Where the person is signed in now, the newest first."""
    return OpenSession.objects.live(now).filter(user=user).order_by("-began_at", "-pk")


def end_one(user: User, number: int, *, keep: str) -> int:
    """End one of the person's own sessions but not that of the key ``keep``; 0 when there is none of that number."""
    return end_sessions(OpenSession.objects.filter(user=user, pk=number).exclude(session_key=keep))


def end_others(user: User, *, keep: str) -> int:
    """End all of the person's sessions but that of the session key ``keep``; gives how many."""
    return end_sessions(OpenSession.objects.filter(user=user).exclude(session_key=keep))


def end_sessions(rows: OpenSessionQuerySet) -> int:
    """End these sessions: the next page that their browsers ask for is closed to them. Gives how many."""
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        OpenSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def take_over(old_key: str, new_key: str) -> None:
    """The same person goes on under a new key: what was verified stays verified, and the old key is forgotten."""
    if old_key == new_key:
        return
    with transaction.atomic():
        old = OpenSession.objects.filter(session_key=old_key).first()
        if old is not None:
            kept = {"verified_at": old.verified_at, "used_at": old.used_at, "began_at": old.began_at}
            OpenSession.objects.filter(session_key=new_key).update(**kept)
            old.delete()


def rename(old_key: str, new_key: str) -> None:
    """The same session goes on under another key."""
    OpenSession.objects.filter(session_key=old_key).update(session_key=new_key)


def forget_old(now: datetime) -> int:
    """Remove expired sessions, signed in or not, and what was noted of them; gives how many."""
    expired = Session.objects.filter(expire_date__lte=now).delete()[0]
    OpenSession.objects.exclude(pk__in=OpenSession.objects.live(now).values("pk")).delete()
    return expired
