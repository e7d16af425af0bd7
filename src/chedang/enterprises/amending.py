"""What stands registered of a shop changes: under the rules of a registration, and told to whoever knows the shop.

Who may change what, and whose word it takes, is the caller's question. A shop keeps its code whatever changes, its
division too: the digits inside a code say where it was given.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from chedang.enterprises import store
from chedang.enterprises.code_tables import read_registration_today
from chedang.enterprises.errors import EnterpriseNotFound, NotRejected, RegistrationRefused, RegistrationTaken
from chedang.enterprises.model import (
    Enterprise,
    Registration,
    RegistrationFinding,
    RegistrationText,
    ReviewState,
    Source,
)
from chedang.enterprises.rules import registration_keys
from chedang.enterprises.store import Connection

_SAME = tuple(column.name for column in dataclasses.fields(Registration))


@dataclass(frozen=True, slots=True)
class Amended:
    """A shop before and after a change; equal when nothing was to be changed."""

    before: Enterprise
    after: Enterprise


def registration_text(registration: Registration) -> RegistrationText:
    """What stands registered as it would be sent; without a password."""
    start, end = registration.license_start_on, registration.license_end_on
    return RegistrationText(
        company_name=registration.company_name,
        road_transport_license=registration.road_transport_license,
        unified_credit_code=registration.unified_credit_code,
        address=registration.address,
        postal_code=registration.postal_code,
        economic_category=registration.economic_category_code,
        category=registration.category_code,
        linkman_name=registration.linkman_name,
        linkman_phone=registration.linkman_phone,
        superintendent_name=registration.superintendent_name,
        superintendent_phone=registration.superintendent_phone,
        business_scope=registration.business_scope,
        license_start_date=start.isoformat() if start else "",
        license_end_date=end.isoformat() if end else "",
        operation_state=registration.operation_state_code,
        division_code=registration.division_code,
        email=registration.email,
    )


def read_amended(
    connection: Connection, registration: Registration, changes: Mapping[str, str], *, now: datetime
) -> tuple[Registration | None, tuple[RegistrationFinding, ...]]:
    """What would stand after a change, as a registration is read; nothing is written.

    ``changes``: element of :class:`RegistrationText`, but for the password → text.
    """
    text = msgspec.structs.replace(registration_text(registration), **dict(changes), password=secrets.token_urlsafe(32))
    return read_registration_today(connection, text, now=now)


def amend_registration(
    connection: Connection, company_code: str, changes: Mapping[str, str], *, now: datetime
) -> Amended:
    """Change elements of a shop; safe to repeat. Its own transaction, or part of the caller's.

    Raises EnterpriseNotFound, RegistrationRefused with all findings, and RegistrationTaken when another shop stands
    under the new credit code or licence.
    """
    with connection.transaction():
        store.lock_serial(connection)  # nobody registers under the same credit code meanwhile
        return _amend(connection, store.lock(connection, company_code), changes, now=now)


def file_again(connection: Connection, company_code: str, changes: Mapping[str, str], *, now: datetime) -> Amended:
    """A shop that was 审核不成功 mends what was wrong and is 待审核 once more; the reason stays for the reviewer.

    Its own transaction, or part of the caller's. Raises NotRejected when it is not 审核不成功 (any more), and what
    :func:`amend_registration` raises.
    """
    with connection.transaction():
        store.lock_serial(connection)
        shop = store.lock(connection, company_code)
        if shop.review_state is not ReviewState.REJECTED:
            raise NotRejected
        amended = _amend(connection, shop, changes, now=now)
        after = store.reopen_review(connection, shop.company_code, now=now)
    return Amended(amended.before, after)


def _amend(connection: Connection, shop: Enterprise, changes: Mapping[str, str], *, now: datetime) -> Amended:
    if shop.source is Source.MAKER:
        raise EnterpriseNotFound(shop.company_code)
    registration, findings = read_amended(connection, shop, changes, now=now)
    if registration is None:
        raise RegistrationRefused(findings)
    if all(getattr(registration, name) == getattr(shop, name) for name in _SAME):
        return Amended(shop, shop)
    if is_taken(connection, shop, registration):
        raise RegistrationTaken
    store.update_registration(connection, shop.company_code, registration, findings, now=now)
    return Amended(shop, store.lock(connection, shop.company_code))


def is_taken(connection: Connection, shop: Enterprise, registration: Registration) -> bool:
    """Does another shop stand under the credit code or licence that this one would have?

    Only what is new is looked at: shops that moved in may have shared a licence for years.
    """
    pairs = zip(registration_keys(shop), registration_keys(registration), strict=True)
    unified_credit_code, licence = (new if new != old else "" for old, new in pairs)
    same = store.find_same_registration(connection, unified_credit_code, licence)
    return any(each.company_code != shop.company_code for each in same)
