"""Owners' phones: who has which number, and the account that a proved number opens."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from chedang.access.model import Role
from chedang.access.models import OpenSession, OwnerPhone, User
from chedang.access.sessions import end_sessions
from chedang.platform.chance import new_public_id
from chedang.platform.sealing import Digester, Sealer
from chedang.platform.settings import Settings
from chedang.terms import phone

_PURPOSE: Final = "owner-phones"
CLOSED_NAME: Final = "已注销"


class NumberTaken(Exception):
    """Another account has this number."""


def digest_of(number: str) -> str:
    """The keyed digest by which a normalised number is found and limited."""
    return Digester(Settings.from_environment().data_dir, _PURPOSE).digest(number)


def find_user_by_phone(number: str) -> User | None:
    """The account of a number as a person types it; ``None`` for none. Never tell a stranger which."""
    found = OwnerPhone.objects.select_related("user").filter(number_digest=digest_of(phone.normalise(number))).first()
    return None if found is None else found.user


def number_of(user: User) -> str:
    """The normalised number of an account, '' for none."""
    row = OwnerPhone.objects.filter(user=user).first()
    return "" if row is None else _sealer().open(bytes(row.number_sealed), _place(user)).decode()


def masked_phone(user: User) -> str:
    """The number with its middle hidden, ``142****0001``; '' for an account without one."""
    return phone.mask(number_of(user))


def account_of(number: str, *, now: datetime) -> User:
    """The account of a number that was proved just now; made when there is none.

    Called by two at once for a new number, both get the one account.
    """
    found = find_user_by_phone(number)
    if found is None:
        try:
            with transaction.atomic():
                found = _make_owner(number, now)
        except NumberTaken:  # by the other of two who proved it at once
            return account_of(number, now=now)
    else:
        OwnerPhone.objects.filter(user=found).update(proved_at=now)
    return found


def set_phone(user: User, number: str, *, now: datetime) -> None:
    """Give the account another number, proved just now. Raises NumberTaken."""
    values = {
        "number_digest": digest_of(number),
        "number_sealed": _sealer().seal(number.encode(), _place(user)),
        "proved_at": now,
    }
    masked = phone.mask(number_of(user))
    try:
        with transaction.atomic():
            OwnerPhone.objects.update_or_create(user=user, defaults=values)
    except IntegrityError:
        raise NumberTaken from None
    if user.display_name == masked:
        user.display_name = phone.mask(number)
        user.save(update_fields=["display_name"])


def close_account(user: User) -> None:
    """Forget the person behind an account: number, name and open sessions go; what was written down stays.

    Audit events name the account, so its row stays, switched off, under its random name. The caller makes sure that
    no car is bound.
    """
    with transaction.atomic():
        OwnerPhone.objects.filter(user=user).delete()
        end_sessions(OpenSession.objects.filter(user=user))
        user.display_name = CLOSED_NAME
        user.is_active = False
        user.set_unusable_password()
        user.save()


def _make_owner(number: str, now: datetime) -> User:
    user = User(
        username=f"owner-{new_public_id()}",
        display_name=phone.mask(number),
        role=str(Role.OWNER),
    )
    user.set_unusable_password()
    user.save()
    set_phone(user, number, now=now)
    return user


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)


def _place(user: User) -> str:
    return f"owner-phone:{user.pk}"
