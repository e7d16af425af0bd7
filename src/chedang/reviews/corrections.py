"""反馈 (更正): an owner says that a record is wrong or missing; shop, county or city puts it right or says why not.

What settles a case is a new version of the record with actor and reason, whoever makes it: the shop on its page, the
shop's own software, an officer's decision. A missing visit is settled by the record that appears.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.enterprises.store import Connection
from chedang.intake.amending import DeskCorrection, amend_at_desk
from chedang.intake.corrections import RecordChanges
from chedang.records import store as records
from chedang.records.catalogue import describe
from chedang.records.limits import Limits
from chedang.records.model import RecordState, StoredVersion
from chedang.reviews.case_model import CaseKind, CaseNote, Deed, NotAllowed, Topic
from chedang.reviews.cases import (
    ARCHIVE,
    Actor,
    NewCase,
    add_words,
    due_numbers,
    following_state,
    lock,
    open_case,
    open_cases,
    run_clock,
    take_step,
)
from chedang.reviews.correction_rules import UNDECIDED, Asked, is_put_right
from chedang.reviews.evidence import Evidence
from chedang.reviews.model import Visit
from chedang.reviews.models.cases import Case
from chedang.reviews.models.corrections import Correction
from chedang.terms.text import tidy

__all__ = ["CaseNote", "open_cases"]

CONSUMER: Final = "corrections"
MOST_A_DAY: Final = 10
"""Reports that one account may send within a day."""
MOST_TEXT: Final = 500
_FEED_BATCH: Final = 500


class Said(msgspec.Struct, frozen=True):
    """What the owner says, apart from which record is meant."""

    topic: Topic
    value: str = ""
    """What would be right; '' when the owner does not say."""
    text: str = ""


class MissingVisit(msgspec.Struct, frozen=True):
    """A visit that is not in the file."""

    vin: str
    plate_number: str
    company_code: str
    division_code: str
    on: date
    settlement_list_number: str = ""
    text: str = ""


class Amending(msgspec.Struct, frozen=True):
    """A correction of the record, made on a page of a shop or an officer."""

    changes: RecordChanges
    reason: str
    registered_name: str
    """Of the shop."""
    is_void: bool = False
    """The record no longer counts."""


def report_mistake(
    owner: User,
    visit: Visit,
    said: Said,
    photos: Sequence[bytes],
    *,
    evidence: Evidence,
    plate_number: str,
    node_code: str,
    now: datetime,
) -> Case:
    """Open a case about a record. Raises NotAllowed: a shop of another node, a case on this that is open."""
    if not visit.division_code.startswith(node_code):
        raise NotAllowed(_("这条记录是外省企业上传的，请拨打当地的 12328 反映。"))
    cleaned = evidence.clean(photos)
    with transaction.atomic():
        _take_turn(owner)
        same = Correction.objects.filter(
            case__owner=owner, case__record_id=visit.record_id, case__state__in=UNDECIDED, topic=said.topic
        )
        if (open_one := same.select_related("case").first()) is not None:
            raise NotAllowed(_("这个问题您已经反馈过，编号 %(number)s，还在核对。") % {"number": open_one.case.number})
        new = NewCase(
            kind=CaseKind.CORRECTION,
            vin=visit.vin,
            plate_number=plate_number,
            company_code=visit.company_code,
            division_code=visit.division_code,
            record_id=visit.record_id,
            version=visit.version,
            visit_on=visit.settled_on,
        )
        case = open_case(new, owner, node_code=node_code, text=_text(said.text), now=now)
        Correction.objects.create(case=case, topic=said.topic, said_value=tidy(said.value)[:200], text=_text(said.text))
        evidence.add(case, cleaned, now=now)
        return case


def report_missing(
    connection: Connection,
    owner: User,
    visit: MissingVisit,
    photos: Sequence[bytes],
    *,
    evidence: Evidence,
    node_code: str,
    now: datetime,
) -> Case:
    """Open a case about a visit of which there is no record. Raises NotAllowed, also when the record is there."""
    cleaned = evidence.clean(photos)
    number = tidy(visit.settlement_list_number)[:64]
    if _find_visit(connection, visit.vin, visit.company_code, visit.on, number) is not None:
        raise NotAllowed(_("档案里已经有这次维修的记录，请回到档案里查看；内容不对的，在那条记录下面反馈。"))
    with transaction.atomic():
        _take_turn(owner)
        same = Case.objects.filter(
            owner=owner,
            vin=visit.vin,
            company_code=visit.company_code,
            visit_on=visit.on,
            record_id=None,
            kind=CaseKind.CORRECTION,
            state__in=UNDECIDED,
        )
        if (open_one := same.first()) is not None:
            raise NotAllowed(_("这次维修您已经反馈过，编号 %(number)s，还在核对。") % {"number": open_one.number})
        new = NewCase(
            kind=CaseKind.CORRECTION,
            vin=visit.vin,
            plate_number=visit.plate_number,
            company_code=visit.company_code,
            division_code=visit.division_code,
            record_id=None,
            version=None,
            visit_on=visit.on,
        )
        case = open_case(new, owner, node_code=node_code, text=_text(visit.text), now=now)
        Correction.objects.create(case=case, topic=Topic.MISSING, text=_text(visit.text), settlement_list_number=number)
        evidence.add(case, cleaned, now=now)
        return case


def amend(
    connection: Connection, number: str, actor: Actor, amending: Amending, *, limits: Limits, now: datetime
) -> Case:
    """Put the record right and the case with it. Raises NotAllowed, intake's Refused, or the store's error.

    The version is committed first: were the case's own step lost after it, the clock's next round would find the record
    put right.
    """
    with transaction.atomic():
        case = lock(number, now=now)
        following_state(case, Deed.CORRECT, actor.party)
        if case.record_id is None:
            raise NotAllowed(_("漏传的维修请由企业用维修软件或上传文件补传，补传后系统自动核对。"))
        correction = DeskCorrection(
            record_id_hex=case.record_id.hex,
            company_code=case.company_code,
            registered_name=amending.registered_name,
            actor=actor.organisation,
            reason=f"{case.number}：{amending.reason}",
            state=RecordState.VOID if amending.is_void else RecordState.ACTIVE,
        )
        amended = amend_at_desk(
            connection, correction, lambda current: amending.changes.over(current.text), limits=limits, now=now
        )
        if amended.version is None:
            raise NotAllowed(_("内容和现在的记录一样，没有更正。请改正内容，或者选“不改”并写明理由。"))
        take_step(case, Deed.CORRECT, actor, text=amending.reason, now=now)
        _link(case, amended.record_id_hex, amended.version)
        return case


def add(number: str, owner: User, text: str, cleaned: Sequence[bytes], *, evidence: Evidence, now: datetime) -> None:
    """The owner adds words or photos to a case of either kind. Raises NotAllowed."""
    with transaction.atomic():
        case = lock(number, now=now)
        add_words(case, owner, _text(text), now=now)
        evidence.add(case, cleaned, now=now)


def refresh(connection: Connection, number: str, *, now: datetime) -> Case:
    """The case as it stands now: put right by the archive, or taken on by its clock. Raises NotAllowed when unknown."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(number=number).first()
        if case is None:
            raise NotAllowed(_("没有这个编号的反馈或投诉。"))
        if case.kind == CaseKind.CORRECTION and case.state in UNDECIDED:
            _look_into_archive(connection, case, now)
        run_clock(case, now)
        return case


def refresh_due(connection: Connection, *, now: datetime) -> int:
    """Let every clock run that is due; gives how many cases were looked at. Safe for several workers at once."""
    seen: set[str] = set()
    while numbers := [number for number in due_numbers(now) if number not in seen]:
        for number in numbers:
            refresh(connection, number, now=now)
        seen.update(numbers)
    return len(seen)


def follow(connection: Connection, *, now: datetime) -> int:
    """Follow the feed of changes: cases whose record was put right. How many changes were there?

    ``connection`` must not be within a transaction.
    """
    if not Case.objects.filter(kind=CaseKind.CORRECTION, state__in=UNDECIDED).exists():
        return _skip_feed(connection)
    followed = 0
    while changes := records.read_changes(connection, CONSUMER, _FEED_BATCH):
        vins = {change.vin for change in changes}
        waiting = Case.objects.filter(kind=CaseKind.CORRECTION, state__in=UNDECIDED, vin__in=vins)
        for number in list(waiting.values_list("number", flat=True)):
            refresh(connection, number, now=now)
        records.save_position(connection, CONSUMER, changes[-1].seq)
        connection.commit()
        followed += len(changes)
    return followed


def _skip_feed(connection: Connection) -> int:
    """Nothing waits for a record: begin behind all there are, instead of reading through a whole archive."""
    connection.commit()
    if (horizon := records.settle_feed(connection)) is not None:
        records.save_position(connection, CONSUMER, horizon)
        connection.commit()
    return 0


def refused_because(findings: Sequence[object]) -> str:
    """What the rules say against a correction, in words."""
    return "；".join(describe(finding).text for finding in findings)  # type: ignore[arg-type]  # a finding as stored


def _look_into_archive(connection: Connection, case: Case, now: datetime) -> None:
    """Take the step that the archive proves, at the moment when the version came in."""
    found = _settling_version(connection, case)
    if found is None:
        return
    at = min(max(found.received_at, case.submitted_at), now)
    run_clock(case, at)
    take_step(case, Deed.CORRECT, ARCHIVE, now=at)
    _link(case, found.record_id.hex, found.version)


def _settling_version(connection: Connection, case: Case) -> StoredVersion | None:
    correction = case.correction
    if case.record_id is None or case.version is None:
        number = correction.settlement_list_number
        return _find_visit(connection, case.vin, case.company_code, case.visit_on, number)
    newest = records.find_record(connection, case.record_id)
    if newest is None:
        return None
    reported = records.read_version(connection, case.vin, case.record_id, case.version)
    asked = Asked(Topic(correction.topic), case.version)
    return newest if is_put_right(asked, reported, newest, case.vin) else None


def _find_visit(
    connection: Connection, vin: str, company_code: str, on: date | None, number: str
) -> StoredVersion | None:
    """The shop's record of this car that day, or under this number."""
    newest = {version.record_id: version for version in records.read_file(connection, vin)}
    for version in newest.values():
        is_this = on in {version.settled_on, version.repair_on} or (number and number == version.settlement_list_number)
        if version.company_code == company_code and version.state is RecordState.ACTIVE and is_this:
            return version
    return None


def _link(case: Case, record_id_hex: str, version: int) -> None:
    Correction.objects.filter(case=case).update(new_record_id=record_id_hex, new_version=version)


def _take_turn(owner: User) -> None:
    """Reports of one account come one after another: a second tap finds the first."""
    User.objects.select_for_update().get(pk=owner.pk)


def _text(text: str) -> str:
    return tidy(text)[:MOST_TEXT]
