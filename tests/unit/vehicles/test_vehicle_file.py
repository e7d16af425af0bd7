"""A vehicle is its VIN: what of its records' versions makes its file, its plates and its home province."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

import pytest

from chedang.records.model import Finding, Level, ProjectText, RecordState, RecordText, StoredVersion
from chedang.vehicles.home import Home, HomeBasis, HomeFacts
from chedang.vehicles.model import OdometerReason, OdometerState, VehicleFile
from chedang.vehicles.rules import assemble_file

VIN = "LZZ1A2B32GA000123"


def stored(number: str, settled_on: date | None, **changes: object) -> StoredVersion:
    """Version 1 of a record received at noon (China) of the day after settlement."""
    received_on = settled_on or date(2026, 1, 1)
    values: dict[str, object] = {
        "vin": VIN,
        "record_id": uuid5(NAMESPACE_OID, number),
        "version": 1,
        "state": RecordState.ACTIVE,
        "company_code": "330102000000001",
        "settlement_list_number": number,
        "plate_number": "浙A12345",
        "repair_on": settled_on,
        "settled_on": settled_on,
        "mileage_km": None,
        "text": RecordText(),
        "findings": (),
        "origin": "local",
        "dialect": "lcippro",
        "actor": "",
        "reason": "",
        "received_at": datetime(received_on.year, received_on.month, received_on.day, 4, tzinfo=UTC)
        + timedelta(days=1),
    }
    return StoredVersion(**(values | changes))  # type: ignore[arg-type]  # columns by name


def file_of(versions: list[StoredVersion], **options: frozenset[str]) -> VehicleFile:
    return assemble_file(VIN, versions, home_facts=HomeFacts("33"), **options)


def numbers(versions: list[StoredVersion], **options: frozenset[str]) -> list[str]:
    return [entry.newest.settlement_list_number for entry in file_of(versions, **options).entries]


def test_the_newest_settled_repair_comes_first_whatever_order_they_were_received_in() -> None:
    versions = [stored("A", date(2025, 3, 1)), stored("C", date(2026, 2, 1)), stored("B", date(2025, 9, 1))]

    assert numbers(versions) == ["C", "B", "A"]


def test_a_record_shows_its_newest_version_and_keeps_the_older_ones() -> None:
    first, second, third = (
        stored("A", date(2025, 3, 1), version=version, mileage_km=Decimal(version)) for version in (1, 2, 3)
    )
    (entry,) = file_of([second, third, first]).entries

    assert entry.newest is third
    assert entry.older == (second, first)


@pytest.mark.parametrize("state", [RecordState.VOID, RecordState.MOVED])
def test_a_record_that_is_void_or_moved_is_out_of_the_file(state: RecordState) -> None:
    versions = [stored("A", date(2025, 3, 1)), stored("A", date(2025, 3, 1), version=2, state=state)]
    file = file_of(versions)

    assert file.entries == ()
    assert file.plates == ()
    assert file.held_back_count == 0


def test_records_of_an_enterprise_not_approved_are_held_back_and_have_no_say() -> None:
    versions = [
        stored("A", date(2025, 3, 1), mileage_km=Decimal(1000)),
        stored("B", date(2025, 4, 1), company_code="new", plate_number="沪B12345", mileage_km=Decimal(500)),
    ]
    file = file_of(versions, hidden_companies=frozenset({"new"}))

    assert [entry.newest.settlement_list_number for entry in file.entries] == ["A"]
    assert file.held_back_count == 1
    assert [span.plate_number for span in file.plates] == ["浙A12345"]
    assert file.odometer.state is OdometerState.NOT_JUDGED


def test_one_vehicle_with_three_plates_is_one_file_with_a_dated_history() -> None:
    versions = [
        stored("A", date(2022, 3, 1), plate_number="浙A12345"),
        stored("B", date(2023, 3, 1), plate_number="浙A12345"),
        stored("C", date(2024, 3, 1), plate_number="沪B54321"),
        stored("D", date(2026, 3, 1), plate_number="苏E00001"),
        stored("E", date(2026, 3, 9), plate_number=""),
    ]
    file = file_of(versions)

    assert len(file.entries) == 5
    assert [(s.plate_number, s.first_seen_on, s.last_seen_on, s.record_count) for s in file.plates] == [
        ("苏E00001", date(2026, 3, 1), date(2026, 3, 1), 1),
        ("沪B54321", date(2024, 3, 1), date(2024, 3, 1), 1),
        ("浙A12345", date(2022, 3, 1), date(2023, 3, 1), 2),
    ]
    assert file.home == Home("32", HomeBasis.EARLIER_PLATE)


def test_a_settlement_in_the_future_does_not_stay_on_top_for_years() -> None:
    received_at = datetime(2025, 5, 1, 4, tzinfo=UTC)
    versions = [
        stored("typo", date(2055, 4, 30), received_at=received_at, mileage_km=Decimal(10)),
        stored("later", date(2025, 6, 1)),
    ]
    file = file_of(versions)

    assert [entry.newest.settlement_list_number for entry in file.entries] == ["later", "typo"]
    assert file.entries[1].on == date(2025, 5, 1)
    assert file.odometer.readings == ()


def test_without_a_settlement_day_the_repair_and_then_the_receipt_dates_a_record() -> None:
    received_at = datetime(2025, 5, 1, 16, 30, tzinfo=UTC)  # already 2 May in China
    versions = [
        stored("A", None, repair_on=date(2025, 4, 1), received_at=received_at),
        stored("B", None, received_at=received_at),
    ]

    assert [entry.on for entry in file_of(versions).entries] == [date(2025, 5, 2), date(2025, 4, 1)]


def test_an_entry_is_doubtful_for_errors_and_warnings_not_for_notes() -> None:
    def is_doubtful(level: Level) -> bool:
        findings = (Finding("X", level, "/basicInfo/vin"),)
        return file_of([stored("A", date(2025, 3, 1), findings=findings)]).entries[0].is_doubtful

    assert (is_doubtful(Level.ERROR), is_doubtful(Level.WARN), is_doubtful(Level.INFO)) == (True, True, False)


def test_the_mileage_belongs_to_the_day_of_delivery() -> None:
    version = stored("A", date(2025, 3, 9), repair_on=date(2025, 3, 1), mileage_km=Decimal(100))
    (reading,) = file_of([version]).odometer.readings

    assert (reading.on, reading.mileage_km, reading.record_id) == (date(2025, 3, 1), Decimal(100), version.record_id)


def readings_of(*mileages_km: int) -> list[StoredVersion]:
    return [
        stored(f"R{place}", date(2025, 1 + place, 1), mileage_km=Decimal(km)) for place, km in enumerate(mileages_km)
    ]


def test_the_verdict_after_a_correction_is_that_of_a_file_which_never_had_the_mistake() -> None:
    right = readings_of(30_100, 32_200, 34_300, 36_400)
    wrong = readings_of(30_100, 32_200, 34_300, 36_400)
    wrong[2] = stored("R2", date(2025, 3, 1), mileage_km=Decimal(343_005))
    assert file_of(wrong).odometer.reasons == (OdometerReason.TYPO,)
    corrected = stored("R2", date(2025, 3, 1), version=2, mileage_km=Decimal(34_300))

    assert file_of([*wrong, corrected]).odometer == file_of(right).odometer


def test_a_voided_reading_has_no_say_in_the_verdict() -> None:
    versions = readings_of(30_100, 90_200, 34_300, 36_400)
    void = stored("R1", date(2025, 2, 1), version=2, state=RecordState.VOID, mileage_km=Decimal(90_200))

    assert file_of(versions).odometer.reasons != (OdometerReason.FITS,)
    assert file_of([*versions, void]).odometer.reasons == (OdometerReason.FITS,)


def test_a_replaced_odometer_is_read_from_the_projects_of_a_record() -> None:
    versions = readings_of(80_100, 82_200, 300, 1_400)
    assert file_of(versions).odometer.state is OdometerState.ILLOGICAL
    text = RecordText(projects=(ProjectText("更换组合仪表总成", "1.2"),))
    versions[1] = stored("R1", date(2025, 2, 1), mileage_km=Decimal(82_200), text=text)

    assert file_of(versions).odometer.reasons == (OdometerReason.REPLACED,)


def test_a_file_without_records_is_empty_and_not_judged() -> None:
    file = file_of([])

    assert file.entries == ()
    assert file.odometer.state is OdometerState.NOT_JUDGED
