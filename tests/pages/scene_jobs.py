"""Of the scene: drafts of the quick form in every state, and the receipt of one that was sent."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from chedang.fiction.vehicles import make_vin
from chedang.records.limits import load_limits
from chedang.records.model import PartText, ProjectText, RecordText
from chedang.workshop import drafts
from chedang.workshop.quick_job import as_sent
from chedang.workshop.sending import send
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_jobs(stage: Stage) -> None:
    """All of the shop "west lake", typed by its demonstration account."""
    car = Car("浙A6J601", make_vin(Random("car of the quick form")))
    job = RecordText(
        vin=car.vin,
        plate_number=car.plate_number,
        repair_date=(TODAY - DAY).isoformat(),
        mileage="45210",
        settle_date=TODAY.isoformat(),
        fault_description="例行保养，刹车有轻微异响",
        parts=(PartText("机油滤清器", "04152-YZZA1", "1"),),
        projects=(ProjectText("更换机油", "0.5"), ProjectText("检查制动系统", "0.6")),
    )
    _draft(stage, "ready", msgspec.structs.replace(job, settlement_list_number="SCENE-JOB-1"))
    _draft(stage, "faulty", msgspec.structs.replace(job, vin=car.vin[:16], projects=(ProjectText("更换机油", ""),)))
    doubtful = msgspec.structs.replace(job, settlement_list_number="SCENE-JOB-2", mileage="3500000")
    _draft(stage, "doubtful", doubtful)
    waiting = msgspec.structs.replace(job, settlement_list_number="SCENE-JOB-3")
    _draft(stage, "waiting", waiting, is_submitted=True)
    _draft(stage, "refused", msgspec.structs.replace(job, settlement_list_number="JS-48210"), is_submitted=True)
    sent = msgspec.structs.replace(job, settlement_list_number="SCENE-JOB-4", mileage="45300")
    _draft(stage, "sent", sent, is_submitted=True)
    for name in ("refused", "sent"):
        row = drafts.sending_of(stage.province.shops["west lake"], stage.ids[f"draft_{name}"])
        assert row is not None
        row = send(stage.province.connection, row.pk, limits=load_limits(), now=NOW)
        assert row.state == name, row.state
        stage.ids[f"record_{name}"] = str(row.record_id)


def _draft(stage: Stage, name: str, text: RecordText, *, is_submitted: bool = False) -> None:
    code, public_id, user = stage.province.shops["west lake"], uuid4(), stage.users["shop"]
    drafts.save(code, public_id, text, by=user, now=NOW)
    if is_submitted:
        drafts.submit(code, public_id, as_sent(text, stage.province.names["west lake"]), by=user, now=NOW)
    stage.ids[f"draft_{name}"] = str(public_id)
