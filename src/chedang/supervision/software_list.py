"""维修软件名录: put on the list, taken off it. 交办运〔2021〕82号 asks for such a list; the term is ours."""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.announcements import ListedSoftware
from chedang.terms.text import tidy

LONGEST_YEARS: Final = 5
MOST_REASON: Final = 200
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
    """Put it on the list of the officer's authority; the same again gives what stands. Raises NotAllowed."""
    words = {name: tidy(getattr(new, name)) for name in ("name", "vendor", "version", "interfaces")}
    for name, value in words.items():
        if (not value and name != "interfaces") or len(value) > LONGEST[name]:
            raise NotAllowed(_("请填写软件名称、开发单位和版本，不要超过规定的字数。"))
    if not today < new.until_on <= today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28)):
        raise NotAllowed(_("有效期止应在今天以后、五年以内。"))
    key = {"division_code": officer.division_code, "ended_on": None} | {
        name: words[name] for name in ("name", "vendor", "version")
    }
    kept = {"authority": authority, "interfaces": words["interfaces"], "until_on": new.until_on}
    try:
        with transaction.atomic():
            found, _is_new = ListedSoftware.objects.get_or_create(
                **key, defaults=kept | {"listed_on": today, "listed_by": officer}
            )
    except IntegrityError:
        return ListedSoftware.objects.get(**key)
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
