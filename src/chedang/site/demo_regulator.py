"""What officials of the demonstration have begun: reminders, orders, public notices, tickets, a watched car, a report.

Every piece has a name of its own and is laid down once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chedang.terms.dates import day_in_china

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chedang.access.models import User
    from chedang.supervision.case_steps import Officer
    from chedang.supervision.duties import NewDuty

_DAY: Final = timedelta(days=1)
_BY: Final = "chedang seed"
_NOTICE_ID: Final = "3333333333333333"
_OVERDUE: Final = "33333333"
_NOT_DONE: Final = (("33333334", "333333333333"), ("33333335", "333333333334"))
"""Code of an order and name of its public notice; the first is still to be checked."""
_SANCTION_ID: Final = "333333333335"
_VISIT_ID: Final = "333333333336"
_POLICY_ID: Final = "333333333337"
_POLICY_WAITING_ID: Final = "333333333338"
_POLICY: Final = (
    "一、已经对接的企业，结算后三个工作日内上传维修电子记录。\n\n"
    "二、还没有对接的企业，请在年底前用维修软件、表格或网页上传。\n\n"
    "三、长期不上传的，按《机动车维修管理规定》责令改正。"
)

Car = tuple[str, str]
"""VIN and plate."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """About whom and what."""

    division_code: str
    """The county."""
    company_code: str
    """The shop of the demonstration's login, which may repair for emission."""
    silent: tuple[tuple[str, str], ...]
    """Codes and names of the county's shops that were silent for more than thirty days; at least four."""
    failed: Car
    """Failed its emission test lately."""
    overdue: Car
    """Failed it long ago and was never repaired."""
    watched: Car


def furnish_demo_regulator(given: Furniture, *, now: datetime) -> None:
    """Put it there in the name of the demonstration's accounts, with figures as they stand; safe to repeat.

    The accounts must be there. Node and database are those of this process's environment.
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    django.setup()
    from chedang.access.models import User

    people = {user.username: user for user in User.objects.filter(username__startswith="demo-")}
    _remind(people["demo-county"], given, now)
    _order(people["demo-county"], people["demo-city"], given, now)
    _plan_visit(people, given, now)
    _test_emissions(given, now)
    _watch(people["demo-police"], given.watched, now)
    _announce(people["demo-city"], people["demo-province"], now)
    _report(people["demo-province"], now)


def _remind(county: User, given: Furniture, now: datetime) -> None:
    """Ten days ago, the three that were silent longest; nobody has read it, so SMS and letter come next."""
    from chedang.site.organisation import authority_name
    from chedang.supervision import reminding
    from chedang.supervision.models.notices import Notice
    from chedang.supervision.notice_texts import load_templates
    from chedang.supervision.reminding_model import Concern
    from chedang.supervision.shops import ShopQuery

    if Notice.objects.filter(public_id=_NOTICE_ID).exists():
        return
    codes = tuple(code for code, _name in given.silent[-3:])
    template = load_templates()["not_uploaded"]
    words = reminding.Words(template.title, template.text, template.key)
    wanted = ShopQuery(given.division_code, Concern.SILENT, codes=codes)
    authority = authority_name(county.division_code)
    reminding.remind(_NOTICE_ID, wanted, words, county, authority=authority, now=now - 10 * _DAY)


def _order(county: User, city: User, given: Furniture, now: datetime) -> None:
    """One order that time ran out on; one not done, whose public notice the city has to check; one that is public."""
    from chedang.site.organisation import authority_name
    from chedang.supervision import censures, duties
    from chedang.supervision.case_steps import Officer
    from chedang.supervision.duties import DutyActor
    from chedang.supervision.model import DutyDeed, DutyParty
    from chedang.supervision.models.duties import Duty

    by, above = (Officer(user, authority_name(user.division_code)) for user in (county, city))
    if not Duty.objects.filter(code=_OVERDUE).exists():
        code, _name = given.silent[0]
        duties.issue(_OVERDUE, _new_order(code, given), county, organisation=by.organisation, now=now - 20 * _DAY)
    for place, (duty_code, public_id) in enumerate(_NOT_DONE, 1):
        if Duty.objects.filter(code=duty_code).exists():
            continue
        code, name = given.silent[place]
        duties.issue(duty_code, _new_order(code, given), county, organisation=by.organisation, now=now - 60 * _DAY)
        actor = DutyActor(DutyParty.OFFICER, county, by.organisation)
        duties.close(duty_code, DutyDeed.CLOSE_NOT_DONE, actor, "到期没有补传。", seen=1, now=now - 40 * _DAY)
        what = "长期没有上传维修电子记录，责令改正，到期没有改正。"
        censures.draft(public_id, duty_code, what, by, company_name=name, now=now - 30 * _DAY)
        censures.submit(public_id, by, seen=1, now=now - 25 * _DAY)
        if place > 1:
            censures.publish(public_id, above, seen=2, now=now - 2 * _DAY)
            _sanction((code, name), by, given, now)


def _new_order(company_code: str, given: Furniture) -> NewDuty:
    from chedang.supervision.conditions import CheckKind, Condition
    from chedang.supervision.duties import NewDuty
    from chedang.supervision.model import DutyKind

    return NewDuty(
        kind=DutyKind.ORDER,
        company_code=company_code,
        division_code=given.division_code,
        what="没有按规定上传维修电子记录，请补传并保持及时上传。",
        days=5,
        basis="archive_upload",
        condition=Condition(CheckKind.UPLOADED, 5),
    )


def _sanction(shop: tuple[str, str], by: Officer, given: Furniture, now: datetime) -> None:
    from chedang.site.regulator.enforcement.common import documents
    from chedang.supervision import sanctions
    from chedang.supervision.enforcement_model import SanctionKind
    from chedang.supervision.sanctions import NewSanction

    new = NewSanction("archive_upload", SanctionKind.WARNING, "虚构交罚〔2026〕7号", day_in_china(now - _DAY))
    sanctions.enter(
        _SANCTION_ID,
        new,
        by,
        company_code=shop[0],
        company_name=shop[1],
        division_code=given.division_code,
        documents=documents(),
        now=now,
    )


def _plan_visit(people: Mapping[str, User], given: Furniture, now: datetime) -> None:
    from chedang.enterprises.store import find_by_code
    from chedang.filing import inspections
    from chedang.filing.history import By
    from chedang.filing.inspection_model import InspectionReason
    from chedang.site.archive.connections import archive
    from chedang.site.organisation import authority_name

    with archive() as connection:
        shop = find_by_code(connection, given.silent[0][0])
    if shop is None:
        return
    pair = (people["demo-county"], people["demo-county-2"])
    visit = inspections.Visit(InspectionReason.RISK, day_in_china(now), pair)
    by = By(people["demo-county"], authority_name(given.division_code))
    inspections.plan(_VISIT_ID, shop, visit, by, now=now)


def _test_emissions(given: Furniture, now: datetime) -> None:
    from chedang.emission import stations, tickets
    from chedang.emission.model import FailedTest, TestStation
    from chedang.site.archive.connections import archive

    today = day_in_china(now)
    station_code = f"I-{given.division_code}-01"
    since = today - 300 * _DAY
    with archive() as connection:
        if stations.find(connection, station_code) is not None:
            return
        station = TestStation(station_code, "虚构机动车检测站", given.division_code, False, since, None)
        stations.keep(connection, station, by=_BY, now=now)
        stations.list_shop(connection, given.company_code, since, by=_BY, now=now)
        for number, ((vin, plate_number), days) in enumerate(((given.failed, 1), (given.overdue, 40)), 1):
            tested_on = today - days * _DAY
            test = FailedTest(
                station_code=station_code,
                report_number=f"{given.division_code}01{tested_on:%y%m%d}0830{number:06}",
                vin=vin,
                plate_number=plate_number,
                tested_on=tested_on,
                failed_items=("一氧化碳", "碳氢化合物"),
                deadline_on=tested_on + 20 * _DAY,
            )
            tickets.take_failed_test(connection, test, None, now=now)


def _watch(police: User, car: Car, now: datetime) -> None:
    from chedang.site.archive.connections import archive
    from chedang.site.settings import NODE
    from chedang.watch import listing
    from chedang.watch.model import NewEntry, Wanted
    from chedang.watch.store import WatchKeys

    vin, plate_number = car
    since_on = day_in_china(now) - 400 * _DAY
    new = NewEntry(wanted=Wanted(vin=vin, plate_number=plate_number, case_number="虚构-2026-007"), since_on=since_on)
    with archive() as connection:
        listing.add(connection, WatchKeys(NODE.data_dir), new, police.division_code, by=police.username, now=now)


def _announce(city: User, province: User, now: datetime) -> None:
    """One announcement that is public, one that the province has to check; one listed software."""
    from chedang.site.organisation import authority_name
    from chedang.supervision import announcing, software_list
    from chedang.supervision.announcement_model import AnnouncementDeed, AnnouncementKind
    from chedang.supervision.announcing import Author, Words
    from chedang.supervision.models.announcements import Announcement
    from chedang.supervision.software_list import NewSoftware

    drafts, checks = (Author(user, authority_name(user.division_code)) for user in (city, province))
    deeds = (AnnouncementDeed.SUBMIT, AnnouncementDeed.CHECK, AnnouncementDeed.PUBLISH)
    for public_id, title, steps in (
        (_POLICY_ID, "关于及时上传维修电子记录的通知（虚构）", deeds),
        (_POLICY_WAITING_ID, "关于开展年底集中对接的通知（虚构）", deeds[:1]),
    ):
        if Announcement.objects.filter(public_id=public_id).exists():
            continue
        words = Words(AnnouncementKind.POLICY, title, _POLICY, "虚构〔2026〕7号")
        announcing.write(public_id, words, drafts, seen=0, now=now - _DAY)
        for seen, deed in enumerate(steps, 1):
            author = checks if deed is AnnouncementDeed.CHECK else drafts
            announcing.act(public_id, deed, author, seen=seen, now=now - _DAY)
    today = day_in_china(now)
    software = NewSoftware("虚构维修管家", "虚构维修管家软件有限公司", "3.1", "原生接口、表格", today + 700 * _DAY)
    software_list.put_on(software, province, authority=checks.organisation, today=today)


def _report(province: User, now: datetime) -> None:
    """The month that is over, frozen, and the report of this half-year begun."""
    from chedang.site.organisation import authority_name
    from chedang.site.regulator.assessment import freezing
    from chedang.site.regulator.reports.counting import count_now
    from chedang.supervision import reports
    from chedang.supervision.models.reports import HalfYearReport

    for month in freezing.months_open(now)[:2]:
        freezing.freeze(month, by=province, now=now)
    year, half = reports.halves(day_in_china(now))[0]
    if not HalfYearReport.objects.filter(division_code=province.division_code, year=year, half=half).exists():
        counted = count_now(province.division_code, year, half, now=now)
        reports.begin(province, year, half, counted, authority=authority_name(province.division_code), now=now)
