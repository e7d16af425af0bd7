"""What a shop's pages owe the archive: written down with the job, handed over after, until it is there.

The row is written in the transaction that settles the job or sends the form, so a job that was settled is sent even if
everything stops in between. Handing it over twice makes one record: the archive knows a record by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import transaction

from chedang.access.models import User
from chedang.enterprises.store import Connection, names
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.intake.batches import StoredRefusal
from chedang.intake.desk_upload import hand_in
from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.platform.database import is_data_fault, is_unavailable
from chedang.records.identity import decode_content, encode_content, record_id
from chedang.records.limits import Limits
from chedang.records.model import RecordState, RecordText
from chedang.workshop.models import Sending
from chedang.workshop.sending_model import SendingKind, SendingState

_MOST_AT_ONCE: Final = 500
_encode_fault = msgspec.json.Encoder().encode
_decode_fault = msgspec.json.Decoder(StoredRefusal).decode
_log = structlog.get_logger(__name__)


def queue(company_code: str, origin: str, text: RecordText, *, by: User, now: datetime) -> Sending:
    """Write down that a job is to be uploaded; in the transaction of the caller, who sends after its commit.

    ``origin`` names what it comes from, once per shop: the same again gives the row that is there. One that was refused
    takes the new text and waits again. ``text`` is as the archive gets it, company name and number included.
    """
    made: dict[str, object] = {
        "kind": SendingKind.UPLOAD,
        "number": text.settlement_list_number,
        "text": encode_content(text).decode(),
        "record_id": UUID(record_id(company_code, text.settlement_list_number, b""))
        if text.settlement_list_number
        else None,
    }
    return _queue(company_code, origin, made, by=by, now=now)


def queue_void(
    company_code: str, origin: str, record_id: UUID, reason: str, *, by: User, now: datetime, number: str = ""
) -> Sending:
    """Write down that a record of the shop is to be voided, on the same terms.

    The upload that makes the record may still be waiting: it goes first.
    """
    made: dict[str, object] = {"kind": SendingKind.VOID, "number": number, "record_id": record_id, "reason": reason}
    return _queue(company_code, origin, made, by=by, now=now)


def _queue(company_code: str, origin: str, made: dict[str, object], *, by: User, now: datetime) -> Sending:
    with transaction.atomic():
        common = {"state": SendingState.WAITING, "made_by": by, "made_at": now}
        row, is_new = Sending.objects.select_for_update().get_or_create(
            company_code=company_code, origin=origin, defaults=made | common
        )
        if not is_new and row.state == SendingState.REFUSED:
            for name, value in (made | common | {"fault": ""}).items():
                setattr(row, name, value)
            row.save()
        return row


def send(connection: Connection, sending_id: int, *, limits: Limits, now: datetime) -> Sending:
    """Hand a row over, and before it what waits of the same record; gives it as it stands then.

    Still waiting when the archive cannot be reached: whoever sends next goes on. ``connection`` is one to the archive,
    outside a transaction. Raises Sending.DoesNotExist.
    """
    wanted = Sending.objects.get(pk=sending_id)
    if wanted.record_id is not None:
        earlier = Sending.objects.filter(
            company_code=wanted.company_code,
            record_id=wanted.record_id,
            state=SendingState.WAITING,
            pk__lt=sending_id,
        )
        for row_id in earlier.order_by("pk").values_list("pk", flat=True):
            if _send_one(connection, row_id, limits=limits, now=now).state == SendingState.WAITING:
                return wanted
    return _send_one(connection, sending_id, limits=limits, now=now)


def send_waiting(lend: Callable[[], AbstractContextManager[Connection]], limits: Limits, now: datetime) -> int:
    """Hand over what waits, the oldest first; gives how many rows were done.

    Where one of a shop has to wait, those behind it wait too; other shops' go on. A row that nobody foresaw waits for
    an operator, and holds up nothing but what is of the same record. ``lend`` lends a connection to the archive.
    """
    waiting = Sending.objects.filter(state=SendingState.WAITING).order_by("pk").values_list("pk", "company_code")
    stuck: set[str] = set()
    done = 0
    for row_id, company_code in list(waiting[:_MOST_AT_ONCE]):
        if company_code in stuck:
            continue
        state = _send_alone(lend, row_id, limits, now)
        if state == SendingState.WAITING:
            stuck.add(company_code)
        done += state in {SendingState.SENT, SendingState.REFUSED}
    return done


def _send_alone(
    lend: Callable[[], AbstractContextManager[Connection]], row_id: int, limits: Limits, now: datetime
) -> str | None:
    """Hand one row over; gives its state then, ``None`` after a fault that nobody foresaw."""
    try:
        with lend() as connection:
            return send(connection, row_id, limits=limits, now=now).state
    except Exception as fault:
        # No text of the fault: it may quote what was sent.
        _log.error("sending failed", sending=row_id, fault=type(fault).__name__)
        return SendingState.WAITING if is_unavailable(fault) else None


def refusal_of(row: Sending) -> Refusal | None:
    """Why the row was refused; ``None`` when it was not."""
    return _decode_fault(row.fault.encode()).restore() if row.fault else None


def _send_one(connection: Connection, sending_id: int, *, limits: Limits, now: datetime) -> Sending:
    """Hand one row over while nobody else can, and write down what became of it."""
    with transaction.atomic():
        row = Sending.objects.select_for_update().get(pk=sending_id)
        if row.state != SendingState.WAITING:
            return row
        row.tries += 1
        try:
            row.record_id = _hand_over(connection, row, limits, now)
        except Refused as refused:
            _refuse(row, StoredRefusal.of(refused.refusal))
        except Exception as fault:
            if is_data_fault(fault):
                _refuse(row, StoredRefusal(RefusalKind.NOT_ACCEPTABLE.code, "内容无法保存"))
            elif is_unavailable(fault):
                # No text of the fault: it may quote what was sent.
                _log.warning("sending waits", sending=row.pk, tries=row.tries, fault=type(fault).__name__)
            else:
                raise
        else:
            row.state, row.sent_at, row.text, row.fault = SendingState.SENT, now, "", ""
        row.save()
        return row


def _refuse(row: Sending, refusal: StoredRefusal) -> None:
    row.state, row.fault = SendingState.REFUSED, _encode_fault(refusal).decode()
    _log.info("sending refused", sending=row.pk, kind=refusal.code)


def _hand_over(connection: Connection, row: Sending, limits: Limits, now: datetime) -> UUID:
    """Do what the row asks; gives the record. Raises Refused, or the store's error, with nothing done."""
    try:
        if row.kind == SendingKind.UPLOAD:
            text = decode_content(row.text)
            accepted = hand_in(connection, row.company_code, text, limits=limits, actor=row.company_code, now=now)
            return UUID(accepted.record_id_hex)
        return _void(connection, row, limits, now)
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise


def _void(connection: Connection, row: Sending, limits: Limits, now: datetime) -> UUID:
    correction = DeskCorrection(
        record_id_hex=row.record_id.hex if row.record_id else "",
        company_code=row.company_code,
        registered_name=names(connection, [row.company_code]).get(row.company_code, ""),
        actor=row.company_code,
        reason=row.reason,
        state=RecordState.VOID,
    )
    amended = amend_at_desk(connection, correction, lambda current: current.text, limits=limits, now=now)
    connection.commit()
    return UUID(amended.record_id_hex)
