"""Requests about records that a shop has sent before, and what became of them. ``flows.corrections`` performs them."""

from __future__ import annotations

import msgspec

from chedang.intake.outcomes import Extra
from chedang.records.model import Finding, PartText, ProjectText, RecordState, RecordText, StoredVersion


class RecordReference(msgspec.Struct, frozen=True):
    """Which of the shop's own records: by its identifier, or by its 结算清单编号."""

    record_id_hex: str = ""
    number: str = ""


class RecordChanges(msgspec.Struct, frozen=True):
    """Elements that a correction replaces; ``None`` leaves one as it is."""

    company_name: str | None = None
    vin: str | None = None
    plate_number: str | None = None
    repair_date: str | None = None
    mileage: str | None = None
    settle_date: str | None = None
    fault_description: str | None = None
    settlement_list_number: str | None = None
    parts: tuple[PartText, ...] | None = None
    projects: tuple[ProjectText, ...] | None = None

    def over(self, text: RecordText) -> RecordText:
        """``text`` with these elements in it."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        return msgspec.structs.replace(text, **given)


class Beyond(msgspec.Struct, frozen=True):
    """Fields beyond the 13 elements that came with a request; see ``UploadRequest``."""

    dropped_fields: int = 0
    unknown_fields: tuple[str, ...] = ()
    extras: tuple[Extra, ...] = ()


NOTHING_BEYOND = Beyond()


class ModifyRequest(msgspec.Struct, frozen=True):
    """更正: some elements of a record."""

    token: str
    record: RecordReference
    changes: RecordChanges
    reason: str
    beyond: Beyond = NOTHING_BEYOND


class AddPartRequest(msgspec.Struct, frozen=True):
    """增加配件: one row more."""

    token: str
    record: RecordReference
    part: PartText
    reason: str
    beyond: Beyond = NOTHING_BEYOND


class VoidRequest(msgspec.Struct, frozen=True):
    """作废: the record no longer counts; what it said stays."""

    token: str
    record: RecordReference
    reason: str
    beyond: Beyond = NOTHING_BEYOND


class SearchRequest(msgspec.Struct, frozen=True):
    """查询本企业记录. Texts as received; empty ones do not narrow, unreadable ones find nothing."""

    token: str
    plate_number: str
    settle_date: str
    page: int
    """Counted from 1."""
    page_size: int
    beyond: Beyond = NOTHING_BEYOND


class RecordAmended(msgspec.Struct, frozen=True):
    """The record says so now; ``version`` is ``None`` when it said so before."""

    record_id_hex: str
    version: int | None
    state: RecordState
    state_before: RecordState
    findings: tuple[Finding, ...] = ()


class PartAdded(msgspec.Struct, frozen=True):
    """The row stands in the record; not ``is_new`` when one that says the same stood there."""

    record_id_hex: str
    part_id_hex: str
    is_new: bool


class RecordsFound(msgspec.Struct, frozen=True):
    """One page, newest received first."""

    versions: tuple[StoredVersion, ...]
