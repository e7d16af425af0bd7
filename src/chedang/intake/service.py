"""The toolbox of intake: who is it, is it too fast, judge, store. The flows put these together (``flows``).

Free of any wire vocabulary. The event loop only parses and judges; threads read the database and writers commit to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

import msgspec

from chedang.enterprises.maker_rules import why_not_by
from chedang.enterprises.model import Channel, Enterprise, RegistrationText, ReviewState, Source
from chedang.enterprises.store import Connection
from chedang.intake.accounts import Directory, Pace, PasswordChecker
from chedang.intake.batcher import Batcher
from chedang.intake.families import Mode
from chedang.intake.outcomes import Extra, RecordAccepted, RefusalKind, Refused
from chedang.intake.signatures import SignatureChecker
from chedang.intake.tokens import TokenClaim, TokenMint, read_claim
from chedang.platform.clock import Clock
from chedang.records.catalogue import describe
from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.model import Finding, Judgement, Level, RecordState, RecordText
from chedang.records.rules import refuses
from chedang.records.store import Appended, NewVersion
from chedang.terms.dates import day_in_china

_encode_findings = msgspec.json.Encoder().encode
_NOTHING = RecordText()

Answer = TypeVar("Answer")


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


class Amendment(msgspec.Struct, frozen=True):
    """A new version of a record that is there: which one, who says so and why."""

    record_id_hex: str
    actor: str
    reason: str
    state: RecordState = RecordState.ACTIVE


class Database(Protocol):
    """Runs work on a connection of its own, in a thread, in one transaction that commits at the end."""

    async def __call__(self, work: Callable[[Connection], Answer]) -> Answer: ...


class KeepExtras(Protocol):
    """Keeps fields beyond the 13 elements on a legal basis: :class:`chedang.intake.extras.ExtraKeeper`."""

    async def __call__(self, enterprise: Enterprise, accepted: RecordAccepted, extras: Sequence[Extra]) -> None: ...

    async def hold(self, enterprise: Enterprise, family: str, order_key: str, extras: Sequence[Extra]) -> None: ...

    async def settle(self, enterprise: Enterprise, family: str, order_key: str, accepted: RecordAccepted) -> None: ...


class Intake:
    """One per process."""

    def __init__(
        self,
        *,
        batcher: Batcher,
        database: Database,
        directory: Directory,
        passwords: PasswordChecker,
        signatures: SignatureChecker,
        paces: Paces,
        mint: TokenMint,
        judge: Judge,
        mode_of: Callable[[str], Mode],
        register: Callable[[Connection, RegistrationText, datetime], Enterprise],
        allocate: Callable[[Connection, str, RegistrationText, datetime], Enterprise],
        clock: Clock,
        meter: Meter,
        keep_extras: KeepExtras | None = None,
    ) -> None:
        self._batcher = batcher
        self.run = database
        self.directory = directory
        self.passwords = passwords
        self.signatures = signatures
        self._paces = paces
        self.mint = mint
        self.judge = judge
        self.mode_of = mode_of
        self.register = register
        self.allocate = allocate
        self.clock = clock
        self.meter = meter
        self._keep_extras = keep_extras

    async def authenticate(self, token: str) -> Enterprise:
        """The enterprise that a token belongs to. Raises Refused."""
        claim = self._read_claim(token)
        enterprise = await self.directory.by_id(claim.enterprise_id)
        if enterprise is None:
            raise Refused(RefusalKind.BAD_TOKEN)
        return self._admit(claim, enterprise)

    def authenticate_known(self, token: str) -> Enterprise | None:
        """The same without waiting; ``None`` when the enterprise must be read first. Raises Refused."""
        claim = self._read_claim(token)
        enterprise = self.directory.known_by_id(claim.enterprise_id)
        return None if enterprise is None else self._admit(claim, enterprise)

    def _read_claim(self, token: str) -> TokenClaim:
        claim = read_claim(token)
        if claim is None:
            raise Refused(RefusalKind.BAD_TOKEN)
        return claim

    def _admit(self, claim: TokenClaim, enterprise: Enterprise) -> Enterprise:
        if not self.mint.is_genuine(claim, enterprise.token_generation):
            raise Refused(RefusalKind.BAD_TOKEN)
        if claim.is_expired(self.clock()):
            raise Refused(RefusalKind.EXPIRED_TOKEN)
        refuse_rejected(enterprise)
        return enterprise

    async def store(
        self,
        enterprise: Enterprise,
        text: RecordText,
        *,
        dialect: str,
        dropped_fields: int = 0,
        unknown_fields: Sequence[str] = (),
        extras: Sequence[Extra] = (),
        amendment: Amendment | None = None,
        channel: Channel = Channel.SHOP,
    ) -> RecordAccepted:
        """Judge and store one version; returns after its commit. Raises Refused, or the store's error.

        ``channel`` is the one that the upload comes by: a record that corrects nothing must come by the shop's own.
        """
        self.meter.dropped_fields(dropped_fields)
        if amendment is None:
            self.refuse_other_channel(enterprise, channel)
        version, findings = self.prepare(enterprise, text, dialect, unknown_fields, amendment)
        appended = await self._batcher.submit(version)
        accepted = RecordAccepted(appended.record_id, appended.version is not None, appended.version, findings)
        await self.keep_extras(enterprise, accepted, extras)
        return accepted

    async def keep_extras(self, enterprise: Enterprise, accepted: RecordAccepted, extras: Sequence[Extra]) -> None:
        """Keep what a legal basis of this node lets it keep of the fields beyond the 13 elements."""
        if extras and self._keep_extras is not None:
            await self._keep_extras(enterprise, accepted, extras)

    async def hold_extras(self, enterprise: Enterprise, family: str, order_key: str, extras: Sequence[Extra]) -> None:
        """The same for an order that is no record yet."""
        if extras and self._keep_extras is not None:
            await self._keep_extras.hold(enterprise, family, order_key, extras)

    async def settle_extras(
        self, enterprise: Enterprise, family: str, order_key: str, accepted: RecordAccepted
    ) -> None:
        """What was held for an order belongs to the record that it has become."""
        if self._keep_extras is not None:
            await self._keep_extras.settle(enterprise, family, order_key, accepted)

    def begin_store(
        self,
        enterprise: Enterprise,
        text: RecordText,
        *,
        dialect: str,
        dropped_fields: int,
        unknown_fields: Sequence[str],
        done: Callable[[RecordAccepted | Exception], None],
    ) -> None:
        """:meth:`store` for an upload without extras and without waiting: ``done`` is called later. Raises Refused."""
        if dropped_fields:
            self.meter.dropped_fields(dropped_fields)
        self.refuse_other_channel(enterprise)
        version, findings = self.prepare(enterprise, text, dialect, unknown_fields, None)

        def stored(outcome: Appended | Exception) -> None:
            if isinstance(outcome, Appended):
                done(RecordAccepted(outcome.record_id, outcome.version is not None, outcome.version, findings))
            else:
                done(outcome)

        self._batcher.begin(version, stored)

    def prepare(
        self,
        enterprise: Enterprise,
        text: RecordText,
        dialect: str,
        unknown_fields: Sequence[str],
        amendment: Amendment | None,
    ) -> tuple[NewVersion, tuple[Finding, ...]]:
        """The row that an upload becomes, and what the rules found in it. Raises Refused."""
        if text == _NOTHING:
            raise Refused(RefusalKind.EMPTY_RECORD)
        self.take_pace(enterprise)
        self.refuse_unknown_fields(unknown_fields, dialect)
        now = self.clock()
        judgement = self.judge(text, registered_name=enterprise.company_name, received_at=now)
        if judgement.findings:
            self.meter.findings(judgement.findings)
            is_void = amendment is not None and amendment.state is RecordState.VOID
            if not is_void and refuses(judgement, self.mode_of(dialect)):
                raise Refused(RefusalKind.NOT_ACCEPTABLE, _first_error(judgement), findings=judgement.findings)
        return new_version(judgement, enterprise.company_code, dialect, now, amendment), judgement.findings

    def refuse_other_channel(self, enterprise: Enterprise, channel: Channel = Channel.SHOP) -> None:
        """Raises Refused where the shop's new records do not come by this channel today (ADR 0025)."""
        if enterprise.channel_changes or channel is not Channel.SHOP or enterprise.source is Source.MAKER:
            refuse_other_channel(enterprise, channel, self.today())

    def today(self) -> date:
        """The day in China."""
        return day_in_china(self.clock())

    def refuse_unknown_fields(self, unknown_fields: Sequence[str], dialect: str) -> None:
        """Raises Refused(UNKNOWN_FIELD), naming them, where this vocabulary is taken strictly."""
        if unknown_fields and self.mode_of(dialect) == "strict":
            raise Refused(RefusalKind.UNKNOWN_FIELD, "、".join(unknown_fields))

    def take_pace(self, enterprise: Enterprise, records: int = 1) -> None:
        """Count so many records against the enterprise's pace. Raises Refused(TOO_FAST)."""
        pace = self._paces.approved if enterprise.review_state is ReviewState.APPROVED else self._paces.pending
        if wait_seconds := pace.take(enterprise.enterprise_id, records):
            raise Refused(RefusalKind.TOO_FAST, retry_after_seconds=int(wait_seconds) + 1)


def new_version(
    judgement: Judgement,
    company_code: str,
    dialect: str,
    received_at: datetime,
    amendment: Amendment | None = None,
) -> NewVersion:
    """The row a judged upload becomes; with an ``amendment`` it stands under that record's identifier."""
    record = judgement.record
    content = encode_content(judgement.text)
    digest = content_digest(content)
    return NewVersion(
        vin=file_key(record.vin, company_code),
        record_id=amendment.record_id_hex
        if amendment
        else record_id(company_code, record.settlement_list_number, digest),
        digest=digest,
        company_code=company_code,
        settlement_list_number=record.settlement_list_number,
        plate_number=record.plate_number,
        repair_on=record.repair_on,
        settled_on=record.settled_on,
        mileage_km=record.mileage_km,
        content=content.decode(),
        findings=_encode_findings(judgement.findings).decode() if judgement.findings else "[]",
        error_count=judgement.count(Level.ERROR) if judgement.findings else 0,
        warn_count=judgement.count(Level.WARN) if judgement.findings else 0,
        dialect=dialect,
        received_at=received_at,
        actor=amendment.actor if amendment else "",
        reason=amendment.reason if amendment else "",
        state=amendment.state if amendment else RecordState.ACTIVE,
        is_deliberate=amendment is not None,
    )


def refuse_rejected(enterprise: Enterprise) -> None:
    """Raises Refused for an enterprise that an officer has turned down."""
    if enterprise.review_state is ReviewState.REJECTED:
        raise Refused(RefusalKind.ENTERPRISE_REJECTED)


def refuse_other_channel(enterprise: Enterprise, channel: Channel, today: date) -> None:
    """Raises Refused(FORBIDDEN) for a shop whose new records come by the other channel, with the day of change."""
    if enterprise.source is Source.MAKER:
        raise Refused(RefusalKind.FORBIDDEN, "本账户是汽车生产企业总部，请填写经销商的企业编码")
    if reason := why_not_by(channel, enterprise.channel_changes, today):
        raise Refused(RefusalKind.FORBIDDEN, reason)


def _first_error(judgement: Judgement) -> str:
    """The answer has room for one finding: the first that refuses the record."""
    finding = next(finding for finding in judgement.findings if finding.level is Level.ERROR)
    return f"{finding.field}：{describe(finding).text}"
