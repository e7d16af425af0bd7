"""Uploads as the gate makes them: what a row says follows from its content."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from chedang.intake.service import Amendment, new_version
from chedang.records.limits import load_limits
from chedang.records.model import PartText, RecordState, RecordText
from chedang.records.rules import judge
from chedang.records.store import NewVersion

ZHEJIANG_SHOP = "330106000000001"
JIANGSU_SHOP = "320505000000001"
VINS = ("LXXAA11A5R1000017", "LXXAA11A9R1000019", "LXXAA11A5R1000020")
RECEIVED_AT = datetime(2026, 9, 14, 2, 30, tzinfo=UTC)

judge_plainly = partial(judge, limits=load_limits())


def upload(
    number: str,
    *,
    shop: str = ZHEJIANG_SHOP,
    vin: str = VINS[0],
    fault: str = "更换机油",
    days: int = 0,
    amends: str = "",
    state: RecordState = RecordState.ACTIVE,
) -> NewVersion:
    """One settled job, received ``days`` after the first day; ``amends``: identifier of the record it corrects."""
    text = RecordText(
        company_name="某某汽车维修厂",
        vin=vin,
        plate_number="浙A12345",
        repair_date="20260912",
        mileage="48210.55",
        settle_date="20260913",
        fault_description=fault,
        settlement_list_number=number,
        parts=(PartText("机油", "LP-1", "4.5"), PartText("", "LP-2", "1")),
    )
    received_at = RECEIVED_AT + timedelta(days=days, microseconds=7)
    judgement = judge_plainly(text, registered_name="", received_at=received_at)
    amendment = Amendment(amends, "维修厂 张某", "更正", state) if amends else None
    return new_version(judgement, shop, "lcippro", received_at, amendment)
