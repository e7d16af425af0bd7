"""Of the scene: records of the shop that are to be mended, one of them explained, and a void one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from chedang.fiction.vehicles import make_vin
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.records.identity import record_id
from chedang.records.limits import load_limits
from chedang.records.model import PartText, RecordState
from chedang.records.store import find_record
from chedang.workshop.explanations import explain
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_home(stage: Stage) -> None:
    """All of the shop "west lake"."""
    province = stage.province
    code = province.shops["west lake"]
    car = Car("浙A6H699", make_vin(Random("a car of records to be mended")))
    wrong = Car(car.plate_number, car.vin[:8] + ("1" if car.vin[8] != "1" else "2") + car.vin[9:])
    day = TODAY - 2 * DAY
    province.upload("west lake", wrong, day, "8000", number="SCENE-DOUBT", parts=(PartText("机油", "", "0"),))
    province.upload("west lake", car, day, "8001", number="SCENE-NO-FILE", vin="无")
    province.upload("west lake", car, day, "8002", number="SCENE-VOID")
    for name, number in (("doubtful", "SCENE-DOUBT"), ("fileless", "SCENE-NO-FILE"), ("voided", "SCENE-VOID")):
        stage.ids[f"visit_{name}"] = str(UUID(record_id(code, number, b"")))
    correction = DeskCorrection(
        stage.ids["visit_voided"].replace("-", ""), code, "", code, "同一次维修传了两遍", RecordState.VOID
    )
    amend_at_desk(province.connection, correction, lambda current: current.text, limits=load_limits(), now=NOW)
    doubtful = find_record(province.connection, stage.ids["visit_doubtful"])
    assert doubtful is not None
    finding = next(found for found in doubtful.findings if found.field.startswith("/vehiclepartslist"))
    said = "这次的机油由车主自己带来，没有领料。"
    explain(doubtful, finding.code, said, mask=str, by=stage.users["shop"], now=NOW - DAY)
