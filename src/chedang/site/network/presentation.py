"""Figures of the exchange as its pages say them: ages in words, states as word, sign and colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chedang.exchange.comparing_model import DifferenceKind, Direction
from chedang.exchange.comparisons import Comparison
from chedang.exchange.events import Event, EventKind
from chedang.exchange.model import DeadReason, RefusalCode
from chedang.exchange.status import Lag, NodeStatus, PeerStatus
from chedang.site.figures import number
from chedang.terms.division import PROVINCES

_REASONS: dict[str, str | Promise] = {
    DeadReason.UNREADABLE: gettext_lazy("读不出来"),
    DeadReason.WRONG_DIGEST: gettext_lazy("内容与摘要不符"),
    DeadReason.NOT_YOURS: gettext_lazy("不归发送节点管"),
    DeadReason.CONFLICT: gettext_lazy("同一记录同一版本在本节点内容不同"),
    DeadReason.UNACCEPTABLE: gettext_lazy("有存不下的值"),
    DeadReason.UNKNOWN_KIND: gettext_lazy("本节点的版本不认识"),
    DeadReason.REFUSED: gettext_lazy("不合规则"),
}
_EVENTS = {kind.code: kind.sentence for kind in EventKind}
_REFUSALS = {refusal.code: refusal.sentence for refusal in RefusalCode}
_LEVELS = {
    "alarm": ("wrong-tone", "✕", gettext_lazy("告警")),
    "warn": ("doubt", "!", gettext_lazy("留意")),
    "info": ("open", "–", gettext_lazy("记事")),
}
_DIFFERENCES: dict[DifferenceKind, str | Promise] = {
    DifferenceKind.MISSING_THERE: gettext_lazy("部级缺少"),
    DifferenceKind.MISSING_HERE: gettext_lazy("省级缺少"),
    DifferenceKind.EXTRA_THERE: gettext_lazy("部级多出"),
    DifferenceKind.EXTRA_HERE: gettext_lazy("省级多出"),
    DifferenceKind.ALTERED_THERE: gettext_lazy("部级内容不同"),
    DifferenceKind.ALTERED_HERE: gettext_lazy("省级内容不同"),
}


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One peer. ``tone``, ``sign`` and ``word`` say how it is at a glance."""

    code: str
    name: str
    tone: str
    sign: str
    word: str
    last_contact: str
    last_fault: str
    up: str
    down: str
    status: PeerStatus
    is_up_ours: bool
    """Whether this node has the rows that wait to go up, and a list of them; else those that wait to go down."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One alarm or event."""

    at: datetime
    peer: str
    tone: str
    sign: str
    word: str | Promise
    sentence: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One comparison. ``what`` says which rows were compared."""

    comparison: Comparison
    peer: str
    what: str


def node_name(code: str) -> str:
    """浙江, 部级; the code itself for one that is none."""
    found = PROVINCES.get(code)
    return found.name if found else code


def peer_row(peer: PeerStatus, *, is_ministry: bool, now: datetime) -> PeerRow:
    """How one peer is."""
    is_troubled = bool(peer.alarms or peer.dead_letters or peer.refusals or peer.differences)
    if is_troubled:
        tone, sign, word = "wrong-tone", "✕", _("要处理")
    elif peer.last_fault or peer.last_contact_at is None:
        tone, sign, word = "doubt", "!", _("暂时不通") if peer.last_contact_at else _("还没有联系上")
    else:
        tone, sign, word = "good", "✓", _("正常")
    return PeerRow(
        code=peer.node_code,
        name=node_name(peer.node_code),
        tone=tone,
        sign=sign,
        word=word,
        last_contact=age(peer.last_contact_at, now),
        last_fault=fault_words(peer.last_fault),
        up=lag_words(peer.up),
        down=lag_words(peer.down),
        status=peer,
        is_up_ours=not is_ministry,
    )


def event_rows(events: Iterable[Event]) -> list[EventRow]:
    """Events for a list."""
    return [
        EventRow(each.at, node_name(each.peer), *_LEVELS[each.level], event_words(each), each.ended_at)
        for each in events
    ]


def event_words(event: Event) -> str:
    """What happened, in the reader's language; of the detail as much as stands in a catalogue of ours."""
    meaning = _(_EVENTS[event.kind]) if event.kind in _EVENTS else event.kind
    if not event.detail:
        return meaning
    return _("%(what)s：%(detail)s") % {"what": meaning, "detail": _detail_words(event.detail)}


def _detail_words(detail: str) -> str:
    code, _space, rest = detail.partition(" ")
    sentence = _REFUSALS.get(code, "")
    if not sentence or not rest.startswith(sentence):
        return detail
    return f"{code} {_(sentence)}{rest.removeprefix(sentence)}"


def comparison_row(comparison: Comparison) -> ComparisonRow:
    """One comparison for a list."""
    is_up = comparison.direction is Direction.OUT
    what = _("省级上报部级的记录") if is_up else _("部级转给省级的记录")
    return ComparisonRow(comparison, node_name(comparison.peer), what)


def difference_words(kind: DifferenceKind) -> str:
    """What is wrong with a row, and where."""
    return str(_DIFFERENCES[kind])


def reason_words(reason: str) -> str:
    """Why an item could not be applied."""
    return str(_REASONS.get(reason, reason))


def kind_words(kind: str) -> str:
    """What an item is."""
    known = {
        "record": _("维修记录"),
        "message": _("整个报文"),
        "enterprise": _("企业"),
        "registration": _("车籍"),
        "channel": _("上传方式"),
        "document": _("固定的统计数据"),
        "maker": _("总部名录"),
        "rules": _("规则限值"),
    }
    return known.get(kind, kind)


def fault_words(code: str) -> str:
    """What went wrong last with a peer; '' for nothing."""
    if not code:
        return ""
    return _(_REFUSALS[code]) if code in _REFUSALS else _("连接不上")


def lag_words(lag: Lag) -> str:
    """``12 条，最早 5 秒前``."""
    if not lag.records:
        return _("没有积压")
    return _("%(count)s 条，最早等了%(age)s") % {"count": number(lag.records), "age": duration(lag.seconds)}


def age(at: datetime | None, now: datetime) -> str:
    """How long ago."""
    if at is None:
        return _("从未")
    return _("%(age)s前") % {"age": duration(max(0.0, (now - at).total_seconds()))}


def duration(seconds: float) -> str:
    """Seconds to two minutes, then minutes to two hours, then hours to two days, then days."""
    whole = int(seconds)
    if whole < 120:
        return ngettext("%(n)d 秒", "%(n)d 秒", whole) % {"n": whole}
    if whole < 2 * 3600:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", whole // 60) % {"n": whole // 60}
    if whole < 48 * 3600:
        return ngettext("%(n)d 小时", "%(n)d 小时", whole // 3600) % {"n": whole // 3600}
    return ngettext("%(n)d 天", "%(n)d 天", whole // 86400) % {"n": whole // 86400}


def title(status: NodeStatus) -> str:
    """The answer to an operator's first question."""
    if not status.peers:
        return _("本节点没有联网")
    if status.alarms:
        count = len(status.alarms)
        return ngettext("部省联网有 %(n)d 个告警", "部省联网有 %(n)d 个告警", count) % {"n": count}
    waiting = sum(peer.dead_letters + peer.refusals + peer.differences for peer in status.peers)
    if waiting:
        return ngettext("部省联网有 %(n)d 项要处理", "部省联网有 %(n)d 项要处理", waiting) % {"n": waiting}
    return _("部省联网正常")
