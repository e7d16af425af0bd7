"""机动车维修竣工出厂合格证: for which work it is due, what it says, what is refused. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from chedang.records.model import RecordText
from chedang.vehicles.warranty import Period, VehicleGroup, periods
from chedang.vehicles.work import LegalClass, WorkClass, classify_work

MOST_NUMBERS: Final = 500
"""That a shop may ask for at once (ours)."""
LONGEST_TEXT: Final = 200


class CompletionKind(StrEnum):
    """Work after which the rule asks for a 合格证 (机动车维修管理规定; the clause 待核)."""

    LEVEL_TWO = "level_two"
    """二级维护."""
    ASSEMBLY = "assembly"
    """总成修理."""
    WHOLE = "whole"
    """整车修理."""


_KINDS: Final = {
    WorkClass.LEVEL_TWO: CompletionKind.LEVEL_TWO,
    WorkClass.ASSEMBLY: CompletionKind.ASSEMBLY,
    WorkClass.OVERHAUL: CompletionKind.WHOLE,
}
_LEGAL: Final = {
    CompletionKind.LEVEL_TWO: LegalClass.LEVEL_TWO,
    CompletionKind.ASSEMBLY: LegalClass.WHOLE,
    CompletionKind.WHOLE: LegalClass.WHOLE,
}


class Refusal(StrEnum):
    """Why something was not done."""

    OPEN_REQUEST = "open_request"
    BAD_COUNT = "bad_count"
    NO_NUMBERS = "no_numbers"
    ALREADY_ISSUED = "already_issued"
    ALREADY_DECIDED = "already_decided"
    ALREADY_CANCELLED = "already_cancelled"
    REASON_MISSING = "reason_missing"
    NOT_SETTLED = "not_settled"
    UNDER_MINIMUM = "under_minimum"
    """The warranty promised is below the legal minimum."""
    YEAR_USED_UP = "year_used_up"


class NotAllowed(Exception):
    """Nothing was done; ``why`` is told in words by the page."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop's 质量检验员 found and promises."""

    kind: CompletionKind
    inspector: str
    inspected_on: date
    report_number: str = ""
    """Of the 竣工检验报告; '' without."""
    warranty_km: int
    warranty_days: int
    remark: str = ""


class CompletionContent(msgspec.Struct, frozen=True, kw_only=True):
    """What the paper says. Never changed: its digest is on the paper. No price and no owner."""

    number: str
    kind: CompletionKind
    company_code: str
    company_name: str
    category_code: str
    record_id: UUID
    settlement_list_number: str
    vin: str
    plate_number: str
    mileage_km: Decimal | None
    repaired_on: date | None
    settled_on: date
    items: tuple[str, ...]
    inspector: str
    inspected_on: date
    report_number: str
    warranty_km: int
    warranty_days: int
    remark: str
    issued_on: date


def kind_of(text: RecordText) -> CompletionKind | None:
    """Which 合格证 a record asks for by its items; ``None`` where none is due or the items do not tell."""
    work_class = classify_work(text).work_class
    return None if work_class is None else _KINDS.get(work_class)


def legal_minimum(kind: CompletionKind) -> Period:
    """质量保证期 of the legal table for cars; 其他 vehicles have less, so a shop may go no lower than its own table."""
    return periods()[VehicleGroup.CAR][_LEGAL[kind]]


def check_inspection(inspection: Inspection) -> None:
    """Raises NotAllowed(UNDER_MINIMUM) when less is promised than the table for the smallest group of vehicles."""
    least = periods()[VehicleGroup.OTHER][_LEGAL[inspection.kind]]
    if inspection.warranty_km < least.km or inspection.warranty_days < least.days:
        raise NotAllowed(Refusal.UNDER_MINIMUM)
