"""Of the scene: public notices in their states, a case handed over, and a sanction that was corrected."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from chedang.enterprises import store as enterprises
from chedang.site.archive.connections import archive
from chedang.site.organisation import authority_name
from chedang.site.regulator.enforcement.common import documents, hand_over_files
from chedang.site.regulator.enforcement.packing import hand_over_file
from chedang.supervision import censures, duties, handovers, sanctions
from chedang.supervision.case_steps import Officer
from chedang.supervision.conditions import CheckKind, Condition
from chedang.supervision.duties import DutyActor, NewDuty
from chedang.supervision.enforcement_model import SanctionKind
from chedang.supervision.handovers import NewHandOver
from chedang.supervision.model import DutyDeed, DutyKind, DutyParty
from chedang.supervision.sanctions import NewSanction
from chedang.terms.dates import day_in_china
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_COUNTY = authority_name("330106")
_ORDERS = {"not_done": "3333AAAA", "draft": "3333BBBB", "checking": "3333CCCC", "published": "3333DDDD"}
_WHAT = "2026 年 9 月未上传维修电子记录，责令改正逾期未改正。"


def make_enforcement(stage: Stage) -> None:
    """The county goes on where the shop "west lake" did nothing."""
    county, city = Officer(stage.users["county"], _COUNTY), Officer(stage.users["city"], authority_name("330100"))
    for name, code in _ORDERS.items():
        _order(stage, code)
        stage.ids[f"duty_{name}"] = code
    for name in ("draft", "checking", "published"):
        public_id = f"censure{name[:5]}"[:12]
        shop_name = stage.province.names["west lake"]
        censures.draft(public_id, _ORDERS[name], _WHAT, county, company_name=shop_name, now=NOW - 30 * DAY)
        stage.ids[f"censure_{name}"] = public_id
    censures.submit(stage.ids["censure_checking"], county, seen=1, now=NOW - timedelta(hours=1))
    censures.submit(stage.ids["censure_published"], county, seen=1, now=NOW - 20 * DAY)
    censures.publish(stage.ids["censure_published"], city, seen=2, now=NOW - DAY)
    _hand_over(stage, county)


def _order(stage: Stage, code: str) -> None:
    new = NewDuty(
        kind=DutyKind.ORDER,
        company_code=stage.province.shops["west lake"],
        division_code="330106",
        what="9 月没有上传维修电子记录，请补传。",
        days=5,
        basis="archive_upload",
        condition=Condition(CheckKind.UPLOADED, 12),
    )
    county = stage.users["county"]
    duties.issue(code, new, county, organisation=_COUNTY, now=NOW - 60 * DAY)
    actor = DutyActor(DutyParty.OFFICER, county, _COUNTY)
    duties.close(code, DutyDeed.CLOSE_NOT_DONE, actor, "没有补传。", seen=1, now=NOW - 40 * DAY)


def _hand_over(stage: Stage, county: Officer) -> None:
    code, name = stage.province.shops["west lake"], stage.province.names["west lake"]
    with archive() as connection:
        shop = enterprises.find_by_code(connection, code)
    assert shop is not None
    today = day_in_china(NOW)
    case = NewHandOver(
        "archive_upload", "杭州市交通运输行政执法队", _WHAT, today - 90 * DAY, today, duty_code=_ORDERS["published"]
    )
    row = handovers.hand_over(
        "sceneofacase",
        case,
        county,
        lambda each: hand_over_file(shop, each),
        company_code=code,
        company_name=name,
        division_code="330106",
        files=hand_over_files(),
        now=NOW,
    )
    new = NewSanction("archive_upload", SanctionKind.FINE, "杭交罚〔2026〕7号", today - DAY, Decimal(800))
    made = sanctions.enter(
        "sceneofafine",
        new,
        county,
        company_code=code,
        company_name=name,
        division_code="330106",
        documents=documents(),
        document=b"%PDF-1.7\n%%EOF\n",
        hand_over=row,
        now=NOW,
    )
    mended = NewSanction("archive_upload", SanctionKind.FINE, "杭交罚〔2026〕7号", today - DAY, Decimal(600))
    sanctions.correct(made.public_id, mended, county, "金额看错一位。", seen=1, now=NOW)
    stage.ids |= {"hand_over": row.public_id, "sanction": made.public_id}
