"""Accounts of shops' people: opened and ended by who manages the shop; one manager always stays (ADR 0037)."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Q, QuerySet

from chedang.access.model import Role, ShopPost
from chedang.access.models import OpenSession, User
from chedang.access.sessions import end_sessions
from chedang.filing import staff_phones
from chedang.filing.models import StaffMember, StaffSpell
from chedang.filing.staff import lock_shop
from chedang.platform.chance import new_code, new_password


class LastManager(Exception):
    """Nobody else could manage the shop afterwards; nothing was changed."""


class NameTaken(Exception):
    """An account of this name is there already."""


class HasLeft(Exception):
    """Who has left the shop, or has no account, cannot be given this."""


class Opened(NamedTuple):
    """An account that was opened just now."""

    user: User
    password: str
    """To be told once; '' for an account that a phone opens."""

    def __repr__(self) -> str:
        return f"Opened({self.user.pk})"


def managers_of(company_code: str) -> QuerySet[User]:
    """Active accounts that manage the shop."""
    post = str(ShopPost.MANAGER)
    return User.objects.filter(role=str(Role.SHOP), company_code=company_code, shop_post=post, is_active=True)


def open_account(member: StaffMember, post: ShopPost, *, username: str = "", number: str = "", now: datetime) -> Opened:
    """Let a person of the shop sign in: with a one-time password under ``username``, with a phone, or with both.

    Somebody who had an account before has it again, under its old name. Without a ``username`` there is no password;
    one of both must be given. Raises NameTaken, ``staff_phones.NumberTaken``, HasLeft.
    """
    if not (username or number):
        raise ValueError("an account is opened by a password or by a phone")
    password = new_password() if username else ""
    with transaction.atomic():
        lock_shop(member.company_code)
        user = make_account(member, post, username=username)
        if password:
            user.set_password(password)
            user.must_change_password = True
            user.save()
        if number:
            staff_phones.give(user, number, now=now)
    return Opened(user, password)


def make_account(member: StaffMember, post: ShopPost, *, username: str) -> User:
    """The person's account, active and without a way to sign in yet; the caller holds the shop's lock.

    Raises NameTaken, HasLeft.
    """
    member.refresh_from_db()
    if member.left_on is not None:
        raise HasLeft
    user = member.user
    if user is None:
        username = User.normalize_username(username) or f"staff-{new_code(10).lower()}"
        if User.objects.filter(username__iexact=username).exists():
            raise NameTaken
        user = User(username=username, role=str(Role.SHOP), company_code=member.company_code)
        user.set_unusable_password()
    user.display_name, user.shop_post, user.is_active = member.name, str(post), True
    user.save()
    member.user = user
    member.save(update_fields=["user"])
    return user


def renew_password(member: StaffMember) -> str:
    """A new one-time password for an active account; sessions got with the old one end. Raises HasLeft."""
    password = new_password()
    with transaction.atomic():
        lock_shop(member.company_code)
        user = _active(member)
        user.set_password(password)
        user.must_change_password = True
        user.save()
        end_sessions(OpenSession.objects.filter(user=user))
    return password


def change_phone(member: StaffMember, number: str, *, now: datetime) -> None:
    """Another phone for an active account, '' for none. Raises NumberTaken, HasLeft, LastManager."""
    with transaction.atomic():
        lock_shop(member.company_code)
        user = _active(member)
        if number:
            staff_phones.give(user, number, now=now)
            return
        staff_phones.free(user)
        if user.shop_post == ShopPost.MANAGER and not _who_can_manage(user.company_code).exists():
            raise LastManager


def change_post(member: StaffMember, post: ShopPost) -> None:
    """Another post; counts from the next page that the person opens. Raises LastManager, HasLeft."""
    with transaction.atomic():
        lock_shop(member.company_code)
        user = _active(member)
        if post is not ShopPost.MANAGER:
            _keep_a_manager(user)
        user.shop_post = str(post)
        user.save(update_fields=["shop_post"])


def leave(member: StaffMember, *, on: date) -> bool:
    """The person leaves: account, sessions and phone end with it. Again changes nothing: false. Raises LastManager."""
    with transaction.atomic():
        lock_shop(member.company_code)
        member.refresh_from_db()
        if member.left_on is not None:
            return False
        if member.user is not None:
            if member.user.is_active:
                _keep_a_manager(member.user)
            end_account(member.user)
        member.left_on = max(on, member.joined_on)
        member.save(update_fields=["left_on"])
    return True


def come_back(member: StaffMember, *, on: date) -> bool:
    """The person works here again, without an account at first; the earlier time is kept. False: never left."""
    with transaction.atomic():
        lock_shop(member.company_code)
        member.refresh_from_db()
        if member.left_on is None:
            return False
        StaffSpell.objects.create(member=member, joined_on=member.joined_on, left_on=member.left_on)
        member.joined_on, member.left_on = max(on, member.left_on), None
        member.save(update_fields=["joined_on", "left_on"])
    return True


def end_account(user: User) -> None:
    """Close an account and every session of it at once; its phone is free. The caller holds the shop's lock."""
    staff_phones.free(user)
    user.is_active = False
    user.must_change_password = False
    user.set_unusable_password()
    user.save()
    end_sessions(OpenSession.objects.filter(user=user))


def _active(member: StaffMember) -> User:
    member.refresh_from_db()
    if member.user is None or not member.user.is_active:
        raise HasLeft
    return member.user


def _who_can_manage(company_code: str) -> QuerySet[User]:
    """Managers who have a way to sign in."""
    return managers_of(company_code).filter(
        ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(staff_phone__isnull=False)
    )


def _keep_a_manager(user: User) -> None:
    if user.shop_post == ShopPost.MANAGER and not _who_can_manage(user.company_code).exclude(pk=user.pk).exists():
        raise LastManager
