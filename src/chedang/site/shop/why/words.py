"""Conditions of the badge, items and hours in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedang.quality.badge_rules import Asked, Condition
from chedang.quality.model import HoursComparison
from chedang.site.figures import number
from chedang.vehicles.gloss import vocabulary


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition: what is asked, how it stands, and where to do something about it."""

    asked: str
    stands: str
    is_met: bool
    url: str


@dataclass(frozen=True, slots=True)
class HoursView:
    """One item: the shop's median beside that of the others."""

    item: str
    gloss: str
    """What it is, where the page is not Chinese."""
    jobs: int
    own: str
    other: str
    """'' where it is not shown."""
    shops: int
    other_jobs: int
    verdict: str


def asked_words(asked: Asked, limit: int) -> str:
    """What one condition asks."""
    words = {
        Asked.APPROVED: _("企业登记审核成功"),
        Asked.CONNECTED: _("联网满 %(limit)d 天（从收到第一条记录起）"),
        Asked.ACTIVE: _("最近 %(limit)d 天内上传过记录"),
        Asked.ON_TIME: _("按时上传率不低于 %(limit)d%%"),
        Asked.DOUBTFUL: _("有错误或疑问的记录不超过 %(limit)d%%"),
        Asked.REWORK: _("质保期内返修率不超过 %(limit)d%%"),
        Asked.DUTIES: _("没有超期的责令改正"),
        Asked.CORRECTIONS: _("没有超期未答复的车主反馈"),
    }
    return words[asked] % {"limit": limit}


def condition_view(condition: Condition) -> ConditionView:
    """One condition of a shop's own badge."""
    return ConditionView(
        asked_words(condition.asked, condition.limit), _stands(condition), condition.is_met, _url(condition.asked)
    )


def hours_view(compared: HoursComparison) -> HoursView:
    """One row of the table of hours. An item that the vocabulary no longer has is shown by its key."""
    entry = vocabulary().get(compared.item)
    is_english = (get_language() or "").startswith("en")
    return HoursView(
        item=entry.names[0] if entry else compared.item,
        gloss=entry.what("en") if entry and is_english else "",
        jobs=compared.own_jobs,
        own=number(compared.own_median),
        other="" if compared.other_median is None else number(compared.other_median),
        shops=compared.other_shops,
        other_jobs=compared.other_jobs,
        verdict=_verdict(compared.own_median, compared.other_median),
    )


def _stands(condition: Condition) -> str:
    figure = condition.figure
    if condition.asked is Asked.APPROVED:
        return _("是") if condition.is_met else _("还没有")
    if figure is None:
        return _("还没有记录可统计")
    said = {"figure": number(figure)}
    if condition.asked in {Asked.CONNECTED, Asked.ACTIVE}:
        days = {Asked.CONNECTED: _("已联网 %(figure)s 天"), Asked.ACTIVE: _("最近一次在 %(figure)s 天前")}
        return days[condition.asked] % said
    if condition.asked in {Asked.DUTIES, Asked.CORRECTIONS}:
        return _("现在超期 %(figure)s 件") % said
    return _("现在 %(figure)s%%") % said


def _url(asked: Asked) -> str:
    names = {
        Asked.APPROVED: reverse("shop-filing"),
        Asked.CONNECTED: reverse("shop-connect"),
        Asked.ACTIVE: reverse("shop-connect"),
        Asked.ON_TIME: reverse("shop-records"),
        Asked.DOUBTFUL: reverse("shop-records") + "?show=doubtful",
        Asked.REWORK: "#rework",
        Asked.DUTIES: reverse("shop-duties"),
        Asked.CORRECTIONS: reverse("shop-cases"),
    }
    return names[asked]


def _verdict(own: Decimal, other: Decimal | None) -> str:
    if other is None:
        return ""
    if own == other:
        return _("和同城一样")
    said = {"hours": number(abs(own - other))}
    return _("多 %(hours)s 小时") % said if own > other else _("少 %(hours)s 小时") % said
