"""首次登录: how a shop that has only its software's password comes to its first manager account (ADR 0037).

A shop proves itself with its code and upload password, or with a first sign-in code of its county's officer. What is
wrong is answered the same way after the same work, so that nobody learns which shops there are.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from django.db import transaction

from chedang.access.actions import record_event
from chedang.access.allowances import give_back, take
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.access.models import User
from chedang.enterprises import store
from chedang.enterprises.model import Source
from chedang.enterprises.store import Connection
from chedang.filing import staff_phones
from chedang.filing.models import ShopAccess, StaffMember
from chedang.filing.staff import add_person, lock_shop
from chedang.filing.staff_accounts import end_account, make_account, managers_of
from chedang.filing.staff_model import Trade
from chedang.platform.chance import new_code
from chedang.platform.passwords import hash_password, verify_password
from chedang.platform.sealing import Digester
from chedang.platform.settings import Settings
from chedang.terms.dates import day_in_china
from chedang.terms.spoken import in_groups, read_code

CODE_LENGTH: Final = 12
"""59 random bits: no number of tries that a node can answer in seven days comes near."""
CODE_LASTS: Final = timedelta(days=7)
TRIES_OF_ADDRESS: Final = 20
"""Within an hour, of one network address."""
TRIES_OF_SHOP: Final = 20
"""Wrong upload passwords within a day for one company code, from wherever; the code of an officer stays open."""

_PURPOSE: Final = "shop-enrolment"
_ADDRESS, _SHOP = "enrol:address", "enrol:shop"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class NotProved(Exception):
    """Code and password do not belong together, or the shop needs an officer's code. Never told which."""


class TooManyTries(Exception):
    """So many tries were made that one must wait; ``of_shop``: for this company code, with passwords."""

    def __init__(self, wait: timedelta, *, of_shop: bool) -> None:
        super().__init__(wait)
        self.wait = wait
        self.of_shop = of_shop


class HasManager(Exception):
    """The shop has a manager, who lets people in; or else an officer's code does."""


class Proof(NamedTuple):
    """That somebody acts for a shop."""

    company_code: str
    code_digest: str = ""
    """Of the officer's code; '' for the upload password."""


def make_code(company_code: str, *, now: datetime) -> str:
    """A first sign-in code for the shop, to be shown once; an earlier one is good no longer."""
    code = new_code(CODE_LENGTH)
    with transaction.atomic():
        row = lock_shop(company_code)
        row.code_digest, row.code_made_at, row.code_expires_at = _digest(code), now, now + CODE_LASTS
        row.save()
    return in_groups(code)


def prove(connection: Connection, company_code: str, secret: str, address: str, *, now: datetime) -> Proof:
    """Whoever knows ``secret``, upload password or officer's code, acts for the shop of ``company_code``.

    ``address``: the network address. Raises NotProved, TooManyTries, and HasManager for a right password of a shop
    that is let in already.
    """
    digester = _digester()
    wait = take(_ADDRESS, digester.digest(address), most=TRIES_OF_ADDRESS, within=_HOUR, now=now)
    if wait:
        raise TooManyTries(wait, of_shop=False)
    shop = store.find_by_code(connection, company_code)
    if shop is not None and shop.source in {Source.MAKER, Source.TOLD}:
        shop = None
    company_code = shop.company_code if shop else company_code
    code_digest = _fitting_code(company_code, secret, now)
    if shop is not None and code_digest:
        return Proof(company_code, code_digest)
    key = digester.digest(company_code)
    wait = take(_SHOP, key, most=TRIES_OF_SHOP, within=_DAY, now=now)
    if wait:
        raise TooManyTries(wait, of_shop=True)
    is_right = verify_password(shop.password_hash if shop else _nobodys_hash(), secret)
    if shop is None or not is_right or shop.password_is_weak:
        raise NotProved
    give_back(_SHOP, key)
    if managers_of(company_code).exists():
        raise HasManager
    return Proof(company_code)


def make_manager(
    proof: Proof, name: str, *, username: str = "", password: str = "", number: str = "", now: datetime
) -> User:
    """The shop's manager account, with the person's own password under ``username`` or with a proved ``number``.

    With an officer's code those who managed the shop before are shut out, and the code is used up. Raises NotProved,
    HasManager, NameTaken.
    """
    with transaction.atomic():
        access = lock_shop(proof.company_code)
        if proof.code_digest:
            _use_code(access, proof, now)
        elif managers_of(proof.company_code).exists():
            raise HasManager
        user = make_account(_person(proof.company_code, name, now), ShopPost.MANAGER, username=username)
        if password:
            user.set_password(password)
            user.must_change_password = False
            user.save()
        if number:
            _take_phone(proof.company_code, number)
            staff_phones.give(user, number, now=now)
        record_event(user, AuditAction.ENROL_SHOP, Purpose.OWN_BUSINESS, now=now, object_id=proof.company_code)
    return user


def _use_code(access: ShopAccess, proof: Proof, now: datetime) -> None:
    if not _is_good(access, proof.code_digest, now):
        raise NotProved
    access.code_digest = ""
    access.save()
    for manager in managers_of(proof.company_code):
        end_account(manager)


def _person(company_code: str, name: str, now: datetime) -> StaffMember:
    """Who is in the register under this name without an active account, or a new entry."""
    known = StaffMember.objects.filter(company_code=company_code, name=name, left_on=None)
    member = known.exclude(user__is_active=True).order_by("pk").first()
    return member or add_person(company_code, name=name, trade=Trade.HEAD, joined_on=day_in_china(now), now=now)


def _take_phone(company_code: str, number: str) -> None:
    """Who proved the number just now has it, whoever of the shop it was written down for."""
    for user in staff_phones.accounts_of(number):
        if user.company_code == company_code:
            staff_phones.free(user)


def _fitting_code(company_code: str, secret: str, now: datetime) -> str:
    """The digest of the officer's code if ``secret`` is that of this shop, else ''."""
    code = read_code(secret[:40], CODE_LENGTH)
    access = ShopAccess.objects.filter(company_code=company_code[:15]).first()
    digest = _digest(code or "")
    return digest if access is not None and code is not None and _is_good(access, digest, now) else ""


def _is_good(access: ShopAccess, digest: str, now: datetime) -> bool:
    if not access.code_digest or access.code_expires_at is None or access.code_expires_at <= now:
        return False
    return hmac.compare_digest(access.code_digest, digest)


def _digest(code: str) -> str:
    return _digester().digest(f"code {code}")


def _digester() -> Digester:
    return Digester(Settings.from_environment().data_dir, _PURPOSE)


@cache
def _nobodys_hash() -> str:
    """Costs what a real one costs."""
    return hash_password(new_code(CODE_LENGTH))
