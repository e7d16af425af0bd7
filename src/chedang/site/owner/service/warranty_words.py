"""质量保证期 of one job in words. Only the legal minimum: what a shop promised beyond it is not known here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.site.figures import number
from chedang.vehicles.warranty import Limit, Uncounted, Warranty, WarrantyState
from chedang.vehicles.work import Confidence, WorkClass

WORK_NAMES: Final = {
    WorkClass.DAILY: gettext_lazy("日常维护"),
    WorkClass.LEVEL_ONE: gettext_lazy("一级维护"),
    WorkClass.LEVEL_TWO: gettext_lazy("二级维护"),
    WorkClass.MINOR: gettext_lazy("小修或专项修理"),
    WorkClass.OVERHAUL: gettext_lazy("整车修理"),
    WorkClass.ASSEMBLY: gettext_lazy("总成修理"),
    WorkClass.PART: gettext_lazy("零件修理"),
    WorkClass.OTHER: gettext_lazy("只做了检查"),
}
_STATES: Final = {
    WarrantyState.RUNNING: ("good", "✓"),
    WarrantyState.ENDED: ("open", "–"),
    WarrantyState.NOT_COUNTED: ("open", "–"),
}


@dataclass(frozen=True, slots=True)
class WarrantyTag:
    """One job's 质量保证期 for ``service/warranty_tag.html``: word, sign, colour, then sentences."""

    record_id: UUID
    tone: str
    sign: str
    word: str
    sentence: str
    basis: str
    """By which kind of work it is counted, and how sure that is; '' when it is not counted."""
    is_running: bool
    days_left: int | None
    repeats: tuple[str, ...]
    """One sentence for each later job on the same item."""


def tag_warranty(warranty: Warranty) -> WarrantyTag:
    """Put it into words."""
    tone, sign = _STATES[warranty.state]
    words = {
        WarrantyState.RUNNING: _("在质量保证期内"),
        WarrantyState.ENDED: _("质量保证期已过"),
        WarrantyState.NOT_COUNTED: _("质量保证期没有计算"),
    }
    sentences = {
        WarrantyState.RUNNING: _running,
        WarrantyState.ENDED: _ended,
        WarrantyState.NOT_COUNTED: _not_counted,
    }
    return WarrantyTag(
        record_id=warranty.record_id,
        tone=tone,
        sign=sign,
        word=words[warranty.state],
        sentence=sentences[warranty.state](warranty),
        basis="" if warranty.period is None else _basis(warranty),
        is_running=warranty.state is WarrantyState.RUNNING,
        days_left=warranty.days_left,
        repeats=_repeats(warranty),
    )


def _running(warranty: Warranty) -> str:
    words = {"days": warranty.days_left, "day": _day(warranty.last_on)}
    days = (
        _("至少还有 %(days)d 天，到%(day)s为止。") % words
        if warranty.is_at_least
        else _("还有 %(days)d 天，到%(day)s为止。") % words
    )
    return days + _kilometres(warranty)


def _kilometres(warranty: Warranty) -> str:
    """What is left by mileage, and how well that is known."""
    if warranty.end_km is None:
        return _("送修里程不清楚或有疑问，只按天数计算。")
    words = {"end": number(warranty.end_km), "left": number(warranty.km_left)}
    if warranty.km_left is None:
        return _("行驶到 %(end)s 千米也会结束，先到者为准。") % words
    if not warranty.km_left:
        return _("按平时的用车估计，里程可能已到 %(end)s 千米；到了就已结束，请看里程表。") % words
    if warranty.ends_first is Limit.KM:
        return _("估计里程先到：到 %(end)s 千米结束，约剩 %(left)s 千米。") % words
    if warranty.is_km_estimated:
        return _("里程约剩 %(left)s 千米（估计），到 %(end)s 千米结束，先到者为准。") % words
    return _("里程剩 %(left)s 千米，到 %(end)s 千米结束，先到者为准。") % words


def _ended(warranty: Warranty) -> str:
    words = {"day": _day(warranty.ended_on), "end": number(warranty.end_km)}
    if warranty.ended_by is Limit.KM:
        return _("里程先到：%(day)s的读数已到 %(end)s 千米。") % words
    last = _day(warranty.last_on)
    if warranty.is_at_least:
        return _("最短的期限到%(day)s为止；维修类别更高的话会更长，请看结算清单。") % {"day": last}
    return _("期限到%(day)s为止。") % {"day": last}


def _not_counted(warranty: Warranty) -> str:
    reasons = {
        Uncounted.VOID: _("这条记录已经作废。"),
        Uncounted.NO_DAY: _("记录没有结算日期，不知道从哪天算起。"),
        Uncounted.DAY_DOUBTFUL: _("记录的日期有疑问，请维修企业核对更正后再算。"),
        Uncounted.IN_FUTURE: _("结算日期还没有到。"),
        Uncounted.NO_WORK: _("这次只做了检查，没有修理项目。"),
    }
    return reasons[warranty.why_not] if warranty.why_not else ""


def _basis(warranty: Warranty) -> str:
    work, period = warranty.work, warranty.period
    if period is None:
        return ""
    words = {
        "days": number(period.days),
        "km": number(period.km),
        "work": WORK_NAMES[work.work_class] if work.work_class else "",
        "rows": _("、").join(work.rests_on[:2]),
    }
    if warranty.is_at_least:
        return _("看不出法定的维修类别，按最短的一档：%(days)s 天或 %(km)s 千米。") % words
    if work.confidence is Confidence.STATED:
        return _("按%(work)s：%(days)s 天或 %(km)s 千米。项目写明“%(rows)s”。") % words
    return _("按%(work)s：%(days)s 天或 %(km)s 千米。由项目“%(rows)s”推断。") % words


def _day(day: date | None) -> str:
    return "" if day is None else date_format(day, "DATE_FORMAT")


def _repeats(warranty: Warranty) -> tuple[str, ...]:
    return tuple(
        _("%(day)s又修了“%(item)s”：质保期内同一项目再次维修，可要求免费返修；是不是同一个故障，请与维修企业核对。")
        % {"day": _day(repeat.on), "item": repeat.item}
        for repeat in warranty.repeats
    )
