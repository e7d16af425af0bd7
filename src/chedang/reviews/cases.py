"""What is done to a case of either kind: open it, take it a step on, let its clock run. Every step is a row of history.

A step takes the case's row first, lets what is due happen, then does its own; so that of two at once the second sees
what the first did, and a worker that stood still shows nobody a wrong stage.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.reviews import complaint_rules, correction_rules
from chedang.reviews.case_model import CaseKind, CaseNote, CaseState, Deed, NoSuchStep, NotAllowed, Party
from chedang.reviews.clocks import deadline, is_over, working_days_taken
from chedang.reviews.models.cases import Case, CaseSerial, CaseStep
from chedang.terms.dates import day_in_china

_SECOND: Final = timedelta(seconds=1)
_LETTERS: Final = {CaseKind.CORRECTION: "F", CaseKind.COMPLAINT: "T"}
_TIME_OUTS: Final[Mapping[CaseKind, Mapping[CaseState, Deed]]] = {
    CaseKind.CORRECTION: correction_rules.ON_TIME_OUT,
    CaseKind.COMPLAINT: complaint_rules.ON_TIME_OUT,
}
_HOLDERS: Final[Mapping[CaseKind, Mapping[CaseState, Party]]] = {
    CaseKind.CORRECTION: correction_rules.HOLDERS,
    CaseKind.COMPLAINT: complaint_rules.HOLDERS,
}
_REOPEN_DAYS: Final = {
    CaseKind.CORRECTION: correction_rules.REOPEN_DAYS,
    CaseKind.COMPLAINT: complaint_rules.REOPEN_DAYS,
}
_DECISIONS: Final = frozenset(
    {CaseState.CORRECTED, CaseState.REFUSED, CaseState.SOLVED, CaseState.UNSOLVED, CaseState.HANDED_OVER}
)
_BATCH: Final = 500


class Actor(NamedTuple):
    """Who acts, and for whom."""

    party: Party
    user: User | None = None
    organisation: str = ""
    """Name of the authority or enterprise; '' for an owner."""


CLOCK: Final = Actor(Party.CLOCK)
ARCHIVE: Final = Actor(Party.ARCHIVE)


class NewCase(msgspec.Struct, frozen=True):
    """What a case is opened with."""

    kind: CaseKind
    vin: str
    plate_number: str
    company_code: str
    division_code: str
    record_id: UUID | None
    version: int | None
    visit_on: date | None


def open_case(new: NewCase, owner: User, *, node_code: str, text: str, now: datetime) -> Case:
    """Number a case and write its first step. To be called within a transaction."""
    state = CaseState.WITH_SHOP if new.kind is CaseKind.CORRECTION else CaseState.SUBMITTED
    case = Case(
        number=_next_number(node_code, new.kind, now),
        kind=new.kind,
        owner=owner,
        vin=new.vin,
        plate_number=new.plate_number,
        record_id=new.record_id,
        version=new.version,
        company_code=new.company_code,
        division_code=new.division_code,
        visit_on=new.visit_on,
        submitted_at=now,
        begun_at=now,
    )
    _put(case, state, now)
    case.save()
    _note(case, Deed.SUBMIT, Actor(Party.OWNER, owner), text, now)
    return case


def _next_number(node_code: str, kind: CaseKind, now: datetime) -> str:
    """``33-F2611-000123``: province, kind, year and month, serial. Short enough to be read over the phone."""
    prefix = f"{node_code}-{_LETTERS[kind]}{day_in_china(now):%y%m}"
    CaseSerial.objects.get_or_create(prefix=prefix)
    row = CaseSerial.objects.select_for_update().get(prefix=prefix)
    row.last += 1
    row.save(update_fields=["last"])
    return f"{prefix}-{row.last:06d}"


def lock(number: str, *, now: datetime) -> Case:
    """The case as it stands now, held until the transaction ends. Raises NotAllowed for an unknown number."""
    case = Case.objects.select_for_update().filter(number=number).first()
    if case is None:
        raise NotAllowed(_("没有这个编号的反馈或投诉。"))
    run_clock(case, now)
    return case


def run_clock(case: Case, now: datetime) -> None:
    """Let every deadline that has passed take effect, each at its own moment. For a case that is held."""
    while is_over(case.due_at, now):
        deed = _TIME_OUTS[CaseKind(case.kind)].get(CaseState(case.state))
        due_at = case.due_at
        if deed is None or due_at is None:
            return
        if deed is Deed.ESCALATE:
            case.missed += 1
            case.is_missed_by_shop |= case.state == CaseState.WITH_SHOP
        take_step(case, deed, CLOCK, now=due_at)


def advance(number: str, *, now: datetime) -> None:
    """Let the clock of one case run."""
    with transaction.atomic():
        lock(number, now=now)


def due_numbers(now: datetime) -> list[str]:
    """Cases that a passed deadline takes further, the longest due first; one batch."""
    waiting = Q()
    for kind, deeds in _TIME_OUTS.items():
        waiting |= Q(kind=kind, state__in=list(deeds))
    due = Case.objects.filter(waiting, due_at__lte=now - _SECOND).order_by("due_at")
    return list(due.values_list("number", flat=True)[:_BATCH])


def act(number: str, deed: Deed, actor: Actor, *, text: str, now: datetime) -> Case:
    """Take a case one step on. Raises NotAllowed with nothing done."""
    with transaction.atomic():
        case = lock(number, now=now)
        take_step(case, deed, actor, text=text, now=now)
        return case


def take_step(case: Case, deed: Deed, actor: Actor, *, now: datetime, text: str = "") -> None:
    """The same for a case that is held. Raises NotAllowed."""
    state = following_state(case, deed, actor.party)
    if deed is Deed.REOPEN:
        _reopen(case, now)
    begun_at = now - _SECOND if actor.party is Party.CLOCK else now  # the deadline's day itself is over
    is_late = is_over(case.due_at, now)
    _conclude(case, state, actor.party, now, is_late=is_late)
    if deed in {Deed.AGREE, Deed.SOLVED}:
        case.is_agreed = True
    _put(case, state, begun_at)
    case.save()
    _note(case, deed, actor, text, now)


def following_state(case: Case, deed: Deed, party: Party) -> CaseState:
    """Where a deed would lead. Raises NotAllowed."""
    state = CaseState(case.state)
    try:
        if case.kind == CaseKind.CORRECTION:
            return correction_rules.next_state(state, deed, party, decided_by=Party(case.decided_by))
        return complaint_rules.next_state(state, deed, party)
    except NoSuchStep:
        raise NotAllowed(_("这一步现在不能办，请刷新页面看最新进展。")) from None


def may(case: Case, deed: Deed, party: Party, *, now: datetime) -> bool:
    """Whether a page should offer the deed."""
    try:
        following_state(case, deed, party)
    except NotAllowed:
        return False
    return deed is not Deed.REOPEN or _may_reopen(case, now)


def add_words(case: Case, owner: User, text: str, *, now: datetime) -> None:
    """The owner adds something to an open case that is held; nothing else changes. Raises NotAllowed."""
    if case.state == CaseState.CLOSED:
        raise NotAllowed(_("这件已经办结，不能再补充。"))
    _note(case, Deed.ADD, Actor(Party.OWNER, owner), text, now)


def open_cases(vin: str) -> dict[UUID, CaseNote]:
    """What a file says beside its records: who of them is being checked, who is disputed."""
    notes: dict[UUID, CaseNote] = {}
    found = Case.objects.filter(vin=vin, kind=CaseKind.CORRECTION, record_id__isnull=False).order_by("submitted_at")
    for case in found:
        is_open = case.state in correction_rules.UNDECIDED
        is_disputed = case.outcome == CaseState.REFUSED and not case.is_agreed and case.decided_by != Party.SHOP
        before = notes.get(case.record_id) if case.record_id else None
        if case.record_id and (is_open or is_disputed) and not (before and before.is_open and not is_open):
            notes[case.record_id] = CaseNote(case.number, is_open, is_disputed)
    return notes


def overdue(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """Undecided, and somebody let a deadline pass: the shop or the county before, or who has it now."""
    passed = Q(missed__gt=0) | (Q(due_at__lte=now - _SECOND) & ~Q(holder=Party.OWNER))
    return cases.filter(passed, decided_at=None, closed_at=None)


def _may_reopen(case: Case, now: datetime) -> bool:
    if case.is_reopened:
        return False
    return case.closed_at is None or now - case.closed_at <= timedelta(days=_REOPEN_DAYS[CaseKind(case.kind)])


def _reopen(case: Case, now: datetime) -> None:
    if not _may_reopen(case, now):
        raise NotAllowed(_("每件只能重新提出一次，办结 60 天以后也不能再提。请拨打 12328。"))
    case.is_reopened, case.is_agreed = True, False
    case.decided_at = case.closed_at = case.working_days = None
    case.outcome = ""
    if case.kind == CaseKind.COMPLAINT:
        case.begun_at = now


def _conclude(case: Case, state: CaseState, party: Party, now: datetime, *, is_late: bool) -> None:
    """Write down that, by whom and how a case was decided or closed."""
    if state is CaseState.CLOSED:
        case.closed_at = now
        if case.decided_at is not None:
            return
    elif state not in _DECISIONS:
        case.decided_at, case.outcome = None, ""
        return
    is_by_shop = case.state == CaseState.REFUSED_BY_SHOP and state is CaseState.CLOSED
    case.outcome = CaseState.REFUSED if is_by_shop else state
    case.decided_by, case.decided_at = Party.SHOP if is_by_shop else party, now
    case.working_days = working_days_taken(case.begun_at, now)
    case.missed += is_late and case.holder != Party.OWNER


def _put(case: Case, state: CaseState, begun_at: datetime) -> None:
    kind = CaseKind(case.kind)
    case.state, case.holder = state, _HOLDERS[kind][state]
    case.due_at = _due_at(case, kind, state, begun_at)


def _due_at(case: Case, kind: CaseKind, state: CaseState, begun_at: datetime) -> datetime | None:
    """The deadline of a state that begins now."""
    if kind is CaseKind.CORRECTION:
        if (days := correction_rules.STAGE_DAYS.get(state)) is None:
            return None if state is CaseState.CLOSED else deadline(begun_at, correction_rules.OWNER_DAYS)
        by_submission = deadline(case.begun_at, days)
        return max(by_submission, deadline(begun_at, correction_rules.OWN_DAYS))
    own_days = {
        CaseState.SUBMITTED: complaint_rules.ACCEPT_DAYS,
        CaseState.FORWARDED: complaint_rules.REPLY_DAYS,
        CaseState.MEDIATED: complaint_rules.OWNER_DAYS,
        CaseState.REFUSED: complaint_rules.OWNER_DAYS,
    }
    if state in own_days:
        return deadline(begun_at, own_days[state])
    is_over_ = state in {CaseState.HANDED_OVER, CaseState.CLOSED}
    return None if is_over_ else deadline(case.begun_at, complaint_rules.CLOSE_DAYS)


def _note(case: Case, deed: Deed, actor: Actor, text: str, now: datetime) -> None:
    CaseStep.objects.create(
        case=case,
        at=now,
        deed=deed,
        party=actor.party,
        actor=actor.user,
        organisation=actor.organisation,
        state=case.state,
        text=text,
    )
