"""移送: a case goes to an enforcement body with a numbered file, and what became of it is entered later.

The file is made once and kept sealed as it was handed over: evidence that is made anew could say something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.case_steps import Officer, check_seen, hold, is_repeat, lock, note, words
from chedang.supervision.enforcement_model import HAND_OVER_RESULTS, HandOverResult
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import HandOver
from chedang.supervision.sanction_items import load_items
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy

HANDED: Final = "hand_over"
"""The deed of the first step."""
MOST_RECEIVER: Final = 100
MOST_FILE_BYTES: Final = 64 << 20
_NUMBER_LOCK: Final = 720348
_FOLDER: Final = "hand-overs"


class NewHandOver(msgspec.Struct, frozen=True):
    """A case as its officer hands it over."""

    item: str
    received_by: str
    what: str
    since_on: date
    until_on: date
    duty_code: str = ""


class HandOverFiles:
    """Files as they were handed over, sealed, each for its own row."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def keep(self, hand_over: HandOver, content: bytes) -> None:
        """Keep the file of a row that is being made."""
        self._files.put(hand_over.file_id, content, hand_over.public_id)

    def read(self, hand_over: HandOver) -> bytes | None:
        """The file; ``None`` when it is gone. Whoever hands it out writes that down first."""
        return self._files.get(hand_over.file_id, hand_over.public_id)

    def remove_orphans(self, now: datetime) -> int:
        """Remove files that no row names; gives how many."""
        return self._files.remove_orphans(_named, now)


def hand_over(
    public_id: str,
    new: NewHandOver,
    actor: Officer,
    make_file: Callable[[HandOver], bytes],
    *,
    company_code: str,
    company_name: str,
    division_code: str,
    files: HandOverFiles,
    now: datetime,
) -> HandOver:
    """Hand a case over under a name that the page drew; the same once more gives the row that stands.

    ``make_file`` gives the file of a row that has its number already. Raises NotAllowed.
    """
    officer, what, receiver = _user(actor), words(new.what), tidy(new.received_by)
    if not is_in_scope(division_code, officer.division_code):
        raise NotAllowed(_("这家企业不在您的辖区。"))
    if new.item not in load_items():
        raise NotAllowed(_("请选择涉嫌违法的事项。"))
    if not what or not receiver or len(receiver) > MOST_RECEIVER:
        raise NotAllowed(_("请写明接收机关、案情和理由。"))
    with transaction.atomic():
        hold(public_id)
        standing = HandOver.objects.filter(public_id=public_id).first()
        if standing is not None and standing.company_code != company_code:
            raise NotAllowed(_("没有这一件。"))
        if standing is not None:
            return standing
        duty = _duty(new.duty_code, company_code)
        year = day_in_china(now).year
        serial = _next_serial(officer.division_code, year)
        made = HandOver(
            public_id=public_id,
            company_code=company_code,
            company_name=company_name,
            division_code=division_code,
            authority_code=officer.division_code,
            authority=actor.organisation,
            number=f"YS{officer.division_code}-{year}-{serial:04d}",
            serial=serial,
            year=year,
            duty=duty,
            item=new.item,
            received_by=receiver,
            what=what,
            since_on=new.since_on,
            until_on=new.until_on,
            handed_at=now,
            handed_by=officer,
            file_id=uuid4(),
        )
        content = make_file(made)
        if len(content) > MOST_FILE_BYTES:
            raise NotAllowed(_("证据太多，一份移送材料装不下，请缩短期间。"))
        made.file_digest = hashlib.sha256(content).hexdigest()
        files.keep(made, content)
        _event(officer, made, actor, now, before={})
        note(made, HANDED, actor, now=now, state=made.result, after=_said(made))
    return made


def enter_result(
    public_id: str, result: HandOverResult, on: date, actor: Officer, text: str, *, seen: int, now: datetime
) -> HandOver:
    """What the receiving body made of the case, and on which day. Raises NotAllowed."""
    officer, said = _user(actor), words(text)
    with transaction.atomic():
        matter = lock(HandOver, public_id)
        if is_repeat(matter, result, actor, said, seen) and matter.result_on == on:
            return matter
        check_seen(matter, seen)
        if not may_decide(matter, officer):
            raise NotAllowed(_("这一件由%(authority)s办理。") % {"authority": matter.authority})
        if result not in HAND_OVER_RESULTS[HandOverResult(matter.result)]:
            raise NotAllowed(_("这一步现在不能办，请看最新进展。"))
        if not day_in_china(matter.handed_at) <= on <= day_in_china(now):
            raise NotAllowed(_("结果日期应在移送以后、今天以前。"))
        before = _said(matter)
        matter.result, matter.result_on = str(result), on
        _event(officer, matter, actor, now, before=before)
        note(matter, result, actor, now=now, state=matter.result, text=said, before=before, after=_said(matter))
    return matter


def may_decide(matter: HandOver, officer: User) -> bool:
    """Whether the officer's authority handed it over, or is above that."""
    return is_in_scope(matter.authority_code, officer.division_code)


def _next_serial(authority_code: str, year: int) -> int:
    """Held until the transaction ends: of two at once the second waits for its number."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_NUMBER_LOCK, int(authority_code)])
    used = HandOver.objects.filter(authority_code=authority_code, year=year).aggregate(last=Max("serial"))["last"]
    return (used or 0) + 1


def _duty(code: str, company_code: str) -> Duty | None:
    if not code:
        return None
    duty = Duty.objects.of_shop(company_code).filter(code=code).first()
    if duty is None:
        raise NotAllowed(_("没有找到这家企业的这一件责令改正，请核对编号。"))
    return duty


def _said(matter: HandOver) -> dict[str, object]:
    on = matter.result_on
    return {
        "number": matter.number,
        "item": matter.item,
        "result": str(matter.result),
        "result_on": on.isoformat() if on else None,
        "file_digest": matter.file_digest,
    }


def _event(officer: User, matter: HandOver, actor: Officer, now: datetime, *, before: dict[str, object]) -> None:
    record_event(
        officer,
        AuditAction.HAND_OVER,
        Purpose.ENFORCEMENT,
        now=now,
        object_id=matter.number,
        organisation=actor.organisation,
        before=before,
        after=_said(matter),
    )


def _user(actor: Officer) -> User:
    if actor.user is None:
        raise NotAllowed(_("请先登录。"))
    return actor.user


def _named(file_ids: list[UUID]) -> set[UUID]:
    return set(HandOver.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))
