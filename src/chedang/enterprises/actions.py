"""What is done to enterprises: register, allocate, review, change a password. One transaction each.

Each function opens its own transaction; inside a transaction of the caller it becomes part of that one. A node that is
joined asks the ministry for a new shop's code before that transaction, so that nothing is locked while it waits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from chedang.enterprises import accounts, store
from chedang.enterprises.code_tables import read_registration_today
from chedang.enterprises.codes import Allocator, ask_free_code
from chedang.enterprises.errors import (
    AlreadyRegistered,
    LicenceTaken,
    NotAHeadOffice,
    PasswordRefused,
    ReasonMissing,
    RegistrationRefused,
    ShopNotInChain,
)
from chedang.enterprises.model import (
    Enterprise,
    Registration,
    RegistrationFinding,
    RegistrationText,
    ReviewState,
    Source,
)
from chedang.enterprises.rules import fold_name, judge_password, registration_keys
from chedang.enterprises.store import Connection
from chedang.platform.passwords import hash_password, is_weak, verify_password
from chedang.terms import enterprise_code
from chedang.terms.saying import said


@dataclass(frozen=True, slots=True)
class Registered:
    """Outcome of a registration; ``is_new`` is false when the shop asked again after a lost answer."""

    enterprise: Enterprise
    is_new: bool


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Outcome of a review; ``is_changed`` is false when the shop already was in that state."""

    enterprise: Enterprise
    is_changed: bool


def register(
    connection: Connection, text: RegistrationText, *, now: datetime, allocator: Allocator | None = None
) -> Registered:
    """Register a shop that starts 待审核 and give it its 维修企业编码.

    With an ``allocator`` the code is the ministry's, or a provisional one while that is out of reach; without, the node
    is on its own and gives the next of its own. The same credit code or licence with the same password is a retry after
    a lost answer: the existing shop again. Raises RegistrationRefused with all findings, and AlreadyRegistered when the
    password is another.
    """
    registration, findings = read_registration_today(connection, text, now=now)
    if registration is None:
        raise RegistrationRefused(findings)
    with connection.transaction():
        known = _find_again(connection, registration, text.password)
    if known is not None:
        return Registered(known, is_new=False)
    given = _ask(connection, allocator, registration)
    # Hashing is slow on purpose, so it happens before the lock that every registration waits for.
    password_hash = hash_password(text.password)
    with connection.transaction():
        new_code = _NewCode(connection, allocator, given)
        known = _find_again(connection, registration, text.password)
        if known is not None:
            return Registered(known, is_new=False)
        enterprise = _add(
            connection,
            registration,
            findings,
            new_code,
            password_hash=password_hash,
            password_is_weak=is_weak(text.password),
            source=Source.REGISTERED,
            now=now,
        )
    return Registered(enterprise, is_new=True)


def allocate(
    connection: Connection,
    chain_code: str,
    text: RegistrationText,
    *,
    now: datetime,
    allocator: Allocator | None = None,
) -> Registered:
    """Give a code to a shop of a chain, which its head office asks for; the shop starts 待审核 and in that chain.

    Where the code comes from: as in :func:`register`. ``chain_code`` is the head office's own 维修企业编码.

    Asked again for a shop of the chain: its code again. A shop that came here another way is not taken into a chain on
    the chain's word (ADR 0017). Raises NotAHeadOffice, ShopNotInChain, LicenceTaken, or RegistrationRefused with all
    findings.
    """
    # Nobody is told the password: the shop gets one of its own from an officer, or never needs it.
    text = msgspec.structs.replace(text, password=secrets.token_urlsafe(32))
    registration, findings = read_registration_today(connection, text, now=now)
    if registration is None:
        raise RegistrationRefused(findings)
    with connection.transaction():
        known = _find_in_chain(connection, chain_code, registration)
    if known is not None:
        return Registered(known, is_new=False)
    given = _ask(connection, allocator, registration)
    password_hash = hash_password(text.password)
    with connection.transaction():
        new_code = _NewCode(connection, allocator, given)
        known = _find_in_chain(connection, chain_code, registration)
        if known is not None:
            return Registered(known, is_new=False)
        enterprise = _add(
            connection,
            registration,
            findings,
            new_code,
            password_hash=password_hash,
            password_is_weak=False,
            source=Source.ALLOCATED,
            now=now,
        )
        accounts.add_member(connection, chain_code, enterprise.company_code, now=now)
    return Registered(enterprise, is_new=True)


def approve(connection: Connection, company_code: str, *, by: str, now: datetime, reason: str = "") -> Reviewed:
    """审核成功. Approving again changes nothing, not even who and when. Raises EnterpriseNotFound."""
    return _review(connection, company_code, ReviewState.APPROVED, by=by, now=now, reason=reason)


def reject(connection: Connection, company_code: str, *, by: str, now: datetime, reason: str) -> Reviewed:
    """审核不成功: ends the shop's tokens. Idempotent. Raises EnterpriseNotFound and ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing
    return _review(connection, company_code, ReviewState.REJECTED, by=by, now=now, reason=reason)


def change_password(
    connection: Connection, company_code: str, new_password: str, *, now: datetime, ends_tokens: bool
) -> Enterprise:
    """Replace a shop's password; who may do so is the caller's question.

    ``ends_tokens`` false lets the shop's software run on with its token until it is set up anew; true is for a
    password that has leaked. Raises PasswordRefused and EnterpriseNotFound.
    """
    if complaint := judge_password(new_password):
        raise PasswordRefused(complaint)
    if is_weak(new_password):
        raise PasswordRefused(said("密码太简单，请换一个不易猜到的密码。"))
    password_hash = hash_password(new_password)
    with connection.transaction():
        return store.save_password(
            connection,
            store.lock(connection, company_code).company_code,
            password_hash,
            password_is_weak=False,
            changed_at=now,
            ends_tokens=ends_tokens,
        )


def _review(
    connection: Connection, company_code: str, state: ReviewState, *, by: str, now: datetime, reason: str
) -> Reviewed:
    with connection.transaction():
        enterprise = store.lock(connection, company_code)
        if enterprise.review_state is state:
            return Reviewed(enterprise, is_changed=False)
        enterprise = store.save_review(
            connection,
            enterprise.company_code,
            review_state=state,
            by=by,
            now=now,
            reason=reason.strip(),
            ends_tokens=state is ReviewState.REJECTED,
        )
    return Reviewed(enterprise, is_changed=True)


def _find_again(connection: Connection, registration: Registration, password: str) -> Enterprise | None:
    """The shop that registers again, ``None`` for a new one. Raises AlreadyRegistered.

    A shop with neither credit code nor licence is known by name and division, but such a name alone blocks nobody.
    """
    unified_credit_code, road_transport_license = registration_keys(registration)
    if unified_credit_code or road_transport_license:
        same = store.find_same_registration(connection, unified_credit_code, road_transport_license)
        known = _with_password(same, password)
        if same and known is None:
            raise AlreadyRegistered
        return known
    return _with_password(
        store.find_same_name(connection, registration.division_code, registration.company_name), password
    )


def _find_in_chain(connection: Connection, chain_code: str, registration: Registration) -> Enterprise | None:
    """The shop of the chain that is asked for again, ``None`` for a new one.

    Raises NotAHeadOffice, ShopNotInChain, LicenceTaken. A shop without a licence is known by name and division, but
    such a name alone blocks nobody.
    """
    members = accounts.members_of(connection, chain_code)
    if chain_code not in members:
        raise NotAHeadOffice
    _, licence = registration_keys(registration)
    if not licence:
        same = store.find_same_name(connection, registration.division_code, registration.company_name)
        return next((each for each in same if each.company_code in members), None)
    same = store.find_same_registration(connection, "", licence)
    known = next((each for each in same if each.company_code in members), None)
    if known is None and same:
        raise ShopNotInChain
    if known is not None and fold_name(known.company_name) != fold_name(registration.company_name):
        raise LicenceTaken
    return known


def _ask(connection: Connection, allocator: Allocator | None, registration: Registration) -> str | None:
    return None if allocator is None else ask_free_code(connection, allocator.ask, registration)


class _NewCode:
    """The code of a shop about to be added; whoever makes one holds the lock of this node's serial."""

    def __init__(self, connection: Connection, allocator: Allocator | None, given: str | None) -> None:
        """``given``: what the ministry gave before; None on a node on its own, or while the ministry is away."""
        self._connection = connection
        self._allocator = allocator
        self._given = given
        self._serial = store.lock_serial(connection)

    def take(self, division_code: str) -> tuple[str, str]:
        """维修企业编码 and 全国唯一企业编码 ('' for none yet).

        A serial is used up together with the shop, so none is skipped; a code that a shop already holds is passed over.
        """
        if self._given is not None and not store.code_is_held(self._connection, self._given):
            return self._given, self._given
        while True:
            company_code = self._compose(division_code)
            self._serial += 1
            if not store.code_is_held(self._connection, company_code):
                store.save_serial(self._connection, self._serial)
                return company_code, ""

    def _compose(self, division_code: str) -> str:
        if self._allocator is None:
            return enterprise_code.compose(division_code, self._serial)
        return enterprise_code.compose_provisional(division_code, self._allocator.node_code, self._serial)


def _add(
    connection: Connection,
    registration: Registration,
    findings: Sequence[RegistrationFinding],
    new_code: _NewCode,
    *,
    password_hash: str,
    password_is_weak: bool,
    source: Source,
    now: datetime,
) -> Enterprise:
    company_code, national_code = new_code.take(registration.division_code)
    return store.insert(
        connection,
        registration,
        findings,
        company_code=company_code,
        national_code=national_code,
        password_hash=password_hash,
        password_is_weak=password_is_weak,
        source=source,
        now=now,
    )


def _with_password(enterprises: Sequence[Enterprise], password: str) -> Enterprise | None:
    return next((each for each in enterprises if verify_password(each.password_hash, password)), None)
