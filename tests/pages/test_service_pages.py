"""质保与下次保养 of one's own car: on the page, in the calendar, and for nobody who may see less than the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import icalendar
import pytest
from playwright.sync_api import BrowserContext, expect

from chedang.fiction.vehicles import make_vin
from chedang.records.model import PartText, ProjectText
from tests.pages.conftest import Site
from tests.pages.filled_province import TODAY, Car
from tests.pages.owners import Owner, bind_car, new_owner
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

NewContext = Callable[..., BrowserContext]


CAR = Car("浙B5S555", make_vin(Random("service pages")))


@pytest.fixture(scope="module")
def car(site: Site) -> Car:
    """Its oil is changed every 150 days; three days ago it got a new compressor, said to be the second in a week."""
    for number, mileage in enumerate((8_120, 15_040, 22_300, 29_870)):
        site.province.upload("ningbo", CAR, TODAY - timedelta(days=500 - 150 * number), str(mileage))
    for days_ago, mileage in ((9, 31_900), (3, 32_100)):
        site.province.upload(
            "ningbo",
            CAR,
            TODAY - timedelta(days=days_ago),
            str(mileage),
            fault_description="空调压缩机异响",
            projects=(ProjectText("更换空调压缩机", "2.5"),),
            parts=(PartText("空调压缩机总成", "8104010-K03", "1"),),
        )
    site.province.connection.commit()
    return CAR


@pytest.fixture
def owner(site: Site, new_context: NewContext, car: Car) -> Owner:
    """Has the car, and a phone of the smallest size."""
    return new_owner(site, new_context, car, viewport=PHONE)


def events_of(content: bytes) -> list[icalendar.Event]:
    """Read back what a calendar would read."""
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def audit_of(site: Site, username: str) -> list[tuple[str, str]]:
    rows = site.province.connection.execute(
        "select action, purpose from access_audit_event e join access_user u on u.id = e.actor_id "
        "where u.username = %s and action like 'vehicle:%%' order by e.id",
        (username,),
    ).fetchall()
    site.province.connection.commit()
    return [(row[0], row[1]) for row in rows]


def test_an_owner_sees_what_is_still_under_warranty_and_takes_the_next_service_along(site: Site, owner: Owner) -> None:
    page, (car_id,) = owner.page, owner.car_ids
    page.goto(f"/my/{car_id}/service")

    # Then the title is the answer, and the compressor is under the shortest legal period.
    expect(page.get_by_role("heading", level=1)).to_contain_text("下次保养")
    expect(page.get_by_role("heading", level=1)).to_contain_text("千米")
    running = page.get_by_role("listitem").filter(has_text="在质量保证期内")
    expect(running).to_have_count(2)
    expect(running.first).to_contain_text("还有 7 天")
    expect(running.last).to_contain_text("还有 1 天")
    expect(running.last.get_by_role("link", name="没修好？投诉这次维修")).to_be_visible()
    expect(running.last).to_contain_text("质保期内同一项目再次维修，可要求免费返修")
    expect(running.first).not_to_contain_text("再次维修")
    expect(running.first).to_contain_text("由项目“更换空调压缩机”推断")
    expect(page.get_by_text("里程按每天约")).to_be_visible()
    _assert_good(page)
    page.get_by_text("已过期和没有计算的维修").click()
    expect(page.get_by_text("质量保证期已过").first).to_be_visible()
    _assert_good(page)

    # When the calendar file is taken without and with an alarm.
    with page.expect_download() as quiet:
        page.get_by_role("button", name="下载日历文件").click()
    page.get_by_label("提前 7 天让日历提醒我").check()
    with page.expect_download() as reminding:
        page.get_by_role("button", name="下载日历文件").click()

    # Then it can be read, is the same event both times, and names no car.
    first, second = (download.value.path().read_bytes() for download in (quiet, reminding))
    assert quiet.value.suggested_filename == "next-service.ics"
    for content in (first, second):
        lines = content.split(b"\r\n")
        assert all(len(line) <= 75 and b"\n" not in line for line in lines)
        unfolded = content.replace(b"\r\n ", b"").decode()
        assert not any(secret in unfolded for secret in (CAR.plate_number, CAR.vin, CAR.vin_tail, car_id))
    oil, oil_again = events_of(first)[0], events_of(second)[0]
    assert oil["UID"] == oil_again["UID"]
    assert isinstance(oil.decoded("DTSTART"), date)
    assert oil.decoded("DTSTART") > TODAY
    assert "更换机油和机滤" in str(oil["SUMMARY"])
    assert (list(oil.walk("VALARM")), len(list(oil_again.walk("VALARM")))) == ([], 1)
    assert audit_of(site, owner.username)[-3:] == [
        ("vehicle:read_file", "own_vehicle"), ("vehicle:export", "own_vehicle"), ("vehicle:export", "own_vehicle"),
    ]  # fmt: skip


def test_the_page_speaks_english_and_large(site: Site, owner: Owner) -> None:
    page, (car_id,) = owner.page, owner.car_ids
    page.goto(f"/my/{car_id}/service")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Next service")
    page.get_by_role("button", name="Larger").click()
    page.wait_for_selector("html.large")
    _assert_good(page)


def test_a_car_without_services_says_so(site: Site, new_context: NewContext) -> None:
    owner = new_owner(site, new_context, site.province.new_car, viewport=PHONE)
    owner.page.goto(f"/my/{owner.car_ids[0]}/service")

    expect(owner.page.get_by_role("heading", level=1)).to_have_text("还不能估算下次保养")
    expect(owner.page.get_by_text("没有依据就不估算")).to_be_visible()
    expect(owner.page.get_by_role("button", name="下载日历文件")).to_have_count(0)
    _assert_good(owner.page)


def test_a_consent_to_a_part_of_the_file_does_not_open_these_pages(
    site: Site, new_context: NewContext, car: Car
) -> None:
    friend = new_owner(site, new_context)
    for scope, status in (("verdict", 403), ("buyer", 403), ("full", 200)):
        site.province.connection.execute("update owners_binding set ended_at = now() where vin = %s", (car.vin,))
        car_id = bind_car(site, friend.username, car, kind="consent", proof="consent", scope=scope)
        for path in ("service", "next-service.ics"):
            assert friend.page.request.get(f"/my/{car_id}/{path}").status == status
    friend.page.goto(f"/my/{car_id}/service")
    expect(friend.page.get_by_text("在质量保证期内").first).to_be_visible()
    expect(friend.page.get_by_role("main").get_by_role("link", name="投诉")).to_have_count(0)
    assert audit_of(site, friend.username)[-3:] == [
        ("vehicle:read_file", "by_consent"), ("vehicle:export", "by_consent"), ("vehicle:read_file", "by_consent"),
    ]  # fmt: skip


def test_a_strangers_car_is_no_car_of_mine(site: Site, owner: Owner) -> None:
    assert owner.page.request.get("/my/abcdefghjkmn/service").status == 404
    assert owner.page.request.get("/my/abcdefghjkmn/next-service.ics").status == 404


def test_the_inspection_goes_into_the_calendar_with_two_alarms_and_is_kept_nowhere(owner: Owner, site: Site) -> None:
    page, car_id = owner.page, owner.car_ids[0]
    page.goto(f"/my/{car_id}/inspection.ics?until=1999-01-01")
    expect(page.get_by_role("alert")).to_contain_text("请对照行驶证核对年份")
    until = TODAY + timedelta(days=200)
    answer = page.request.get(f"/my/{car_id}/inspection.ics?until={until}")
    (event,) = events_of(answer.body())
    assert event["dtstart"].dt == until
    alarms = [alarm["trigger"].dt for alarm in event.walk("VALARM")]
    assert alarms == [timedelta(days=-30), timedelta(days=14)]
    assert "删掉这一条" in event["description"]
    assert CAR.plate_number not in answer.text()
    assert CAR.vin_tail not in answer.text()
