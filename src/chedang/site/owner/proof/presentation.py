"""What a shared view or a certificate says, in words of the page's language; states as word, sign and colour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.owners.certificate_content import RowText, Said, SaidVisit
from chedang.owners.certificates import Change, Check, Standing
from chedang.owners.proof_models import Share
from chedang.site.enterprise_view import category_name
from chedang.site.figures import number
from chedang.site.findings import page_language
from chedang.site.vehicle.verdict import reason_words
from chedang.terms.division import PROVINCES
from chedang.vehicles.model import OdometerState

_VERDICTS: Final = {
    OdometerState.REASONABLE: ("good", "✓"),
    OdometerState.ILLOGICAL: ("wrong-tone", "✕"),
    OdometerState.NOT_JUDGED: ("open", "–"),
}
_STANDINGS: Final = {
    Standing.STANDS: ("good", "✓"),
    Standing.SUPERSEDED: ("doubt", "!"),
    Standing.EXPIRED: ("open", "–"),
    Standing.REVOKED: ("wrong-tone", "✕"),
}


@dataclass(frozen=True, slots=True)
class State:
    """Word, sign and colour."""

    tone: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class VisitView:
    """One repair."""

    on: str
    km: str
    """'' where none could be read."""
    shop: str
    settlement_list_number: str
    plate_number: str
    fault_description: str
    doubts: list[str]
    projects: tuple[RowText, ...]
    parts: tuple[RowText, ...]


@dataclass(frozen=True, slots=True)
class SaidView:
    """A vehicle as a shared view or certificate shows it."""

    verdict: State
    sentence: str
    reasons: str
    vin: str
    vin_tail: str
    plates: tuple[str, ...]
    record_count: int
    doubtful_count: int
    held_back_count: int
    left_out_count: int
    span: str
    """From the first to the last record; '' where the view hides it."""
    visits: list[VisitView]


def present_said(said: Said) -> SaidView:
    """Prepare what a view says."""
    return SaidView(
        verdict=verdict_state(said.odometer.state),
        sentence=said.odometer.sentence_en if page_language() == "en" else said.odometer.sentence,
        reasons=_("；").join(reason_words(code) for code in said.odometer.reasons),
        vin=said.vin,
        vin_tail=said.vin_tail,
        plates=said.plates,
        record_count=said.record_count,
        doubtful_count=said.doubtful_count,
        held_back_count=said.held_back_count,
        left_out_count=said.left_out_count,
        span=_span(said),
        visits=[_visit(visit) for visit in said.visits],
    )


def verdict_state(written: str) -> State:
    """里程判断."""
    state = OdometerState(written)
    words = {
        OdometerState.REASONABLE: _("里程合理"),
        OdometerState.ILLOGICAL: _("里程不合逻辑"),
        OdometerState.NOT_JUDGED: _("里程不予判断"),
    }
    return State(*_VERDICTS[state], words[state])


def standing_state(standing: Standing) -> State:
    """Does a certificate stand?"""
    words = {
        Standing.STANDS: _("有效"),
        Standing.SUPERSEDED: _("已有更正，请看新的"),
        Standing.EXPIRED: _("已过有效期"),
        Standing.REVOKED: _("已收回"),
    }
    return State(*_STANDINGS[standing], words[standing])


def changes_in_words(check: Check) -> list[str]:
    """What kind of thing changed since; never what exactly."""
    words = {
        Change.CORRECTED: _("其中有维修记录后来更正过。"),
        Change.WITHDRAWN: _("其中有维修记录后来作废、改归另一辆车或者暂停显示。"),
        Change.VERDICT: _("里程判断后来变了。"),
    }
    return [words[change] for change in check.changes]


def share_state(share: Share, now: datetime) -> State:
    """Can a code still be opened?"""
    if share.revoked_at is not None:
        return State("wrong-tone", "✕", _("已收回"))
    if not share.is_readable(now):
        return State("open", "–", _("已过期"))
    return State("good", "✓", _("可以查看")) if share.views_left else State("open", "–", _("次数用完"))


def _span(said: Said) -> str:
    if not said.first_on:
        return ""
    return _("%(first)s到%(last)s") % {"first": day_in_words(said.first_on), "last": day_in_words(said.last_on)}


def day_in_words(written: str) -> str:
    """``2026-11-22`` as a day, ``2026-11`` as a month."""
    if len(written) == len("2026-11"):
        return date_format(date.fromisoformat(f"{written}-01"), "YEAR_MONTH_FORMAT")
    return date_format(date.fromisoformat(written), "DATE_FORMAT")


def _visit(visit: SaidVisit) -> VisitView:
    doubts = {"record": _("记录有疑问"), "odometer": _("里程与前后的记录不相符")}
    return VisitView(
        on=day_in_words(visit.on),
        km=number(Decimal(visit.mileage_km)) if visit.mileage_km else "",
        shop=_shop(visit),
        settlement_list_number=visit.settlement_list_number,
        plate_number=visit.plate_number,
        fault_description=visit.fault_description,
        doubts=[doubts[doubt] for doubt in visit.doubts],
        projects=visit.projects,
        parts=visit.parts,
    )


def _shop(visit: SaidVisit) -> str:
    province = PROVINCES.get(visit.division_code[:2])
    if visit.company_name:
        shop = visit.company_name
    elif province is not None:
        shop = _("%(province)s的维修企业") % {"province": province.name}
    else:
        shop = _("维修企业不显示")
    return f"{shop} · {category_name(visit.category_code)}" if visit.category_code else shop
