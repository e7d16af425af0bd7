"""Sentences of the pages about reviews."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chedang.reviews.parameters import load_parameters
from chedang.reviews.rating_model import Refusal, Suspicion, SuspicionKind, TextState
from chedang.reviews.rating_rules import Period
from chedang.site.figures import number


def refusal_words(why: Refusal) -> str:
    """Why a deed was not done, and what helps."""
    window = load_parameters().window
    return {
        Refusal.NOT_SETTLED: _("这次维修还没有结算日期，结算后才能评价。"),
        Refusal.TOO_EARLY: _("这条记录的结算日期还没到，到了那天才能评价。"),
        Refusal.TOO_LATE: _("已经过了可以评价的时间：结算后 %(days)d 天内评价，评价后 %(more)d 天内追加。")
        % {"days": window.write_days, "more": window.follow_up_days},
        Refusal.BEFORE_TRANSFER: _("这次维修在您成为车主之前，由当时的车主评价。"),
        Refusal.SHOP_NOT_HERE: _("这家企业不在本省登记，本省的网站不收它的评价。"),
        Refusal.ALREADY_REVIEWED: _("这次维修已经评价过。每次维修只评价一次，可以追加。"),
        Refusal.WRONG_ANSWERS: _("请给每一项打分。"),
        Refusal.TOO_LONG: _("请控制在 %(most)d 个字以内。") % {"most": window.longest_text},
        Refusal.EMPTY: _("请写几句话。"),
        Refusal.TOO_MANY: _("今天评价得太多了，请明天再来。"),
        Refusal.WITHDRAWN: _("这条评价已被车主撤回。"),
        Refusal.HIDDEN: _("这条评价经申诉已隐藏。"),
        Refusal.ALREADY_DONE: _("这件事已经办过了，请刷新页面查看结果。"),
    }[why]


def period_words(period: Period) -> str:
    """``2026年11月`` or ``2026年第4季度``."""
    values = {"year": period.year, "number": period.number}
    return (_("%(year)d年%(number)d月") if period.is_month else _("%(year)d年第%(number)d季度")) % values


def suspicion_words(suspicion: Suspicion) -> str:
    """Why a review was set aside, with its counts. Never says that it is false."""
    sentence = {
        SuspicionKind.STAFF_PHONE: _("评价人的手机号码与本店登记的联系人或负责人相同。"),
        SuspicionKind.SAME_DEVICE: _("同一台设备上有 %(accounts)s 个账户评价了这家店，共 %(reviews)s 条。"),
        SuspicionKind.BURST: _("%(days)s 天内有 %(reviews)s 条评价，大多偏向同一端；平时同样天数约 %(usually)s 条。"),
        SuspicionKind.ONE_SIDED_TOUR: _("同一账户 %(days)s 天内给 %(shops)s 家店打了同一端的分。"),
        SuspicionKind.FRESH_ACCOUNTS: _("%(days)s 天内有 %(accounts)s 个新账户只评价了这家店，都偏向同一端。"),
    }[suspicion.kind]
    return sentence % {name: number_words(value) for name, value in suspicion.evidence.items()}


def number_words(value: float) -> str:
    """A count without needless zeros."""
    return number(int(value)) if value == int(value) else f"{value:.1f}"


def text_state_words(state: str) -> str:
    """What became of a text, for the one who wrote it; '' when it is shown."""
    return {
        TextState.HELD: _("文字待主管部门核对后显示，打分已经计入。"),
        TextState.REFUSED: _("文字不予显示，打分仍然计入。"),
    }.get(TextState(state), "")
