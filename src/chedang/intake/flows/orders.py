"""One job in several calls: each step is on disk before its answer, the settling one makes the record (ADR 0013)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Final
from weakref import WeakValueDictionary

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake import orders
from chedang.intake.extras import IMAGE_KEY
from chedang.intake.flows.uploads import Flow
from chedang.intake.orders import OpenOrder
from chedang.intake.outcomes import Extra, ExtraCategory, RecordAccepted, RefusalKind, Refused
from chedang.intake.service import Amendment, Intake, refuse_rejected
from chedang.intake.steps import (
    FaultyRecords,
    FaultyRecordsQuery,
    ImageCall,
    ImageTaken,
    InspectionNote,
    NoteTaken,
    OrderStep,
    StepKind,
    StepTaken,
)
from chedang.records.identity import encode_content, record_id
from chedang.records.model import Finding, Level, RecordState, RecordText, StoredVersion
from chedang.records.store import find_record, read_company_records, read_record

LONGEST_KEY: Final = 200
"""Characters of an order's key. Papers say 30."""
_LARGEST_ORDER_BYTES: Final = 1024 * 1024
_MOST_FAULTY: Final = 200
_PAGE: Final = 200
_MOST_PAGES: Final = 20
_BEGINNING: Final = frozenset({StepKind.OPEN, StepKind.BEGIN_AND_SETTLE})
_SETTLING: Final = frozenset({StepKind.SETTLE, StepKind.BEGIN_AND_SETTLE})

# Two steps of one order at the same moment take turns; a lock lives as long as somebody holds or awaits it.
_turns: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()


class _Known(msgspec.Struct, frozen=True):
    """What is known of an order before a step: the order, or the record it became, or neither."""

    order: OpenOrder | None
    version: StoredVersion | None


async def take_step(intake: Intake, step: OrderStep, dialect: str) -> StepTaken:
    """Carry out one step. Raises Refused, or the store's error with nothing or all of the step done."""
    async with intake.signatures.checked(step.signature) as enterprise:
        refuse_rejected(enterprise)
        intake.refuse_unknown_fields(step.unknown_fields, dialect)
        if step.complaints and intake.mode_of(dialect) == "strict":
            raise Refused(RefusalKind.NOT_ACCEPTABLE, step.complaints[0].sentence)
        step = msgspec.structs.replace(step, order_key=_read_key(intake, step.order_key))
        turn = _turns.setdefault((enterprise.company_code, step.family, step.order_key), asyncio.Lock())
        async with turn:
            return await _Order(intake, enterprise, step, dialect).take()


def _read_key(intake: Intake, order_key: str) -> str:
    """The key as the number of a record is read. Raises Refused: an order without a name of its own is none."""
    text = RecordText(settlement_list_number=order_key)
    judgement = intake.judge(text, registered_name="", received_at=intake.clock())
    key = judgement.record.settlement_list_number
    if not key or len(key) > LONGEST_KEY:
        findings = _errors_of(judgement.findings, ("settlement_list_number",))
        raise Refused(RefusalKind.NOT_ACCEPTABLE, "工单号为空或过长", findings=findings or _NO_KEY)
    return key


class _Order:
    """One step of one order, whose turn it is."""

    def __init__(self, intake: Intake, enterprise: Enterprise, step: OrderStep, dialect: str) -> None:
        self._intake = intake
        self._enterprise = enterprise
        self._step = step
        self._dialect = dialect

    async def take(self) -> StepTaken:
        known = await self._finish_interrupted(await self._look())
        if known.version is None:
            self._intake.refuse_other_channel(self._enterprise)
        before = known.version or known.order or self._begin()
        text = self._merged(before.text)
        is_settled = isinstance(before, StoredVersion) or self._settles()
        if isinstance(before, StoredVersion):
            await self._amend(before, text)
        else:
            order = msgspec.structs.replace(before, text=text, changed_at=self._intake.clock())
            await (self._settle(order) if is_settled else self._keep_open(order))
        return StepTaken(self._step.order_key, is_settled, is_changed=text != before.text)

    async def _look(self) -> _Known:
        company_code, step = self._enterprise.company_code, self._step

        def look(connection: Connection) -> _Known:
            order = orders.find(connection, company_code, step.family, step.order_key)
            if order is not None and order.record_id_hex is None:
                return _Known(order, None)
            by_number = record_id(company_code, step.order_key, b"")
            version = find_record(connection, by_number if order is None else order.record_id_hex or by_number)
            return _Known(None, version)

        return await self._intake.run(look)

    async def _finish_interrupted(self, known: _Known) -> _Known:
        """An order whose settlement was cut short, by a crash or a fault of the store, becomes its record now."""
        order = known.order
        if order is None or order.settled_at is None:
            return known
        try:
            await self._store_settled(order, ())
        except Refused as refused:
            if refused.refusal.kind.http_status != 200:
                raise
            return _Known(msgspec.structs.replace(order, settled_at=None), None)
        return await self._look()

    def _begin(self) -> OpenOrder:
        if self._step.kind not in _BEGINNING:
            raise Refused(RefusalKind.UNKNOWN_RECORD)
        now = self._intake.clock()
        # These interfaces carry no name: the shop is the one whose secret signed.
        text = RecordText(company_name=self._enterprise.company_name)
        return OpenOrder(self._enterprise.company_code, self._step.family, self._step.order_key, text, now, now)

    def _merged(self, text: RecordText) -> RecordText:
        return msgspec.structs.replace(text, **{name: getattr(self._step.text, name) for name in self._step.given})

    def _settles(self) -> bool:
        step = self._step
        return step.kind in _SETTLING or (step.kind is StepKind.CORRECT and "settle_date" in step.given)

    async def _keep_open(self, order: OpenOrder) -> None:
        intake = self._intake
        intake.take_pace(self._enterprise)
        intake.meter.dropped_fields(self._step.dropped_fields)
        judgement = intake.judge(
            order.text, registered_name=self._enterprise.company_name, received_at=order.changed_at
        )
        errors = _errors_of(judgement.findings, self._step.given)
        if errors and intake.mode_of(self._dialect) == "strict":
            raise Refused(RefusalKind.NOT_ACCEPTABLE, errors[0].field, findings=errors)
        await self._save(order)
        await intake.hold_extras(self._enterprise, order.family, order.order_key, self._step.extras)

    async def _settle(self, order: OpenOrder) -> None:
        """On disk as settled first, then stored, then dropped: a crash in between loses nothing and doubles nothing."""
        settled = msgspec.structs.replace(order, settled_at=order.changed_at)
        await self._save(settled)
        try:
            await self._store_settled(settled, self._step.extras)
        except Refused as refused:
            if refused.refusal.kind.http_status == 200:  # a strict node: what came stays, to be corrected
                await self._save(order)
            raise

    async def _store_settled(self, order: OpenOrder, extras: tuple[Extra, ...]) -> None:
        accepted = await self._intake.store(
            self._enterprise,
            order.text,
            dialect=self._dialect,
            dropped_fields=self._step.dropped_fields,
            extras=extras,
        )
        await self._intake.settle_extras(self._enterprise, order.family, order.order_key, accepted)
        await self._close(order, accepted)

    async def _close(self, order: OpenOrder, accepted: RecordAccepted) -> None:
        """Drop the order; where its record goes by another number a pointer stays."""
        if accepted.record_id_hex == record_id(order.company_code, order.order_key, b""):
            await self._intake.run(lambda connection: orders.forget(connection, order))
        else:
            await self._save(msgspec.structs.replace(order, text=RecordText(), record_id_hex=accepted.record_id_hex))

    async def _amend(self, version: StoredVersion, text: RecordText) -> None:
        """The order is a record already: the step makes its next version, or none when nothing changes."""
        step = self._step
        if step.kind is not StepKind.CORRECT and version.actor and await self._was_said_before(version):
            self._intake.meter.dropped_fields(step.dropped_fields)
            return
        is_strict = self._intake.mode_of(self._dialect) == "strict"
        if is_strict and step.kind is StepKind.OPEN and text != version.text:
            raise Refused(RefusalKind.RECORD_EXISTS)
        amendment = None
        if version.state is RecordState.ACTIVE:
            is_correction = step.kind is StepKind.CORRECT
            amendment = Amendment(
                version.record_id.hex,
                actor=self._enterprise.company_code if is_correction else "",
                reason="企业更正" if is_correction else "",
            )
        await self._intake.store(
            self._enterprise,
            text,
            dialect=self._dialect,
            dropped_fields=step.dropped_fields,
            extras=step.extras,
            amendment=amendment,
        )

    async def _was_said_before(self, version: StoredVersion) -> bool:
        """Is the step a late repeat of what a person or a correction has changed since? The correction stays."""
        versions = await self._intake.run(lambda connection: read_record(connection, version.record_id))
        step = self._step
        return any(
            all(getattr(each.text, name) == getattr(step.text, name) for name in step.given) for each in versions
        )

    async def _save(self, order: OpenOrder) -> None:
        await self._intake.run(lambda connection: orders.save(connection, self._bounded(order)))

    def _bounded(self, order: OpenOrder) -> OpenOrder:
        """Whole, so that the record is marked for what the rules cut; cut by the rules only where it is absurd."""
        if len(encode_content(order.text)) <= _LARGEST_ORDER_BYTES:
            return order
        judgement = self._intake.judge(order.text, registered_name="", received_at=order.changed_at)
        return msgspec.structs.replace(order, text=judgement.text)


_WIRE_NAMES: Final = {field.name: field.encode_name for field in msgspec.structs.fields(RecordText)}
_NO_KEY: Final = (Finding("NUMBER_MISSING", Level.ERROR, "/basicInfo/costlistcode"),)


def _errors_of(findings: tuple[Finding, ...], given: tuple[str, ...]) -> tuple[Finding, ...]:
    """Errors in the elements that a step carries: those it does not carry may still come."""
    names = {_WIRE_NAMES[name] for name in given}
    return tuple(
        finding
        for finding in findings
        if finding.level is Level.ERROR and names & set(finding.field.strip("/").split("/"))
    )


async def take_image(intake: Intake, call: ImageCall, dialect: str) -> ImageTaken:
    """Count a photograph; hold it where the node has a legal basis. Its address depends on its content alone."""
    async with intake.signatures.checked(call.signature) as enterprise:
        refuse_rejected(enterprise)
        intake.take_pace(enterprise)
        intake.meter.dropped_fields(1)
        digest = hashlib.sha256(call.image).hexdigest()
        photograph = Extra(ExtraCategory.PHOTOGRAPH, call.name, call.image)
        await intake.hold_extras(enterprise, call.family, IMAGE_KEY + digest, [photograph])
        return ImageTaken(digest)


async def take_note(intake: Intake, note: InspectionNote, dialect: str) -> NoteTaken:
    """Count measurements of an order; hold them where the node has a legal basis."""
    async with intake.signatures.checked(note.signature) as enterprise:
        refuse_rejected(enterprise)
        intake.refuse_unknown_fields(note.unknown_fields, dialect)
        intake.take_pace(enterprise)
        intake.meter.dropped_fields(note.dropped_fields)
        await intake.hold_extras(enterprise, note.family, _read_key(intake, note.order_key), note.extras)
        return NoteTaken()


async def list_faulty(intake: Intake, query: FaultyRecordsQuery, _dialect: str) -> FaultyRecords:
    """The shop's records with errors, whatever vocabulary they came in; at most the newest 200 that have a number."""
    async with intake.signatures.checked(query.signature) as enterprise:
        refuse_rejected(enterprise)
        intake.take_pace(enterprise)
        return FaultyRecords(await intake.run(lambda connection: _read_faulty(connection, enterprise.company_code)))


def _read_faulty(connection: Connection, company_code: str) -> tuple[StoredVersion, ...]:
    found: list[StoredVersion] = []
    before = None
    for _ in range(_MOST_PAGES):
        page = read_company_records(connection, company_code, limit=_PAGE, before=before, only_faulty=True)
        found += filter(_can_be_corrected, page)
        if len(page) < _PAGE or len(found) >= _MOST_FAULTY:
            break
        before = (page[-1].received_at, page[-1].record_id)
    return tuple(found[:_MOST_FAULTY])


def _can_be_corrected(version: StoredVersion) -> bool:
    """Has it an error, and a number by which a correction can name it?"""
    return (
        version.state is RecordState.ACTIVE
        and version.settlement_list_number != ""
        and any(finding.level is Level.ERROR for finding in version.findings)
    )


FLOWS: Final[Mapping[type, Flow]] = {
    OrderStep: take_step,
    ImageCall: take_image,
    InspectionNote: take_note,
    FaultyRecordsQuery: list_faulty,
}
