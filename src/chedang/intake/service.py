"""The flow of an upload, a token request and a registration, free of any wire vocabulary."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from chedang.enterprises.errors import AlreadyRegistered, RegistrationRefused
from chedang.enterprises.model import Enterprise, FindingLevel, RegistrationText, ReviewState
from chedang.intake.accounts import Directory, Pace, PasswordChecker
from chedang.intake.batcher import Batcher
from chedang.intake.outcomes import (
    EnterpriseRegistered,
    RecordAccepted,
    RefusalKind,
    Refused,
    RegistrationRequest,
    TokenIssued,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.tokens import TokenMint, read_claim
from chedang.platform.clock import Clock
from chedang.records.catalogue import describe
from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.model import Finding, Judgement, Level, RecordText
from chedang.records.rules import Mode, refuses
from chedang.records.store import NewVersion

_encode_findings = msgspec.json.Encoder().encode
_NOTHING = RecordText()


class Paces(msgspec.Struct, frozen=True):
    """How fast one enterprise may upload; a shop not yet approved gets less."""

    approved: Pace
    pending: Pace


class Judge(Protocol):
    """``records.rules.judge`` with this node's limits filled in."""

    def __call__(self, text: RecordText, *, registered_name: str, received_at: datetime) -> Judgement: ...


class Meter(Protocol):
    """What intake counts; the gate gives it to its metrics."""

    def dropped_fields(self, count: int) -> None: ...

    def findings(self, findings: tuple[Finding, ...]) -> None: ...


class Intake:
    """One per process. The event loop only parses and judges; threads read the database and writers commit to it."""

    def __init__(
        self,
        *,
        batcher: Batcher,
        directory: Directory,
        passwords: PasswordChecker,
        paces: Paces,
        mint: TokenMint,
        judge: Judge,
        mode: Mode,
        register: Callable[[RegistrationText, datetime], Enterprise],
        clock: Clock,
        meter: Meter,
    ) -> None:
        self._batcher = batcher
        self._directory = directory
        self._passwords = passwords
        self._paces = paces
        self._mint = mint
        self._judge = judge
        self._mode = mode
        self._register = register
        self._clock = clock
        self._meter = meter

    async def issue_token(self, request: TokenRequest) -> TokenIssued:
        """A new token beside those already issued. Raises Refused."""
        enterprise = await self._directory.by_code(request.company_code)
        if enterprise is None:
            raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
        await self._passwords.check(enterprise, request.password)
        _refuse_rejected(enterprise)
        return TokenIssued(self._mint.issue(enterprise.enterprise_id, enterprise.token_generation, self._clock()))

    async def upload(self, request: UploadRequest, dialect: str) -> RecordAccepted:
        """Judge and store one record; returns after its commit. Raises Refused, or the driver's error."""
        now = self._clock()
        enterprise = await self._authenticate(request.token, now)
        self._meter.dropped_fields(request.dropped_fields)
        if request.text == _NOTHING:
            raise Refused(RefusalKind.EMPTY_RECORD)
        pace = self._paces.approved if enterprise.review_state is ReviewState.APPROVED else self._paces.pending
        if wait_seconds := pace.take(enterprise.enterprise_id):
            raise Refused(RefusalKind.TOO_FAST, retry_after_seconds=int(wait_seconds) + 1)
        judgement = self._judge(request.text, registered_name=enterprise.company_name, received_at=now)
        self._meter.findings(judgement.findings)
        if refuses(judgement, self._mode):
            raise Refused(RefusalKind.NOT_ACCEPTABLE, _first_error(judgement))
        appended = await self._batcher.submit(new_version(judgement, enterprise.company_code, dialect, now))
        return RecordAccepted(appended.record_id, is_new=appended.version is not None)

    async def register(self, request: RegistrationRequest) -> EnterpriseRegistered:
        """Register a shop, which then waits for review; a repeat with the same password gets its code again."""
        self._meter.dropped_fields(request.dropped_fields)
        # A repeat tells a right password from a wrong one, so it is guarded like a token request.
        names = [name for name in (request.text.unified_credit_code, request.text.road_transport_license) if name]
        for name in names:
            self._passwords.refuse_if_locked(name)
        try:
            enterprise = await asyncio.to_thread(self._register, request.text, self._clock())
        except AlreadyRegistered as fault:
            for name in names:
                self._passwords.count_failure(name)
            raise Refused(RefusalKind.ALREADY_REGISTERED) from fault
        except RegistrationRefused as fault:
            first = next(finding for finding in fault.findings if finding.level is FindingLevel.ERROR)
            raise Refused(RefusalKind.NOT_ACCEPTABLE, f"{first.field}：{first.message}") from fault
        return EnterpriseRegistered(enterprise.company_code)

    async def _authenticate(self, token: str, now: datetime) -> Enterprise:
        claim = read_claim(token)
        if claim is None:
            raise Refused(RefusalKind.BAD_TOKEN)
        enterprise = await self._directory.by_id(claim.enterprise_id)
        if enterprise is None or not self._mint.is_genuine(claim, enterprise.token_generation):
            raise Refused(RefusalKind.BAD_TOKEN)
        if claim.is_expired(now):
            raise Refused(RefusalKind.EXPIRED_TOKEN)
        _refuse_rejected(enterprise)
        return enterprise


def new_version(judgement: Judgement, company_code: str, dialect: str, received_at: datetime) -> NewVersion:
    """The row a judged upload becomes."""
    record = judgement.record
    content = encode_content(judgement.text)
    digest = content_digest(content)
    return NewVersion(
        vin=file_key(record.vin, company_code),
        record_id=record_id(company_code, record.settlement_list_number, digest),
        digest=digest,
        company_code=company_code,
        settlement_list_number=record.settlement_list_number,
        plate_number=record.plate_number,
        repair_on=record.repair_on,
        settled_on=record.settled_on,
        mileage_km=record.mileage_km,
        content=content.decode(),
        findings=_encode_findings(judgement.findings).decode() if judgement.findings else "[]",
        error_count=judgement.count(Level.ERROR),
        warn_count=judgement.count(Level.WARN),
        dialect=dialect,
        received_at=received_at,
    )


def _refuse_rejected(enterprise: Enterprise) -> None:
    if enterprise.review_state is ReviewState.REJECTED:
        raise Refused(RefusalKind.ENTERPRISE_REJECTED)


def _first_error(judgement: Judgement) -> str:
    """The answer has room for one finding: the first that refuses the record."""
    finding = next(finding for finding in judgement.findings if finding.level is Level.ERROR)
    return f"{finding.field}：{describe(finding).text}"
