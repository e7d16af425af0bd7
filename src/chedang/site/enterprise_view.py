"""An enterprise's registration as the pages show it. Names persons: phones are masked here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from chedang.access.rules import NATION
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.filing.cancelling_model import FilingState, filing_state
from chedang.filing.words import FILING_STATES
from chedang.site.registration_words import finding_words
from chedang.terms import division
from chedang.terms import phone as phones
from chedang.terms.codes import ECONOMIC_CATEGORY, OPERATION_STATE, CodeTable

_TONES = {
    ReviewState.PENDING: ("doubt", "!"),
    ReviewState.APPROVED: ("good", "✓"),
    ReviewState.REJECTED: ("wrong-tone", "✕"),
}


@dataclass(frozen=True, slots=True)
class EnterpriseView:
    """What pages say about one enterprise; never its password, never a whole phone number."""

    company_code: str
    national_code: str
    """'' where it is the code itself, or the shop has none."""
    awaits_national_code: bool
    company_name: str
    division_name: str
    category: str
    road_transport_license: str
    unified_credit_code: str
    address: str
    linkman: str
    superintendent: str
    business_scope: str
    economic_category: str
    operation_state: str
    postal_code: str
    email: str
    license_start_on: date | None
    license_end_on: date | None
    state: str
    """Value of ReviewState."""
    state_word: str
    state_tone: str
    state_sign: str
    filing_word: str
    """待备案, 已备案, 未备案 or 已注销."""
    is_cancelled: bool
    reviewed_at: datetime | None
    review_reason: str
    password_is_weak: bool
    created_at: datetime
    is_imported: bool
    doubts: tuple[str, ...]
    """What the rules noticed in the registration, in Chinese."""


def category_name(code: str) -> str:
    """经营业务类别 in words; a code that no table has is shown as it is."""
    return {"01": _("一类"), "02": _("二类"), "03": _("三类")}.get(code, code or _("类别未登记"))


def state_name(state: ReviewState) -> str:
    """The state of the review in words."""
    return {
        ReviewState.PENDING: _("待审核"),
        ReviewState.APPROVED: _("审核成功"),
        ReviewState.REJECTED: _("审核不成功"),
    }[state]


def division_name(code: str) -> str:
    """Full name of a division, or its code where the table has none."""
    return _("全国") if code == NATION else division.full_name(code) or code


def enterprise_view(enterprise: Enterprise) -> EnterpriseView:
    """Prepare an enterprise for a page."""
    tone, sign = _TONES[enterprise.review_state]
    filed = filing_state(enterprise.review_state, enterprise.operation_state_code)
    return EnterpriseView(
        company_code=enterprise.company_code,
        national_code="" if enterprise.national_code == enterprise.company_code else enterprise.national_code,
        awaits_national_code=enterprise.awaits_national_code,
        company_name=enterprise.company_name,
        division_name=division_name(enterprise.division_code),
        category=category_name(enterprise.category_code),
        road_transport_license=enterprise.road_transport_license,
        unified_credit_code=enterprise.unified_credit_code,
        address=enterprise.address,
        linkman=_contact(enterprise.linkman_name, enterprise.linkman_phone),
        superintendent=_contact(enterprise.superintendent_name, enterprise.superintendent_phone),
        business_scope=enterprise.business_scope,
        economic_category=_of(ECONOMIC_CATEGORY, enterprise.economic_category_code),
        operation_state=_of(OPERATION_STATE, enterprise.operation_state_code),
        postal_code=enterprise.postal_code,
        email=enterprise.email,
        license_start_on=enterprise.license_start_on,
        license_end_on=enterprise.license_end_on,
        state=enterprise.review_state.value,
        state_word=state_name(enterprise.review_state),
        state_tone=tone,
        state_sign=sign,
        filing_word=str(FILING_STATES[filed][0]),
        is_cancelled=filed is FilingState.CANCELLED,
        reviewed_at=enterprise.reviewed_at,
        review_reason=enterprise.review_reason,
        password_is_weak=enterprise.password_is_weak,
        created_at=enterprise.created_at,
        is_imported=enterprise.source.value == "imported",
        doubts=tuple(map(finding_words, enterprise.findings)),
    )


def _of(table: CodeTable, code: str) -> str:
    """An entry in words; a code that no table has is shown as it is."""
    return table.name(code) or code


def _contact(name: str, phone: str) -> str:
    """``王某 138****0000``: enough to recognise, not to collect."""
    return f"{name} {phones.mask(phone)}".strip()
