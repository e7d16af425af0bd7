"""What is to be done, as sentences: the pressing first, each with the list that its number counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chedang.access.model import ShopPost
from chedang.records.company_lists import MOST_COUNTED
from chedang.site.figures import number
from chedang.site.shop.home.counting import HomeCounts
from chedang.site.shop.home.rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done."""

    name: str
    tone: str
    """``wrong-tone`` presses, ``doubt`` is to be looked at, ``open`` is for when there is time."""
    sign: str
    count: str
    """The number, which is the link; '' for a sentence without one."""
    sentence: str
    """Goes on after the number."""
    hint: str
    href: str
    step: str
    """What the big button says."""


def tasks_of(counts: HomeCounts, post: ShopPost) -> list[Task]:
    """What there is to do for a person of this post, the pressing first."""
    tasks = list(_asked(counts)) + list(_records(counts)) + list(_owners(counts))
    if post is ShopPost.MANAGER:
        tasks += _own_affairs(counts)
    order = ("wrong-tone", "doubt", "open")
    return sorted(tasks, key=lambda task: order.index(task.tone))


def _asked(counts: HomeCounts) -> Iterator[Task]:
    asked = counts.asked
    if asked.open_duties:
        late = asked.overdue_duties
        yield _task(
            "duties",
            "wrong-tone" if late else "doubt",
            asked.open_duties,
            _to("shop-duties"),
            sentence=_("件主管机关要求改正的事等本店答复"),
            hint=_("其中 %(n)s 件已经超期。") % {"n": number(late)} if late else "",
            step=_("去答复主管机关"),
        )
    if asked.unread_notices:
        href = _to("shop-notices")
        yield _task("notices", "doubt", asked.unread_notices, href, sentence=_("份通知还没有看"), step=_("看通知"))


def _records(counts: HomeCounts) -> Iterator[Task]:
    if counts.desk.unsent:
        yield _task(
            "unsent",
            "wrong-tone",
            counts.desk.unsent,
            _list("unsent"),
            sentence=_("单已经结算，还没有传成"),
            hint=_("网络不通的会自动再传；退回的要改正。"),
            step=_("看没有传成的单"),
        )
    if counts.missing:
        yield _task(
            "missing",
            "wrong-tone",
            counts.missing,
            _list("missing"),
            sentence=_("条软件说传过、这里没有"),
            hint=_("软件对账时报了编号，这里没有收到。请在软件里重新上传。"),
            step=_("看漏传的记录"),
        )
    if counts.held:
        yield _task(
            "held",
            "wrong-tone",
            counts.held,
            _list("held"),
            sentence=_("条记录没有归入车辆档案"),
            hint=_("车架号不能用，改正后自动归档。"),
            step=_("改正车架号"),
        )
    if counts.doubtful:
        yield _task(
            "doubtful",
            "doubt",
            counts.doubtful,
            _list("doubtful"),
            sentence=_("条记录要核对"),
            hint=_("有错的更正，没有错的写一句说明。"),
            step=_("核对记录"),
        )
    if counts.rhythm.is_late:
        hint = _("请看看维修软件是否还在上传；没有业务的不用管。")
        yield Task("quiet", "doubt", "!", "", quiet_words(counts.rhythm), hint, _list("all"), _("看最近的记录"))
    yield from _unfinished(counts)


def _unfinished(counts: HomeCounts) -> Iterator[Task]:
    if counts.open_two_step:
        yield _task(
            "two-step",
            "open",
            counts.open_two_step,
            _list("open"),
            sentence=_("张软件工单还没有结算"),
            hint=_("软件只传了接车或配件，没有传结算。"),
            step=_("看没有结算的工单"),
        )
    if counts.desk.drafts:
        href = _to("shop-drafts")
        yield _task("drafts", "open", counts.desk.drafts, href, sentence=_("张没有填完的单"), step=_("接着填"))


def _owners(counts: HomeCounts) -> Iterator[Task]:
    if counts.cases_waiting:
        due = counts.case_due_at
        yield _task(
            "cases",
            "wrong-tone",
            counts.cases_waiting,
            _to("shop-cases"),
            sentence=_("件反馈或投诉等本店答复"),
            hint=_("最早%(day)s到期，过期转给主管机关。") % {"day": _day(due)} if due else "",
            step=_("去答复车主"),
        )
    if counts.cases_missed:
        yield _task(
            "missed",
            "doubt",
            counts.cases_missed,
            _to("shop-cases", "?show=missed"),
            sentence=_("件反馈没有按时答复，已转给主管机关"),
            step=_("看超期的反馈"),
        )
    if counts.reviews:
        href = _to("shop-reviews", "?show=unanswered")
        yield _task("reviews", "open", counts.reviews, href, sentence=_("条评价还没有回复"), step=_("回复评价"))


def _own_affairs(counts: HomeCounts) -> Iterator[Task]:
    if counts.expiring_keys:
        yield _task(
            "keys",
            "doubt",
            counts.expiring_keys,
            _to("shop-connect", "#secrets"),
            sentence=_("个接口密钥快到期"),
            hint=_("到期后软件不能上传，请先换用新的。"),
            step=_("换用新密钥"),
        )
    if counts.expiring_certificates:
        href, n = _to("shop-staff"), counts.expiring_certificates
        yield _task("certificates", "doubt", n, href, sentence=_("份人员证书到期或快到期"), step=_("看人员证书"))
    filing, href = counts.filing, _to("shop-filing")
    if filing.refused_changes:
        n = filing.refused_changes
        yield _task("refused", "doubt", n, href, sentence=_("项备案变更没有通过"), step=_("看备案"))
    if filing.open_changes:
        yield _task(
            "changes",
            "open",
            filing.open_changes,
            href,
            sentence=_("项备案变更在审核"),
            hint=_("等主管机关，不用办。"),
            step=_("看备案"),
        )


def quiet_words(rhythm: Rhythm) -> str:
    """How long nothing came, beside what is usual."""
    if rhythm.last_on is None:
        return ""
    if rhythm.quiet_days == 0:
        return _("今天上传过")
    words = _("已经 %(n)d 天没有上传") % {"n": rhythm.quiet_days}
    return _("%(words)s，%(usual)s") % {"words": words, "usual": usual_words(rhythm)} if usual_words(rhythm) else words


def usual_words(rhythm: Rhythm) -> str:
    """The shop's own rhythm; '' with too few days to tell."""
    if rhythm.usual_gap_days is None:
        return ""
    if rhythm.usual_gap_days <= 1:
        return _("平时差不多每天上传")
    return _("平时约每 %(n)d 天上传一次") % {"n": rhythm.usual_gap_days}


_SIGNS = {"wrong-tone": "✕", "doubt": "!", "open": "–"}


def _task(name: str, tone: str, count: int, href: str, *, sentence: str, step: str, hint: str = "") -> Task:
    shown = _("%(n)s 以上") % {"n": number(count)} if count >= MOST_COUNTED else number(count)
    return Task(name, tone, _SIGNS[tone], shown, sentence, hint, href, step)


def _list(show: str) -> str:
    return f"{reverse('shop-records')}?show={show}"


def _to(name: str, more: str = "") -> str:
    return reverse(name) + more


def _day(at: datetime) -> str:
    return date_format(localtime(at), "DATE_FORMAT")
