"""合格证: ask for numbers, give them, issue a paper for a record, cancel it. Each deed is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet, Sum

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.enterprises.model import Enterprise
from chedang.records.model import RecordState, StoredVersion
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy
from chedang.workshop.completion_model import (
    MOST_NUMBERS,
    CompletionContent,
    Inspection,
    NotAllowed,
    Refusal,
    check_inspection,
)
from chedang.workshop.completion_numbers import MOST_OF_A_YEAR, make_number, read_number
from chedang.workshop.models.completion import CompletionCertificate, NumberGrant, SerialOfYear

_LONGEST_REASON: Final = 200
_DIGEST_PART: Final = 8


def ask_for_numbers(shop: User, division_code: str, count: int, why: str, *, now: datetime) -> NumberGrant:
    """Ask the county for ``count`` numbers; one request at a time. Raises NotAllowed."""
    if not 1 <= count <= MOST_NUMBERS:
        raise NotAllowed(Refusal.BAD_COUNT)
    try:
        with transaction.atomic():
            return NumberGrant.objects.create(
                company_code=shop.company_code,
                division_code=division_code,
                asked_count=count,
                why=why.strip()[:_LONGEST_REASON],
                asked_by=shop,
                asked_at=now,
            )
    except IntegrityError as fault:
        raise NotAllowed(Refusal.OPEN_REQUEST) from fault


def grants_in_scope(officer: User) -> QuerySet[NumberGrant]:
    """Requests of shops in the officer's division, the longest waiting first."""
    prefix = division_prefix(officer.division_code)
    return NumberGrant.objects.filter(division_code__startswith=prefix).order_by("asked_at", "pk")


def grants_waiting(officer: User) -> QuerySet[NumberGrant]:
    """Those of them that nobody decided yet."""
    return grants_in_scope(officer).filter(state=NumberGrant.WAITING)


@transaction.atomic
def withdraw(grant_id: int, shop: User, *, now: datetime) -> None:
    """The shop takes its request back. Raises NotAllowed when it was decided meanwhile."""
    held = _hold_waiting(grant_id)
    if held.company_code != shop.company_code:
        raise NotAllowed(Refusal.ALREADY_DECIDED)
    held.state, held.decided_by, held.decided_at = NumberGrant.WITHDRAWN, shop, now
    held.save()


@transaction.atomic
def grant(grant_id: int, officer: User, *, now: datetime) -> NumberGrant:
    """Give the numbers asked for: the next serials of the county and year. Raises NotAllowed."""
    held = _hold_waiting(grant_id)
    year = day_in_china(now).year
    SerialOfYear.objects.get_or_create(division_code=held.division_code, year=year)
    serial = SerialOfYear.objects.select_for_update().get(division_code=held.division_code, year=year)
    last = serial.next_serial + held.asked_count - 1
    if last > MOST_OF_A_YEAR:
        raise NotAllowed(Refusal.YEAR_USED_UP)
    held.year, held.first_serial, held.next_serial, held.last_serial = (
        year,
        serial.next_serial,
        serial.next_serial,
        last,
    )
    held.state, held.decided_by, held.decided_at = NumberGrant.GRANTED, officer, now
    held.save()
    serial.next_serial = last + 1
    serial.save()
    return held


@transaction.atomic
def refuse(grant_id: int, officer: User, reason: str, *, now: datetime) -> NumberGrant:
    """Give none, with a reason. Raises NotAllowed."""
    reason = tidy(reason)
    if not reason:
        raise NotAllowed(Refusal.REASON_MISSING)
    held = _hold_waiting(grant_id)
    held.state, held.decided_by, held.decided_at = NumberGrant.REFUSED, officer, now
    held.refusal = reason[:_LONGEST_REASON]
    held.save()
    return held


def numbers_left(company_code: str) -> int:
    """Numbers that a shop may still use."""
    left = NumberGrant.objects.filter(company_code=company_code, state=NumberGrant.GRANTED).aggregate(
        left=Sum(F("last_serial") - F("next_serial") + 1)
    )["left"]
    return left or 0


@transaction.atomic
def issue(
    shop: User, enterprise: Enterprise, record: StoredVersion, inspection: Inspection, *, now: datetime
) -> CompletionCertificate:
    """Issue the paper of one settled record with the shop's next number. A number once used is never used again.

    Raises NotAllowed: NOT_SETTLED, UNDER_MINIMUM, NO_NUMBERS, ALREADY_ISSUED.
    """
    if record.state is not RecordState.ACTIVE or record.settled_on is None:
        raise NotAllowed(Refusal.NOT_SETTLED)
    check_inspection(inspection)
    grants = NumberGrant.objects.select_for_update().filter(
        company_code=shop.company_code, state=NumberGrant.GRANTED, next_serial__lte=F("last_serial")
    )
    held = grants.order_by("decided_at", "pk").first()
    if held is None:
        raise NotAllowed(Refusal.NO_NUMBERS)
    number = make_number(held.division_code, held.year, held.next_serial)
    content = _content(number, enterprise, record, inspection, now=now)
    encoded = msgspec.json.encode(content, order="deterministic").decode()
    if CompletionCertificate.objects.filter(record_id=record.record_id, cancelled_at=None).exists():
        raise NotAllowed(Refusal.ALREADY_ISSUED)
    held.next_serial += 1
    held.save(update_fields=["next_serial"])
    return CompletionCertificate.objects.create(
        number=number,
        grant=held,
        company_code=shop.company_code,
        division_code=held.division_code,
        kind=inspection.kind,
        record_id=record.record_id,
        content=encoded,
        digest=hashlib.sha256(encoded.encode()).hexdigest(),
        issued_by=shop,
        issued_at=now,
    )


@transaction.atomic
def cancel(number: str, shop: User, reason: str, *, now: datetime) -> CompletionCertificate:
    """Cancel a paper of this shop with a reason; its number is spent. Raises NotAllowed."""
    if not reason.strip():
        raise NotAllowed(Refusal.REASON_MISSING)
    held = CompletionCertificate.objects.select_for_update().get(number=number, company_code=shop.company_code)
    if held.cancelled_at is not None:
        raise NotAllowed(Refusal.ALREADY_CANCELLED)
    held.cancelled_by, held.cancelled_at, held.cancelled_why = shop, now, reason.strip()[:_LONGEST_REASON]
    held.save()
    return held


def find(typed: str) -> CompletionCertificate | None:
    """The paper of a number as somebody typed it; ``None`` when there is none."""
    number = read_number(typed)
    return None if number is None else CompletionCertificate.objects.filter(number=number).first()


def of_records(record_ids: Collection[object]) -> list[CompletionCertificate]:
    """Papers that stand, of these records."""
    return list(CompletionCertificate.objects.filter(record_id__in=list(record_ids), cancelled_at=None))


def without_paper(records: Iterable[StoredVersion]) -> list[StoredVersion]:
    """Those of some records that have no paper that stands."""
    known = list(records)
    issued = {each.record_id for each in of_records([record.record_id for record in known])}
    return [record for record in known if record.record_id not in issued]


def figures_in_scope(officer: User) -> dict[str, dict[str, int]]:
    """维修企业编码 → numbers given, papers issued, cancelled and numbers left, of the officer's division."""
    prefix = division_prefix(officer.division_code)
    figures: dict[str, dict[str, int]] = {}
    granted = NumberGrant.objects.filter(division_code__startswith=prefix, state=NumberGrant.GRANTED)
    for code, first, following, last in granted.values_list(
        "company_code", "first_serial", "next_serial", "last_serial"
    ):
        row = figures.setdefault(code, {"given": 0, "left": 0, "issued": 0, "cancelled": 0})
        row["given"] += last - first + 1
        row["left"] += last - following + 1
        row["issued"] += following - first
    cancelled = CompletionCertificate.objects.filter(~Q(cancelled_at=None), division_code__startswith=prefix)
    for code in cancelled.values_list("company_code", flat=True):
        figures[code]["cancelled"] += 1
    return figures


def read_content(certificate: CompletionCertificate) -> CompletionContent:
    """What the paper says."""
    return msgspec.json.decode(certificate.content, type=CompletionContent)


def matches_digest(certificate: CompletionCertificate, typed: str) -> bool:
    """Whether somebody gave the beginning of the digest: eight characters at least, as the QR code on the paper."""
    bare = "".join(typed.split()).lower()
    return len(bare) >= _DIGEST_PART and certificate.digest.startswith(bare)


def _hold_waiting(grant_id: int) -> NumberGrant:
    held = NumberGrant.objects.select_for_update().get(pk=grant_id)
    if held.state != NumberGrant.WAITING:
        raise NotAllowed(Refusal.ALREADY_DECIDED)
    return held


def _content(
    number: str, enterprise: Enterprise, record: StoredVersion, inspection: Inspection, *, now: datetime
) -> CompletionContent:
    if record.settled_on is None:
        raise NotAllowed(Refusal.NOT_SETTLED)
    return CompletionContent(
        number=number,
        kind=inspection.kind,
        company_code=enterprise.company_code,
        company_name=enterprise.company_name,
        category_code=enterprise.category_code,
        record_id=record.record_id,
        settlement_list_number=record.settlement_list_number,
        vin=record.vin,
        plate_number=record.plate_number,
        mileage_km=record.mileage_km,
        repaired_on=record.repair_on,
        settled_on=record.settled_on,
        items=tuple(project.name for project in record.text.projects),
        inspector=inspection.inspector,
        inspected_on=inspection.inspected_on,
        report_number=inspection.report_number,
        warranty_km=inspection.warranty_km,
        warranty_days=inspection.warranty_days,
        remark=inspection.remark,
        issued_on=day_in_china(now),
    )
