"""The vehicle index follows the records on a real PostgreSQL, and can be made again from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest

from chedang.records.identity import content_digest, encode_content, file_key, record_id
from chedang.records.model import RecordText
from chedang.records.store import Connection, NewVersion, append, read_file, read_position
from chedang.vehicles.follow import CONSUMER, follow, rebuild
from chedang.vehicles.home import HomeFacts
from chedang.vehicles.model import Vehicle
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.store import find_by_plate_and_vin_tail, iterate_vins, read_vehicle, refresh

SHOP = "330102000000001"
CAR, OTHER_CAR = "LZZ1A2B32GA000123", "LZZ1A2B34GA000124"
NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def upload(number: str, vin: str | None = CAR, **changes: object) -> NewVersion:
    settled_on = changes.pop("settled_on", date(2026, 3, 3))
    text = RecordText(
        vin=vin or "", settlement_list_number=number, fault_description=str(changes), settle_date=str(settled_on)
    )
    content = encode_content(text)
    digest = content_digest(content)
    values: dict[str, object] = {
        "vin": file_key(vin, SHOP),
        "record_id": record_id(SHOP, number, digest),
        "digest": digest,
        "company_code": SHOP,
        "settlement_list_number": number,
        "plate_number": "浙A12345",
        "repair_on": settled_on,
        "settled_on": settled_on,
        "mileage_km": None,
        "content": content.decode(),
        "findings": "[]",
        "error_count": 0,
        "warn_count": 0,
        "dialect": "lcippro",
        "received_at": NOW,
    }
    return NewVersion(**(values | changes))  # type: ignore[arg-type]


def catch_up(connection: Connection, limit: int = 1000) -> None:
    while follow(connection, clock=lambda: NOW, node_code="33", limit=limit):
        pass


def everything(connection: Connection) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """All rows of the index but the moment they were made."""
    vehicles = connection.execute(
        "select vin, plate_number, home_province_code, record_count, first_settled_on, last_settled_on, last_mileage_km"
        " from vehicle order by vin"
    ).fetchall()
    plates = connection.execute(
        "select vin, plate_number, first_seen_on, last_seen_on from vehicle_plate order by vin, plate_number"
    ).fetchall()
    connection.commit()
    return vehicles, plates


def test_an_uploaded_record_can_be_found_by_plate_and_end_of_vin(connection: Connection) -> None:
    append(connection, [upload("A", mileage_km=Decimal("48210.5"))])
    catch_up(connection)

    assert find_by_plate_and_vin_tail(connection, "浙a·12345", " 000123 ") == [CAR]
    assert read_vehicle(connection, CAR) == Vehicle(
        vin=CAR, plate_number="浙A12345", home_province_code="33", record_count=1, first_settled_on=date(2026, 3, 3),
        last_settled_on=date(2026, 3, 3), last_mileage_km=Decimal("48210.5"), refreshed_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("plate", "tail"),
    [("浙A12345", "00123"), ("浙A12345", "999999"), ("浙A12346", "000123"), ("", "000123"), ("浙A12345", "")],
)
def test_plate_and_end_of_vin_must_both_fit(connection: Connection, plate: str, tail: str) -> None:
    append(connection, [upload("A")])
    catch_up(connection)

    assert find_by_plate_and_vin_tail(connection, plate, tail) == []


def test_one_car_with_three_plates_is_one_vehicle_found_by_each(connection: Connection) -> None:
    append(
        connection,
        [
            upload("A", plate_number="浙A12345", settled_on=date(2022, 3, 1), mileage_km=Decimal(100)),
            upload("B", plate_number="沪B54321", settled_on=date(2024, 3, 1), mileage_km=Decimal(300)),
            upload("C", plate_number="苏E00001", settled_on=date(2026, 3, 1)),
            upload("D", plate_number="", settled_on=date(2026, 3, 2)),
        ],
    )
    catch_up(connection)
    vehicle = read_vehicle(connection, CAR)

    for plate in ("浙A12345", "沪B54321", "苏E00001"):
        assert find_by_plate_and_vin_tail(connection, plate, CAR[-6:]) == [CAR]
    assert vehicle is not None
    assert (vehicle.plate_number, vehicle.home_province_code, vehicle.record_count) == ("苏E00001", "32", 4)
    assert (vehicle.first_settled_on, vehicle.last_settled_on) == (date(2022, 3, 1), date(2026, 3, 2))
    assert vehicle.last_mileage_km == Decimal(300)


def test_two_cars_that_swapped_plates_stay_two_files(connection: Connection) -> None:
    append(
        connection,
        [
            upload("A", CAR, plate_number="浙A11111", settled_on=date(2024, 1, 1)),
            upload("B", OTHER_CAR, plate_number="浙A22222", settled_on=date(2024, 1, 1)),
            upload("C", CAR, plate_number="浙A22222", settled_on=date(2025, 1, 1)),
            upload("D", OTHER_CAR, plate_number="浙A11111", settled_on=date(2025, 1, 1)),
        ],
    )
    catch_up(connection)

    assert find_by_plate_and_vin_tail(connection, "浙A11111", CAR[-6:]) == [CAR]
    assert find_by_plate_and_vin_tail(connection, "浙A11111", OTHER_CAR[-6:]) == [OTHER_CAR]
    for car, newest in ((CAR, "浙A22222"), (OTHER_CAR, "浙A11111")):
        vehicle = read_vehicle(connection, car)
        assert vehicle is not None
        assert (vehicle.plate_number, vehicle.record_count) == (newest, 2)


def test_a_corrected_plate_leaves_no_trace_in_the_index(connection: Connection) -> None:
    append(connection, [upload("A", plate_number="浙A99999")])
    catch_up(connection)
    append(connection, [upload("A", plate_number="浙A12345")])
    catch_up(connection)

    assert find_by_plate_and_vin_tail(connection, "浙A99999", CAR[-6:]) == []
    assert find_by_plate_and_vin_tail(connection, "浙A12345", CAR[-6:]) == [CAR]


def test_a_record_moved_to_another_vin_leaves_the_old_vehicle_empty_and_gone(connection: Connection) -> None:
    append(connection, [upload("A", CAR)])
    catch_up(connection)
    append(connection, [upload("A", OTHER_CAR)])
    catch_up(connection)

    assert read_vehicle(connection, CAR) is None
    assert find_by_plate_and_vin_tail(connection, "浙A12345", CAR[-6:]) == []
    moved = read_vehicle(connection, OTHER_CAR)
    assert moved is not None
    assert moved.record_count == 1
    assert assemble_file(CAR, read_file(connection, CAR), home_facts=HomeFacts("33")).entries == ()


def test_a_record_without_a_vehicle_makes_none(connection: Connection) -> None:
    append(connection, [upload("A", None)])
    catch_up(connection)

    assert everything(connection) == ([], [])
    assert read_position(connection, CONSUMER) == 1


def test_a_settlement_in_the_future_counts_from_its_receipt(connection: Connection) -> None:
    append(connection, [upload("A", settled_on=date(2055, 1, 1)), upload("B", settled_on=None)])
    catch_up(connection)
    vehicle = read_vehicle(connection, CAR)

    assert vehicle is not None
    assert (vehicle.first_settled_on, vehicle.last_settled_on) == (date(2026, 3, 4), date(2026, 3, 4))


def test_the_index_says_the_same_as_the_file(connection: Connection) -> None:
    append(
        connection,
        [
            upload("A", plate_number="浙A12345", settled_on=date(2022, 3, 1), mileage_km=Decimal(100)),
            upload("B", plate_number="沪B54321", settled_on=date(2024, 3, 1)),
            upload("C", plate_number="浙A12345", settled_on=None, repair_on=date(2023, 3, 1)),
        ],
    )
    append(connection, [upload("A", plate_number="浙A12345", settled_on=date(2022, 4, 1))])
    catch_up(connection)
    file = assemble_file(CAR, read_file(connection, CAR), home_facts=HomeFacts("33"))
    vehicles, plates = everything(connection)

    assert [(CAR, span.plate_number, span.first_seen_on, span.last_seen_on) for span in file.plates] == sorted(
        plates, key=lambda row: row[3], reverse=True
    )
    newest, oldest = file.entries[0], file.entries[-1]
    assert vehicles == [
        (CAR, file.plates[0].plate_number, file.home.province_code, len(file.entries), oldest.on, newest.on, None)
    ]


def test_refreshing_again_changes_nothing(connection: Connection) -> None:
    append(connection, [upload("A"), upload("B", OTHER_CAR)])
    catch_up(connection)
    before = everything(connection)
    refresh(connection, [CAR, OTHER_CAR, f"~{SHOP}"], node_code="33", now=NOW)
    refresh(connection, [], node_code="33", now=NOW)

    assert everything(connection) == before


def test_the_follower_goes_on_where_it_stopped_and_takes_every_change(connection: Connection) -> None:
    for number in range(7):
        append(connection, [upload(str(number), f"LZZ1A2B3{number}GA00012{number}")])

    assert follow(connection, clock=lambda: NOW, node_code="33", limit=3) == 3
    assert len(everything(connection)[0]) == 3
    assert follow(connection, clock=lambda: NOW, node_code="33", limit=3) == 3
    assert follow(connection, clock=lambda: NOW, node_code="33", limit=3) == 1
    assert follow(connection, clock=lambda: NOW, node_code="33", limit=3) == 0
    assert len(everything(connection)[0]) == 7


def test_a_follower_killed_before_its_commit_has_done_nothing(database_url: str, connection: Connection) -> None:
    append(connection, [upload("A")])

    class Killed(Exception):
        pass

    def clock() -> datetime:
        raise Killed

    with psycopg.connect(database_url) as other, pytest.raises(Killed):
        follow(other, clock=clock, node_code="33")
    assert read_position(connection, CONSUMER) == 0
    connection.commit()
    catch_up(connection)
    assert read_vehicle(connection, CAR) is not None


def test_a_rebuild_makes_the_same_index_and_drops_what_no_record_stands_behind(connection: Connection) -> None:
    append(connection, [upload(str(number), f"LZZ1A2B3{number}GA00012{number}") for number in range(5)])
    append(connection, [upload("fileless", None)])
    catch_up(connection)
    before = everything(connection)
    connection.execute("delete from vehicle_plate where vin like '%0'")
    connection.execute("update vehicle set record_count = 99, plate_number = ''")
    connection.execute("insert into vehicle values ('LZZ0000000GHOST00', '', '', 1, null, null, null, now())")
    connection.execute("insert into vehicle_plate values ('LZZ0000000GHOST01', '浙A12345', null, null)")
    connection.commit()

    assert rebuild(connection, clock=lambda: NOW, node_code="33", page_rows=2) == 7
    assert everything(connection) == before


def test_all_vins_are_gone_through_page_by_page(connection: Connection) -> None:
    vins = [f"LZZ1A2B3{number}GA00012{number}" for number in range(5)]
    append(connection, [upload(str(number), vin) for number, vin in enumerate(vins)])

    pages = list(iterate_vins(connection, page_rows=2))

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(vin for page in pages for vin in page) == vins
