"""One redaction function for every view of a vehicle's file. Pure (ours, ADR 0030).

Who may see which view is decided elsewhere; what a view holds is decided here, for pages, exports, share codes and
certificates alike. Holds VINs and plates in some views: never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, cast
from uuid import UUID

import msgspec

from chedang.enterprises.known import KnownEnterprise
from chedang.records.model import Finding, Level, PartText, ProjectText, StoredVersion
from chedang.terms import division
from chedang.vehicles.changes import ElementChange, find_changes
from chedang.vehicles.home import HomeBasis
from chedang.vehicles.masking import Masker, blur_days
from chedang.vehicles.model import FileEntry, OdometerVerdict, PlateSpan, VehicleFile

_TAIL_LENGTH = 6
# Findings about other elements would tell something of what a view hides.
_WORK_FIELDS = ("/basicInfo/repairmileage", "/basicInfo/faultdescription", "/vehiclepartslist", "/repairprojectlist")


class View(StrEnum):
    """For whom a file is shown."""

    OWNER = "owner"
    """Everything; of visits before the car changed hands no shop, unless the owner before agreed."""
    BUYER = "buyer"
    """A car's condition without identity, place of a shop or exact time."""
    AUTHORITY = "authority"
    """Everything."""
    VERDICT = "verdict"
    """里程判断 and counts, nothing else."""


class VersionView(msgspec.Struct, frozen=True):
    """A version that was replaced, and what the version after it changed."""

    version: int
    received_at: datetime
    changes: tuple[ElementChange, ...]
    """In the order of the standard; a VIN stands masked."""


class RecordView(msgspec.Struct, frozen=True):
    """One repair as a view shows it; what a view hides is ``None`` or empty."""

    ref: UUID | None
    """``record_id``."""
    on: date
    """Where it stands in the file; the first of its month where ``is_month_only``."""
    is_month_only: bool
    repair_on: date | None
    settled_on: date | None
    mileage_km: Decimal | None
    is_shop_hidden: bool
    company_code: str
    company_name: str
    category_code: str
    """经营业务类别; '' for a shop that is not known here."""
    division_code: str
    """Six digits; only the two of the province where the shop is hidden; '' for a shop that is not known here."""
    settlement_list_number: str
    plate_number: str
    fault_description: str
    projects: tuple[ProjectText, ...]
    """As received; ``hours`` in hours."""
    parts: tuple[PartText, ...]
    """As received; ``code`` as printed."""
    findings: tuple[Finding, ...]
    is_doubtful: bool
    """The rules found an error or a doubt, or ``odometer_doubt``."""
    odometer_doubt: bool
    """Its reading may be the wrong one among those of the file."""
    origin: str
    """``local``, or two digits of the node whose gate took it in."""
    received_at: datetime | None
    versions: tuple[VersionView, ...]
    """Those replaced, newest first."""


class FileView(msgspec.Struct, frozen=True):
    """A vehicle's file as a view shows it; what a view hides is empty or ``None``."""

    view: View
    vin: str
    vin_tail: str
    """The last six characters: a buyer holds them against the car."""
    plates: tuple[PlateSpan, ...]
    """Newest first."""
    home_province_code: str
    home_by: HomeBasis
    record_count: int
    doubtful_count: int
    held_back_count: int
    first_on: date | None
    """Day of the oldest record; the first of its month where days are hidden."""
    last_on: date | None
    odometer: OdometerVerdict
    """Where days are hidden: months, and records numbered in the order of their readings instead of named."""
    records: tuple[RecordView, ...]
    """Newest first."""


def redact(
    file: VehicleFile,
    view: View,
    *,
    companies: Mapping[str, KnownEnterprise],
    shops_hidden_before: date | None = None,
) -> FileView:
    """Make one view of a file. ``companies`` are those of its records, by code.

    ``shops_hidden_before``: a day before which an owner sees neither shops nor plates. Source: ours; the buyer's view
    keeps to what the Guangzhou Internet Court called neither personal information nor privacy, (2021)粤0192民初928号.
    """
    makers = _Makers(file, view, companies, shops_hidden_before)
    is_whole = view in (View.OWNER, View.AUTHORITY)
    days = [entry.on for entry in file.entries] if view is not View.VERDICT else []
    doubtful = [entry for entry in file.entries if _is_doubtful(entry, file.odometer)]
    return FileView(
        view=view,
        vin=file.vin if is_whole else "",
        vin_tail=file.vin[-_TAIL_LENGTH:] if view is not View.VERDICT else "",
        plates=makers.plates() if is_whole else (),
        home_province_code=file.home.province_code if view is not View.VERDICT else "",
        home_by=file.home.by if view is not View.VERDICT else HomeBasis.UNKNOWN,
        record_count=len(file.entries),
        doubtful_count=len(doubtful),
        held_back_count=file.held_back_count,
        first_on=makers.day(min(days)) if days else None,
        last_on=makers.day(max(days)) if days else None,
        odometer=file.odometer if is_whole else _without_names(file.odometer, with_readings=view is View.BUYER),
        records=tuple(makers.record(entry) for entry in file.entries) if view is not View.VERDICT else (),
    )


def mask_hidden_texts(
    file: VehicleFile, *, companies: Mapping[str, KnownEnterprise], shops_hidden_before: date | None
) -> VehicleFile:
    """The same file to reckon with, the texts of visits before that day without what names shop, car or owner.

    For what is told of jobs in words (warranty, next service): days, kilometres and ``record_id`` stay.
    """
    if shops_hidden_before is None:
        return file
    masker = _masker(file, companies)
    entries = tuple(
        _without_names_in_texts(entry, masker) if entry.on < shops_hidden_before else entry for entry in file.entries
    )
    return msgspec.structs.replace(file, entries=entries)


def _without_names_in_texts(entry: FileEntry, masker: Masker) -> FileEntry:
    text = entry.newest.text
    masked = msgspec.structs.replace(
        text,
        company_name="",
        plate_number="",
        settlement_list_number="",
        fault_description=masker.mask(text.fault_description),
        projects=_mask_projects(text.projects, masker),
        parts=_mask_parts(text.parts, masker),
    )
    newest = msgspec.structs.replace(
        entry.newest, text=masked, company_code="", plate_number="", settlement_list_number=""
    )
    return msgspec.structs.replace(entry, newest=newest, older=())


def _mask_projects(projects: tuple[ProjectText, ...], masker: Masker) -> tuple[ProjectText, ...]:
    return tuple(ProjectText(masker.mask(row.name), masker.mask(row.hours)) for row in projects)


def _mask_parts(parts: tuple[PartText, ...], masker: Masker) -> tuple[PartText, ...]:
    return tuple(
        PartText(masker.mask(row.name), masker.mask_code(row.code), masker.mask(row.quantity)) for row in parts
    )


def _is_doubtful(entry: FileEntry, verdict: OdometerVerdict) -> bool:
    return entry.is_doubtful or entry.newest.record_id in verdict.doubtful


class _Makers:
    """Makes the parts of one view."""

    def __init__(
        self, file: VehicleFile, view: View, companies: Mapping[str, KnownEnterprise], hidden_before: date | None
    ) -> None:
        self._file = file
        self._is_month_only = view in (View.BUYER, View.VERDICT)
        self._companies = companies
        self._hidden_before = hidden_before if view is View.OWNER else None

    @cached_property
    def _masker(self) -> Masker:
        return _masker(self._file, self._companies)

    def plates(self) -> tuple[PlateSpan, ...]:
        """A plate seen only before the car changed hands leads to the owner before, and may be on another car now."""
        before = self._hidden_before
        return tuple(span for span in self._file.plates if before is None or span.last_seen_on >= before)

    def day(self, on: date) -> date:
        return on.replace(day=1) if self._is_month_only else on

    def record(self, entry: FileEntry) -> RecordView:
        is_hidden = self._is_month_only or (self._hidden_before is not None and entry.on < self._hidden_before)
        return self._hidden_record(entry) if is_hidden else self._whole_record(entry)

    def _whole_record(self, entry: FileEntry) -> RecordView:
        record = entry.newest
        company = self._companies.get(record.company_code)
        return RecordView(
            ref=record.record_id,
            on=entry.on,
            is_month_only=False,
            repair_on=record.repair_on,
            settled_on=record.settled_on,
            mileage_km=record.mileage_km,
            is_shop_hidden=False,
            company_code=record.company_code,
            company_name=company.company_name if company else record.text.company_name,
            category_code=company.category_code if company else "",
            division_code=company.division_code if company else "",
            settlement_list_number=record.settlement_list_number,
            plate_number=record.plate_number,
            fault_description=record.text.fault_description,
            projects=record.text.projects,
            parts=record.text.parts,
            findings=record.findings,
            is_doubtful=_is_doubtful(entry, self._file.odometer),
            odometer_doubt=record.record_id in self._file.odometer.doubtful,
            origin=record.origin,
            received_at=record.received_at,
            versions=_versions(record, entry.older),
        )

    def _hidden_record(self, entry: FileEntry) -> RecordView:
        """The same without what names shop, car or owner; in the views without days also without those."""
        whole = self._whole_record(entry)
        is_month_only = self._is_month_only
        return msgspec.structs.replace(
            whole,
            ref=None if is_month_only else whole.ref,
            on=self.day(whole.on),
            is_month_only=is_month_only,
            repair_on=None if is_month_only else whole.repair_on,
            settled_on=None if is_month_only else whole.settled_on,
            is_shop_hidden=True,
            company_code="",
            company_name="",
            division_code=whole.division_code[:2],
            settlement_list_number="",
            plate_number="",
            fault_description=self._masker.mask(whole.fault_description),
            projects=_mask_projects(whole.projects, self._masker),
            parts=_mask_parts(whole.parts, self._masker),
            findings=tuple(_mask_finding(found, self._masker) for found in whole.findings if _is_about_work(found)),
            received_at=None if is_month_only else whole.received_at,
            versions=(),
        )


def _is_about_work(finding: Finding) -> bool:
    return finding.level is not Level.INFO and finding.field.startswith(_WORK_FIELDS)


def _mask_finding(finding: Finding, masker: Masker) -> Finding:
    return msgspec.structs.replace(finding, args={name: masker.mask(text) for name, text in finding.args.items()})


def _versions(newest: StoredVersion, older: tuple[StoredVersion, ...]) -> tuple[VersionView, ...]:
    pairs = zip(older, (newest, *older), strict=False)
    return tuple(VersionView(old.version, old.received_at, find_changes(old.text, new.text)) for old, new in pairs)


def _masker(file: VehicleFile, companies: Mapping[str, KnownEnterprise]) -> Masker:
    """Knows everything that some record of the file says of its car and its shops."""
    versions = [version for entry in file.entries for version in (entry.newest, *entry.older)]
    names = {version.text.company_name for version in versions} | {shop.company_name for shop in companies.values()}
    codes = {code for shop in companies.values() for code in (shop.division_code, f"{shop.division_code[:4]}00")}
    return Masker(
        numbers={file.vin}
        | {span.plate_number for span in file.plates}
        | {text for version in versions for text in (version.plate_number, version.text.plate_number, version.text.vin)}
        | {text for v in versions for text in (v.company_code, v.settlement_list_number)},
        company_names=names,
        place_names={place.name for code in codes if not code.endswith("0000") and (place := division.find(code))},
    )


def _without_names(verdict: OdometerVerdict, *, with_readings: bool) -> OdometerVerdict:
    """Days become months, also in sentences; a record becomes the number of its reading."""
    numbers = {reading.record_id: UUID(int=number) for number, reading in enumerate(verdict.readings, 1)}
    coarse = cast(OdometerVerdict, _coarsen(verdict, numbers))
    return coarse if with_readings else msgspec.structs.replace(coarse, readings=(), conflicts=(), doubtful=frozenset())


def _coarsen(value: Any, numbers: Mapping[UUID, UUID]) -> Any:
    """Goes through whatever a verdict holds, so that a further field cannot be forgotten."""
    if isinstance(value, msgspec.Struct):
        return type(value)(**{name: _coarsen(getattr(value, name), numbers) for name in value.__struct_fields__})
    if isinstance(value, tuple | frozenset):
        return type(value)(_coarsen(item, numbers) for item in value)
    if isinstance(value, UUID):
        return numbers.get(value, UUID(int=0))
    if isinstance(value, date):
        return value.replace(day=1)
    is_sentence = isinstance(value, str) and not isinstance(value, Enum)
    return blur_days(value) if is_sentence else value
