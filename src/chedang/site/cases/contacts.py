"""The contact of a complaint: whole for officers who handle it, masked for the shop."""

from __future__ import annotations

from chedang.platform.sealing import CannotOpen, Sealer
from chedang.reviews.case_model import CaseKind
from chedang.reviews.complaints import SEALING_PURPOSE, contact_of
from chedang.reviews.models.cases import Case
from chedang.site.settings import NODE
from chedang.terms import phone


def whole_contact(case: Case) -> str:
    """The number as the owner typed it; '' for none. Whoever shows it writes that down first."""
    if case.kind != CaseKind.COMPLAINT:
        return ""
    try:
        return contact_of(case, Sealer(NODE.data_dir, SEALING_PURPOSE))
    except CannotOpen:
        return ""


def masked_contact(case: Case) -> str:
    """``142****0001``."""
    return phone.mask(whole_contact(case))
