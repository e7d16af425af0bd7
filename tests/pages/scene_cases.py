"""Of the scene: 反馈 in every state, one of them overdue, and 投诉 in most."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from chedang.intake.corrections import RecordChanges
from chedang.owners.access import may_read
from chedang.platform.sealing import Sealer
from chedang.records.limits import load_limits
from chedang.reviews import cases, complaints, corrections
from chedang.reviews.case_model import Category, Deed, Party, RefusalReason, Topic
from chedang.reviews.cases import Actor
from chedang.reviews.complaints import Grievance
from chedang.reviews.corrections import Amending, MissingVisit, Said
from chedang.reviews.evidence import Evidence
from chedang.reviews.models.cases import Case
from chedang.site.organisation import authority_name
from chedang.site.owner.visits import find_visit
from chedang.site.settings import NODE
from tests.pages.filled_province import TODAY
from tests.pages.stage import DAY, NOW, NUMBERS
from tests.unit.platform.test_images import photo

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_COUNTY = Actor(Party.COUNTY, None, authority_name("330106"))


def make_cases(stage: Stage) -> None:
    """Reported by the owner of the family car, of the shop "west lake"."""
    _report_missing(stage)
    _report(stage, "with_shop", "visit", Topic.MILEAGE, NOW, value="47200")
    _report(stage, "refused_by_shop", "visit_shared", Topic.DATE, NOW - 2 * DAY)
    _report(stage, "with_county", "visit_held", Topic.ITEMS, NOW - 9 * DAY)
    _report(stage, "with_city", "visit_appealed", Topic.MILEAGE, NOW - 70 * DAY)
    _report(stage, "corrected", "visit_reviewed", Topic.ITEMS, NOW - 2 * DAY)
    _report(stage, "refused", "visit_shared", Topic.NO_SUCH_VISIT, NOW - 30 * DAY)
    _decide(stage)
    for state, place in (("submitted", 0), ("forwarded", 1), ("mediated", 2), ("dismissed", 3), ("handed_over", 4)):
        _complain(stage, state, place)


def _report(stage: Stage, name: str, visit: str, topic: Topic, at: datetime, *, value: str = "") -> None:
    access = may_read(stage.users["owner"], stage.ids["car"], now=NOW)
    assert access is not None
    found = find_visit(access, UUID(stage.ids[visit]))
    assert found is not None
    case = corrections.report_mistake(
        stage.users["owner"],
        found[0],
        Said(topic, value, "和我手里的结算清单不一样。"),
        (photo(),) if name == "with_shop" else (),
        evidence=_evidence(),
        plate_number=access.plate_number,
        node_code="33",
        now=at,
    )
    stage.ids[f"case_{name}"] = case.number


def _report_missing(stage: Stage) -> None:
    car = stage.province.family_car
    visit = MissingVisit(
        vin=car.vin,
        plate_number=car.plate_number,
        company_code=stage.province.shops["west lake"],
        division_code="330106",
        on=TODAY - timedelta(days=210),
        text="换过四条轮胎",
    )
    with stage.province.connection.transaction():
        case = corrections.report_missing(
            stage.province.connection, stage.users["owner"], visit, (), evidence=_evidence(), node_code="33", now=NOW
        )
    stage.ids["case_missing"] = case.number


def _decide(stage: Stage) -> None:
    shop = Actor(Party.SHOP, stage.users["shop"], stage.province.names["west lake"])
    cases.act(stage.ids["case_refused_by_shop"], Deed.REFUSE, shop, text="结算日期与清单存根一致。", now=NOW - DAY)
    connection = stage.province.connection
    with connection.transaction():
        corrections.refresh_due(connection, now=NOW)
    late = cases.act(
        stage.ids["case_refused"], Deed.REFUSE, _whoever_has(stage, "refused"), text="核对过进厂登记。", now=NOW
    )
    assert late.state == "refused", late.state
    amending = Amending(
        RecordChanges(fault_description="按期保养，更换机油、机滤和空调滤芯"),
        "按工单补全",
        stage.province.names["west lake"],
    )
    corrections.amend(connection, stage.ids["case_corrected"], shop, amending, limits=load_limits(), now=NOW)
    connection.commit()


def _whoever_has(stage: Stage, name: str) -> Actor:
    held = Case.objects.get(number=stage.ids[f"case_{name}"])
    division = "330106" if held.holder == Party.COUNTY else "330100"
    return Actor(Party(held.holder), None, authority_name(division))


def _complain(stage: Stage, state: str, place: int) -> None:
    access = may_read(stage.users["owner"], stage.ids["car"], now=NOW)
    assert access is not None
    found = find_visit(access, UUID(stage.ids[f"old_visit_{place}"]))
    assert found is not None
    case = complaints.complain(
        stage.users["owner"],
        found[0],
        Grievance(Category.QUALITY, "免费返工", "更换后仍然漏油，三天后又去了一次。", NUMBERS["owner"]),
        (photo(),) if state == "submitted" else (),
        evidence=_evidence(),
        sealer=Sealer(NODE.data_dir, complaints.SEALING_PURPOSE),
        plate_number=access.plate_number,
        node_code="33",
        now=NOW - 4 * DAY,
    )
    stage.ids[f"case_{state}"] = case.number
    _handle(stage, case, state)


def _handle(stage: Stage, case: Case, state: str) -> None:
    shop = Actor(Party.SHOP, stage.users["shop"], stage.province.names["west lake"])
    if state == "submitted":
        return
    if state == "dismissed":
        complaints.dismiss(case.number, _COUNTY, RefusalReason.SETTLED_ALREADY, "双方已经和解。", now=NOW)
        return
    cases.act(case.number, Deed.ACCEPT, _COUNTY, text="", now=NOW - 3 * DAY)
    if state == "handed_over":
        complaints.hand_over(case.number, _COUNTY, "GD20261122-7", now=NOW)
        return
    cases.act(case.number, Deed.FORWARD, _COUNTY, text="", now=NOW - 3 * DAY)
    if state == "mediated":
        cases.act(case.number, Deed.REPLY, shop, text="可以免费返工，请来电约时间。", now=NOW - 2 * DAY)
        cases.act(case.number, Deed.MEDIATE, _COUNTY, text="企业同意七日内免费返工。", now=NOW - DAY)


def _evidence() -> Evidence:
    return Evidence(Path(NODE.data_dir))
