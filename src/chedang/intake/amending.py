"""A new version of a record that is there, whoever makes it: a shop's software, a shop's page, an officer's decision.

The record is held from when its newest version is read until the new one is committed, so of two corrections at once
the second is made on top of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from chedang.enterprises.store import Connection
from chedang.intake.corrections import RecordAmended
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Amendment, new_version
from chedang.records.corrections import hold_record, is_active
from chedang.records.identity import record_id
from chedang.records.limits import Limits
from chedang.records.model import Finding, Level, RecordState, RecordText, StoredVersion
from chedang.records.rules import judge
from chedang.records.store import NewVersion, append

DESK_DIALECT: Final = "desk"
"""The vocabulary of versions that people made on pages."""
_MOST_RENUMBERINGS: Final = 5

Change = Callable[[StoredVersion], RecordText | None]
"""The newest version to what the record says after the correction; ``None`` when nothing is to be done."""
Prepare = Callable[[StoredVersion, RecordText], tuple[NewVersion, tuple[Finding, ...]]]
"""The newest version and the new text to the row that is stored, and what the rules found in it."""


class DeskCorrection(msgspec.Struct, frozen=True):
    """A correction that a person made on a page."""

    record_id_hex: str
    company_code: str
    """Of the shop whose record it is."""
    registered_name: str
    actor: str
    """The shop's code, or the name of the authority that decided."""
    reason: str
    state: RecordState = RecordState.ACTIVE


def amend_at_desk(
    connection: Connection, correction: DeskCorrection, change: Change, *, limits: Limits, now: datetime
) -> RecordAmended:
    """Judge and store a version that says what ``change`` makes of the record. Commits.

    An error that the record did not have before refuses the correction, whatever the mode: a person is there to mend
    it. Raises Refused (UNKNOWN_RECORD, CONFLICT, NOT_ACCEPTABLE with the findings), or the store's error with nothing
    done.
    """

    def prepare(current: StoredVersion, text: RecordText) -> tuple[NewVersion, tuple[Finding, ...]]:
        judgement = judge(text, limits=limits, registered_name=correction.registered_name, received_at=now)
        faults = new_errors(current, judgement.findings)
        if faults and correction.state is RecordState.ACTIVE:
            raise Refused(RefusalKind.NOT_ACCEPTABLE, findings=faults)
        amendment = Amendment(current.record_id.hex, correction.actor, correction.reason, correction.state)
        return new_version(judgement, correction.company_code, DESK_DIALECT, now, amendment), judgement.findings

    return append_correction(connection, correction.record_id_hex, correction.company_code, change, prepare)


def new_errors(current: StoredVersion, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Errors that the record did not have before: a correction may leave some, and bring none."""
    before = {(finding.code, finding.field) for finding in current.findings}
    return tuple(found for found in findings if found.level is Level.ERROR and (found.code, found.field) not in before)


def append_correction(
    connection: Connection, record_id_hex: str, company_code: str, change: Change, prepare: Prepare
) -> RecordAmended:
    """Hold the shop's record, change it and commit. Raises Refused, or the store's error with nothing done."""
    current = _hold(connection, record_id_hex, company_code)
    text = change(current)
    if text is None:
        return RecordAmended(current.record_id.hex, None, current.state, current.state, current.findings)
    version, findings = prepare(current, text)
    *_, appended = append(connection, _with_number(connection, current, version))
    return RecordAmended(appended.record_id, appended.version, version.state, current.state, findings)


def _hold(connection: Connection, record_id_hex: str, company_code: str) -> StoredVersion:
    """The shop's record, under whatever number it goes on. Raises Refused(UNKNOWN_RECORD)."""
    current = hold_record(connection, record_id_hex, company_code)
    if current is None:
        raise Refused(RefusalKind.UNKNOWN_RECORD)
    for _ in range(_MOST_RENUMBERINGS):
        if current.state is not RecordState.VOID or _id_by_number(current) == current.record_id.hex:
            break
        following = hold_record(connection, _id_by_number(current), company_code)
        if following is None:
            break
        current = following
    return current


def _id_by_number(version: StoredVersion | NewVersion) -> str:
    """The identifier that the number of a version leads to; its own when it has no number."""
    number = version.settlement_list_number
    if number:
        return record_id(version.company_code, number, b"")
    return version.record_id if isinstance(version, NewVersion) else version.record_id.hex


def _with_number(connection: Connection, current: StoredVersion, version: NewVersion) -> list[NewVersion]:
    """What is to be appended, the record itself last. Raises Refused(CONFLICT).

    A number and its identifier stay together, or the next job of the old number would become a version of this record.
    So with a new number the old identifier is voided, and the void names the new number.
    """
    record_id_hex = _id_by_number(version)
    if version.settlement_list_number == current.settlement_list_number or record_id_hex == version.record_id:
        return [version]
    if is_active(connection, record_id_hex):
        raise Refused(RefusalKind.CONFLICT, "结算清单编号已用于另一条记录")
    reason = f"{version.reason}（结算清单编号更正）"
    return [
        msgspec.structs.replace(version, state=RecordState.VOID, reason=reason),
        msgspec.structs.replace(version, record_id=record_id_hex),
    ]
