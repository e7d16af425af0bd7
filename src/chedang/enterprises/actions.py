"""What is done to enterprises: register, review, change a password. One transaction each.

Each function opens its own transaction; inside a transaction of the caller it becomes part of that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chedang.enterprises import store
from chedang.enterprises.errors import AlreadyRegistered, PasswordRefused, ReasonMissing, RegistrationRefused
from chedang.enterprises.model import Enterprise, Registration, RegistrationText, ReviewState, Source
from chedang.enterprises.rules import judge_password, read_registration, registration_keys
from chedang.enterprises.store import Connection
from chedang.platform.passwords import hash_password, is_weak, verify_password
from chedang.terms import enterprise_code
from chedang.terms.dates import day_in_china


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


def register(connection: Connection, text: RegistrationText, *, now: datetime) -> Registered:
    """Register a shop that starts 待审核 and give it its 维修企业编码.

    The same credit code or licence with the same password is a retry after a lost answer: the existing code again.
    Raises RegistrationRefused with all findings, and AlreadyRegistered when the password is another.
    """
    registration, findings = read_registration(text, today=day_in_china(now))
    if registration is None:
        raise RegistrationRefused(findings)
    with connection.transaction():
        known = _find_again(connection, registration, text.password)
        if known is not None:
            return Registered(known, is_new=False)
        # Hashing is slow on purpose, so it happens before the lock that every registration waits for.
        password_hash = hash_password(text.password)
        serial = store.lock_serial(connection)
        known = _find_again(connection, registration, text.password)
        if known is not None:
            return Registered(known, is_new=False)
        company_code, next_serial = _free_code(connection, registration.division_code, serial)
        enterprise = store.insert(
            connection,
            registration,
            findings,
            company_code=company_code,
            password_hash=password_hash,
            password_is_weak=is_weak(text.password),
            source=Source.REGISTERED,
            now=now,
        )
        store.save_serial(connection, next_serial)
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
    complaint = judge_password(new_password)
    if complaint is None and is_weak(new_password):
        complaint = "密码太简单，请换一个不易猜到的密码。"
    if complaint is not None:
        raise PasswordRefused(complaint)
    password_hash = hash_password(new_password)
    with connection.transaction():
        return store.save_password(
            connection,
            company_code,
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
            company_code,
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


def _with_password(enterprises: Sequence[Enterprise], password: str) -> Enterprise | None:
    return next((each for each in enterprises if verify_password(each.password_hash, password)), None)


def _free_code(connection: Connection, division_code: str, serial: int) -> tuple[str, int]:
    """The code for this serial and the serial after it; a code that a moved-in shop already holds is passed over."""
    while True:
        company_code = enterprise_code.compose(division_code, serial)
        serial += 1
        if not store.code_exists(connection, company_code):
            return company_code, serial
