"""The repair record: what came in, what it means, and what the rules found.

Two shapes of the same 13 elements (DOMAIN: JT/T 1132.3, text not read, 待核):

* :class:`RecordText` is what the shop sent, element by element, as text. It is what we keep as the fact.
* :class:`RepairRecord` is what that text means once normalised; an element that means nothing is ``None``.

Pure data: no I/O, no clock.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec


class PartText(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"name": "partsname", "code": "partscode", "quantity": "partsquantity"},
):
    """One row of 配件 as received (elements 9, 10, 11)."""

    name: str = ""
    code: str = ""
    quantity: str = ""


class ProjectText(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"name": "repairproject", "hours": "workinghours"}
):
    """One row of 维修项目 as received (elements 12, 13)."""

    name: str = ""
    hours: str = ""


class RecordText(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={
        "company_name": "companyname",
        "plate_number": "vehicleplatenumber",
        "repair_date": "repairdate",
        "mileage": "repairmileage",
        "settle_date": "settledate",
        "fault_description": "faultdescription",
        "settlement_list_number": "costlistcode",
        "parts": "vehiclepartslist",
        "projects": "repairprojectlist",
    },
):
    """The 13 elements of one settled job as received: stripped text, absent elements empty.

    Encoded with msgspec it has the wire names as keys; that JSON is what the store keeps. A further field has no place
    in it, in memory or in the store (ADR 0003).
    """

    company_name: str = ""
    vin: str = ""
    plate_number: str = ""
    repair_date: str = ""
    mileage: str = ""
    settle_date: str = ""
    fault_description: str = ""
    settlement_list_number: str = ""
    parts: tuple[PartText, ...] = ()
    projects: tuple[ProjectText, ...] = ()


class Part(msgspec.Struct, frozen=True):
    """配件: name, code as printed, quantity (fractions are legal: litres)."""

    name: str
    code: str
    quantity: Decimal | None


class Project(msgspec.Struct, frozen=True):
    """维修项目 with 维修工时 in hours."""

    name: str
    hours: Decimal | None


class RepairRecord(msgspec.Struct, frozen=True):
    """One settled job, normalised. ``None`` where the received text means nothing usable."""

    vin: str | None
    """Normalised VIN that may open a vehicle's file; ``None`` for an empty, placeholder or impossible one."""
    plate_number: str
    """Normalised plate, '' for none."""
    repair_on: date | None
    mileage_km: Decimal | None
    settled_on: date | None
    fault_description: str
    settlement_list_number: str
    parts: tuple[Part, ...]
    projects: tuple[Project, ...]
    emission_report_number: str | None = None
    """24 digits carried inside the fault text as ``报告编码{…}`` (Zhejiang)."""


class Level(StrEnum):
    """How much a finding weighs: an error counts against 合格率, a warning is a doubt, info is a note."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing a rule noticed. Its sentence and remedy come from the catalogue, by code and arguments."""

    code: str
    level: Level
    field: str
    """JSON pointer in wire names, e.g. ``/basicInfo/vin`` or ``/vehiclepartslist/0/partsquantity``."""
    args: dict[str, str] = {}


class Judgement(msgspec.Struct, frozen=True):
    """The record and everything the rules found in it, in the order of the elements."""

    text: RecordText
    """What came in, bounded: this is what the store keeps."""
    record: RepairRecord
    findings: tuple[Finding, ...]

    def count(self, level: Level) -> int:
        return sum(1 for finding in self.findings if finding.level is level)


class RecordState(StrEnum):
    """What a version says of its record."""

    ACTIVE = "active"
    VOID = "void"
    MOVED = "moved"


class RowKey(NamedTuple):
    """Names one row of ``record_version``: a moved row stands under another VIN than the version that moved it."""

    vin: str
    record_id: bytes
    """16 bytes."""
    version: int


class StoredRow(msgspec.Struct, frozen=True, array_like=True):
    """One row of ``record_version``, whole and unread, a moved one too. Holds personal data: never logged."""

    vin: str
    record_id: bytes
    version: int
    state: str
    company_code: str
    settlement_list_number: str
    plate_number: str
    repair_on: date | None
    settled_on: date | None
    mileage_km: str | None
    content: str
    findings: str
    error_count: int
    warn_count: int
    origin: str
    """``local``, or two digits of the node whose gate took it in; between nodes always two digits."""
    dialect: str
    actor: str
    reason: str
    received_at: datetime

    @property
    def key(self) -> RowKey:
        return RowKey(self.vin, self.record_id, self.version)

    @property
    def is_moved(self) -> bool:
        return self.state == RecordState.MOVED.value


class StoredVersion(msgspec.Struct, frozen=True):
    """One version of one record as the store gives it back."""

    vin: str
    """Key of the vehicle's file, or ``~`` + company code when the record belongs to none."""
    record_id: UUID
    version: int
    state: RecordState
    company_code: str
    settlement_list_number: str
    plate_number: str
    repair_on: date | None
    settled_on: date | None
    mileage_km: Decimal | None
    text: RecordText
    findings: tuple[Finding, ...]
    origin: str
    dialect: str
    actor: str
    reason: str
    received_at: datetime
