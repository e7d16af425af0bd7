"""The JSON that the native interface answers with. Pure.

Records stand in it flat, as they are sent: a finding's pointer leads into the record as sent, not into the shape of the
provincial interface, in which the rules name elements.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from chedang.intake.batches import Batch, BatchState, LineFate, LineOutcome
from chedang.intake.outcomes import Refusal, RefusalKind
from chedang.records.catalogue import describe
from chedang.records.model import Finding, Level, RecordState, RecordText, StoredVersion
from chedang.records.readback import VersionNote
from chedang.terms.dates import SHANGHAI

PROBLEM_JSON: Final = "application/problem+json"
_HEADER: Final = "/basicInfo/"

Outcome = Literal["created", "unchanged", "amended", "voided", "restored"]


class FindingJson(msgspec.Struct, frozen=True):
    """One thing that a rule noticed."""

    code: str
    level: Level
    pointer: str
    message: str
    hint: str
    documentation: str


class NoticeJson(msgspec.Struct, frozen=True):
    """Something to tell the people who run the client; the request went well all the same."""

    code: str
    message: str


class ReceiptJson(msgspec.Struct, frozen=True, rename={"record_id_hex": "recordid", "number": "costlistcode"}):
    """What we hold after the request."""

    record_id_hex: str
    number: str
    version: int
    state: RecordState
    outcome: Outcome
    received_at: datetime
    findings: tuple[FindingJson, ...]
    notices: tuple[NoticeJson, ...] = ()
    claim_code: str | None = None
    """认领码 to print on the settlement list; ``null`` for a void record, in the sandbox and at the ministry."""
    claim_url: str | None = None
    """Content of the QR code beside it."""


class VersionJson(msgspec.Struct, frozen=True):
    """One version in the history of a record."""

    version: int
    state: RecordState
    received_at: datetime
    actor: str
    reason: str
    digest: str


class RecordJson(msgspec.Struct, frozen=True, rename={"record_id_hex": "recordid", "number": "costlistcode"}):
    """A record as we hold it."""

    record_id_hex: str
    number: str
    version: int
    state: RecordState
    received_at: datetime
    findings: tuple[FindingJson, ...]
    record: RecordText
    versions: tuple[VersionJson, ...] | msgspec.UnsetType = msgspec.UNSET
    """Newest first, at most 100; only where one record is asked for."""
    claim_code: str | None = None
    claim_url: str | None = None


class PageJson(msgspec.Struct, frozen=True):
    """Records of one page; ``next`` is the cursor of the one behind it."""

    records: tuple[RecordJson, ...]
    next: str | None


class DifferenceJson(msgspec.Struct, frozen=True):
    """An element that differs between two requests of one key."""

    pointer: str
    before: Any
    after: Any


class ProblemJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why nothing was done (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    hint: str = ""
    pointer: str | None = None
    findings: tuple[FindingJson, ...] = ()
    differences: tuple[DifferenceJson, ...] = ()


class BatchJson(msgspec.Struct, frozen=True):
    """How far a batch is; the times are ``null`` or absent as long as there are none."""

    batch_id: str
    state: BatchState
    lines: int
    done: int
    created: int
    unchanged: int
    amended: int
    refused: int
    received_at: datetime
    finished_at: datetime | None


class BatchAcceptedJson(msgspec.Struct, frozen=True):
    batch_id: str
    status_url: str
    outcomes_url: str
    lines: int
    notices: tuple[NoticeJson, ...] = ()


class OutcomeJson(msgspec.Struct, frozen=True, rename={"record_id_hex": "recordid", "number": "costlistcode"}):
    """What became of one line."""

    line: int
    number: str
    outcome: LineFate
    record_id_hex: str | None
    version: int | None
    findings: tuple[FindingJson, ...]
    problem: ProblemJson | None


def finding_json(finding: Finding) -> FindingJson:
    """A finding in words, with its pointer into the flat record."""
    message, hint = describe(finding)
    pointer = finding.field.replace(_HEADER, "/", 1) if finding.field.startswith(_HEADER) else finding.field
    return FindingJson(finding.code, finding.level, pointer, message, hint, f"/findings/{finding.code}/")


def findings_json(findings: Iterable[Finding]) -> tuple[FindingJson, ...]:
    return tuple(map(finding_json, findings))


_HINTS: Final = {
    RefusalKind.BAD_TOKEN: "请核对请求头Authorization里的接口密钥",
    RefusalKind.EXPIRED_TOKEN: "请换用新的接口密钥",
}
"""Where the remedy of the older vocabularies speaks of what this interface does not have."""


def problem_json(refusal: Refusal, status: int, *, pointer: str | None = None) -> ProblemJson:
    """A refusal in words."""
    kind = refusal.kind
    return ProblemJson(
        type=f"urn:chedang:problem:{kind.code}",
        title=kind.sentence,
        status=status,
        code=kind.code,
        detail=refusal.detail,
        hint=_HINTS.get(kind, kind.remedy),
        pointer=pointer,
        findings=findings_json(refusal.findings),
    )


def record_json(held: StoredVersion, history: Iterable[VersionNote] | None = None) -> RecordJson:
    """A held record; with its history where that is given."""
    return RecordJson(
        held.record_id.hex,
        held.settlement_list_number,
        held.version,
        held.state,
        in_china(held.received_at),
        findings_json(held.findings),
        held.text,
        msgspec.UNSET if history is None else tuple(map(_version_json, history)),
    )


def batch_json(batch: Batch) -> BatchJson:
    return BatchJson(
        str(batch.batch_id),
        batch.state,
        batch.lines,
        batch.done,
        batch.created,
        batch.unchanged,
        batch.amended,
        batch.refused,
        in_china(batch.received_at),
        None if batch.finished_at is None else in_china(batch.finished_at),
    )


def outcome_json(outcome: LineOutcome, status: int | None) -> OutcomeJson:
    """A line's outcome; ``status``: what a single request refused so would have had as its HTTP status."""
    problem = None if outcome.refusal is None or status is None else problem_json(outcome.refusal, status)
    return OutcomeJson(
        outcome.line,
        outcome.settlement_list_number,
        outcome.outcome,
        outcome.record_id_hex,
        outcome.version,
        findings_json(outcome.findings),
        problem,
    )


def in_china(instant: datetime) -> datetime:
    """The same instant as clocks in China show it."""
    return instant.astimezone(SHANGHAI)


def _version_json(note: VersionNote) -> VersionJson:
    return VersionJson(note.version, note.state, in_china(note.received_at), note.actor, note.reason, note.digest)
