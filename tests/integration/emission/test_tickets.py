"""The I/M loop on a real PostgreSQL: tests come in, records answer, change and vanish, results close."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from tests.pages.filled_province import Car, Province, at

from chedang.emission import stations, store, tickets
from chedang.emission.figures import station_figures
from chedang.emission.follow import follow
from chedang.emission.importing import Line, take_rows
from chedang.emission.matching import bring_in_step
from chedang.emission.model import (
    Conflicting,
    Doubt,
    EmissionRefused,
    FailedTest,
    NotPermitted,
    Reason,
    Retest,
    StepKind,
    TestStation,
    Ticket,
    TicketState,
    Unknown,
)
from chedang.enterprises.profiles import read_profiles
from chedang.fiction.vehicles import make_vin
from chedang.records.model import ProjectText
from chedang.records.store import read_company_records

TODAY = date(2026, 9, 20)
NOW = at(TODAY)
DAY = TODAY - timedelta(days=6)
STATION = TestStation("I-330106-01", "西湖检测站", "330106", False, DAY - timedelta(days=900), None)
ELSEWHERE = TestStation("I-330212-01", "宁波检测站", "330212", False, DAY - timedelta(days=900), None)
PLATFORM = TestStation("P-3301", "杭州检验平台", "330100", True, DAY - timedelta(days=900), None)
CAR = Car("浙A6Q777", make_vin(Random("emission car")))


@pytest.fixture
def province(database_url: str) -> Iterator[Province]:
    """Two shops, of which the first is an M-station, and three callers."""
    with psycopg.connect(database_url) as connection:
        province = Province(connection)
        province.add_shop("listed", 0, division_code="330106", is_approved=True)
        province.add_shop("other", 1, division_code="330106", is_approved=True)
        for station in (STATION, ELSEWHERE, PLATFORM):
            stations.keep(connection, station, by="tests", now=NOW)
        stations.list_shop(connection, province.shops["listed"], DAY - timedelta(days=99), by="tests", now=NOW)
        connection.commit()
        yield province


def report(number: int) -> str:
    return f"3301060126091408300{number:05}"


def fail(province: Province, number: int, car: Car = CAR, **changes: Any) -> Ticket:
    test = FailedTest(
        station_code=STATION.station_code,
        report_number=report(number),
        vin=car.vin,
        plate_number=car.plate_number,
        tested_on=DAY,
        failed_items=("CO",),
        deadline_on=TODAY + timedelta(days=9),
    )
    test = msgspec.structs.replace(test, **changes)
    ticket, _ = tickets.take_failed_test(province.connection, test, None, now=NOW)
    province.connection.commit()
    return ticket


def repair(province: Province, shop: str = "listed", on: date = TODAY, car: Car = CAR, **elements: Any) -> None:
    province.upload(shop, car, on, "9000", **elements)
    catch_up(province)


def catch_up(province: Province) -> None:
    province.connection.commit()
    while follow(province.connection, clock=lambda: NOW):
        pass
    province.connection.commit()


def now_of(province: Province, ticket: Ticket) -> Ticket:
    found = store.find(province.connection, ticket.code)
    assert found is not None
    return found


def void(province: Province, shop: str, number: str) -> None:
    """Void a record as the corrections do: a new version with the same content."""
    (held,) = [
        each
        for each in read_company_records(province.connection, province.shops[shop])
        if each.settlement_list_number == number
    ]
    province.connection.execute(
        "insert into record_version select vin, record_id, version + 1, 'void', company_code, settlement_list_number, "
        "plate_number, repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, "
        "'tests', 'tests', received_at from record_version where record_id = %s and version = %s",
        (held.record_id, held.version),
    )
    province.connection.execute(
        "update record_head set version = version + 1, state = 'void' where record_id = %s", (held.record_id,)
    )
    province.connection.execute(
        "insert into record_change (vin, record_id, version) values (%s, %s, %s)",
        (held.vin, held.record_id, held.version + 1),
    )
    catch_up(province)


def test_a_record_of_a_listed_shop_closes_the_ticket_and_its_void_opens_it_again(province: Province) -> None:
    ticket = fail(province, 1)
    assert (ticket.state, ticket.missing) == (TicketState.OPEN, Reason.NO_RECORD)
    # Records of other shops, before the test or of other reports do not
    repair(province, "other", number="other")
    assert now_of(province, ticket).missing is Reason.NOT_LISTED
    repair(province, on=DAY - timedelta(days=1), number="before")
    assert now_of(province, ticket).state is TicketState.OPEN
    repair(province, number="right")
    repaired = now_of(province, ticket)
    assert (repaired.state, repaired.company_code) == (TicketState.REPAIRED, province.shops["listed"])
    permit = tickets.ask_permit(province.connection, report(1), STATION, None, now=NOW)
    assert permit.is_permitted
    tickets.ask_permit(province.connection, report(1), STATION, None, now=NOW)
    void(province, "listed", "right")
    assert now_of(province, ticket).state is TicketState.OPEN
    assert not tickets.ask_permit(province.connection, report(1), STATION, None, now=NOW).is_permitted
    # An amendment to another VIN takes it away too, and one back brings it
    repair(province, number="moving")
    assert now_of(province, ticket).state is TicketState.REPAIRED
    other = Car(CAR.plate_number, make_vin(Random("emission other car")))
    repair(province, number="moving", car=other)
    assert now_of(province, ticket).state is TicketState.OPEN
    repair(province, number="moving", fault_description="再来一次")
    assert now_of(province, ticket).state is TicketState.REPAIRED
    kinds = [step.kind.value for step in store.read_steps(province.connection, ticket.code)]
    assert kinds == ["opened", "repaired", "permitted", "reopened", "repaired", "reopened", "repaired"]
    # Followed in another order, the outcome is the same
    assert bring_in_step(province.connection, [CAR.vin], [], now=NOW) == 0


def test_a_test_that_comes_late_finds_the_record_and_the_number_finds_another_vin(province: Province) -> None:
    repair(province, number="early")
    assert fail(province, 1).state is TicketState.REPAIRED
    # The fault text names the report, the VIN was mistyped: an officer says
    mistyped = Car("浙A6Q778", make_vin(Random("mistyped")))
    right = Car("浙A6Q778", make_vin(Random("right")))
    repair(province, car=mistyped, number="typo", fault_description=f"尾气超标，报告编码{{{report(2)}}}")
    ticket = fail(province, 2, right)
    assert (ticket.state, ticket.missing) == (TicketState.UNDECIDED, Reason.VIN_DIFFERS)
    (asked,) = tickets.questions(province.connection, ticket)
    with pytest.raises(Conflicting):
        tickets.rule(
            province.connection, ticket.code, asked.record_id, counts=True, reason="同一辆车", by="o", seen=99, now=NOW
        )
    province.connection.rollback()
    seen = now_of(province, ticket).step_count
    ruled = tickets.rule(
        province.connection, ticket.code, asked.record_id, counts=False, reason="不是", by="o", seen=seen, now=NOW
    )
    assert (ruled.state, ruled.missing) == (TicketState.OPEN, Reason.RULED_OUT)
    province.connection.commit()
    # Corrected, it answers by itself only where no officer said no; with another record it does
    repair(province, car=right, number="corrected")
    assert now_of(province, ticket).state is TicketState.REPAIRED
    # The list is of that day: a shop that left it before the repair counts no more
    stations.end_shop(province.connection, province.shops["listed"], DAY, by="o", now=NOW)
    vins = stations.vehicles_of_shop(province.connection, province.shops["listed"], now=NOW)
    bring_in_step(province.connection, vins, [], now=NOW)
    assert now_of(province, ticket).missing is Reason.NOT_LISTED


def test_results_close_tickets_score_the_shop_and_open_the_next(province: Province) -> None:
    connection, cars = province.connection, [Car(f"浙A6Q78{n}", make_vin(Random(f"em {n}"))) for n in range(4)]
    shop = province.shops["listed"]
    repair(province, car=cars[0], number="good")
    repair(province, car=cars[1], number="empty", parts=(), projects=(ProjectText("维修", "0"),))
    repair(province, car=cars[2], number="bad")
    opened = [fail(province, 10 + place, car) for place, car in enumerate(cars)]
    assert [each.state.value for each in opened] == ["repaired", "repaired", "repaired", "open"]
    assert opened[1].doubts == (Doubt.NO_PARTS, Doubt.NO_HOURS)

    def tell(place: int, *, has_passed: bool, by: TestStation = STATION, **changes: Any) -> Ticket:
        retest = Retest(
            station_code=by.station_code,
            report_number=report(10 + place),
            vin=cars[place].vin,
            has_passed=has_passed,
            retest_number=report(20 + place),
            tested_on=TODAY,
            failed_items=() if has_passed else ("HC",),
            deadline_on=None if has_passed else TODAY + timedelta(days=30),
        )
        told, _ = tickets.take_retest(connection, msgspec.structs.replace(retest, **changes), by, now=NOW)
        connection.commit()
        return told

    assert tell(0, has_passed=True).state is TicketState.PASSED
    assert tell(0, has_passed=True).step_count == now_of(province, opened[0]).step_count  # again: unchanged
    with pytest.raises(Conflicting):
        tell(0, has_passed=False)
    connection.rollback()
    assert Doubt.PASSED_WITHOUT_WORK in tell(1, has_passed=True, by=ELSEWHERE).doubts
    assert tell(2, has_passed=False).state is TicketState.FAILED_AGAIN
    (next_one,) = store.find_by_number(connection, report(22))
    # Settled the same day, but what failed permits no other re-test: an officer may say that it was worked on again
    assert (next_one.state, next_one.failed_items) == (TicketState.UNDECIDED, ("HC",))
    assert next_one.missing is Reason.SEVERAL_TICKETS
    assert tell(3, has_passed=True).doubts == (Doubt.PASSED_WITHOUT_REPAIR,)
    # A record that comes later and was settled before the re-test takes that doubt away
    repair(province, car=cars[3], on=TODAY - timedelta(days=1), number="late")
    assert now_of(province, opened[3]).doubts == ()
    void(province, "listed", "late")
    assert now_of(province, opened[3]).doubts == (Doubt.RECORD_WITHDRAWN,)
    figures = station_figures(connection, shop, DAY, TODAY)
    assert (figures.repaired, figures.retested, figures.passed) == (3, 3, 2)
    assert (figures.passed_without_work, figures.doubtful) == (1, 1)
    assert figures.first_pass_rate == Decimal(2) / 3
    assert figures.without_work_rate == Decimal(1) / 2
    counts = store.count_tickets(connection, "3301", today=TODAY)
    for show, count in counts.items():
        listed = store.list_tickets(connection, "3301", show, today=TODAY, limit=50)
        assert len(listed) == count
    assert (counts["passed"], counts["failed_again"], counts["doubtful"]) == (3, 1, 2)
    assert store.count_tickets(connection, "3302", today=TODAY)["passed"] == 0
    assert store.count_tickets(connection, "", today=TODAY + timedelta(days=99))["overdue"] == 1  # the next one


def test_a_station_speaks_for_itself_and_a_platform_for_its_division(province: Province) -> None:
    connection = province.connection
    test = FailedTest(
        station_code=STATION.station_code,
        report_number=report(1),
        vin=CAR.vin,
        plate_number=CAR.plate_number,
        tested_on=DAY,
        failed_items=("CO",),
        deadline_on=TODAY,
    )
    with pytest.raises(NotPermitted):
        tickets.take_failed_test(connection, test, ELSEWHERE, now=NOW)
    _, outcome = tickets.take_failed_test(connection, test, PLATFORM, now=NOW)
    assert outcome == "created"
    _, outcome = tickets.take_failed_test(connection, test, STATION, now=NOW)
    assert outcome == "unchanged"
    with pytest.raises(Conflicting, match="检验日期"):
        tickets.take_failed_test(connection, msgspec.structs.replace(test, tested_on=TODAY), STATION, now=NOW)
    foreign = msgspec.structs.replace(test, station_code=ELSEWHERE.station_code)
    with pytest.raises(NotPermitted):
        tickets.take_failed_test(connection, foreign, PLATFORM, now=NOW)
    # Another station needs the VIN, and learns nothing without
    with pytest.raises(Unknown):
        tickets.ask_permit(connection, report(1), ELSEWHERE, None, now=NOW)
    with pytest.raises(Unknown):
        tickets.ask_permit(connection, report(1), ELSEWHERE, make_vin(Random("guess")), now=NOW)
    assert not tickets.ask_permit(connection, report(1), ELSEWHERE, CAR.vin, now=NOW).is_permitted
    # Keys: shown once, good until ended or the station leaves the list
    key = stations.make_key(connection, STATION.station_code, by="o", now=NOW)
    assert stations.authenticate(connection, key, now=NOW) == STATION
    assert stations.authenticate(connection, key[:-1] + "!", now=NOW) is None
    assert stations.end_key(connection, STATION.station_code, key[3:11], by="o", now=NOW)
    assert stations.authenticate(connection, key, now=NOW) is None
    key = stations.make_key(connection, STATION.station_code, by="o", now=NOW)
    gone = msgspec.structs.replace(STATION, ended_on=TODAY - timedelta(days=1))
    stations.keep(connection, gone, by="o", now=NOW)
    assert stations.authenticate(connection, key, now=NOW) is None


def test_an_officer_cancels_and_the_list_of_repair_stations_keeps_its_days(province: Province) -> None:
    connection, shop = province.connection, province.shops["listed"]
    one, two = fail(province, 1), fail(province, 2)
    repair(province, number="either")
    assert [now_of(province, each).missing for each in (one, two)] == [Reason.SEVERAL_TICKETS] * 2
    with pytest.raises(EmissionRefused, match="理由"):
        tickets.cancel(connection, two.code, " ", by="o", seen=now_of(province, two).step_count, now=NOW)
    connection.rollback()
    tickets.cancel(connection, two.code, "重复报送", by="o", seen=now_of(province, two).step_count, now=NOW)
    assert now_of(province, one).state is TicketState.REPAIRED  # no other waits any more
    connection.commit()
    with pytest.raises(Conflicting):
        stations.list_shop(connection, shop, TODAY, by="o", now=NOW)
    connection.rollback()
    assert [each.company_code for each in stations.repair_stations(connection, "3301", TODAY)] == [shop]
    stations.end_shop(connection, shop, TODAY, by="o", now=NOW)
    assert stations.repair_stations(connection, "3301", TODAY + timedelta(days=1)) == []
    stations.list_shop(connection, shop, TODAY + timedelta(days=2), by="o", now=NOW)
    assert [stay.ended_on for stay in stations.listings_of(connection, [shop])[shop]] == [None, TODAY]
    with pytest.raises(Conflicting):
        stations.end_shop(connection, province.shops["other"], TODAY, by="o", now=NOW)


def test_of_two_officers_who_give_one_number_the_second_sees_what_the_first_wrote(
    province: Province, database_url: str
) -> None:
    connection, new = province.connection, msgspec.structs.replace(STATION, station_code="I-330106-02")
    seen: list[TestStation | None] = [stations.hold(connection, new.station_code)]

    def hold_too() -> None:
        with psycopg.connect(database_url) as other:
            seen.append(stations.hold(other, new.station_code))

    stations.keep(connection, new, by="first", now=NOW)
    second = threading.Thread(target=hold_too)
    second.start()
    second.join(0.2)
    connection.commit()
    second.join()
    assert seen == [None, new]


def test_of_two_who_ask_at_once_one_is_written_down(province: Province, database_url: str) -> None:
    ticket = fail(province, 1)
    repair(province)
    permits = [tickets.ask_permit(province.connection, report(1), STATION, None, now=NOW)]

    def ask_too() -> None:
        with psycopg.connect(database_url) as other:
            permits.append(tickets.ask_permit(other, report(1), STATION, None, now=NOW))

    second = threading.Thread(target=ask_too)
    second.start()
    second.join(0.3)
    province.connection.commit()
    second.join()
    assert [each.is_permitted for each in permits] == [True, True]
    steps = store.read_steps(province.connection, ticket.code)
    assert [step.kind for step in steps].count(StepKind.PERMITTED) == 1


def test_a_key_that_holds_can_be_found_and_ended_however_many_came_after_it(province: Province) -> None:
    connection, code = province.connection, STATION.station_code
    made = [stations.make_key(connection, code, by="o", now=NOW + timedelta(days=days)) for days in range(30)]
    for key in made[1:]:
        assert stations.end_key(connection, code, key[3:11], by="o", now=NOW)
    listed = stations.keys_of(connection, code)
    assert (len(listed), [each.key_id for each in listed if each.ended_at is None]) == (21, [made[0][3:11]])


def test_the_search_shows_a_shop_as_m_station_from_its_first_day_to_its_last(province: Province) -> None:
    connection, listed, other = province.connection, province.shops["listed"], province.shops["other"]

    def shown_on(day: date) -> set[str]:
        stations.flag_by_list(connection, now=at(day))
        assert stations.flag_by_list(connection, now=at(day)) == 0
        profiles = read_profiles(connection, [listed, other])
        return {code for code, profile in profiles.items() if profile.is_emission_station}

    stations.end_shop(connection, listed, TODAY + timedelta(days=2), by="o", now=NOW)
    stations.list_shop(connection, other, TODAY + timedelta(days=2), by="o", now=NOW)
    assert [shown_on(TODAY + timedelta(days=days)) for days in (0, 1, 2, 3)] == [
        {listed}, {listed}, {listed, other}, {other},
    ]  # fmt: skip


def test_a_record_that_comes_while_its_ticket_is_opened_or_its_shop_listed_is_not_passed_by(
    province: Province, database_url: str
) -> None:
    other_car = Car("浙A6Q778", make_vin(Random("another emission car")))
    listed_later = fail(province, 76, other_car)

    def meanwhile(desk: psycopg.Connection[Any], shop: str, car: Car) -> None:
        with psycopg.connect(database_url, autocommit=True) as worker:
            province.upload(shop, car, TODAY, "9000")
            province.connection.commit()
            following = threading.Thread(target=follow, args=(worker,), kwargs={"clock": lambda: NOW})
            following.start()
            following.join(0.3)  # without the lock it would be through
            desk.commit()
            following.join()

    with psycopg.connect(database_url) as desk:
        test = FailedTest(
            station_code=STATION.station_code,
            report_number=report(77),
            vin=CAR.vin,
            plate_number=CAR.plate_number,
            tested_on=DAY,
            failed_items=("CO",),
            deadline_on=TODAY + timedelta(days=9),
        )
        opened, _ = tickets.take_failed_test(desk, test, None, now=NOW)
        meanwhile(desk, "listed", CAR)
        stations.list_shop(desk, province.shops["other"], DAY, by="tests", now=NOW)
        bring_in_step(desk, stations.vehicles_of_shop(desk, province.shops["other"], now=NOW), [], now=NOW)
        meanwhile(desk, "other", other_car)
    assert [now_of(province, each).state for each in (opened, listed_later)] == [TicketState.REPAIRED] * 2


def test_two_tables_in_opposite_order_at_once_do_not_block_each_other(province: Province, database_url: str) -> None:
    rows = [
        (line, {
            "station_code": STATION.station_code,
            "report_number": report(line),
            "vin": make_vin(Random(f"table {line % 20}")),  # several reports of one vehicle
            "plate_number": "浙A6Q778",
            "tested_on": DAY.isoformat(),
            "failed_items": "CO",
            "deadline_on": TODAY.isoformat(),
        })
        for line in range(2, 62)
    ]  # fmt: skip
    told: list[Line] = []
    start = threading.Barrier(2)

    def take(table: list[tuple[int, dict[str, str]]]) -> None:
        with psycopg.connect(database_url) as connection:
            start.wait()
            told.extend(take_rows(connection, table, scope_code="330000", now=NOW))

    threads = [threading.Thread(target=take, args=(table,)) for table in (rows, rows[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((line.number, line.outcome) for line in told) == sorted(
        (number, outcome) for number, _cells in rows for outcome in ("created", "unchanged")
    )


def test_a_result_waits_for_its_next_number_before_it_holds_any_ticket(province: Province, database_url: str) -> None:
    ticket = fail(province, 1)
    result = Retest(
        station_code=STATION.station_code,
        report_number=report(1),
        vin=CAR.vin,
        has_passed=False,
        retest_number=report(2),
        tested_on=TODAY,
        failed_items=("CO",),
        deadline_on=TODAY + timedelta(days=9),
    )

    def tell() -> None:
        with psycopg.connect(database_url) as connection:
            tickets.take_retest(connection, result, STATION, now=NOW)

    with psycopg.connect(database_url) as other:
        store.hold_names(other, [report(2)])  # as whoever tells the same re-test as a failed test
        telling = threading.Thread(target=tell)
        telling.start()
        telling.join(0.3)
        assert telling.is_alive()
        other.execute("set local lock_timeout = '2s'")
        assert [each.code for each in store.hold_vehicles(other, [CAR.vin], [])] == [ticket.code]
        other.commit()
        telling.join()
    assert now_of(province, ticket).state is TicketState.FAILED_AGAIN
