"""Which step of a 反馈 leads where, and when a new version settles it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from chedang.records.model import ProjectText, RecordState, RecordText, StoredVersion
from chedang.reviews.case_model import CaseState, Deed, NoSuchStep, Party, Topic
from chedang.reviews.correction_rules import HOLDERS, ON_TIME_OUT, Asked, is_put_right, next_state

VIN = "LSVAA2180E2123456"
ALL_STATES = tuple(HOLDERS)


def version(number: int, text: RecordText | None = None, **changes: Any) -> StoredVersion:
    made = StoredVersion(
        vin=VIN,
        record_id=UUID(int=7),
        version=number,
        state=RecordState.ACTIVE,
        company_code="330106000000012",
        settlement_list_number="JS-1",
        plate_number="",
        repair_on=date(2026, 11, 2),
        settled_on=date(2026, 11, 2),
        mileage_km=Decimal(10_000),
        text=text or RecordText(mileage="10000", settle_date="20261102"),
        findings=(),
        origin="local",
        dialect="lcippro",
        actor="",
        reason="",
        received_at=datetime(2026, 11, 2, tzinfo=UTC),
    )
    return msgspec.structs.replace(made, **changes)


def test_silence_takes_a_case_from_the_shop_to_the_county_to_the_city_and_no_further() -> None:
    state = CaseState.WITH_SHOP
    path = []
    while (deed := ON_TIME_OUT.get(state)) is not None:
        state = next_state(state, deed, Party.CLOCK)
        path.append(state)
    assert path == [CaseState.WITH_COUNTY, CaseState.WITH_CITY]


@pytest.mark.parametrize("state", [CaseState.REFUSED_BY_SHOP, CaseState.CORRECTED, CaseState.REFUSED])
def test_a_case_that_its_owner_leaves_alone_closes(state: CaseState) -> None:
    assert next_state(state, ON_TIME_OUT[state], Party.CLOCK) is CaseState.CLOSED


def test_an_owner_who_does_not_accept_the_shops_refusal_asks_the_county() -> None:
    refused = next_state(CaseState.WITH_SHOP, Deed.REFUSE, Party.SHOP)
    assert next_state(refused, Deed.ASK_COUNTY, Party.OWNER) is CaseState.WITH_COUNTY
    assert next_state(refused, Deed.AGREE, Party.OWNER) is CaseState.CLOSED


def test_re_opening_goes_above_whoever_decided() -> None:
    reopened = [
        next_state(CaseState.CLOSED, Deed.REOPEN, Party.OWNER, decided_by=party)
        for party in (Party.SHOP, Party.ARCHIVE, Party.COUNTY, Party.CITY)
    ]
    assert reopened == [CaseState.WITH_COUNTY, CaseState.WITH_COUNTY, CaseState.WITH_CITY, CaseState.WITH_CITY]


@pytest.mark.parametrize("state", ALL_STATES)
def test_nobody_decides_what_is_not_with_them(state: CaseState) -> None:
    allowed = {party for party in Party for deed in (Deed.REFUSE,) if _leads(state, deed, party)}
    expected = {
        CaseState.WITH_SHOP: {Party.SHOP},
        CaseState.WITH_COUNTY: {Party.COUNTY},
        CaseState.WITH_CITY: {Party.CITY},
    }
    assert allowed == expected.get(state, set())
    assert not any(_leads(state, Deed.CORRECT, party) for party in (Party.OWNER, Party.CLOCK, Party.NOBODY))


def _leads(state: CaseState, deed: Deed, party: Party) -> bool:
    try:
        next_state(state, deed, party)
    except NoSuchStep:
        return False
    return True


def test_a_new_version_settles_a_case_only_when_it_changes_what_was_spoken_of() -> None:
    reported = version(1)
    other_items = version(2, RecordText(mileage="10000", settle_date="20261102", projects=(ProjectText("机油", "1"),)))
    right_mileage = version(2, RecordText(mileage="12000", settle_date="20261102"))
    mileage, items = Asked(Topic.MILEAGE, 1), Asked(Topic.ITEMS, 1)
    assert not is_put_right(mileage, reported, reported, VIN)
    assert not is_put_right(mileage, reported, other_items, VIN)
    assert is_put_right(items, reported, other_items, VIN)
    assert is_put_right(mileage, reported, right_mileage, VIN)
    assert not is_put_right(Asked(Topic.MILEAGE, 2), reported, right_mileage, VIN)


def test_a_record_that_is_void_or_went_to_another_car_is_no_longer_of_this_one() -> None:
    for topic in (Topic.NOT_MY_CAR, Topic.NO_SUCH_VISIT):
        assert is_put_right(Asked(topic, 1), version(1), version(2, state=RecordState.VOID), VIN)
        assert is_put_right(Asked(topic, 1), version(1), version(2, vin="LSVAA2180E2999999"), VIN)
        assert not is_put_right(Asked(topic, 1), version(1), version(2, RecordText(mileage="3")), VIN)
