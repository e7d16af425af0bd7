"""Of the scene: a shop's software, what it was refused, and a day that was compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chedang.intake import named_days, refusals, software
from chedang.intake.named_days import NamedBy
from chedang.intake.native.reconciling import NamedRecord, Statement, compare
from chedang.intake.refusals import NotedFinding, NotedRefusal
from chedang.intake.software import Sighting
from chedang.records.model import Level
from chedang.terms.dates import day_in_china
from tests.pages.stage import NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_connect(stage: Stage) -> None:
    """All of the shop "west lake"."""
    connection = stage.province.connection
    code = stage.province.shops["west lake"]
    called = (code, True, "lcippro", "lcipprocarfixrecordadd")
    wrong = '{"code":"-1","status":"参数无效：/basicInfo/vin：车架号有 16 位，应为 17 位。请按提示改正后重新上传"}'
    findings = (NotedFinding("VIN_LENGTH", Level.ERROR, "/basicInfo/vin"),)
    refused = NotedRefusal(*called, "NOT_ACCEPTABLE", 200, wrong, findings, "Repair-5.2", NOW)
    stranger = (
        "lcippro",
        "lcipprogetaccesstoken",
        "WRONG_PASSWORD",
        200,
        '{"code":"-11","status":"密码错误。请核对密码"}',
    )
    refusals.keep(connection, [refused, refused, NotedRefusal(code, False, *stranger, (), "", NOW)])
    software.note(connection, [Sighting(code, "lcippro", "Repair-5.2", NOW)])
    software.state(connection, code, "青禾修车宝", "5.2", by="demo-shop", now=NOW)
    today = day_in_china(NOW)
    statement = Statement((NamedRecord("SCENE-NAMED-1"), NamedRecord("SCENE-NAMED-2")))
    compared = compare(connection, code, today, statement)
    named_days.keep(connection, code, compared, named_by=NamedBy.SOFTWARE, now=NOW)
    connection.commit()
    stage.ids["named_day"] = today.isoformat()
    stage.ids["unnamed_day"] = "2026-01-05"
