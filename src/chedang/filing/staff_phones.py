"""Phones of shops' people. A number may stand with several shops, and with an owner, who signs in elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from chedang.access.models import User
from chedang.filing.models import StaffPhone
from chedang.platform.sealing import Digester, Sealer
from chedang.platform.settings import Settings
from chedang.terms import phone

_PURPOSE: Final = "staff-phones"


class NumberTaken(Exception):
    """Another person of the same shop has this number."""


def accounts_of(number: str) -> list[User]:
    """Accounts that a normalised, proved number opens, one per shop, by company code. Never tell a stranger which."""
    found = StaffPhone.objects.select_related("user").filter(number_digest=_digest(number), user__is_active=True)
    return [row.user for row in found.order_by("company_code")]


def number_of(user: User) -> str:
    """The normalised number of an account, '' for none."""
    row = StaffPhone.objects.filter(user=user).first()
    return "" if row is None else _sealer().open(bytes(row.number_sealed), _place(user)).decode()


def masked_phone(user: User) -> str:
    """The number with its middle hidden, ``142****0001``; '' for an account without one."""
    return phone.mask(number_of(user))


def give(user: User, number: str, *, now: datetime) -> None:
    """Let the account be opened by a code to this normalised number, in place of an earlier one. Raises NumberTaken."""
    values = {
        "company_code": user.company_code,
        "number_digest": _digest(number),
        "number_sealed": _sealer().seal(number.encode(), _place(user)),
        "given_at": now,
    }
    try:
        with transaction.atomic():
            StaffPhone.objects.update_or_create(user=user, defaults=values)
    except IntegrityError:
        raise NumberTaken from None


def free(user: User) -> None:
    """The number opens this account no longer; it may be given to another."""
    StaffPhone.objects.filter(user=user).delete()


def _digest(number: str) -> str:
    return Digester(Settings.from_environment().data_dir, _PURPOSE).digest(number)


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)


def _place(user: User) -> str:
    return f"staff-phone:{user.pk}"
