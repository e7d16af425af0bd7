"""A vehicle's file as its pages show it: the answer first, then the verdict, the facts and the records.

Made from one view of the file, so that what a view hides is in no page. Holds VIN and plate; goes to the page only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.records.model import Finding, PartText, ProjectText
from chedang.records.origin import origin_words
from chedang.reviews.case_model import CaseNote
from chedang.site.enterprise_view import category_name
from chedang.site.explained import Explained
from chedang.site.figures import number
from chedang.site.findings import Flag, describe_findings
from chedang.site.owner.service.presentation import GlossWords, ServicePage
from chedang.site.owner.service.warranty_words import WarrantyTag
from chedang.site.settings import NODE
from chedang.site.vehicle.verdict import Verdict, present_verdict
from chedang.site.vehicle.versions import OlderVersion, older_versions
from chedang.terms.division import PROVINCES
from chedang.terms.spoken import ALPHABET
from chedang.vehicles.chart import can_draw
from chedang.vehicles.home import HomeBasis
from chedang.vehicles.model import OdometerReading
from chedang.vehicles.views import FileView, RecordView, View

_LONGEST_TITLE = 40
_CODE_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the table beside the chart."""

    on: date
    mileage_km: Decimal
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One item or part as received, and its gloss in plain words."""

    text: ProjectText | PartText
    gloss: GlossWords | None


@dataclass(frozen=True, slots=True)
class Repair:
    """One record of the file."""

    record: RecordView
    code: str
    """Four characters to say on the telephone; '' where the view names no records."""
    anchor: str
    category: str
    province: str
    """Of a shop that is hidden; '' otherwise."""
    origin: str
    """Where it came in, in words."""
    flags: list[Flag]
    older: list[OlderVersion]
    warranty: WarrantyTag | None
    """``None`` for a reader whom it does not concern."""
    projects: list[Row]
    parts: list[Row]
    case: CaseNote | None
    """What its owner says of it, for a reader who sees days."""
    paper: str
    """Number of its 合格证; '' without, and where the shop is hidden."""


@dataclass(frozen=True, slots=True)
class FilePage:
    """What the top of the page says; the records come by :func:`present_records`."""

    title: str
    plate_number: str
    former_plates: list[str]
    home_province: str
    home_label: str
    """By what the 车籍 is known."""
    verdict: Verdict
    has_chart: bool
    chart_sentence: str
    """What the chart and its table show."""
    readings: list[Reading]
    """In the order of time."""
    record_count: int
    doubtful_count: int
    held_back_count: int


def present_file(view: FileView, plate_number: str = "") -> FilePage:
    """Prepare the top of the page. ``plate_number`` stands in where the records show none."""
    doubtful_readings = view.odometer.doubtful
    plates = [span.plate_number for span in view.plates]
    province = PROVINCES.get(view.home_province_code)
    return FilePage(
        title=_title(view),
        plate_number=plates[0] if plates else plate_number,
        former_plates=plates[1:],
        home_province=province.name if province else "",
        home_label=_home_label(view.home_by),
        verdict=present_verdict(view.odometer, _hrefs(view.records)),
        has_chart=can_draw(view.odometer),
        chart_sentence=_chart_sentence(view),
        readings=[
            Reading(reading.on, reading.mileage_km, reading.record_id in doubtful_readings)
            for reading in view.odometer.readings
        ],
        record_count=view.record_count,
        doubtful_count=view.doubtful_count,
        held_back_count=view.held_back_count,
    )


def present_records(
    records: Sequence[RecordView],
    services: ServicePage | None = None,
    cases: Mapping[UUID, CaseNote] = MappingProxyType({}),
    explained: Explained = MappingProxyType({}),
    papers: Mapping[UUID, str] = MappingProxyType({}),
) -> list[Repair]:
    """Prepare records, those of one page, as they come; with ``services`` for people who know nothing of cars.

    ``cases`` are what the owner has reported, ``explained`` what the shops say of their findings and ``papers`` the
    numbers of 合格证 that stand, by record.
    """
    return [
        _repair(record, services, cases.get(record.ref), explained.get(record.ref, {}), papers.get(record.ref, ""))
        if record.ref
        else _repair(record, services, None, {}, "")
        for record in records
    ]


def shown_findings(records: Iterable[RecordView]) -> list[tuple[UUID, tuple[Finding, ...]]]:
    """Records whose shop is shown, with their findings: only there may stand what the shop says of them."""
    return [(record.ref, record.findings) for record in records if record.ref and not record.is_shop_hidden]


def spoken_code(record_id: UUID) -> str:
    """``K7M2``: names a record among those of one car, to be said and heard. Tells nothing and opens nothing."""
    value, code = record_id.int, ""
    for _place in range(_CODE_LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        code += ALPHABET[digit]
    return code


def day_words(on: date, *, is_month_only: bool) -> str:
    """``2026年9月14日``, or its month alone."""
    return date_format(on, "YEAR_MONTH_FORMAT" if is_month_only else "DATE_FORMAT")


def _title(view: FileView) -> str:
    """The answer to the owner's first question."""
    if view.view is View.VERDICT:
        return _("共 %(count)s 条维修记录") % {"count": number(view.record_count)}
    if not view.records:
        return _("这辆车的记录暂时不能显示") if view.held_back_count else _("这辆车还没有维修记录")
    last = view.records[0]
    day = day_words(last.on, is_month_only=last.is_month_only)
    work = summarise_work(last)
    return (
        _("上次维修：%(day)s，%(work)s") % {"day": day, "work": work} if work else _("上次维修：%(day)s") % {"day": day}
    )


def summarise_work(record: RecordView) -> str:
    """What was done, in a few words: the first items, else the fault."""
    names = [project.name for project in record.projects if project.name]
    text = (_("、")).join(names[:2]) or record.fault_description
    if len(names) > 2:
        text = _("%(first)s等 %(count)d 项") % {"first": text, "count": len(names)}
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "…"


def _home_label(basis: HomeBasis) -> str:
    if basis is HomeBasis.REGISTRATION:
        return _("车籍（按登记）")
    return _("车籍（按维修地）") if basis is HomeBasis.SHOP else _("车籍（按号牌）")


def _hrefs(records: Sequence[RecordView]) -> Mapping[UUID, str]:
    """Where each record stands: its page and its place on it."""
    return {
        record.ref: f"?page={place // settings.RECORDS_PER_PAGE + 1}#r-{spoken_code(record.ref)}"
        for place, record in enumerate(records)
        if record.ref is not None
    }


def _chart_sentence(view: FileView) -> str:
    readings = view.odometer.readings
    if not readings:
        return ""

    def day(reading: OdometerReading) -> str:
        return day_words(reading.on, is_month_only=view.view is View.BUYER)

    first, last = readings[0], readings[-1]
    if len(readings) == 1:
        return _("只有一次读数：%(day)s，%(km)s 千米。") % {"day": day(first), "km": number(first.mileage_km)}
    sentence = _("%(count)d 次读数，从%(first_day)s的 %(first_km)s 千米到%(last_day)s的 %(last_km)s 千米。") % {
        "count": len(readings),
        "first_day": day(first),
        "first_km": number(first.mileage_km),
        "last_day": day(last),
        "last_km": number(last.mileage_km),
    }
    return sentence + _("空心点是有疑问的读数。") if view.odometer.doubtful else sentence


def _rows(texts: Sequence[ProjectText | PartText], services: ServicePage | None, explained: set[str]) -> list[Row]:
    """With a gloss for each thing, once in a record: 更换机油 says already what 机油 is."""
    rows = []
    for text in texts:
        gloss = services.gloss_of(text.name) if services else None
        if gloss is not None and gloss.what in explained:
            gloss = None
        if gloss is not None:
            explained.add(gloss.what)
        rows.append(Row(text, gloss))
    return rows


def _repair(
    record: RecordView, services: ServicePage | None, case: CaseNote | None, said: Mapping[str, str], paper: str
) -> Repair:
    flags = describe_findings(record.findings, with_notes=False, said=said)
    if record.odometer_doubt:
        text = _("送修里程与前后的记录不相符。")
        flags.append(Flag("doubt", "!", _("有疑问"), text, "", "/basicInfo/repairmileage"))
    elif record.is_doubtful and not flags:
        flags.append(Flag("doubt", "!", _("有疑问"), _("说明里有不对您显示的内容。"), "", ""))
    province = PROVINCES.get(record.division_code) if record.is_shop_hidden else None
    code = spoken_code(record.ref) if record.ref else ""
    explained: set[str] = set()
    return Repair(
        record=record,
        code=code,
        anchor=f"r-{code}" if code else "",
        category=category_name(record.category_code) if record.category_code or not record.is_shop_hidden else "",
        province=province.name if province else "",
        origin=origin_words(record.origin, NODE.node.code, _),
        flags=flags,
        older=older_versions(record.versions),
        warranty=services.warranty_of(record.ref) if services and record.ref else None,
        projects=_rows(record.projects, services, explained),
        parts=_rows(record.parts, services, explained),
        case=case,
        paper=paper,
    )
