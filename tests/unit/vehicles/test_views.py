"""What each view of a vehicle's file shows and hides: a case for every field, and a scan for what must not leak."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chedang.enterprises.known import KnownEnterprise
from chedang.enterprises.model import ReviewState
from chedang.records.model import Finding, Level, PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.terms import plate as plates
from chedang.terms.text import clean
from chedang.vehicles.changes import ElementChange
from chedang.vehicles.home import HomeBasis, HomeFacts
from chedang.vehicles.model import PlateSpan, VehicleFile
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.views import FileView, RecordView, VersionView, View, mask_hidden_texts, redact

VIN = "LXWA1B282LB948917"
PLATE = "浙A12345"
EARLIER_PLATE = "浙B8K678"
SHOP = "330106000000001"
SHOP_NAME = "杭州青禾汽车销售服务有限公司"
LIST_NUMBER = "JS-48210"
COMPANIES = {
    SHOP: KnownEnterprise(
        company_code=SHOP,
        company_name=SHOP_NAME,
        division_code="330106",
        category_code="01",
        review_state=ReviewState.APPROVED,
    )
}
DAY, EARLIER_DAY = date(2026, 9, 14), date(2025, 3, 9)
RECORD, EARLIER_RECORD = UUID(int=0xA1 << 112), UUID(int=0xB2 << 112)
TEXT = RecordText(
    company_name=SHOP_NAME,
    vin=VIN,
    plate_number=PLATE,
    repair_date="20260914",
    mileage="48210",
    settle_date="20260914",
    fault_description="刹车异响，车主电话 142-0000-0001，9月14日取车",
    settlement_list_number=LIST_NUMBER,
    parts=(PartText("前制动片（浙A·12345）", "D1210-8A", "1"),),
    projects=(ProjectText("更换前制动片，单号 JS 48210", "0.5"),),
)
FINDINGS = (
    Finding("hours-like-money", Level.WARN, "/repairprojectlist/0/workinghours", {"value": "380"}),
    Finding("plate-unreadable", Level.ERROR, "/basicInfo/vehicleplatenumber", {"value": PLATE}),
)
MASKED_FAULT = "刹车异响,车主电话 ***,***取车"


def received(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def stored(record_id: UUID, day: date, text: RecordText, **changes: Any) -> StoredVersion:
    values: dict[str, Any] = {
        "vin": VIN,
        "record_id": record_id,
        "version": 1,
        "state": RecordState.ACTIVE,
        "company_code": SHOP,
        "settlement_list_number": text.settlement_list_number,
        "plate_number": plates.normalise(text.plate_number),
        "repair_on": day,
        "settled_on": day,
        "mileage_km": Decimal(text.mileage),
        "text": text,
        "findings": (),
        "origin": "local",
        "dialect": "lcippro",
        "actor": "",
        "reason": "",
        "received_at": received(day),
    }
    return StoredVersion(**(values | changes))


def file_of(*versions: StoredVersion) -> VehicleFile:
    return assemble_file(VIN, versions, home_facts=HomeFacts("33"))


def family_file() -> VehicleFile:
    """Two visits to one shop, the newer one corrected once, its odometer lower than before."""
    earlier = msgspec.structs.replace(
        TEXT, plate_number=EARLIER_PLATE, mileage="61000", settlement_list_number="JS-30000", fault_description="保养"
    )
    corrected_at = received(DAY) + timedelta(hours=1)
    return file_of(
        stored(EARLIER_RECORD, EARLIER_DAY, earlier),
        stored(RECORD, DAY, msgspec.structs.replace(TEXT, mileage="48200"), mileage_km=Decimal(48200)),
        stored(RECORD, DAY, TEXT, version=2, findings=FINDINGS, received_at=corrected_at),
    )


FILE = family_file()
OWNER, BUYER, AUTHORITY, VERDICT = (
    redact(FILE, view, companies=COMPANIES) for view in (View.OWNER, View.BUYER, View.AUTHORITY, View.VERDICT)
)
HANDED_OVER = redact(FILE, View.OWNER, companies=COMPANIES, shops_hidden_before=date(2026, 9, 15))
"""As a new owner sees visits before the transfer."""

_SPANS = (PlateSpan(PLATE, DAY, DAY, 1), PlateSpan(EARLIER_PLATE, EARLIER_DAY, EARLIER_DAY, 1))
_VERSIONS = (VersionView(1, received(DAY), (ElementChange("mileage", "48200", "48210"),)),)

# Field → what owner, buyer, authority and verdict hold. A field that is not here fails a test below.
FILE_FIELDS: dict[str, tuple[object, object, object, object]] = {
    "view": (View.OWNER, View.BUYER, View.AUTHORITY, View.VERDICT),
    "vin": (VIN, "", VIN, ""),
    "vin_tail": ("948917", "948917", "948917", ""),
    "plates": (_SPANS, (), _SPANS, ()),
    "home_province_code": ("33", "33", "33", ""),
    "home_by": (HomeBasis.PLATE, HomeBasis.PLATE, HomeBasis.PLATE, HomeBasis.UNKNOWN),
    "record_count": (2, 2, 2, 2),
    "doubtful_count": (2, 2, 2, 2),
    "held_back_count": (0, 0, 0, 0),
    "first_on": (EARLIER_DAY, date(2025, 3, 1), EARLIER_DAY, None),
    "last_on": (DAY, date(2026, 9, 1), DAY, None),
}
# Field → what the newest record holds for owner, buyer, authority, and for a new owner to whom its shop is hidden.
RECORD_FIELDS: dict[str, tuple[object, object, object, object]] = {
    "ref": (RECORD, None, RECORD, RECORD),
    "on": (DAY, date(2026, 9, 1), DAY, DAY),
    "is_month_only": (False, True, False, False),
    "repair_on": (DAY, None, DAY, DAY),
    "settled_on": (DAY, None, DAY, DAY),
    "mileage_km": (Decimal(48210),) * 4,
    "is_shop_hidden": (False, True, False, True),
    "company_code": (SHOP, "", SHOP, ""),
    "company_name": (SHOP_NAME, "", SHOP_NAME, ""),
    "category_code": ("01", "01", "01", "01"),
    "division_code": ("330106", "33", "330106", "33"),
    "settlement_list_number": (LIST_NUMBER, "", LIST_NUMBER, ""),
    "plate_number": (PLATE, "", PLATE, ""),
    "fault_description": (TEXT.fault_description, MASKED_FAULT, TEXT.fault_description, MASKED_FAULT),
    "projects": (
        TEXT.projects,
        (ProjectText("更换前制动片,单号 ***", "0.5"),),
        TEXT.projects,
        (ProjectText("更换前制动片,单号 ***", "0.5"),),
    ),
    "parts": (
        TEXT.parts,
        (PartText("前制动片(***)", "D1210-8A", "1"),),
        TEXT.parts,
        (PartText("前制动片(***)", "D1210-8A", "1"),),
    ),
    "findings": (FINDINGS, FINDINGS[:1], FINDINGS, FINDINGS[:1]),
    "is_doubtful": (True, True, True, True),
    "odometer_doubt": (True, True, True, True),
    "origin": ("local", "local", "local", "local"),
    "received_at": (
        received(DAY) + timedelta(hours=1),
        None,
        received(DAY) + timedelta(hours=1),
        received(DAY) + timedelta(hours=1),
    ),
    "versions": (_VERSIONS, (), _VERSIONS, ()),
}


@pytest.mark.parametrize("field", FILE_FIELDS)
def test_each_field_of_a_file_is_shown_or_hidden_by_view(field: str) -> None:
    assert tuple(getattr(view, field) for view in (OWNER, BUYER, AUTHORITY, VERDICT)) == FILE_FIELDS[field]


@pytest.mark.parametrize("field", RECORD_FIELDS)
def test_each_field_of_a_record_is_shown_or_hidden_by_view(field: str) -> None:
    newest = [view.records[0] for view in (OWNER, BUYER, AUTHORITY, HANDED_OVER)]
    assert tuple(getattr(record, field) for record in newest) == RECORD_FIELDS[field]


def test_no_field_of_a_view_is_without_its_case() -> None:
    assert {*FILE_FIELDS, "odometer", "records"} == set(FileView.__struct_fields__)
    assert set(RECORD_FIELDS) == set(RecordView.__struct_fields__)


def test_the_verdict_alone_has_no_records_and_no_readings() -> None:
    assert VERDICT.records == ()
    assert VERDICT.odometer.readings == ()
    assert VERDICT.odometer.conflicts == ()
    assert VERDICT.odometer.doubtful == frozenset()
    assert VERDICT.odometer.state is FILE.odometer.state


def test_owner_and_authority_see_the_odometer_as_it_was_judged() -> None:
    assert OWNER.odometer == AUTHORITY.odometer == FILE.odometer


def test_a_buyer_sees_readings_by_month_and_number_with_their_doubts() -> None:
    odometer = BUYER.odometer
    assert [reading.on for reading in odometer.readings] == [date(2025, 3, 1), date(2026, 9, 1)]
    assert [reading.record_id for reading in odometer.readings] == [UUID(int=1), UUID(int=2)]
    assert [reading.mileage_km for reading in odometer.readings] == [Decimal(61000), Decimal(48210)]
    assert odometer.doubtful == {UUID(int=1), UUID(int=2)}
    assert odometer.conflicts[0].later == odometer.readings[1]
    assert "2026年9月" in odometer.sentence
    assert not re.search("[0-9]日", odometer.sentence)
    assert not re.search("[0-9]{4}-[0-9]{2}-[0-9]{2}", odometer.sentence_en)


def test_a_new_owner_sees_own_visits_whole_and_no_plate_of_the_owner_before() -> None:
    view = redact(FILE, View.OWNER, companies=COMPANIES, shops_hidden_before=DAY)
    newest, before = view.records
    assert newest.company_name == SHOP_NAME
    assert not newest.is_shop_hidden
    assert before.is_shop_hidden
    assert before.on == EARLIER_DAY
    assert [span.plate_number for span in view.plates] == [PLATE]
    assert EARLIER_PLATE not in msgspec.json.encode(view).decode()


def test_only_an_owner_has_shops_hidden_by_a_transfer() -> None:
    view = redact(FILE, View.AUTHORITY, companies=COMPANIES, shops_hidden_before=date(2027, 1, 1))
    assert view == AUTHORITY


def test_what_is_reckoned_from_a_file_after_a_transfer_names_no_earlier_shop() -> None:
    masked = mask_hidden_texts(FILE, companies=COMPANIES, shops_hidden_before=date(2026, 9, 15))
    encoded = msgspec.json.encode([(entry.newest.text.projects, entry.newest.text.parts) for entry in masked.entries])
    newest = masked.entries[0].newest
    assert newest.text.fault_description == MASKED_FAULT
    assert (newest.text.company_name, newest.company_code, newest.text.plate_number) == ("", "", "")
    assert (newest.record_id, newest.settled_on, newest.mileage_km) == (RECORD, DAY, Decimal(48210))
    assert PLATE not in packed(encoded.decode())
    assert mask_hidden_texts(FILE, companies=COMPANIES, shops_hidden_before=None) is FILE


def leaves(value: object) -> Iterator[str]:
    """Every text and key of a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(key)
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield str(value)


def packed(text: str) -> str:
    """As somebody compares who cares neither for dots and blanks nor for case."""
    return re.sub(r"[\s\-_.·•・･‧∙⋅‐‑–—*★☆]", "", clean(text)).upper()


def assert_hidden(view: FileView, hidden: list[str]) -> None:
    encoded = msgspec.json.encode(view)
    texts = [packed(text) for text in leaves(json.loads(encoded))]
    for value in hidden:
        found = [text for text in texts if packed(value) in text]
        assert found == [], value


def test_a_buyer_sees_no_identity_no_place_of_a_shop_and_no_exact_time_2021_yue_0192_min_chu_928() -> None:
    """(2021)粤0192民初928号: without these a car's history is neither personal information nor privacy."""
    hidden = [VIN, VIN[:11], PLATE, EARLIER_PLATE, "142-0000-0001"]
    hidden += [SHOP, SHOP_NAME, "杭州青禾", "西湖", "杭州", "330106", LIST_NUMBER, "JS-30000"]
    hidden += ["2026-09-14", "20260914", "2026年9月14日", "9月14日", "2025-03-09", "T10:00", str(RECORD), RECORD.hex]
    for view in (BUYER, VERDICT):
        assert_hidden(view, hidden)


_serial = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=6)
plate_numbers = st.builds("{}{}{}".format, st.sampled_from("京浙苏粤新"), st.sampled_from("ABCEFGH"), _serial)
# Begin with what no shown number holds, so that nothing is found by chance.
vins = st.builds("LX{}".format, st.text("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", min_size=15, max_size=15))
phones = st.builds("142{:08d}".format, st.integers(0, 10**8 - 1))
shop_names = st.builds(
    "{}{}汽车维修{}".format,
    st.sampled_from(["杭州", "宁波市", ""]),
    st.text("青禾云帆远山明月", min_size=2, max_size=4),
    st.sampled_from(["有限公司", "有限责任公司", "厂", "店", ""]),
)
list_numbers = st.builds("JS{}".format, st.text("ABCDEFGH0123456789-", min_size=4, max_size=18))
days = st.dates(date(2015, 1, 1), date(2026, 9, 30)).filter(lambda day: day.day > 1)  # the first stands for its month
DISGUISES: tuple[Callable[[str], str], ...] = (
    str,
    str.lower,
    lambda text: f"{text[:2]}·{text[2:]}",
    lambda text: f"{text[:2]} {text[2:]}",
    lambda text: "-".join((text[:3], text[3:7], text[7:])),
    lambda text: "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text),
)


@st.composite
def leaking_files(draw: st.DrawFn) -> tuple[VehicleFile, dict[str, KnownEnterprise], list[str]]:
    """A file whose free texts repeat what a view hides, in many disguises; and that."""
    vin, plate, phone, name, number = (
        draw(values) for values in (vins, plate_numbers, phones, shop_names, list_numbers)
    )
    stranger, day = draw(plate_numbers), draw(days)

    def text() -> str:
        said = draw(st.sampled_from((vin, plate, phone, name, number, stranger)))
        before, after = (
            draw(st.sampled_from(("", "更换机油 ", "，", "车主"))),
            draw(st.sampled_from(("", " 机滤", "。"))),
        )
        when = draw(st.sampled_from(("", f" {day}", f" {day.year}年{day.month}月{day.day}日", f" {day:%Y%m%d}")))
        return f"{before}{draw(st.sampled_from(DISGUISES))(said)}{after}{when}"

    record_text = RecordText(
        company_name=name,
        vin=vin,
        plate_number=plate,
        mileage="100",
        settlement_list_number=number,
        fault_description=text(),
        parts=(PartText(text(), "D1210-8A", text()),),
        projects=(ProjectText(text(), text()),),
    )
    found = Finding("any", Level.WARN, "/repairprojectlist/0/repairproject", {"value": text()})
    record = stored(RECORD, day, record_text, vin=vin, plate_number=plate, findings=(found,))
    hidden = [vin, plate, phone, stranger, name, number, str(day), f"{day.year}年{day.month}月{day.day}日"]
    hidden += [f"{day:%Y%m%d}", str(RECORD), SHOP]
    shop = msgspec.structs.replace(COMPANIES[SHOP], company_name=name)
    file = assemble_file(vin, [record], home_facts=HomeFacts("33"))
    return file, {SHOP: shop}, hidden


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(leaking_files())
def test_nothing_hidden_stands_anywhere_in_what_a_buyer_gets(
    leaking: tuple[VehicleFile, dict[str, KnownEnterprise], list[str]],
) -> None:
    file, companies, hidden = leaking
    for view in (View.BUYER, View.VERDICT):
        assert_hidden(redact(file, view, companies=companies), hidden)
