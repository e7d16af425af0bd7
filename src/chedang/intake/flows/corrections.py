"""What a shop does with records that it has sent before: repeat, amend, add a part, void, search.

A correction changes what stands in the newest version when its turn comes, and holds the record until it is committed:
of two at once the second is made on top of the first, and neither undoes the other unless both name the same element.
A record of another shop is as unknown as one that never was.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Final

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake.amending import Change, append_correction
from chedang.intake.corrections import (
    NOTHING_BEYOND,
    AddPartRequest,
    Beyond,
    ModifyRequest,
    PartAdded,
    RecordAmended,
    RecordReference,
    RecordsFound,
    SearchRequest,
    VoidRequest,
)
from chedang.intake.flows.uploads import Flow
from chedang.intake.outcomes import RecordAccepted, RefusalKind, Refused
from chedang.intake.service import Amendment, Intake
from chedang.records.corrections import PageTooLarge, RecordSearch, search_records
from chedang.records.identity import record_id
from chedang.records.model import Finding, PartText, RecordState, RecordText, StoredVersion
from chedang.records.store import NewVersion
from chedang.terms import plate
from chedang.terms.dates import parse_day
from chedang.terms.text import clean

MOST_PER_PAGE: Final = 100
_MOST_PAGE_BYTES: Final = 16 * 1024 * 1024
_LAST_PAGE: Final = 1_000_000
_RECORD_ID = re.compile(r"[0-9a-f]{32}")


async def amend(
    intake: Intake,
    enterprise: Enterprise,
    record: RecordReference,
    change: Change,
    *,
    reason: str,
    dialect: str,
    state: RecordState = RecordState.ACTIVE,
    beyond: Beyond = NOTHING_BEYOND,
) -> RecordAmended:
    """Store what ``change`` makes of a shop's record; returns after its commit.

    A void record comes back by it, unless ``state`` is VOID. A record whose number is corrected goes on under the
    identifier of the new number, and the old identifier leads there. Raises Refused (UNKNOWN_RECORD for another shop's
    record too, CONFLICT for a number that another record has), or the store's error with nothing done.
    """
    intake.meter.dropped_fields(beyond.dropped_fields)
    intake.take_pace(enterprise)
    record_id_hex = _resolve(record, enterprise.company_code)

    def correct(connection: Connection) -> RecordAmended:
        def prepare(current: StoredVersion, text: RecordText) -> tuple[NewVersion, tuple[Finding, ...]]:
            amendment = Amendment(current.record_id.hex, enterprise.company_code, reason, state)
            return intake.prepare(enterprise, text, dialect, beyond.unknown_fields, amendment)

        return append_correction(connection, record_id_hex, enterprise.company_code, change, prepare)

    amended = await intake.run(correct)
    accepted = RecordAccepted(amended.record_id_hex, amended.version is not None, amended.version, amended.findings)
    await intake.keep_extras(enterprise, accepted, beyond.extras)
    return amended


def _resolve(record: RecordReference, company_code: str) -> str:
    """Identifier of the record that is meant. Raises Refused."""
    if record.record_id_hex:
        lowered = record.record_id_hex.strip().lower().replace("-", "")
        if not _RECORD_ID.fullmatch(lowered):
            raise Refused(RefusalKind.UNKNOWN_RECORD)
        return lowered
    number = clean(record.number)
    if not number:
        raise Refused(RefusalKind.MISSING_PARAMETER, "没有记录编号")
    return record_id(company_code, number, b"")


async def modify(intake: Intake, request: ModifyRequest, dialect: str) -> RecordAmended:
    """A new version in which the given elements are replaced. Raises Refused."""
    enterprise = await intake.authenticate(request.token)
    return await amend(
        intake,
        enterprise,
        request.record,
        lambda current: request.changes.over(current.text),
        reason=request.reason,
        dialect=dialect,
        beyond=request.beyond,
    )


async def add_part(intake: Intake, request: AddPartRequest, dialect: str) -> PartAdded:
    """A new version with one row more; a row that stands there already is a repeat after a lost answer.

    To a void record nothing can be added: UNKNOWN_RECORD.
    """
    enterprise = await intake.authenticate(request.token)

    def with_part(current: StoredVersion) -> RecordText | None:
        if current.state is RecordState.VOID:
            raise Refused(RefusalKind.UNKNOWN_RECORD)
        if request.part in current.text.parts:
            return None
        return msgspec.structs.replace(current.text, parts=(*current.text.parts, request.part))

    amended = await amend(
        intake,
        enterprise,
        request.record,
        with_part,
        reason=request.reason,
        dialect=dialect,
        beyond=request.beyond,
    )
    part_id = _part_id(amended.record_id_hex, request.part)
    return PartAdded(amended.record_id_hex, part_id, amended.version is not None)


def _part_id(record_id_hex: str, part: PartText) -> str:
    """Name of a row: of its record and what it says, so that a repeat gets the same one. 32 hexadecimal characters."""
    said = msgspec.json.encode([record_id_hex, part.name, part.code, part.quantity])
    return hashlib.sha256(said).hexdigest()[:32]


async def void(intake: Intake, request: VoidRequest, dialect: str) -> RecordAmended:
    """A version that says that the record no longer counts; again changes nothing. Raises Refused."""
    enterprise = await intake.authenticate(request.token)

    def unless_void(current: StoredVersion) -> RecordText | None:
        return None if current.state is RecordState.VOID else current.text

    return await amend(
        intake,
        enterprise,
        request.record,
        unless_void,
        reason=request.reason,
        dialect=dialect,
        state=RecordState.VOID,
        beyond=request.beyond,
    )


async def search(intake: Intake, request: SearchRequest, dialect: str) -> RecordsFound:
    """Records of the token's own shop that are not void. Raises Refused."""
    enterprise = await intake.authenticate(request.token)
    intake.meter.dropped_fields(request.beyond.dropped_fields)
    intake.refuse_unknown_fields(request.beyond.unknown_fields, dialect)
    intake.take_pace(enterprise)
    page_size = min(max(request.page_size, 1), MOST_PER_PAGE)
    day = parse_day(request.settle_date)
    if request.settle_date and day is None:
        return RecordsFound(())
    wanted = RecordSearch(
        company_code=enterprise.company_code,
        plate_number=_plate(request.plate_number) if request.plate_number else None,
        settled_on=day,
        limit=page_size,
        offset=(min(max(request.page, 1), _LAST_PAGE) - 1) * page_size,
    )
    try:
        found = await intake.run(lambda connection: search_records(connection, wanted, most_bytes=_MOST_PAGE_BYTES))
    except PageTooLarge as fault:
        raise Refused(RefusalKind.TOO_LARGE, "这一页内容过多，请减小每页条数") from fault
    return RecordsFound(tuple(found))


def _plate(text: str) -> str:
    """The plate as records carry it."""
    known = plate.read(text)
    return known.number if known else plate.normalise(text)


FLOWS: Final[Mapping[type, Flow]] = {
    ModifyRequest: modify,
    AddPartRequest: add_part,
    VoidRequest: void,
    SearchRequest: search,
}
