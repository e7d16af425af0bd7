"""排放维修单: a failed emission test, the record that answers it, the re-test. Pure.

The loop is that of 环大气〔2020〕31号; content and format of 《汽车排放检验机构和汽车排放性能维护(维修)站数据交换规范》
and of JT/T 1132.2 were not read (待核), so names and shapes are ours.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from chedang.terms.saying import Said, SaidRefusal, said


class TicketState(StrEnum):
    """How far a ticket is. 逾期 is no state: an unanswered ticket after its day."""

    OPEN = "open"
    """待维修: no record answers it."""
    UNDECIDED = "undecided"
    """待核定: a record may answer it, an officer says."""
    REPAIRED = "repaired"
    """已维修，可以复检: a record of a listed M-station answers it."""
    PASSED = "passed"
    """复检合格."""
    FAILED_AGAIN = "failed_again"
    """复检不合格: a ticket of its own follows."""
    CANCELLED = "cancelled"
    """已撤销 by an officer."""


WAITING: Final = (TicketState.OPEN, TicketState.UNDECIDED)
RETESTED: Final = (TicketState.PASSED, TicketState.FAILED_AGAIN)


class Doubt(StrEnum):
    """存疑: marks a ticket, refuses nothing."""

    NO_PARTS = "no_parts"
    NO_HOURS = "no_hours"
    PASSED_WITHOUT_REPAIR = "passed_without_repair"
    PASSED_WITHOUT_WORK = "passed_without_work"
    """复检合格 after a repair with neither parts nor hours."""
    RECORD_WITHDRAWN = "record_withdrawn"
    """复检 was made, then the record was voided or changed so that it answers no more."""


class Reason(StrEnum):
    """Why a record does not answer a ticket, or only may; the nearest to answering first."""

    VIN_DIFFERS = "vin_differs"
    """It names the report, and another VIN: an officer says."""
    PLATE_DIFFERS = "plate_differs"
    """The VIN is equal, the plate is quite another: an officer says."""
    SEVERAL_TICKETS = "several_tickets"
    """It names no report, and two tickets of the vehicle wait: an officer says."""
    NOT_LISTED = "not_listed"
    BEFORE_TEST = "before_test"
    NO_DAY = "no_day"
    OTHER_REPORT = "other_report"
    RULED_OUT = "ruled_out"
    NO_RECORD = "no_record"


class StepKind(StrEnum):
    """What happened to a ticket."""

    OPENED = "opened"
    REPAIRED = "repaired"
    UNDECIDED = "undecided"
    REOPENED = "reopened"
    PERMITTED = "permitted"
    """The test station asked, and was told that it may test again; once per repair."""
    PASSED = "passed"
    FAILED_AGAIN = "failed_again"
    CANCELLED = "cancelled"
    RULED = "ruled"


class FailedTest(msgspec.Struct, frozen=True, kw_only=True):
    """初检不合格 as a test station tells it, checked. Holds VIN and plate: never logged."""

    station_code: str
    report_number: str
    vin: str
    plate_number: str
    """Normalised."""
    tested_on: date
    failed_items: tuple[str, ...]
    deadline_on: date


class Retest(msgspec.Struct, frozen=True, kw_only=True):
    """复检结果 as a test station tells it, checked."""

    station_code: str
    report_number: str
    """Of the failed test that is answered."""
    vin: str
    has_passed: bool
    retest_number: str
    """检验报告编号 of the re-test."""
    tested_on: date
    failed_items: tuple[str, ...] = ()
    deadline_on: date | None = None
    """Of a re-test that failed, as are the items."""


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with what came in: the field's name on the wire, and a sentence."""

    field: str
    sentence: Said


class TestStation(msgspec.Struct, frozen=True):
    """排放检验机构 (I 站), or a platform that sends for those of its division."""

    __test__ = False  # no test, though pytest would take it for one by its name

    station_code: str
    name: str
    division_code: str
    is_platform: bool
    listed_on: date
    ended_on: date | None

    def is_listed(self, day: date) -> bool:
        """On the list that day, the last one too."""
        return self.listed_on <= day and (self.ended_on is None or day <= self.ended_on)


class Listing(msgspec.Struct, frozen=True):
    """One stay of a shop on the list of M-stations."""

    company_code: str
    listed_on: date
    ended_on: date | None
    listed_by: str
    ended_by: str

    def is_listed(self, day: date) -> bool:
        """On the list that day, the last one too."""
        return self.listed_on <= day and (self.ended_on is None or day <= self.ended_on)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A record that may answer a ticket: the newest version of an active one."""

    record_id: UUID
    vin: str
    plate_number: str
    company_code: str
    settled_on: date | None
    report_number: str | None
    """That its fault text names."""
    is_listed: bool
    """Was its shop an M-station on the day of settlement?"""
    has_parts: bool
    has_hours: bool


class Match(msgspec.Struct, frozen=True):
    """What the records say of a ticket."""

    candidate: Candidate | None
    """That answers it; ``None``: none does, or an officer has to say."""
    reason: Reason | None = None
    """Why none does."""
    is_undecided: bool = False


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One ticket as it is kept. Holds VIN and plate: never logged."""

    code: str
    station_code: str
    report_number: str
    division_code: str
    vin: str
    plate_number: str
    tested_on: date
    failed_items: tuple[str, ...]
    deadline_on: date
    state: TicketState
    step_count: int
    received_at: datetime
    record_id: UUID | None = None
    record_vin: str | None = None
    company_code: str | None = None
    settled_on: date | None = None
    doubts: tuple[Doubt, ...] = ()
    missing: Reason | None = None
    retest_number: str = ""
    retest_station_code: str = ""
    retested_on: date | None = None

    def is_overdue(self, today: date) -> bool:
        """Nobody has repaired it, and its day is over."""
        return self.state in WAITING and self.deadline_on < today


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to a ticket."""

    number: int
    at: datetime
    kind: StepKind
    by: str
    record_id: UUID | None
    note: str


class EmissionRefused(SaidRefusal):
    """Nothing was done; it says why."""


class Unknown(EmissionRefused):
    """There is no such ticket for this caller."""


class Conflicting(EmissionRefused):
    """The same number was told with another content, or the ticket is in a state that does not allow it."""


class NotPermitted(EmissionRefused):
    """The caller may not speak for that station."""


class Misstated(EmissionRefused):
    """What was told cannot be taken; ``faults`` names every field."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(*(said("%(field)s：%(what)s", field=fault.field, what=fault.sentence) for fault in faults))
        self.faults = faults
