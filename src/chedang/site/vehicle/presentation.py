"""A vehicle's file as its page shows it: the answer first, then the verdict, the facts and the records.

Holds VIN and plate; what it makes goes to the page only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from chedang.enterprises.known import KnownEnterprise
from chedang.records.model import StoredVersion
from chedang.records.origin import origin_words
from chedang.site.enterprise_view import category_name
from chedang.site.figures import number
from chedang.site.findings import Flag, describe_findings, page_language
from chedang.site.settings import NODE
from chedang.site.vehicle.versions import OlderVersion, older_versions
from chedang.terms.division import PROVINCES
from chedang.vehicles.chart import mileage_chart
from chedang.vehicles.home import HomeBasis
from chedang.vehicles.model import FileEntry, OdometerReading, OdometerState, VehicleFile

_LONGEST_TITLE = 40
_STATES = {
    OdometerState.REASONABLE: ("good", "✓"),
    OdometerState.ILLOGICAL: ("wrong-tone", "✕"),
    OdometerState.NOT_JUDGED: ("open", "–"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """里程判断 as word, sign, colour and sentence."""

    tone: str
    sign: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the table beside the chart."""

    on: date
    mileage_km: Decimal
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """One record of the file."""

    record: StoredVersion
    on: date
    company_name: str
    category: str
    origin: str
    """Where it came in, in words."""
    flags: list[Flag]
    older: list[OlderVersion]
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class FilePage:
    """Everything the page says but who looked and when."""

    title: str
    plate_number: str
    former_plates: list[str]
    home_province: str
    home_label: str
    """By what the 车籍 is known."""
    verdict: Verdict
    chart: str
    """SVG of the readings; '' when there are too few to draw."""
    chart_sentence: str
    """What the chart and its table show."""
    readings: list[Reading]
    """In the order of time."""
    repairs: list[Repair]
    """Newest first, all of them."""
    doubtful_count: int
    held_back_count: int


def present_file(file: VehicleFile, companies: Mapping[str, KnownEnterprise], plate_number: str) -> FilePage:
    """Prepare the page. ``companies`` are those of the records shown; ``plate_number`` stands in where none is."""
    doubtful_readings = file.odometer.doubtful
    repairs = [_repair(entry, companies.get(entry.newest.company_code), doubtful_readings) for entry in file.entries]
    plates = [span.plate_number for span in file.plates]
    province = PROVINCES.get(file.home.province_code)
    return FilePage(
        title=_title(file),
        plate_number=plates[0] if plates else plate_number,
        former_plates=plates[1:],
        home_province=province.name if province else "",
        home_label=_home_label(file.home.by),
        verdict=_verdict(file),
        chart=mark_safe(mileage_chart(file, page_language())),  # noqa: S308 - made and escaped by our own package
        chart_sentence=_chart_sentence(file),
        readings=[
            Reading(reading.on, reading.mileage_km, reading.record_id in doubtful_readings)
            for reading in file.odometer.readings
        ],
        repairs=repairs,
        doubtful_count=sum(repair.is_doubtful for repair in repairs),
        held_back_count=file.held_back_count,
    )


def _title(file: VehicleFile) -> str:
    """The answer to the owner's first question."""
    if not file.entries:
        return _("这辆车的记录暂时不能显示") if file.held_back_count else _("这辆车还没有维修记录")
    last = file.entries[0]
    day = date_format(last.on, "DATE_FORMAT")
    work = summarise_work(last.newest)
    return (
        _("上次维修：%(day)s，%(work)s") % {"day": day, "work": work} if work else _("上次维修：%(day)s") % {"day": day}
    )


def summarise_work(record: StoredVersion) -> str:
    """What was done, in a few words: the first items, else the fault."""
    names = [project.name for project in record.text.projects if project.name]
    text = (_("、")).join(names[:2]) or record.text.fault_description
    if len(names) > 2:
        text = _("%(first)s等 %(count)d 项") % {"first": text, "count": len(names)}
    return text if len(text) <= _LONGEST_TITLE else text[: _LONGEST_TITLE - 1] + "…"


def _home_label(basis: HomeBasis) -> str:
    if basis is HomeBasis.REGISTRATION:
        return _("车籍（按登记）")
    return _("车籍（按维修地）") if basis is HomeBasis.SHOP else _("车籍（按号牌）")


def _verdict(file: VehicleFile) -> Verdict:
    tone, sign = _STATES[file.odometer.state]
    words = {
        OdometerState.REASONABLE: _("里程合理"),
        OdometerState.ILLOGICAL: _("里程不合逻辑"),
        OdometerState.NOT_JUDGED: _("里程不予判断"),
    }
    sentence = file.odometer.sentence_en if page_language() == "en" else file.odometer.sentence
    return Verdict(tone, sign, words[file.odometer.state], sentence)


def _chart_sentence(file: VehicleFile) -> str:
    readings = file.odometer.readings
    if not readings:
        return ""
    first, last = readings[0], readings[-1]
    if len(readings) == 1:
        return _("只有一次读数：%(day)s，%(km)s 千米。") % {"day": _day(first), "km": number(first.mileage_km)}
    sentence = _("%(count)d 次读数，从%(first_day)s的 %(first_km)s 千米到%(last_day)s的 %(last_km)s 千米。") % {
        "count": len(readings),
        "first_day": _day(first),
        "first_km": number(first.mileage_km),
        "last_day": _day(last),
        "last_km": number(last.mileage_km),
    }
    return sentence + _("空心点是有疑问的读数。") if file.odometer.doubtful else sentence


def _day(reading: OdometerReading) -> str:
    return date_format(reading.on, "DATE_FORMAT")


def _repair(entry: FileEntry, company: KnownEnterprise | None, doubtful_readings: frozenset[object]) -> Repair:
    record = entry.newest
    flags = describe_findings(record.findings, with_notes=False)
    has_doubtful_reading = record.record_id in doubtful_readings
    if has_doubtful_reading:
        text = _("送修里程与前后的记录不相符。")
        flags.append(Flag("doubt", "!", _("有疑问"), text, "", "/basicInfo/repairmileage"))
    return Repair(
        record=record,
        on=entry.on,
        company_name=company.company_name if company else record.text.company_name,
        category=category_name(company.category_code) if company else "",
        origin=origin_words(record.origin, NODE.node.code, _),
        flags=flags,
        older=older_versions(record, entry.older),
        is_doubtful=bool(flags),
    )
