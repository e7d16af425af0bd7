"""What a shared view and a certificate say, as data that is read by people, programs and the digest alike.

Pure. Field by field in docs/reference/certificate.md. Holds what its view holds: VIN and plates in an owner's.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import msgspec

from chedang.terms.dates import SHANGHAI
from chedang.vehicles.views import FileView, RecordView

FORMAT: Final = "chedang-certificate-1"
"""Another number when a field changes its meaning."""
DIGEST_TYPED: Final = 8
"""Characters of the digest that stand for it beside the number."""
DISCLAIMER: Final = (
    "本证明只说明维修企业上传到本系统的维修记录，不是车辆鉴定，也不保证车辆没有其他维修或事故。"
    "有疑问不等于记录是假的，只说明哪里不相符。"
)


class RowText(msgspec.Struct, frozen=True):
    """维修项目 with its hours, or 配件 with code and quantity; as the shop wrote them."""

    name: str
    code: str
    amount: str


class SaidVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One repair as its view shows it; '' for what the view hides or the record lacks."""

    on: str
    """YYYY-MM-DD; YYYY-MM where days are hidden."""
    mileage_km: str
    company_name: str
    company_code: str
    category_code: str
    division_code: str
    """Of the shop; the first two digits, its province, where shops are hidden."""
    settlement_list_number: str
    plate_number: str
    fault_description: str
    projects: tuple[RowText, ...]
    """``amount`` in hours."""
    parts: tuple[RowText, ...]
    doubts: tuple[str, ...]
    """``record``: the rules found an error or a doubt; ``odometer``: the reading does not fit. As of that time."""


class SaidVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """里程判断."""

    state: str
    reasons: tuple[str, ...]
    """Stable codes, the deciding one first."""
    sentence: str
    sentence_en: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a view says of a vehicle."""

    view: str
    vin: str
    vin_tail: str
    plates: tuple[str, ...]
    record_count: int
    doubtful_count: int
    held_back_count: int
    first_on: str
    last_on: str
    odometer: SaidVerdict
    visits: tuple[SaidVisit, ...]
    """Newest first."""
    left_out_count: int
    """Visits that are counted and not listed: the oldest."""


class CertificateContent(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a certificate says."""

    format: str = FORMAT
    number: str
    issued_at: str
    """With China's offset, to the second."""
    valid_until: str
    node_code: str
    node_name: str
    check_at: str
    """Address of the page that tells whether a certificate stands."""
    vehicle: Said
    disclaimer: str = DISCLAIMER


def say(view: FileView, *, most_visits: int) -> Said:
    """What ``view`` shows, with at most so many visits listed."""
    return Said(
        view=view.view.value,
        vin=view.vin,
        vin_tail=view.vin_tail,
        plates=tuple(span.plate_number for span in view.plates),
        record_count=view.record_count,
        doubtful_count=view.doubtful_count,
        held_back_count=view.held_back_count,
        first_on=_month_or_day(view.first_on, is_month_only=not view.vin),
        last_on=_month_or_day(view.last_on, is_month_only=not view.vin),
        odometer=SaidVerdict(
            state=view.odometer.state.value,
            reasons=tuple(reason.value for reason in view.odometer.reasons),
            sentence=view.odometer.sentence,
            sentence_en=view.odometer.sentence_en,
        ),
        visits=tuple(_say_visit(record) for record in view.records[:most_visits]),
        left_out_count=max(len(view.records) - most_visits, 0),
    )


def _say_visit(record: RecordView) -> SaidVisit:
    return SaidVisit(
        on=_month_or_day(record.on, is_month_only=record.is_month_only),
        mileage_km=_plain(record.mileage_km),
        company_name=record.company_name,
        company_code=record.company_code,
        category_code=record.category_code,
        division_code=record.division_code,
        settlement_list_number=record.settlement_list_number,
        plate_number=record.plate_number,
        fault_description=record.fault_description,
        projects=tuple(RowText(row.name, "", row.hours) for row in record.projects),
        parts=tuple(RowText(row.name, row.code, row.quantity) for row in record.parts),
        doubts=tuple(
            doubt
            for doubt, has_it in (
                ("record", record.is_doubtful and (bool(record.findings) or not record.odometer_doubt)),
                ("odometer", record.odometer_doubt),
            )
            if has_it
        ),
    )


def _month_or_day(on: date | None, *, is_month_only: bool) -> str:
    if on is None:
        return ""
    return f"{on:%Y-%m}" if is_month_only else on.isoformat()


def _plain(number: Decimal | None) -> str:
    """A number as people write it: no exponent, no zeros after the last place that counts."""
    return "" if number is None else f"{number.normalize():f}"


def in_china(at: datetime) -> str:
    """An instant as certificates write it."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def canonical_json(content: CertificateContent) -> str:
    """The one way to write it: UTF-8, names sorted, no spaces, no line at the end; text, whole numbers and lists only.

    For such content it is what RFC 8785 says.
    """
    return json.dumps(msgspec.to_builtins(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_content(text: str) -> CertificateContent:
    """Read back what ``canonical_json`` wrote."""
    return msgspec.json.decode(text, type=CertificateContent)


def digest_of(canonical: str) -> str:
    """SHA-256 of the canonical JSON: 64 hexadecimal characters."""
    return hashlib.sha256(canonical.encode()).hexdigest()
