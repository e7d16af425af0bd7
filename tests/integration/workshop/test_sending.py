"""A job that a page settled gets into the archive once, whatever breaks between."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import msgspec
import pytest
from django.db import transaction
from tests.integration.workshop.desk_world import NOW, Desk, at_once
from tests.pages.filled_province import TODAY

from chedang.enterprises import actions as enterprises
from chedang.enterprises import channels
from chedang.enterprises.model import Channel
from chedang.intake.desk_upload import hand_in
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.records.limits import load_limits
from chedang.records.model import RecordState, RecordText
from chedang.workshop.models import Sending
from chedang.workshop.numbers import next_number
from chedang.workshop.sending import queue, queue_void, refusal_of, send, send_waiting
from chedang.workshop.sending_model import SendingState

LIMITS = load_limits()


def hand(desk: Desk, text: RecordText) -> tuple[str, bool]:
    with desk.lend() as connection:
        accepted = hand_in(connection, desk.code, text, limits=LIMITS, actor=desk.code, now=NOW)
    return accepted.record_id_hex, accepted.is_new


def refused(desk: Desk, text: RecordText) -> Refused:
    with pytest.raises(Refused) as caught:
        hand(desk, text)
    return caught.value


def test_a_number_is_one_record_and_no_other_job(desk: Desk) -> None:
    # Given a job that arrived
    first, is_new = hand(desk, desk.job())
    assert is_new
    # Then the same again is the same record, and another job under its number is refused
    assert hand(desk, desk.job()) == (first, False)
    assert refused(desk, desk.job(mileage="60000")).refusal.kind is RefusalKind.CONFLICT
    # And so it is once the record is void, even with the same content: nobody shall be told that it arrived
    row = queue_void(desk.code, "order:1:void", desk.records()[0].record_id, "重复", by=desk.clerk, now=NOW)
    with desk.lend() as connection:
        assert send(connection, row.pk, limits=LIMITS, now=NOW).state == SendingState.SENT
    assert refused(desk, desk.job()).refusal.kind is RefusalKind.CONFLICT
    (record,) = desk.records()
    assert (record.state, record.version, record.actor, record.dialect) == (RecordState.VOID, 2, desk.code, "desk")


def test_what_a_person_can_mend_is_refused_with_what_was_found(desk: Desk) -> None:
    refusal = refused(desk, desk.job(mileage="很多", vin="")).refusal
    assert refusal.kind is RefusalKind.NOT_ACCEPTABLE
    assert {"VIN_EMPTY", "MILEAGE_UNREADABLE"} <= {finding.code for finding in refusal.findings}
    assert refused(desk, RecordText()).refusal.kind is RefusalKind.EMPTY_RECORD
    assert desk.records() == []


def test_a_shop_whose_records_come_another_way_or_not_at_all_is_refused(desk: Desk) -> None:
    connection = desk.province.connection
    channels.set_channel(connection, desk.code, Channel.HEAD_OFFICE, TODAY, decided_by="33", reason="名录", now=NOW)
    connection.commit()
    assert refused(desk, desk.job()).refusal.kind is RefusalKind.FORBIDDEN
    enterprises.reject(connection, desk.code, by="tests", reason="证照不符", now=NOW)
    connection.commit()
    assert refused(desk, desk.job()).refusal.kind is RefusalKind.ENTERPRISE_REJECTED
    with desk.lend() as other, pytest.raises(Refused) as caught:
        hand_in(other, "330106999999999", desk.job(), limits=LIMITS, actor="", now=NOW)
    assert caught.value.refusal.kind is RefusalKind.UNKNOWN_ENTERPRISE


def test_a_cut_between_settling_and_uploading_loses_nothing(desk: Desk) -> None:
    # Given a job that was settled, and a connection that the server cuts before the upload
    with transaction.atomic():
        row = queue(desk.code, "order:1:JS-1", desk.job(), by=desk.clerk, now=NOW)
    with desk.lend() as cut:
        with desk.lend() as other:
            other.execute("select pg_terminate_backend(%s)", (cut.info.backend_pid,))
        after = send(cut, row.pk, limits=LIMITS, now=NOW)
    # Then it waits
    assert (after.state, after.tries) == (SendingState.WAITING, 1)
    assert desk.records() == []
    # When the worker comes round, then it is there, and what was kept of it is gone
    assert send_waiting(desk.lend, LIMITS, NOW) == 1
    row.refresh_from_db()
    (record,) = desk.records()
    assert (row.state, row.text, row.record_id, row.tries) == (SendingState.SENT, "", record.record_id, 2)
    assert record.text == desk.job()
    assert send_waiting(desk.lend, LIMITS, NOW) == 0


def test_an_end_between_the_upload_and_its_being_noted_makes_no_second_record(desk: Desk) -> None:
    # Given a process that ended after the archive had the job and before the row said so; then the record was corrected
    row = queue(desk.code, "order:1:JS-1", desk.job(), by=desk.clerk, now=NOW)
    first, _is_new = hand(desk, desk.job())
    desk.province.upload("west lake", desk.car, TODAY, "52100", number="JS-1")
    desk.province.connection.commit()
    # When it is sent again, then the record stands as it was corrected
    with desk.lend() as connection:
        after = send(connection, row.pk, limits=LIMITS, now=NOW)
    (record,) = desk.records()
    assert (after.state, after.record_id.hex, record.version) == (SendingState.SENT, first, 2)


def test_two_who_send_at_once_make_one_record(desk: Desk) -> None:
    row = queue(desk.code, "draft:1", desk.job(), by=desk.clerk, now=NOW)
    assert queue(desk.code, "draft:1", desk.job(mileage="1"), by=desk.clerk, now=NOW).pk == row.pk

    def one() -> None:
        with desk.lend() as connection:
            assert send(connection, row.pk, limits=LIMITS, now=NOW).state == SendingState.SENT

    at_once(one, one, partial(send_waiting, desk.lend, LIMITS, NOW))
    (record,) = desk.records()
    assert (record.version, record.mileage_km) == (1, 52000)
    row.refresh_from_db()
    assert row.tries == 1


def test_two_jobs_under_one_number_at_once_leave_one_refused(desk: Desk) -> None:
    rows = [queue(desk.code, f"draft:{km}", desk.job(mileage=km), by=desk.clerk, now=NOW) for km in ("100", "200")]

    def one(row_id: int) -> None:
        with desk.lend() as connection:
            send(connection, row_id, limits=LIMITS, now=NOW)

    at_once(*(partial(one, row.pk) for row in rows))
    states = {row.state for row in Sending.objects.all()}
    assert states == {SendingState.SENT, SendingState.REFUSED}
    assert [record.version for record in desk.records()] == [1]


def test_what_was_refused_shows_why_and_goes_once_it_is_mended(desk: Desk) -> None:
    # Given a job that the archive does not take
    row = queue(desk.code, "order:7:JS-7", desk.job("JS-7", mileage=""), by=desk.clerk, now=NOW)
    with desk.lend() as connection:
        after = send(connection, row.pk, limits=LIMITS, now=NOW)
    refusal = refusal_of(after)
    assert after.state == SendingState.REFUSED
    assert refusal is not None
    assert [finding.code for finding in refusal.findings] == ["MILEAGE_MISSING"]
    # Then it is not tried again until a person mended it
    assert send_waiting(desk.lend, LIMITS, NOW) == 0
    again = queue(desk.code, "order:7:JS-7", desk.job("JS-7"), by=desk.clerk, now=NOW)
    assert (again.pk, again.state, refusal_of(again)) == (row.pk, SendingState.WAITING, None)
    assert send_waiting(desk.lend, LIMITS, NOW) == 1
    assert [record.settlement_list_number for record in desk.records()] == ["JS-7"]


def test_a_void_goes_after_the_upload_that_it_takes_back(desk: Desk) -> None:
    upload = queue(desk.code, "order:1:JS-1", desk.job(), by=desk.clerk, now=NOW)
    assert upload.record_id is not None
    void = queue_void(desk.code, "order:1:JS-1:void", upload.record_id, "反结算", by=desk.clerk, now=NOW)
    with desk.lend() as connection:
        assert send(connection, void.pk, limits=LIMITS, now=NOW).state == SendingState.SENT
    (record,) = desk.records()
    assert (record.state, record.reason, record.record_id) == (RecordState.VOID, "反结算", upload.record_id)


def test_a_row_that_nobody_foresaw_holds_up_nothing_else(desk: Desk) -> None:
    broken = queue(desk.code, "draft:1", desk.job(), by=desk.clerk, now=NOW)
    Sending.objects.filter(pk=broken.pk).update(text="{")
    behind = queue(desk.code, "draft:2", desk.job("JS-2"), by=desk.clerk, now=NOW)
    elsewhere = msgspec.structs.replace(desk.job("N-1"), company_name=desk.province.names["ningbo"])
    queue(desk.province.shops["ningbo"], "draft:3", elsewhere, by=desk.clerk_of("ningbo"), now=NOW)
    assert send_waiting(desk.lend, LIMITS, NOW) == 2
    assert [len(desk.records(shop)) for shop in ("west lake", "ningbo")] == [1, 1]
    states = [Sending.objects.get(pk=row.pk).state for row in (broken, behind)]
    assert states == [SendingState.WAITING, SendingState.SENT]


def test_a_number_is_given_once(desk: Desk) -> None:
    given: list[str] = []
    at_once(*[lambda: given.extend(next_number(desk.code, TODAY) for _ in range(10))] * 2)
    assert sorted(given) == [f"CD{TODAY:%Y%m%d}-{serial:04d}" for serial in range(1, 21)]
    assert next_number(desk.code, TODAY + timedelta(days=1)).endswith("-0001")
    assert next_number(desk.province.shops["ningbo"], TODAY).endswith("-0001")
