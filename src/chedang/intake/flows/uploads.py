"""Token, upload, batch and registration: what nearly every wire vocabulary has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from chedang.enterprises.errors import AlreadyRegistered, RegistrationRefused
from chedang.enterprises.maker_model import NotPermitted, Permission
from chedang.enterprises.model import Channel, Enterprise, FindingLevel
from chedang.intake.outcomes import (
    BatchDone,
    BatchRequest,
    EnterpriseRegistered,
    Outcome,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    RegistrationRequest,
    TokenIssued,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.service import Intake, refuse_rejected

Flow = Callable[[Intake, Any, str], Awaitable[Outcome]]

_ITEMS_AT_ONCE: Final = 500
"""One commit's worth: a chain's thousands of records take turns with the single records of others."""


async def issue_token(intake: Intake, request: TokenRequest, _dialect: str) -> TokenIssued:
    """A new token beside those already issued. Raises Refused."""
    known = await intake.directory.by_login(request.company_code)
    if known is not None and not intake.passwords.is_remembered(
        request.company_code, known.password_hash, request.password
    ):
        # What was read some seconds ago is good enough for a password that fits it; any other is compared with what
        # stands there now, so that a changed password works at once.
        known = await intake.directory.by_login(request.company_code, anew=True)
    if known is None:
        raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
    await intake.passwords.check(request.company_code, known.password_hash, request.password)
    return _token_for(intake, known.enterprise)


def _token_for(intake: Intake, enterprise: Enterprise) -> TokenIssued:
    refuse_rejected(enterprise)
    return TokenIssued(intake.mint.issue(enterprise.enterprise_id, enterprise.token_generation, intake.clock()))


async def upload(intake: Intake, request: UploadRequest, dialect: str) -> RecordAccepted:
    """Judge and store one record. Raises Refused, or the store's error."""
    enterprise, channel = await intake.authenticate(request.token), Channel.SHOP
    if request.on_behalf_of and request.on_behalf_of not in {enterprise.company_code, enterprise.national_code}:
        permission = await _permission(intake, enterprise, request.on_behalf_of)
        enterprise, channel = permission.shop, permission.channel
    return await intake.store(
        enterprise,
        request.text,
        channel=channel,
        dialect=dialect,
        dropped_fields=request.dropped_fields,
        unknown_fields=request.unknown_fields,
        extras=request.extras,
    )


def begin(intake: Intake, request: Any, dialect: str, done: Callable[[Outcome | Exception], None]) -> bool:
    """The short way for an upload or token request that needs nothing from the database before it is stored.

    False when the request must go the ordinary way, :func:`upload` or :func:`issue_token`; else ``done`` has been or
    will be called. Raises Refused.
    """
    if type(request) is UploadRequest:
        return _begin_upload(intake, request, dialect, done)
    if type(request) is TokenRequest:
        return _begin_token(intake, request, done)
    return False


def _begin_upload(
    intake: Intake, request: UploadRequest, dialect: str, done: Callable[[Outcome | Exception], None]
) -> bool:
    if request.on_behalf_of or request.extras:
        return False
    enterprise = intake.authenticate_known(request.token)
    if enterprise is None:
        return False
    intake.begin_store(
        enterprise,
        request.text,
        dialect=dialect,
        dropped_fields=request.dropped_fields,
        unknown_fields=request.unknown_fields,
        done=done,
    )
    return True


def _begin_token(intake: Intake, request: TokenRequest, done: Callable[[Outcome | Exception], None]) -> bool:
    known = intake.directory.known_login(request.company_code)
    if known is None or not intake.passwords.is_remembered(request.company_code, known.password_hash, request.password):
        return False
    done(_token_for(intake, known.enterprise))
    return True


async def _permission(intake: Intake, account: Enterprise, company_code: str) -> Permission:
    """The shop for which a head office uploads. Raises Refused(FORBIDDEN), saying why."""
    permission = await intake.directory.permission(account.company_code, company_code, intake.today())
    if isinstance(permission, NotPermitted):
        raise Refused(RefusalKind.FORBIDDEN, permission.reason)
    refuse_rejected(permission.shop)
    return permission


async def upload_batch(intake: Intake, request: BatchRequest, dialect: str) -> BatchDone:
    """Each element on its own: a bad one costs no other.

    When one has only to come again later, so has the whole batch, of which a repeat is harmless: raises that Refused,
    or the store's error when it is away.
    """

    async def one(item: UploadRequest | Refusal) -> RecordAccepted | Refusal:
        if isinstance(item, Refusal):
            return item
        try:
            return await upload(intake, item, dialect)
        except Refused as refused:
            return refused.refusal

    outcomes: list[RecordAccepted | Refusal] = []
    for start in range(0, len(request.items), _ITEMS_AT_ONCE):
        outcomes += await asyncio.gather(*map(one, request.items[start : start + _ITEMS_AT_ONCE]))
        for outcome in outcomes[start:]:
            if isinstance(outcome, Refusal) and outcome.retry_after_seconds is not None:
                raise Refused(outcome.kind, outcome.detail, outcome.retry_after_seconds)
    return BatchDone(tuple(outcomes))


async def register(intake: Intake, request: RegistrationRequest, dialect: str) -> EnterpriseRegistered:
    """Register a shop, which then waits for review; a repeat with the same password gets its code again."""
    intake.meter.dropped_fields(request.dropped_fields)
    intake.refuse_unknown_fields(request.unknown_fields, dialect)
    # A repeat tells a right password from a wrong one, so it is guarded like a token request.
    names = [name for name in (request.text.unified_credit_code, request.text.road_transport_license) if name]
    for name in names:
        intake.passwords.refuse_if_locked(name)
    try:
        async with intake.passwords.registrations.turn():
            enterprise = await intake.run(lambda connection: intake.register(connection, request.text, intake.clock()))
    except AlreadyRegistered as fault:
        for name in names:
            intake.passwords.count_failure(name)
        raise Refused(RefusalKind.ALREADY_REGISTERED) from fault
    except RegistrationRefused as fault:
        first = next(finding for finding in fault.findings if finding.level is FindingLevel.ERROR)
        raise Refused(RefusalKind.NOT_ACCEPTABLE, f"{first.field}：{first.message}") from fault
    return EnterpriseRegistered(enterprise.answered_code)


FLOWS: Final[Mapping[type, Flow]] = {
    TokenRequest: issue_token,
    UploadRequest: upload,
    BatchRequest: upload_batch,
    RegistrationRequest: register,
}
