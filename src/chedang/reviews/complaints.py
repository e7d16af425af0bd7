"""投诉: an owner complains about a settled job; an officer accepts it, has the shop answer, mediates, and closes it.

The contact is for the officer who handles it: sealed in the row, shown whole to officers, masked to the shop, and
removed with the photos.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.platform.sealing import Sealer
from chedang.reviews.case_model import CaseKind, CaseState, Category, Deed, NotAllowed, RefusalReason
from chedang.reviews.cases import Actor, NewCase, lock, open_case, take_step
from chedang.reviews.evidence import KEPT_DAYS, Evidence
from chedang.reviews.model import Visit
from chedang.reviews.models.cases import Case
from chedang.reviews.models.complaints import Complaint
from chedang.terms.text import tidy

MOST_A_DAY: Final = 5
SEALING_PURPOSE: Final = "complaint-contacts"
MOST_REASON: Final = 250


class Grievance(msgspec.Struct, frozen=True):
    """What the owner complains of and asks for."""

    category: Category
    demand: str
    text: str
    contact: str
    """A phone number as typed; '' for none."""


def complain(
    owner: User,
    visit: Visit,
    grievance: Grievance,
    photos: Sequence[bytes],
    *,
    evidence: Evidence,
    sealer: Sealer,
    plate_number: str,
    node_code: str,
    now: datetime,
) -> Case:
    """Open a complaint about a settled job. Raises NotAllowed."""
    if not visit.division_code.startswith(node_code):
        raise NotAllowed(_("这家企业在外省，请拨打当地的 12328 投诉。"))
    cleaned = evidence.clean(photos)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        same = Case.objects.filter(owner=owner, kind=CaseKind.COMPLAINT, record_id=visit.record_id, closed_at=None)
        if (open_one := same.first()) is not None:
            raise NotAllowed(_("这次维修您已经投诉过，编号 %(number)s，还在办理。") % {"number": open_one.number})
        new = NewCase(
            kind=CaseKind.COMPLAINT,
            vin=visit.vin,
            plate_number=plate_number,
            company_code=visit.company_code,
            division_code=visit.division_code,
            record_id=visit.record_id,
            version=visit.version,
            visit_on=visit.settled_on,
        )
        case = open_case(new, owner, node_code=node_code, text="", now=now)
        contact = tidy(grievance.contact)[:40]
        Complaint.objects.create(
            case=case,
            category=grievance.category,
            demand=tidy(grievance.demand)[:200],
            text=tidy(grievance.text)[:1000],
            contact_sealed=sealer.seal(contact.encode(), case.number) if contact else None,
        )
        evidence.add(case, cleaned, now=now)
        return case


def contact_of(case: Case, sealer: Sealer) -> str:
    """The phone number that the owner gave; '' for none, or when it is removed. Raises CannotOpen."""
    sealed = case.complaint.contact_sealed
    return "" if sealed is None else sealer.open(bytes(sealed), case.number).decode()


def dismiss(number: str, actor: Actor, reason: RefusalReason, text: str, *, now: datetime) -> Case:
    """Do not accept it, for a reason of the list and in words of at most 250 characters. Raises NotAllowed."""
    words = tidy(text)
    if not words or len(words) > MOST_REASON:
        raise NotAllowed(_("不予受理必须写明理由，不超过 250 个字。"))
    with transaction.atomic():
        case = lock(number, now=now)
        take_step(case, Deed.DISMISS, actor, text=words, now=now)
        Complaint.objects.filter(case=case).update(refusal_reason=reason)
        return case


def hand_over(number: str, actor: Actor, hotline_number: str, *, now: datetime) -> Case:
    """转 12328: the hotline has it from now on, under its own number if it gave one. Raises NotAllowed."""
    with transaction.atomic():
        case = lock(number, now=now)
        take_step(case, Deed.HAND_OVER, actor, text=tidy(hotline_number)[:40], now=now)
        Complaint.objects.filter(case=case).update(hotline_number=tidy(hotline_number)[:40])
        return case


def judge_mediation(number: str, actor: Actor, *, is_solved: bool, satisfaction: int, text: str, now: datetime) -> Case:
    """The owner says whether it is solved, and how content he is: 1 to 5. Raises NotAllowed."""
    if satisfaction not in range(1, 6):
        raise NotAllowed(_("请选择满意程度。"))
    with transaction.atomic():
        case = lock(number, now=now)
        take_step(case, Deed.SOLVED if is_solved else Deed.UNSOLVED, actor, text=tidy(text)[:500], now=now)
        Complaint.objects.filter(case=case).update(satisfaction=satisfaction)
        return case


def forget_contacts(now: datetime) -> int:
    """Remove the contacts of complaints that ended so many days ago; gives how many."""
    old = Complaint.objects.filter(
        case__state=CaseState.CLOSED, case__closed_at__lte=now - timedelta(days=KEPT_DAYS), contact_sealed__isnull=False
    )
    return old.update(contact_sealed=None)
