"""处罚台账: what was decided against a shop, held against the amounts that its place may fine, with before and after.

The ledger is the authority's and the shop's own: no page shows it to anybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.access.saying import words_of
from chedang.platform.pdfs import PdfRefused, check_pdf
from chedang.platform.sealed_files import SealedFiles
from chedang.supervision.case_steps import Officer, check_seen, hold, is_repeat, lock, note, words
from chedang.supervision.enforcement_model import (
    MONEY_KINDS,
    SanctionDeed,
    SanctionKind,
    SanctionState,
    next_sanction_state,
)
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.enforcement import CaseQuerySet, HandOver, Sanction
from chedang.supervision.sanction_items import AmountRange, load_items, range_for
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy

MOST_NUMBER: Final = 60
MOST_REASON: Final = 200
MOST_YUAN: Final = Decimal(100_000_000)
MOST_VEHICLES: Final = 100_000
_FEN: Final = Decimal("0.01")
_FOLDER: Final = "sanction-documents"
_SAID: Final = (
    "item", "kind", "state", "decision_number", "decided_on", "amount_yuan", "vehicles", "gains_yuan", "range_words",
    "outside_reason", "paid_on",
)  # fmt: skip


class NewSanction(msgspec.Struct, frozen=True):
    """A decision as an officer enters or corrects it."""

    item: str
    kind: SanctionKind
    decision_number: str
    decided_on: date
    amount_yuan: Decimal | None = None
    vehicles: int = 1
    gains_yuan: Decimal = Decimal(0)
    outside_reason: str = ""
    """Confirms an amount outside of the range."""


class Documents:
    """Decisions as PDF, sealed as files of the node, each for its own row."""

    def __init__(self, data_dir: Path) -> None:
        self._files = SealedFiles(data_dir, _FOLDER)

    def check(self, content: bytes) -> bytes:
        """The file as it will be kept. Raises NotAllowed for what is no sound PDF."""
        try:
            check_pdf(content)
        except PdfRefused as refused:
            raise NotAllowed(words_of(refused)) from refused
        return content

    def keep(self, sanction: Sanction, content: bytes) -> UUID:
        """Keep what :meth:`check` gave under a new number, which the row has to take."""
        file_id = uuid4()
        self._files.put(file_id, content, f"{sanction.public_id}/{file_id}")
        return file_id

    def read(self, sanction: Sanction) -> bytes | None:
        """The decision; ``None`` where none is kept. Whoever shows it writes that down first."""
        if sanction.file_id is None:
            return None
        return self._files.get(sanction.file_id, f"{sanction.public_id}/{sanction.file_id}")

    def remove_orphans(self, now: datetime) -> int:
        """Remove files that no row names; gives how many."""
        return self._files.remove_orphans(_named, now)


class OutsideRange(NotAllowed):
    """The amount is outside of what the place may fine, and nobody said why."""


def enter(
    public_id: str,
    new: NewSanction,
    actor: Officer,
    *,
    company_code: str,
    company_name: str,
    division_code: str,
    documents: Documents,
    document: bytes | None = None,
    hand_over: HandOver | None = None,
    amounts: tuple[AmountRange, ...] | None = None,
    now: datetime,
) -> Sanction:
    """Enter a decision under a name that the page drew; the same once more gives the row that stands.

    Raises NotAllowed, OutsideRange, and Overtaken for a decision number that the authority has used.
    """
    officer = _user(actor)
    if not is_in_scope(division_code, officer.division_code):
        raise NotAllowed(_("这家企业不在您的辖区。"))
    columns = _checked(new, division_code, now, amounts)
    clean = documents.check(document) if document else None
    with transaction.atomic():
        hold(public_id)
        standing = Sanction.objects.filter(public_id=public_id).first()
        if standing is not None and standing.company_code != company_code:
            raise NotAllowed(_("没有这一件。"))
        if standing is not None:
            return standing
        _hold_numbers(officer.division_code)
        if Sanction.objects.filter(
            authority_code=officer.division_code, decision_number=columns["decision_number"]
        ).exists():
            raise Overtaken(_("这个决定书文号已经登记过，请核对。"))
        sanction = Sanction(
            public_id=public_id,
            company_code=company_code,
            company_name=company_name,
            division_code=division_code,
            authority_code=officer.division_code,
            authority=actor.organisation,
            hand_over=hand_over,
            entered_at=now,
            **columns,
        )
        if clean is not None:
            sanction.file_id = documents.keep(sanction, clean)
        _event(sanction, {}, actor, now=now)
        note(sanction, SanctionDeed.ENTER, actor, now=now, state=sanction.state, after=_said(sanction))
    return sanction


def correct(
    public_id: str,
    new: NewSanction,
    actor: Officer,
    reason: str,
    *,
    seen: int,
    amounts: tuple[AmountRange, ...] | None = None,
    now: datetime,
) -> Sanction:
    """Mend what was entered wrongly, with a reason; what stood before stays in the history. Raises NotAllowed."""

    def columns(sanction: Sanction) -> dict[str, Any]:
        return _checked(new, sanction.division_code, now, amounts)

    def alter(sanction: Sanction) -> None:
        for name, value in columns(sanction).items():
            setattr(sanction, name, value)

    def is_so(sanction: Sanction) -> bool:
        return all(getattr(sanction, name) == value for name, value in columns(sanction).items())

    return _take(public_id, SanctionDeed.CORRECT, actor, reason, seen=seen, now=now, alter=alter, is_so=is_so)


def decide(public_id: str, deed: SanctionDeed, actor: Officer, reason: str, *, seen: int, now: datetime) -> Sanction:
    """APPEAL, UPHOLD, WITHDRAW with a reason, or PAY. Raises NotAllowed."""

    def alter(sanction: Sanction) -> None:
        if deed is SanctionDeed.PAY:
            sanction.paid_on = day_in_china(now)

    if deed in {SanctionDeed.ENTER, SanctionDeed.CORRECT}:
        raise NotAllowed(_("没有这个操作。"))
    return _take(public_id, deed, actor, reason, seen=seen, now=now, alter=alter)


def sanctions_of(company_code: str, since_on: date, until_on: date) -> CaseQuerySet:
    """Sanctions of one shop decided within these days, both counted, without withdrawn ones; the newest first."""
    found = Sanction.objects.of_shop(company_code).filter(decided_on__gte=since_on, decided_on__lte=until_on)
    return found.exclude(state=str(SanctionState.WITHDRAWN)).order_by("-decided_on", "-pk")


def may(sanction: Sanction, deed: SanctionDeed, officer: User) -> bool:
    """Whether a page should offer the deed to this officer."""
    return may_decide(sanction, officer) and _following(sanction, deed) is not None


def may_decide(sanction: Sanction, officer: User) -> bool:
    """Whether the officer's authority entered it, or is above that."""
    return is_in_scope(sanction.authority_code, officer.division_code)


def range_words(found: AmountRange, least: Decimal, most: Decimal) -> str:
    """The range as the ledger keeps it."""
    return f"{least:f} 至 {most:f} 元（{found.source}）"[:MOST_REASON]


def _checked(
    new: NewSanction, division_code: str, now: datetime, amounts: tuple[AmountRange, ...] | None
) -> dict[str, Any]:
    """Columns of the row. Raises NotAllowed."""
    item, number = load_items().get(new.item), tidy(new.decision_number)
    if item is None:
        raise NotAllowed(_("请选择处罚事项。"))
    if not number or len(number) > MOST_NUMBER:
        raise NotAllowed(_("请填写决定书文号，不超过 60 个字。"))
    if new.decided_on > day_in_china(now):
        raise NotAllowed(_("决定日期不能晚于今天。"))
    is_money = new.kind in MONEY_KINDS
    if is_money != (new.amount_yuan is not None):
        raise NotAllowed(_("罚款和没收违法所得要填金额，其他种类不填金额。"))
    if not 1 <= new.vehicles <= MOST_VEHICLES or not 0 <= new.gains_yuan <= MOST_YUAN:
        raise NotAllowed(_("请核对车次和违法所得。"))
    if new.amount_yuan is not None and not 0 < new.amount_yuan <= MOST_YUAN:
        raise NotAllowed(_("请核对金额。"))
    reason, told = words(new.outside_reason, most=MOST_REASON), ""
    found = (
        range_for(new.item, division_code, new.decided_on, amounts=amounts) if new.kind == SanctionKind.FINE else None
    )
    if found is not None and new.amount_yuan is not None:
        least, most = found.bounds(vehicles=new.vehicles, gains_yuan=new.gains_yuan)
        told = range_words(found, least, most)
        is_outside = not least <= new.amount_yuan <= most
        if is_outside and not reason:
            raise OutsideRange(_("金额不在幅度 %(range)s 以内。确实如此的，请写明理由再登记。") % {"range": told})
        reason = reason if is_outside else ""
    return {
        "item": item.key,
        "item_words": f"{item.name}（{item.clause}）",
        "kind": str(new.kind),
        "decision_number": number,
        "decided_on": new.decided_on,
        "amount_yuan": None if new.amount_yuan is None else new.amount_yuan.quantize(_FEN),
        "vehicles": new.vehicles,
        "gains_yuan": new.gains_yuan.quantize(_FEN),
        "range_words": told,
        "outside_reason": reason if told else "",
    }


def _take(
    public_id: str,
    deed: SanctionDeed,
    actor: Officer,
    reason: str,
    *,
    seen: int,
    now: datetime,
    alter: Callable[[Sanction], None],
    is_so: Callable[[Sanction], bool] = lambda _sanction: True,
) -> Sanction:
    """``is_so``: whether a row that took this step says what is asked; another page may have used the same words."""
    officer, said = _user(actor), words(reason, most=MOST_REASON)
    with transaction.atomic():
        sanction = lock(Sanction, public_id)
        if is_repeat(sanction, deed, actor, said, seen) and is_so(sanction):
            return sanction
        check_seen(sanction, seen)
        if not may_decide(sanction, officer):
            raise NotAllowed(_("这一件由%(authority)s办理。") % {"authority": sanction.authority})
        if not said and deed is not SanctionDeed.PAY:
            raise NotAllowed(_("请写明情况或理由。"))
        following = _following(sanction, deed)
        if following is None:
            raise NotAllowed(_("这一步现在不能办，请看最新进展。"))
        before = _said(sanction)
        alter(sanction)
        _hold_numbers(sanction.authority_code)
        same = Sanction.objects.filter(
            authority_code=sanction.authority_code, decision_number=sanction.decision_number
        ).exclude(pk=sanction.pk)
        if same.exists():
            raise NotAllowed(_("这个决定书文号已经登记过，请核对。"))
        sanction.state = following
        _event(sanction, before, actor, now=now, reason=said)
        note(sanction, deed, actor, now=now, state=following, text=said, before=before, after=_said(sanction))
    return sanction


def _hold_numbers(authority_code: str) -> None:
    """Of two who enter the same decision number at once the second is told."""
    hold(f"numbers of {authority_code}")


def _following(sanction: Sanction, deed: SanctionDeed) -> SanctionState | None:
    is_payable = sanction.amount_yuan is not None and sanction.paid_on is None
    return next_sanction_state(SanctionState(sanction.state), deed, is_payable=is_payable)


def _said(sanction: Sanction) -> dict[str, Any]:
    return {name: _plain(getattr(sanction, name)) for name in _SAID}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _event(sanction: Sanction, before: dict[str, Any], actor: Officer, *, now: datetime, reason: str = "") -> None:
    record_event(
        actor.user,
        AuditAction.CHANGE_SANCTION,
        Purpose.ENFORCEMENT,
        now=now,
        object_id=sanction.public_id,
        organisation=actor.organisation,
        reason=reason,
        before=before,
        after=_said(sanction),
    )


def _user(actor: Officer) -> User:
    if actor.user is None:
        raise NotAllowed(_("请先登录。"))
    return actor.user


def _named(file_ids: list[UUID]) -> set[UUID]:
    return {each.file_id for each in Sanction.objects.filter(file_id__in=file_ids) if each.file_id is not None}
