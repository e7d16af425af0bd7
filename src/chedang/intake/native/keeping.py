"""Put, amend and void one record of a shop, each safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, get_args

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake import idempotency
from chedang.intake.batches import NATIVE
from chedang.intake.corrections import Beyond, RecordAmended, RecordReference
from chedang.intake.flows import corrections
from chedang.intake.idempotency import Claim, Earlier
from chedang.intake.native.answers import DifferenceJson, NoticeJson, Outcome, ReceiptJson, findings_json, in_china
from chedang.intake.native.reading import SentAmendment, SentRecord
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordState, RecordText, StoredVersion
from chedang.records.readback import find_version, find_version_with_digest
from chedang.records.store import find_record
from chedang.terms.text import clean

_OUTCOMES: Final = frozenset(get_args(Outcome))


class KeyConflict(Refused):
    """The key was used before for something else; ``differences`` says what, where it is still known."""

    def __init__(self, detail: str, differences: tuple[DifferenceJson, ...] = ()) -> None:
        super().__init__(RefusalKind.CONFLICT, detail)
        self.differences = differences


async def put(intake: Intake, shop: Enterprise, number: str, sent: SentRecord, key: str | None) -> ReceiptJson:
    """Store a record under its number, unless it says so already. Raises Refused, KeyConflict, or the store's error."""
    text = with_number(sent.text, number)
    record_id_hex, digest = _natural_key(intake, shop, text)
    if key is None:
        return await _put(intake, shop, text, sent, record_id_hex)
    claim = Claim(shop.company_code, key, f"put {record_id_hex}", digest, record_id_hex)
    earlier = await intake.run(lambda connection: idempotency.claim(connection, claim, now=intake.clock()))
    if earlier is not None:
        if not earlier.is_same(claim):
            raise await _conflict(intake, shop, text, earlier)
        if receipt := await _earlier_receipt(intake, claim, earlier, sent):
            return receipt
    try:
        receipt = await _put(intake, shop, text, sent, record_id_hex)
    except Refused:
        await intake.run(lambda connection: idempotency.release(connection, shop.company_code, key))
        raise
    await intake.run(
        lambda connection: idempotency.settle(
            connection, shop.company_code, key, outcome=receipt.outcome, version=receipt.version
        )
    )
    return receipt


async def amend(intake: Intake, shop: Enterprise, number: str, sent: SentAmendment) -> ReceiptJson:
    """A new version with a reason; a void record comes back by it. Raises Refused, or the store's error."""
    text = with_number(sent.record.text, number)
    beyond = Beyond(sent.record.dropped_fields, sent.record.unknown_fields)
    if text == RecordText(settlement_list_number=text.settlement_list_number):
        raise Refused(RefusalKind.EMPTY_RECORD)
    amended = await corrections.amend(
        intake,
        shop,
        RecordReference(number=number),
        lambda _current: text,
        reason=sent.reason,
        dialect=NATIVE,
        beyond=beyond,
    )
    was_void = amended.state_before is RecordState.VOID
    changed: Outcome = "restored" if was_void else "amended"
    return await _receipt_of(intake, amended, changed, dropped_notices(sent.record))


async def void(intake: Intake, shop: Enterprise, number: str, reason: str) -> ReceiptJson:
    """A version that says that the record no longer counts; again gives the same receipt. Raises Refused."""
    amended = await corrections.amend(
        intake,
        shop,
        RecordReference(number=number),
        lambda current: None if current.state is RecordState.VOID else current.text,
        reason=reason,
        dialect=NATIVE,
        state=RecordState.VOID,
    )
    return await _receipt_of(intake, amended, "voided", (), repeated="voided")


def with_number(text: RecordText, number: str) -> RecordText:
    """The record with the number of its address. Raises Refused when it names another itself."""
    if not clean(text.settlement_list_number):
        return msgspec.structs.replace(text, settlement_list_number=number)
    if clean(text.settlement_list_number) != clean(number):
        raise Refused(RefusalKind.MALFORMED, "costlistcode与地址中的结算清单编号不一致")
    return text


def own_record_id(shop: Enterprise, number: str) -> str:
    """Identifier of the shop's record of this number, whether there is one or not. Raises Refused(UNKNOWN_RECORD)."""
    if not (cleaned := clean(number)):
        raise Refused(RefusalKind.UNKNOWN_RECORD)
    return record_id(shop.company_code, cleaned, b"")


def dropped_notices(sent: SentRecord) -> tuple[NoticeJson, ...]:
    """What to tell about members beyond the 13 elements."""
    if not sent.dropped_fields:
        return ()
    names = "、".join(sent.unknown_fields)
    more = "等" if sent.dropped_fields > len(sent.unknown_fields) else ""
    message = f"{sent.dropped_fields}个标准以外的字段未保存：{names}{more}。"
    return (NoticeJson(RefusalKind.UNKNOWN_FIELD.code, message),)


def _natural_key(intake: Intake, shop: Enterprise, text: RecordText) -> tuple[str, bytes]:
    """Identifier that the record will have, and the digest of what will be kept of it.

    Raises Refused for a number that means nothing.
    """
    judgement = intake.judge(text, registered_name=shop.company_name, received_at=intake.clock())
    number = judgement.record.settlement_list_number
    if not number:
        found = tuple(finding for finding in judgement.findings if finding.field == "/basicInfo/costlistcode")
        raise Refused(RefusalKind.NOT_ACCEPTABLE, "结算清单编号不能用作编号", findings=found)
    return record_id(shop.company_code, number, b""), content_digest(encode_content(judgement.text))


async def _put(intake: Intake, shop: Enterprise, text: RecordText, sent: SentRecord, record_id_hex: str) -> ReceiptJson:
    accepted = await intake.store(
        shop, text, dialect=NATIVE, dropped_fields=sent.dropped_fields, unknown_fields=sent.unknown_fields
    )
    held = await intake.run(lambda connection: _held(connection, record_id_hex, accepted.version))
    outcome: Outcome = "unchanged" if accepted.version is None else "created" if accepted.version == 1 else "amended"
    notices = dropped_notices(sent)
    if outcome == "unchanged" and held.state is RecordState.VOID:
        message = "这条记录已作废，再次上传相同内容不会恢复它；要恢复请用更正。"
        notices = (*notices, NoticeJson("RECORD_IS_VOID", message))
    return _receipt(held, outcome, notices)


async def _receipt_of(
    intake: Intake,
    amended: RecordAmended,
    changed: Outcome,
    notices: tuple[NoticeJson, ...],
    *,
    repeated: Outcome = "unchanged",
) -> ReceiptJson:
    held = await intake.run(lambda connection: _held(connection, amended.record_id_hex, amended.version))
    return _receipt(held, repeated if amended.version is None else changed, notices)


async def _earlier_receipt(intake: Intake, claim: Claim, earlier: Earlier, sent: SentRecord) -> ReceiptJson | None:
    """The receipt that the first request of a key got, or would have got; ``None`` when it has stored nothing."""
    notices = dropped_notices(sent)
    record_id_hex = claim.record_id_hex or ""
    if earlier.version is not None:
        held = await intake.run(lambda connection: _held(connection, record_id_hex, earlier.version))
        outcome: Any = earlier.outcome if earlier.outcome in _OUTCOMES else "unchanged"
        return _receipt(held, outcome, notices)
    # It ended between the commit and its answer, or it is still under way.
    stored = await intake.run(
        lambda connection: find_version_with_digest(connection, record_id_hex, claim.digest.hex())
    )
    if stored is None or stored.received_at < earlier.claimed_at:
        return None
    return _receipt(stored, "created" if stored.version == 1 else "amended", notices)


async def _conflict(intake: Intake, shop: Enterprise, text: RecordText, earlier: Earlier) -> KeyConflict:
    detail = "同一个Idempotency-Key先前用于别的内容"
    operation, _, record_id_hex = earlier.target.partition(" ")
    if operation != "put":
        return KeyConflict(detail)
    before = await intake.run(
        lambda connection: find_version_with_digest(connection, record_id_hex, earlier.digest.hex())
    )
    if before is None or before.company_code != shop.company_code:
        return KeyConflict(detail)
    return KeyConflict(detail, tuple(differences(before.text, text)))


def differences(before: RecordText, after: RecordText) -> Iterator[DifferenceJson]:
    """Elements in which two records differ, lists row by row; ``null`` for a row that one of them lacks."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    for name in old:
        if isinstance(old[name], list | tuple):
            yield from _row_differences(f"/{name}", old[name], new[name])
        elif old[name] != new[name]:
            yield DifferenceJson(f"/{name}", old[name], new[name])


def _row_differences(at: str, before: Iterable[Any], after: Iterable[Any]) -> Iterator[DifferenceJson]:
    old, new = list(before), list(after)
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else None
        is_now = new[number] if number < len(new) else None
        if was != is_now:
            yield DifferenceJson(f"{at}/{number}", was, is_now)


def _held(connection: Connection, record_id_hex: str, version: int | None) -> StoredVersion:
    """A version of a record that is there; ``None``: the newest."""
    held = (
        find_record(connection, record_id_hex) if version is None else find_version(connection, record_id_hex, version)
    )
    if held is None:
        raise Refused(RefusalKind.UNKNOWN_RECORD)
    return held


def _receipt(held: StoredVersion, outcome: Outcome, notices: tuple[NoticeJson, ...]) -> ReceiptJson:
    return ReceiptJson(
        held.record_id.hex,
        held.settlement_list_number,
        held.version,
        held.state,
        outcome,
        in_china(held.received_at),
        findings_json(held.findings),
        notices,
    )
