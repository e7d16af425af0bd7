"""Officials as their superiors see them: sign-ins, failures, acts, looks drawn for a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from chedang.access.model import AuditAction, CheckOutcome, Role
from chedang.access.models import AuditEvent, DrawnLook, OpenSession, User
from chedang.access.rules import division_prefix, draw_count
from chedang.platform.sealing import Digester
from chedang.platform.settings import Settings
from chedang.terms.dates import SHANGHAI, day_in_china

COUNTED: Final = timedelta(days=30)
"""Sign-ins and failures are counted this far back; who did not sign in for so long is silent (ours)."""
DRAWN_BACK_DAYS: Final = 7
"""So long the worker may stand still without a day's looks going unchecked (ours)."""
_LOOKS: Final = (AuditAction.LOOK_UP_VEHICLE, AuditAction.READ_VEHICLE_FILE, AuditAction.SHOW_VIN)


class AlreadyChecked(Exception):
    """Somebody else has said what came of it."""


@dataclass(frozen=True, slots=True)
class OfficialUse:
    """How one official uses the system."""

    user: User
    last_sign_in_at: datetime | None
    sign_ins: int
    failures: int
    devices: list[str]
    """Families of browser and system of the sessions that are open."""
    is_silent: bool


def officials_below(superior: User) -> QuerySet[User]:
    """Officers whose division is the superior's or lies in it, but not the superior: nobody watches themself.

    Not the police, who answer to another authority: when they look at their list tells that there is a case. Their acts
    are 安全审计员's to read.
    """
    prefix = division_prefix(superior.division_code)
    inside = User.objects.filter(role=Role.REGULATOR, division_code__startswith=prefix)
    return inside.exclude(pk=superior.pk).order_by("division_code", "username")


def read_use(officials: Sequence[User], *, now: datetime) -> list[OfficialUse]:
    """Each of these officials with what was done in the last 30 days."""
    events = AuditEvent.objects.filter(
        actor__in=officials, action__in=(AuditAction.SIGN_IN, AuditAction.REFUSE_SIGN_IN)
    )
    recent = Q(at__gte=now - COUNTED)
    counted: dict[int, dict[str, object]] = {
        row["actor"]: dict(row)
        for row in events.order_by()
        .values("actor")
        .annotate(
            last=Max("at", filter=Q(action=AuditAction.SIGN_IN)),
            sign_ins=Count("pk", filter=recent & Q(action=AuditAction.SIGN_IN)),
            failures=Count("pk", filter=recent & Q(action=AuditAction.REFUSE_SIGN_IN)),
        )
    }
    devices: dict[int, list[str]] = {}
    for session in OpenSession.objects.live(now).filter(user__in=officials).order_by("-began_at"):
        devices.setdefault(session.user_id, []).append(" ".join(filter(None, (session.browser, session.system))))
    return [_use(each, counted.get(each.pk, {}), devices.get(each.pk, []), now) for each in officials]


def acts_below(superior: User) -> QuerySet[AuditEvent]:
    """Everything that the officials below did, the newest first; not what one did as police before."""
    acts = AuditEvent.objects.filter(actor__in=officials_below(superior).order_by())
    return acts.exclude(role=Role.POLICE).order_by("-pk")


def draw_looks(now: datetime) -> int:
    """Draw looks of the last days for a check, each day once: one in a hundred, one at least; gives how many.

    Mostly of yesterday; of the six days before too when nobody drew then. Drawn are those whose number has the smallest
    keyed digest of that day: the same however often it is done, and not to be foreseen by whoever looks.
    """
    today = day_in_china(now)
    days = [today - timedelta(days=back) for back in range(1, DRAWN_BACK_DAYS + 1)]
    drawn = set(DrawnLook.objects.filter(drawn_on__in=days).values_list("drawn_on", flat=True))
    return sum(_draw_of(day) for day in days if day not in drawn)


def _draw_of(day: date) -> int:
    begin = datetime.combine(day, time(), SHANGHAI)
    looks = AuditEvent.objects.filter(
        at__gte=begin, at__lt=begin + timedelta(days=1), role=Role.REGULATOR, action__in=_LOOKS
    ).exclude(vin="")
    numbers = list(looks.order_by("pk").values_list("pk", flat=True))
    drawn = draw(numbers, day)
    DrawnLook.objects.bulk_create([DrawnLook(event_id=number, drawn_on=day) for number in drawn], ignore_conflicts=True)
    return len(drawn)


def draw(numbers: list[int], day: date) -> list[int]:
    """One in a hundred of these numbers of events, one at least, by keyed digest of day and number."""
    digester = Digester(Settings.from_environment().data_dir, "look-draws")
    by_chance = sorted(numbers, key=lambda number: digester.digest(f"{day} {number}"))
    return sorted(by_chance[: draw_count(len(numbers))])


def drawn_below(superior: User) -> QuerySet[DrawnLook]:
    """Looks drawn of the officials below, those that wait for a check first."""
    below = DrawnLook.objects.filter(event__actor__in=officials_below(superior).order_by())
    return below.select_related("event", "event__actor", "checked_by").order_by("outcome", "-pk")


def check_look(superior: User, number: int, outcome: CheckOutcome, note: str, *, now: datetime) -> DrawnLook:
    """Say what came of a drawn look, once. Raises AlreadyChecked, DrawnLook.DoesNotExist for one out of scope."""
    with transaction.atomic():
        allowed = drawn_below(superior).order_by().values("pk")
        drawn = DrawnLook.objects.select_for_update().get(pk=number, pk__in=allowed)
        if drawn.outcome:
            raise AlreadyChecked
        drawn.outcome, drawn.note, drawn.checked_by, drawn.checked_at = str(outcome), note, superior, now
        drawn.save()
    return drawn


def _use(user: User, counted: dict[str, object], devices: list[str], now: datetime) -> OfficialUse:
    last = counted.get("last")
    last_at = last if isinstance(last, datetime) else None
    return OfficialUse(
        user=user,
        last_sign_in_at=last_at,
        sign_ins=int(str(counted.get("sign_ins", 0))),
        failures=int(str(counted.get("failures", 0))),
        devices=sorted(set(devices)),
        is_silent=(last_at or user.created_at) < now - COUNTED,
    )
