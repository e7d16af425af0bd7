"""维修软件名录: put on the list, taken off it. 交办运〔2021〕82号 asks for such a list; the term is ours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.announcements import ListedSoftware
from chedang.terms.text import tidy

LONGEST_YEARS: Final = 5
MOST_REASON: Final = 200
_ONE_DAY: Final = timedelta(days=1)
_EXPIRED: Final = "有效期满"
LONGEST: Final = {"name": 60, "vendor": 100, "version": 30, "interfaces": 200}
"""Characters of each field."""


class NewSoftware(msgspec.Struct, frozen=True):
    """An entry as its officer wrote it."""

    name: str
    vendor: str
    version: str
    interfaces: str
    until_on: date


def listed(today: date) -> QuerySet[ListedSoftware]:
    """What stands on the list on a day, by name."""
    standing = Q(ended_on=None) | Q(ended_on__gt=today)
    return ListedSoftware.objects.filter(standing, listed_on__lte=today, until_on__gte=today).order_by("name", "pk")


def put_on(new: NewSoftware, officer: User, *, authority: str, today: date) -> ListedSoftware:
    """Put it on the list of the officer's authority; the same again gives what stands. Raises NotAllowed.

    One whose time is over makes room for the new entry; while it stands, its interfaces and last day do not change.
    """
    words = {name: tidy(getattr(new, name)) for name in ("name", "vendor", "version", "interfaces")}
    for name, value in words.items():
        if (not value and name != "interfaces") or len(value) > LONGEST[name]:
            raise NotAllowed(_("请填写软件名称、开发单位和版本，不要超过规定的字数。"))
    if not today < new.until_on <= _years_after(today, LONGEST_YEARS):
        raise NotAllowed(_("有效期止应在今天以后、五年以内。"))
    key = {"division_code": officer.division_code, "ended_on": None} | {
        name: words[name] for name in ("name", "vendor", "version")
    }
    kept = {"authority": authority, "interfaces": words["interfaces"], "until_on": new.until_on}
    try:
        with transaction.atomic():
            found = ListedSoftware.objects.select_for_update().filter(**key).first()
            if found is not None and found.until_on < today:
                found.ended_on, found.end_reason, found.ended_by = found.until_on + _ONE_DAY, _EXPIRED, officer
                found.save()
                found = None
            if found is None:
                return ListedSoftware.objects.create(**key, **kept, listed_on=today, listed_by=officer)
    except IntegrityError:  # another officer was quicker
        found = ListedSoftware.objects.get(**key)
    if (found.interfaces, found.until_on) != (kept["interfaces"], new.until_on):
        raise Overtaken(_("名录里已经有这个软件的这一版。要改有效期或者接口，请先移出，再重新列入。"))
    return found


def take_off(public_id: str, reason: str, officer: User, *, today: date) -> ListedSoftware:
    """Take it off from this day on; twice is once. Raises NotAllowed."""
    words = tidy(reason)
    if not words or len(words) > MOST_REASON:
        raise NotAllowed(_("请写明移出的原因，不超过 200 个字。"))
    with transaction.atomic():
        held = ListedSoftware.objects.select_for_update()
        found = held.filter(public_id=public_id, division_code=officer.division_code).first()
        if found is None:
            raise NotAllowed(_("名录里没有这个软件，或者它由别的机关列入。"))
        if found.ended_on is None:
            found.ended_on, found.end_reason, found.ended_by = today, words, officer
            found.save()
    return found


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; 28 February for a 29th that it does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
