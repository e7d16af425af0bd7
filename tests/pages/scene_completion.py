"""Of the scene: a shop with numbers for 合格证, a paper that stands, one cancelled, a request that waits."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from chedang.enterprises.store import find_by_code
from chedang.fiction.vehicles import make_vin
from chedang.records.model import ProjectText, StoredVersion
from chedang.records.store import read_company_records
from chedang.workshop import completion
from chedang.workshop.completion_model import CompletionKind, Inspection
from chedang.workshop.models import CompletionCertificate
from tests.pages.filled_province import TODAY, Car
from tests.pages.stage import NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage


def make_completion(stage: Stage) -> None:
    """All of the shop "west lake"; its county has something to decide."""
    shop, county = stage.users["shop"], stage.users["county"]
    asked = completion.ask_for_numbers(shop, "330106", 20, "", now=NOW)
    completion.grant(asked.pk, county, now=NOW)
    stands, cancelled, needing = (_record(stage, name) for name in ("SC-LEVEL-1", "SC-LEVEL-2", "SC-LEVEL-3"))
    stage.ids["paper"] = _issue(stage, stands).number
    stage.ids["paper_digest"] = completion.find(stage.ids["paper"]).digest[:8]  # type: ignore[union-attr]  # just issued
    stage.ids["paper_cancelled"] = _issue(stage, cancelled).number
    completion.cancel(stage.ids["paper_cancelled"], shop, "车架号打印不清", now=NOW)
    stage.ids["needs_paper"], stage.ids["has_paper"] = str(needing.record_id), str(stands.record_id)
    completion.ask_for_numbers(shop, "330106", 30, "年底二级维护较多", now=NOW)


def _record(stage: Stage, number: str) -> StoredVersion:
    province = stage.province
    car = Car("浙A6P661", make_vin(Random(f"scene {number}")))
    on = TODAY - timedelta(days=4)
    province.upload("west lake", car, on, "81000", number=number, projects=(ProjectText("二级维护", "6"),))
    province.connection.commit()
    found = read_company_records(province.connection, province.shops["west lake"], limit=20)
    return next(each for each in found if each.settlement_list_number == number)


def _issue(stage: Stage, record: StoredVersion) -> CompletionCertificate:
    enterprise = find_by_code(stage.province.connection, stage.province.shops["west lake"])
    assert enterprise is not None
    inspection = Inspection(
        kind=CompletionKind.LEVEL_TWO,
        inspector="何检验",
        inspected_on=TODAY - timedelta(days=4),
        warranty_km=5_000,
        warranty_days=30,
    )
    return completion.issue(stage.users["shop"], enterprise, record, inspection, now=NOW)
