"""说明, and the lists of a shop's own records that it changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from tests.integration.workshop.desk_world import NOW, Desk
from tests.pages.filled_province import TODAY, at

from chedang.enterprises.store import Connection
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.records.company_lists import (
    CompanyList,
    ListKind,
    count_list,
    day_list,
    read_list,
    read_upload_days,
    statement_of,
)
from chedang.records.limits import load_limits
from chedang.records.model import PartText, RecordState, RecordText, StoredVersion
from chedang.records.store import find_record
from chedang.terms.dates import day_in_china
from chedang.workshop.explanations import (
    NoText,
    NothingToExplain,
    explain,
    explained_codes,
    history_of,
    said_of,
    standing,
)
from chedang.workshop.models import Explanation

YESTERDAY = TODAY - timedelta(days=1)


def upload(desk: Desk, number: str, received_at: datetime | None = None, **elements: object) -> UUID:
    elements = {"received_at": received_at} | elements if received_at else elements
    desk.province.upload("west lake", desk.car, YESTERDAY, "52000", number=number, **elements)
    desk.province.connection.commit()
    return next(each.record_id for each in desk.records() if each.settlement_list_number == number)


def found(desk: Desk, record_id: UUID) -> StoredVersion:
    with desk.lend() as connection:
        record = find_record(connection, record_id)
    assert record is not None
    return record


def numbers(desk: Desk, kind: ListKind, *, tail: str = "") -> list[str]:
    """Of a list; its count agrees, and so do its pages of two."""
    wanted = CompanyList(desk.code, kind, tail=tail, explained=explained_codes(desk.code))
    with desk.lend() as connection:
        rows = read_list(connection, wanted, limit=99)
        assert count_list(connection, wanted) == len(rows)
        assert count_list(connection, wanted, most=2) == min(len(rows), 2)
        paged: list[StoredVersion] = []
        while page := read_list(connection, wanted, limit=2, before=_key(paged)):
            paged += page
    assert paged == rows
    return [row.settlement_list_number for row in rows]


def _key(rows: list[StoredVersion]) -> tuple[datetime, UUID] | None:
    return (rows[-1].received_at, rows[-1].record_id) if rows else None


def change(desk: Desk, record_id: UUID, state: RecordState = RecordState.ACTIVE, **elements: object) -> None:
    correction = DeskCorrection(record_id.hex, desk.code, "", desk.code, "核对后", state)

    def apply(current: StoredVersion) -> RecordText:
        return msgspec.structs.replace(current.text, **elements)

    with desk.lend() as connection:
        amend_at_desk(connection, correction, apply, limits=load_limits(), now=NOW)


def test_each_record_stands_in_its_lists_and_nowhere_else(desk: Desk) -> None:
    upload(desk, "A-1")
    upload(desk, "A-2", parts=(PartText("机油", "OIL-1", "0"),))
    upload(desk, "A-3", vin="无")
    upload(desk, "A-4", fault_description="-")
    mended, voided = upload(desk, "A-5", fault_description="-"), upload(desk, "A-6")
    change(desk, mended, fault_description="异响")
    change(desk, voided, RecordState.VOID)
    desk.province.upload("ningbo", desk.car, YESTERDAY, "52001", number="A-7", vin="无")
    desk.province.connection.commit()
    assert set(numbers(desk, ListKind.DOUBTFUL)) == {"A-2", "A-3", "A-4"}
    assert numbers(desk, ListKind.HELD) == ["A-3"]
    assert numbers(desk, ListKind.VOID) == ["A-6"]
    assert set(numbers(desk, ListKind.RECEIVED)) == {"A-1", "A-2", "A-3", "A-4", "A-5"}
    assert numbers(desk, ListKind.FOUND, tail="a-5") == ["A-5"]
    assert len(numbers(desk, ListKind.FOUND, tail=desk.car.plate_number[-5:])) == 5
    assert numbers(desk, ListKind.FOUND, tail="%") == []


def test_a_day_is_one_of_china_and_a_correction_counts_when_it_came(desk: Desk) -> None:
    first = upload(desk, "B-1", received_at=at(YESTERDAY))
    with desk.lend() as connection:
        assert count_list(connection, day_list(desk.code, YESTERDAY)) == 1
        assert count_list(connection, day_list(desk.code, day_in_china(NOW))) == 0
    change(desk, first, fault_description="异响")
    with desk.lend() as connection:
        assert count_list(connection, day_list(desk.code, YESTERDAY)) == 0
        assert count_list(connection, day_list(desk.code, day_in_china(NOW))) == 1


def test_upload_days_are_told_newest_first_each_with_its_last_upload(desk: Desk) -> None:
    assert upload_days(desk) == []
    moments = [at(TODAY - timedelta(days=days)) for days in (2, 5, 9)]
    for place, moment in enumerate(moments):
        upload(desk, f"C-{place}", received_at=moment - timedelta(hours=1))
        upload(desk, f"C-{place}-later", received_at=moment)
    change(desk, next(each.record_id for each in desk.records()), fault_description="异响")
    assert upload_days(desk) == moments
    assert upload_days(desk, days=2) == moments[:2]


def upload_days(desk: Desk, days: int = 9) -> list[datetime]:
    with desk.lend() as connection:
        return read_upload_days(connection, desk.code, days=days)


def test_an_explained_record_leaves_the_list_until_something_else_is_found(desk: Desk) -> None:
    record_id = upload(desk, "D-1", parts=(PartText("机油", "OIL-1", "0"),))
    (finding,) = found(desk, record_id).findings
    explain(found(desk, record_id), finding.code, "赠送的机油", mask=str, by=desk.clerk, now=NOW)
    assert numbers(desk, ListKind.DOUBTFUL) == []
    assert numbers(desk, ListKind.EXPLAINED) == ["D-1"]
    desk.province.upload(
        "west lake", desk.car, YESTERDAY, "52000", number="D-1", parts=(PartText("机油", "OIL-1", "0"),), vin="无"
    )
    desk.province.connection.commit()
    assert numbers(desk, ListKind.DOUBTFUL) == ["D-1"]
    assert numbers(desk, ListKind.EXPLAINED) == []


def test_the_last_word_stands_while_the_finding_does_and_the_history_only_grows(desk: Desk) -> None:
    record_id = upload(desk, "E-1", parts=(PartText("机油", "OIL-1", "0"),))
    record = found(desk, record_id)
    code = record.findings[0].code
    first = explain(record, code, "赠送", mask=str, by=desk.clerk, now=NOW)
    assert explain(record, code, " 赠送 ", mask=str, by=desk.clerk, now=NOW).pk == first.pk
    explain(record, code, "赠送的机油", mask=lambda text: text + "***", by=desk.clerk, now=NOW)
    assert [said.text for said in history_of(record_id)] == ["赠送", "赠送的机油***"]
    said = said_of([record_id])[record_id]
    assert standing(said, record.findings)[code].text == "赠送的机油***"
    change(desk, record_id, parts=(PartText("机油", "OIL-1", "1"),))
    assert standing(said, found(desk, record_id).findings) == {}
    with pytest.raises(TypeError, match="never changed"):
        first.save()
    with pytest.raises(TypeError, match="never deleted"):
        Explanation.objects.all().delete()


def test_only_what_was_found_in_the_newest_version_can_be_explained(desk: Desk) -> None:
    record_id = upload(desk, "F-1", parts=(PartText("机油", "OIL-1", "0"),))
    record = found(desk, record_id)
    code = record.findings[0].code
    for text in ("", "　", "长" * 201):
        with pytest.raises(NoText):
            explain(record, code, text, mask=str, by=desk.clerk, now=NOW)
    with pytest.raises(NothingToExplain):
        explain(record, "VIN_EMPTY", "没有", mask=str, by=desk.clerk, now=NOW)
    change(desk, record_id, RecordState.VOID)
    with pytest.raises(NothingToExplain):
        explain(found(desk, record_id), code, "没有", mask=str, by=desk.clerk, now=NOW)


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        (ListKind.RECEIVED, "record_version_company"),
        (ListKind.DOUBTFUL, "record_version_shop_doubtful"),
        (ListKind.HELD, "record_version_pkey"),
        (ListKind.VOID, "record_version_shop_void"),
    ],
)
def test_a_count_goes_by_its_index(desk: Desk, kind: ListKind, index: str) -> None:
    connection: Connection
    with desk.lend() as connection:
        connection.execute("set local enable_seqscan = off")
        connection.execute("set local enable_bitmapscan = off")
        plan = explain_count(connection, CompanyList(desk.code, kind, at(YESTERDAY), at(TODAY)))
    assert index in plan
    if kind is ListKind.RECEIVED:
        assert "received_at >= " in plan.split("Index Cond: ")[1].splitlines()[0]


def explain_count(connection: Connection, wanted: CompanyList) -> str:
    """The plan of a count."""
    rows = connection.execute(f"explain {statement_of('count', wanted.kind)}", wanted.parameters() | {"most": 1000})
    return "\n".join(line for (line,) in rows)
