"""Of the scene: records of the shop that are to be mended, one of them explained, and a void one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from chedang.fiction.vehicles import make_vin
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.records.limits import load_limits
from chedang.records.model import RecordState
from chedang.records.store import find_record
from chedang.workshop.explanations import explain
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_NUMBERS = {"visit_doubtful": "-61000", "visit_fileless": "-30500", "visit_voided": "SCENE-VOID"}


def make_home(stage: Stage) -> None:
    """All of the shop "west lake"."""
    province = stage.province
    code = province.shops["west lake"]
    car = Car("浙A6H699", make_vin(Random("a car of a void record")))
    province.upload("west lake", car, TODAY - 2 * DAY, "8000", number="SCENE-VOID")
    for name, number in _NUMBERS.items():
        row = province.connection.execute(
            "select record_id from record_version where company_code = %s and settlement_list_number like %s limit 1",
            (code, f"%{number}"),
        ).fetchone()
        assert row is not None
        stage.ids[name] = str(row[0])
    correction = DeskCorrection(
        stage.ids["visit_voided"].replace("-", ""), code, "", code, "同一次维修传了两遍", RecordState.VOID
    )
    amend_at_desk(province.connection, correction, lambda current: current.text, limits=load_limits(), now=NOW)
    doubtful = find_record(province.connection, stage.ids["visit_doubtful"])
    assert doubtful is not None
    finding = next(found for found in doubtful.findings if found.field.startswith("/vehiclepartslist"))
    said = "这次的机油由车主自己带来，没有领料。"
    explain(doubtful, finding.code, said, mask=str, by=stage.users["shop"], now=NOW - DAY)
