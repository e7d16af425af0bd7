"""Token, upload, batch and registration: what nearly every wire vocabulary has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from chedang.enterprises.errors import AlreadyRegistered, RegistrationRefused
from chedang.enterprises.model import Enterprise, FindingLevel
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
    enterprise = known.enterprise
    refuse_rejected(enterprise)
    return TokenIssued(intake.mint.issue(enterprise.enterprise_id, enterprise.token_generation, intake.clock()))


async def upload(intake: Intake, request: UploadRequest, dialect: str) -> RecordAccepted:
    """Judge and store one record. Raises Refused, or the store's error."""
    enterprise = await intake.authenticate(request.token)
    if request.on_behalf_of and request.on_behalf_of != enterprise.company_code:
        enterprise = await _member(intake, enterprise, request.on_behalf_of)
    return await intake.store(
        enterprise,
        request.text,
        dialect=dialect,
        dropped_fields=request.dropped_fields,
        unknown_fields=request.unknown_fields,
        extras=request.extras,
    )


async def _member(intake: Intake, chain: Enterprise, company_code: str) -> Enterprise:
    """The shop for which a chain's head office uploads. Raises Refused(FORBIDDEN)."""
    if company_code not in await intake.directory.members_of(chain.company_code):
        raise Refused(RefusalKind.FORBIDDEN, "companyuniquecode不属于本账户")
    member = await intake.directory.by_code(company_code)
    if member is None:
        raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
    refuse_rejected(member)
    return member


async def upload_batch(intake: Intake, request: BatchRequest, dialect: str) -> BatchDone:
    """Each element on its own: a bad one costs no other. Raises the store's error when it is away."""

    async def one(item: UploadRequest | Refusal) -> RecordAccepted | Refusal:
        if isinstance(item, Refusal):
            return item
        try:
            return await upload(intake, item, dialect)
        except Refused as refused:
            return refused.refusal

    return BatchDone(tuple(await asyncio.gather(*map(one, request.items))))


async def register(intake: Intake, request: RegistrationRequest, dialect: str) -> EnterpriseRegistered:
    """Register a shop, which then waits for review; a repeat with the same password gets its code again."""
    intake.meter.dropped_fields(request.dropped_fields)
    intake.refuse_unknown_fields(request.unknown_fields, dialect)
    # A repeat tells a right password from a wrong one, so it is guarded like a token request.
    names = [name for name in (request.text.unified_credit_code, request.text.road_transport_license) if name]
    for name in names:
        intake.passwords.refuse_if_locked(name)
    try:
        enterprise = await intake.run(lambda connection: intake.register(connection, request.text, intake.clock()))
    except AlreadyRegistered as fault:
        for name in names:
            intake.passwords.count_failure(name)
        raise Refused(RefusalKind.ALREADY_REGISTERED) from fault
    except RegistrationRefused as fault:
        first = next(finding for finding in fault.findings if finding.level is FindingLevel.ERROR)
        raise Refused(RefusalKind.NOT_ACCEPTABLE, f"{first.field}：{first.message}") from fault
    return EnterpriseRegistered(enterprise.company_code)


FLOWS: Final[Mapping[type, Flow]] = {
    TokenRequest: issue_token,
    UploadRequest: upload,
    BatchRequest: upload_batch,
    RegistrationRequest: register,
}
